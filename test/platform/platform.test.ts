import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { systemDeflate } from '#platform/deflate.ts';
import { createFileLogger, redact, redactXml } from '#platform/logger.ts';
import { profilePaths } from '#platform/profile.ts';
import { systemRandom } from '#platform/random.ts';
import { createMemorySecrets } from '#platform/secrets.ts';
import { writeFileAtomically } from '#platform/write-file.ts';

const folders: string[] = [];
const temporaryFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'limn-platform-'));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('DEFLATE', () => {
  test('comes back as it was', () => {
    const data = new TextEncoder().encode('sxe '.repeat(1000));
    expect(systemDeflate.inflate(systemDeflate.deflate(data), 4000)).toEqual(data);
  });
  test('stops at the limit, and refuses what is damaged', () => {
    const bomb = new Uint8Array(deflateRawSync(Buffer.alloc(10_000_000)));
    expect(bomb.length).toBeLessThan(20_000);
    expect(() => systemDeflate.inflate(bomb, 1_000_000)).toThrow(RangeError);
    expect(() => systemDeflate.inflate(new Uint8Array([0xff, 0xff, 0xff]), 1000)).toThrow(RangeError);
  });
});

test('profiles lie where the system keeps application data; LIMN_PROFILE and an argument go first', () => {
  const linux = { platform: 'linux', env: {}, home: '/home/ann' } as const;
  expect(profilePaths(undefined, linux)).toEqual({
    folder: '/home/ann/.local/share/limn',
    database: '/home/ann/.local/share/limn/limn.db',
    log: '/home/ann/.local/share/limn/limn.log',
    linkKey: '/home/ann/.local/share/limn/nearby-key.pem',
  });
  expect(profilePaths(undefined, { ...linux, env: { XDG_DATA_HOME: '/data' } }).folder).toBe('/data/limn');
  expect(profilePaths(undefined, { ...linux, env: { XDG_DATA_HOME: 'relative' } }).folder).toBe(
    '/home/ann/.local/share/limn',
  );
  expect(profilePaths(undefined, { ...linux, env: { LIMN_PROFILE: '/tmp/p' } }).folder).toBe('/tmp/p');
  expect(profilePaths('/tmp/q', { ...linux, env: { LIMN_PROFILE: '/tmp/p' } }).folder).toBe('/tmp/q');
  expect(profilePaths(undefined, { platform: 'darwin', env: {}, home: '/Users/ann' }).folder).toBe(
    '/Users/ann/Library/Application Support/Limn',
  );
  expect(
    profilePaths(undefined, { platform: 'win32', env: { APPDATA: 'C:\\Users\\ann\\AppData\\Roaming' }, home: '' })
      .folder,
  ).toBe('C:\\Users\\ann\\AppData\\Roaming\\Limn');
});

test('secrets in memory come back, and are gone when taken out', async () => {
  const secrets = createMemorySecrets();
  expect(secrets.durable).toBe(false);
  await secrets.set('a', 'hunter2');
  expect(await secrets.get('a')).toBe('hunter2');
  await secrets.set('a', null);
  expect(await secrets.get('a')).toBeNull();
});

describe('the log', () => {
  test("holds no secret, in fields, in nested ones or in raw XML, and is its owner's alone", () => {
    const file = path.join(temporaryFolder(), 'profile', 'limn.log');
    const log = createFileLogger(file, 'debug');
    log.info('signing in', {
      jid: 'ann@example.org',
      password: 'hunter2',
      deep: { token: 'hunter2', list: [{ secret: 'hunter2' }] },
    });
    log.debug('sent <auth mechanism="PLAIN">hunter2</auth> then', {
      xml: '<iq><query xmlns="jabber:iq:register"><username>ann</username><password>hunter2</password></query></iq>',
      challenge: "<sasl:challenge xmlns:sasl='x'>hunter2</sasl:challenge><fast token='hunter2'/>",
    });
    log.error('failed', { error: new Error('server said <response>hunter2</response>') });
    log.flush();
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain('hunter2');
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { msg: string }).msg),
    ).toEqual(['signing in', 'sent <auth>[removed]</auth> then', 'failed']);
    expect(text).toContain('ann@example.org');
    expect(text).toContain('<username>ann</username>');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('keeps what is no secret, and ends on cycles', () => {
    expect(redactXml('<message><body>password please</body></message>')).toBe(
      '<message><body>password please</body></message>',
    );
    const loop: Record<string, unknown> = { a: 1 };
    loop.self = loop;
    expect(JSON.stringify(redact(loop))).toContain('[deep]');
  });

  test('that grew large is set aside at the start', () => {
    const file = path.join(temporaryFolder(), 'limn.log');
    writeFileSync(file, 'x'.repeat(5 * 1024 * 1024 + 1));
    createFileLogger(file).info('fresh');
    expect(readdirSync(path.dirname(file)).sort()).toEqual(['limn.log', 'limn.log.old']);
    expect(statSync(file).size).toBeLessThan(1000);
  });
});

describe('writing a file', () => {
  test('replaces it whole', async () => {
    const file = path.join(temporaryFolder(), 'a.svg');
    await writeFileAtomically(file, 'one');
    await writeFileAtomically(file, 'two');
    expect(readFileSync(file, 'utf8')).toBe('two');
    expect(readdirSync(path.dirname(file))).toEqual(['a.svg']);
  });
  test('that fails leaves the old one and no draft', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'taken');
    // A folder of that name: renaming a file over it fails, for root too.
    await writeFileAtomically(path.join(folder, 'other'), 'x');
    mkdirSync(file);
    chmodSync(file, 0o700);
    await expect(writeFileAtomically(file, 'new')).rejects.toThrow(/EISDIR|EEXIST|ENOTEMPTY/);
    expect(readdirSync(folder).sort()).toEqual(['other', 'taken']);
  });
});

test('random bytes differ', () => {
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  expect(hash(systemRandom.bytes(16))).not.toBe(hash(systemRandom.bytes(16)));
  expect(systemRandom.bytes(5)).toHaveLength(5);
});
