import xml from '@xmpp/xml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDial, createResolveSrv } from '#platform/xmpp-net.ts';
import { type Prosody, startProsody } from '#test/support/prosody.ts';
import { freePort } from '#test/support/server-process.ts';
import { type Connection, parseService } from '#xmpp/connection.ts';
import type { EntityEvent } from '#xmpp/entity.ts';
import type { CertificateQuestion } from '#xmpp/trust.ts';
import { connection, next } from './connect.ts';

let prosody: Prosody;
beforeAll(async () => {
  prosody = await startProsody({ accounts: { alice: 'pw', bob: 'pw', ünï: 'pässword ☃' } });
});
afterAll(() => prosody.stop());

const starttls = (): string => `xmpp://127.0.0.1:${prosody.port}`;
const direct = (): string => `xmpps://127.0.0.1:${prosody.tlsPort}`;
const ping = (entity: Connection, to?: string) => entity.request('get', to, xml('ping', { xmlns: 'urn:xmpp:ping' }));
const event = (entity: Connection, type: EntityEvent['type']): Promise<EntityEvent> =>
  next<EntityEvent>(
    (listener) => entity.on(listener),
    (one) => one.type === type,
  );

describe('signing in', () => {
  test.each([
    ['STARTTLS', starttls],
    ['direct TLS', direct],
  ])('by %s', async (_, service) => {
    const alice = connection(service(), { resource: 'limn' });
    expect(await alice.start()).toBe('alice@localhost/limn');
    expect((await ping(alice)).attrs['type']).toBe('result');
  });

  test('with letters of any language in name and password', async () => {
    const entity = connection(direct(), { credentials: { username: 'ünï', password: 'pässword ☃' } });
    expect(await entity.start()).toMatch(/^ünï@localhost\//);
  });

  test('a wrong password is refused in one sentence, and never tried again', async () => {
    const alice = connection(starttls(), { credentials: { username: 'alice', password: 'nope' } });
    await expect(alice.start()).rejects.toMatchObject({
      code: 'wrong-password',
      message: expect.stringContaining('password'),
    });
    expect(alice.online).toBe(false);
  });

  test('nothing listens there', async () => {
    const port = await freePort();
    await expect(connection(`127.0.0.1:${port}`).start()).rejects.toMatchObject({ code: 'connection-refused' });
  });

  test('no such host', async () => {
    const entity = connection('no-such-host.invalid:5222');
    // The server that was given is the one that isn't there, not the account's domain.
    await expect(entity.start()).rejects.toMatchObject({
      code: 'unknown-host',
      message: expect.stringContaining('no-such-host.invalid') as string,
    });
  });

  test('the server does not serve this domain', async () => {
    const entity = connection(starttls(), { domain: 'elsewhere.invalid' });
    await expect(entity.start()).rejects.toMatchObject({ code: 'unknown-host' });
  });

  test('secrets stay out of the traffic log', async () => {
    const lines: string[] = [];
    const alice = connection(direct(), { traffic: (direction, text) => lines.push(`${direction} ${text}`) });
    await alice.start();
    await alice.send(
      xml(
        'presence',
        { to: 'x@rooms.localhost/a' },
        xml('x', { xmlns: 'http://jabber.org/protocol/muc' }, xml('password', {}, 'hush')),
      ),
    );
    const all = lines.join('\n');
    expect(all).toContain('out <auth');
    expect(all).toContain('in <success');
    expect(all).toContain('<password>[removed]</password>');
    expect(all).not.toMatch(/hush|n=alice|biws|>dj1|>Yzi/);
  });
});

describe('a certificate that does not validate', () => {
  test('is asked about before anything is said about the account', async () => {
    const questions: CertificateQuestion[] = [];
    const lines: string[] = [];
    const alice = connection(direct(), {
      traffic: (_, text) => lines.push(text),
      decideCertificate: (question) => {
        questions.push(question);
        return Promise.resolve(false);
      },
    });
    await expect(alice.start()).rejects.toMatchObject({ code: 'certificate' });
    expect(lines).toEqual([]);
    expect(questions).toMatchObject([
      { domain: 'localhost', changed: false, certificate: { subject: 'CN=localhost', problems: ['self-signed'] } },
    ]);
    expect(questions[0]?.certificate.publicKey).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is not asked about without anyone to ask', async () => {
    const { decideCertificate: _, ...none } = { decideCertificate: undefined };
    const { createConnection } = await import('#xmpp/connection.ts');
    const { ports } = await import('./connect.ts');
    const options = {
      domain: 'localhost',
      service: starttls(),
      credentials: { username: 'alice', password: 'pw' },
      ...none,
    };
    await expect(createConnection(options, ports).start()).rejects.toMatchObject({ code: 'certificate' });
  });

  test('is pinned by its key, and a changed key is said to be one', async () => {
    const server = await startProsody();
    try {
      const service = `127.0.0.1:${server.port}`;
      let pinned = '';
      // Who stays would come back to the server that is started again, and ask as well.
      const visit = async (entity: ReturnType<typeof connection>): Promise<void> => {
        await entity.start();
        await entity.stop();
      };
      await visit(connection(service, { onPinned: (key) => (pinned = key) }));
      expect(pinned).toMatch(/^[0-9a-f]{64}$/);
      let asked: CertificateQuestion | undefined;
      const decideCertificate = (question: CertificateQuestion): Promise<boolean> => {
        asked = question;
        return Promise.resolve(false);
      };
      await visit(connection(service, { pinned, decideCertificate }));
      expect(asked).toBeUndefined();
      server.renewCertificate();
      await server.restart();
      await expect(connection(service, { pinned, decideCertificate }).start()).rejects.toMatchObject({
        code: 'certificate',
      });
      expect(asked).toMatchObject({ changed: true });
      asked = undefined;
      server.renewCertificate('other.example');
      await server.restart();
      await expect(connection(service, { decideCertificate }).start()).rejects.toMatchObject({ code: 'certificate' });
      expect(asked).toMatchObject({ certificate: { problems: ['self-signed', 'wrong-name'] } });
      asked = undefined;
      const strict = connection(service, { decideCertificate, validatedBefore: true });
      await expect(strict.start()).rejects.toMatchObject({ code: 'certificate' });
      expect(asked).toBeUndefined();
    } finally {
      await server.stop();
    }
  });

  test('one that validates is not asked about', async () => {
    const { readCertificate } = await import('./read-certificate.ts');
    const { createConnection } = await import('#xmpp/connection.ts');
    const { clock, random } = await import('./connect.ts');
    const ca = [await readCertificate(prosody.tlsPort)];
    let validated = false;
    const entity = createConnection(
      {
        domain: 'localhost',
        service: direct(),
        credentials: { username: 'alice', password: 'pw' },
        onValidated: () => (validated = true),
      },
      { dial: createDial({ ca }), resolveSrv: createResolveSrv(), clock, random },
    );
    await entity.start();
    await entity.stop();
    expect(validated).toBe(true);
  });
});

describe('a lost network', () => {
  test('comes back by resumption: nothing is lost, nothing comes twice', async () => {
    const [alice, bob] = [
      connection(direct()),
      connection(direct(), { credentials: { username: 'bob', password: 'pw' } }),
    ];
    const to = await alice.start();
    await bob.start();
    await ping(alice);
    // The answer to <enable/> comes before that of a request behind it.
    await ping(alice);
    const bodies: (string | null)[] = [];
    alice.onStanza((stanza) => bodies.push(stanza.getChildText('body')));
    const down = event(alice, 'offline');
    alice.cut();
    await down;
    await expect(alice.send(xml('message', {}))).rejects.toMatchObject({ code: 'disconnected' });
    await expect(ping(alice)).rejects.toMatchObject({ code: 'disconnected' });
    for (const body of ['one', 'two']) await bob.send(xml('message', { to, type: 'chat' }, xml('body', {}, body)));
    await ping(bob);
    const up = event(alice, 'online');
    alice.link();
    expect(await up).toMatchObject({ resumed: true, jid: to });
    await ping(alice);
    expect(bodies).toEqual(['one', 'two']);
  });

  test('comes back by itself after the server was killed', async () => {
    const server = await startProsody();
    try {
      const alice = connection(`127.0.0.1:${server.port}`);
      await alice.start();
      const down = event(alice, 'offline');
      await server.kill9();
      await down;
      const up = event(alice, 'online');
      await server.restart();
      expect(await up).toMatchObject({ resumed: false });
      await ping(alice);
    } finally {
      await server.stop();
    }
  });

  test('signing in elsewhere under the same name ends this one for good', async () => {
    const first = connection(direct(), { resource: 'same' });
    await first.start();
    const failed = event(first, 'failed');
    await connection(direct(), { resource: 'same' }).start();
    expect(await failed).toMatchObject({ error: { code: 'refused', condition: 'conflict' } });
  });
});

describe('requests', () => {
  test('unknown ones are answered with service-unavailable', async () => {
    const [alice, bob] = [
      connection(direct()),
      connection(direct(), { credentials: { username: 'bob', password: 'pw' } }),
    ];
    const to = await alice.start();
    await bob.start();
    await expect(bob.request('set', to, xml('dance', { xmlns: 'urn:x' }))).rejects.toMatchObject({
      condition: 'service-unavailable',
    });
    expect((await ping(bob, to)).attrs['from']).toBe(to);
    const stop = alice.handle('get', 'sum', 'urn:x', () => xml('sum', { xmlns: 'urn:x' }, '3'));
    expect((await bob.request('get', to, xml('sum', { xmlns: 'urn:x' }))).getChildText('sum')).toBe('3');
    stop();
    await expect(bob.request('get', to, xml('sum', { xmlns: 'urn:x' }))).rejects.toMatchObject({
      condition: 'service-unavailable',
    });
  });

  test('text of 90 kB in any language arrives whole', async () => {
    const [alice, bob] = [
      connection(direct()),
      connection(starttls(), { credentials: { username: 'bob', password: 'pw' } }),
    ];
    const to = await alice.start();
    await bob.start();
    const body = '漢字かな👩‍🎨'.repeat(3_000);
    const got = next<string | null>((listener) => alice.onStanza((stanza) => listener(stanza.getChildText('body'))));
    await bob.send(xml('message', { to, type: 'chat' }, xml('body', {}, body)));
    expect(await got).toBe(body);
  });
});

test.each([
  ['example.org', { host: 'example.org', port: 5222, direct: false }],
  ['127.0.0.1:15222', { host: '127.0.0.1', port: 15222, direct: false }],
  ['xmpp://a:1', { host: 'a', port: 1, direct: false }],
  ['xmpps://a', { host: 'a', port: 5223, direct: true }],
  ['[::1]:5', { host: '::1', port: 5, direct: false }],
])('the service %s', (text, endpoint) => expect(parseService(text)).toEqual(endpoint));

test.each(['', 'a b', 'http://a', 'a:0', 'a:99999', 'a:b'])('"%s" is no service', (text) => {
  expect(() => parseService(text)).toThrow(RangeError);
});
