/** The parts of the Electron host that need no Electron. */
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isSafeOutside } from '#hosts/electron/lockdown.ts';
import { menuTemplate } from '#hosts/electron/menu.ts';
import { openablesOf, parseRoomLink, readSvg } from '#hosts/electron/openables.ts';
import { answer, isOwnPage } from '#hosts/electron/protocol.ts';
import type { SafeStorageLike } from '#hosts/electron/secrets.ts';
import { createSecretStore } from '#hosts/electron/secrets.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'limn-parts-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('the app’s own page', () => {
  test.each(['limn://app/', 'limn://app/index.html', 'limn://app/?x#y'])('is %s', (url) => {
    expect(isOwnPage(url)).toBe(true);
  });
  test.each([
    'limn://other/',
    'limn://app.evil/',
    'limn://app:1/',
    'limn://user@app/',
    'limn://app/assets/drawing.svg',
    'https://app/',
    'file:///index.html',
    'about:blank',
    'javascript:1',
    'data:text/html,x',
    '',
  ])('is not %j', (url) => {
    expect(isOwnPage(url)).toBe(false);
  });
});

describe('the scheme', () => {
  test('answers with the files, typed, and with the policy of every host', async () => {
    await writeFile(path.join(dir, 'index.html'), '<title>Limn</title>');
    const response = await answer(dir, { url: 'limn://app/', method: 'GET' });
    expect([response.status, await response.text()]).toEqual([200, '<title>Limn</title>']);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'; ");
    expect(response.headers.get('content-security-policy')).toContain("connect-src 'self'; ");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
  test.each([
    ['limn://app/%2e%2e%2fsecret.txt', 'GET', 404],
    ['limn://app/missing.js', 'GET', 404],
    ['limn://other/index.html', 'GET', 403],
    ['limn://app/', 'POST', 403],
  ])('answers %s by %s with %i', async (url, method, status) => {
    expect((await answer(dir, { url, method })).status).toBe(status);
  });
});

describe('links to the outside', () => {
  test.each(['https://example.org/', 'https://example.org/a?b#c'])('%s may be opened', (url) => {
    expect(isSafeOutside(url)).toBe(true);
  });
  test.each([
    'http://example.org/',
    'https://paypal.com@evil.example/',
    'https://:x@evil.example/',
    'file:///etc/passwd',
    'smb://host/share',
    'javascript:alert(1)',
    'ms-settings:',
    'xmpp:a@b',
    'https://',
    '',
  ])('%j may not', (url) => {
    expect(isSafeOutside(url)).toBe(false);
  });
});

describe('xmpp: links (RFC 5122)', () => {
  test.each([
    ['xmpp:room@conference.example.org?join', 'room@conference.example.org'],
    ['xmpp:room@conference.example.org?join;password=x', 'room@conference.example.org'],
    ['XMPP:room@conference.example.org', 'room@conference.example.org'],
    ['xmpp://me@example.org/room@conference.example.org?join', 'room@conference.example.org'],
    ['xmpp:caf%C3%A9@example.org#part', 'café@example.org'],
  ])('%s names the room %s', (link, room) => {
    expect(parseRoomLink(link)).toBe(room);
  });
  test.each([
    'xmpp:a@b?message;body=hi',
    'xmpp:a@b?remove',
    'xmpp:example.org',
    'xmpp:',
    'xmpp:a@b/resource',
    'xmpp:a@b@c',
    'xmpp:a%20b@c',
    'xmpp:a%0A@c',
    'xmpp:%@c',
    'http://a@b',
  ])('%s names none', (link) => {
    expect(parseRoomLink(link)).toBeUndefined();
  });
  test('arguments name links and drawings, and nothing else', () => {
    expect(
      openablesOf(['main.mjs', '--profile', 'x', '-f.svg', 'a.SVG', '/b/c.svg', 'xmpp:r@s', 'xmpp:bad'], '/home/me'),
    ).toEqual([
      { what: 'file', file: path.resolve('/home/me/a.SVG') },
      { what: 'file', file: path.resolve('/b/c.svg') },
      { what: 'room', room: 'r@s' },
    ]);
  });
});

describe('SVG files', () => {
  test('come with their name', async () => {
    const file = path.join(dir, 'My plan.svg');
    await writeFile(file, '<svg/>');
    expect(await readSvg(file)).toEqual({ name: 'My plan', svg: '<svg/>' });
  });
  test('that are not there, no files, or too large give a sentence', async () => {
    const large = path.join(dir, 'large.svg');
    await writeFile(large, Buffer.alloc(32 * 1024 * 1024 + 1));
    expect(await readSvg(path.join(dir, 'no.svg'))).toEqual({
      problem: expect.stringContaining('could not be read') as string,
    });
    expect(await readSvg(dir)).toEqual({ problem: expect.stringContaining('is not a file') as string });
    expect(await readSvg(large)).toEqual({ problem: expect.stringContaining('larger than 32 MB') as string });
  });
});

describe('secrets', () => {
  /** A key store that locks by a key; another key cannot unlock. */
  const keyStore = (
    key: string,
    backend: ReturnType<SafeStorageLike['getSelectedStorageBackend']> = 'gnome_libsecret',
  ): SafeStorageLike => ({
    isAsyncEncryptionAvailable: async () => true,
    getSelectedStorageBackend: () => backend,
    encryptStringAsync: async (text) => Buffer.from(`${key}:${Buffer.from(text).toString('hex')}`),
    decryptStringAsync: async (locked) => {
      const [by, hex = ''] = locked.toString().split(':');
      if (by !== key) throw new Error('wrong key');
      return { result: Buffer.from(hex, 'hex').toString(), shouldReEncrypt: false };
    },
  });

  test('are kept encrypted, in a file for this person alone', async () => {
    const store = await createSecretStore(keyStore('k1'), dir, 'linux');
    await Promise.all([store.set('me@example.org', 'pässword'), store.set('other', 'x')]);
    await store.set('other', null);
    const file = path.join(dir, 'secrets.json');
    expect(await readFile(file, 'utf8')).not.toContain('pässword');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const again = await createSecretStore(keyStore('k1'), dir, 'linux');
    expect([again.durable, await again.get('me@example.org'), await again.get('other')]).toEqual([
      true,
      'pässword',
      null,
    ]);
  });

  test('locked by a key that is gone are as if they were never kept', async () => {
    await (await createSecretStore(keyStore('k1'), dir, 'linux')).set('me', 'x');
    expect(await (await createSecretStore(keyStore('k2'), dir, 'linux')).get('me')).toBeNull();
  });

  test.each(['', '{', '[1]', 'null', '{"me":1}'])('in a file that holds %j are none', async (text) => {
    await writeFile(path.join(dir, 'secrets.json'), text);
    expect(await (await createSecretStore(keyStore('k1'), dir, 'linux')).get('me')).toBeNull();
  });

  test.each(['basic_text', 'unknown'] as const)('without a real key store (%s) stay in memory', async (backend) => {
    const store = await createSecretStore(keyStore('k1', backend), dir, 'linux');
    await store.set('me', 'x');
    expect([store.durable, await store.get('me')]).toEqual([false, 'x']);
    expect(await (await createSecretStore(keyStore('k1', backend), dir, 'linux')).get('me')).toBeNull();
    await store.set('me', null);
    expect(await store.get('me')).toBeNull();
  });

  test('that can not be written are told, and the next attempt is made', async () => {
    const store = await createSecretStore(keyStore('k1'), path.join(dir, 'gone'), 'linux');
    await expect(store.set('me', 'x')).rejects.toMatchObject({ code: 'ENOENT' });
    const { mkdir } = await import('node:fs/promises');
    await mkdir(path.join(dir, 'gone'));
    await chmod(path.join(dir, 'gone'), 0o700);
    await store.set('me', 'y');
    expect(await (await createSecretStore(keyStore('k1'), path.join(dir, 'gone'), 'linux')).get('me')).toBe('y');
  });
});

describe('the menu', () => {
  test.each(['linux', 'darwin', 'win32'] as const)('of %s takes no key that the board has', (platform) => {
    const text = JSON.stringify(menuTemplate(platform, false));
    for (const role of ['undo', 'redo', 'selectAll', 'reload', 'toggleDevTools', 'zoomIn'])
      expect(text).not.toContain(`"${role}"`);
    expect(text).toContain('"paste"');
  });
  test('has the developer tools in development alone', () => {
    expect(JSON.stringify(menuTemplate('linux', true))).toContain('toggleDevTools');
  });
});
