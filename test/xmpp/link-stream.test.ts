/** Link-local streams over real sockets and TLS on this machine alone. */
import net from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { makePrivateKey, selfSigned } from '#platform/certificate.ts';
import { createLinkNet } from '#platform/link-net.ts';
import { LOOPBACK } from '#platform/mdns-link.ts';
import { systemRandom } from '#platform/random.ts';
import { type LinkPeer, type LinkStream, type LinkStreamOptions, openLinkStream } from '#xmpp/link-stream.ts';
import type { LinkNet, XmppClock } from '#xmpp/ports.ts';
import { manualClock } from './manual-clock.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const machine = (): LinkNet =>
  createLinkNet({
    identity: selfSigned(makePrivateKey()),
    clock: systemClock,
    host: '127.0.0.1',
    interfaces: () => [LOOPBACK],
  });

/** One side of a stream: what it was asked, what came, how it ended. */
function side(name: string, own: LinkNet, more: Partial<LinkStreamOptions> = {}) {
  const asked: { peer: LinkPeer; code: string }[] = [];
  const got: string[] = [];
  const notes: string[] = [];
  let over: (error: Error) => void = () => undefined;
  const closed = new Promise<Error>((resolve) => (over = resolve));
  let heard: () => void = () => undefined;
  const options = {
    clock: systemClock,
    random: systemRandom,
    key: own.key,
    address: `${name}@machine`,
    nick: name,
    known: () => false,
    agree: (peer: LinkPeer, code: string) => {
      asked.push({ peer, code });
      return Promise.resolve(true);
    },
    opened: () => ({
      stanza: (stanza: { toString(): string }) => {
        got.push(stanza.toString());
        heard();
      },
      closed: over,
    }),
    note: (message: string) => notes.push(message),
    ...more,
  };
  const count = (n: number): Promise<void> =>
    new Promise((resolve) => {
      heard = () => got.length >= n && resolve();
      heard();
    });
  return { options, asked, got, notes, closed, count };
}

async function listening(more: Partial<LinkStreamOptions> = {}) {
  const own = machine();
  const host = side('Ann', own, more);
  let done: (stream: Promise<LinkStream>) => void = () => undefined;
  const first = new Promise<Promise<LinkStream>>((resolve) => (done = resolve));
  const server = await own.listen((wire) => {
    const stream = openLinkStream({ ...host.options, wire });
    stream.catch(() => undefined);
    // Wrapped, so that its failure is not this promise's.
    done(stream);
  });
  ends.push(() => server.close());
  const settled = first.then(async (stream) => await stream);
  settled.catch(() => undefined);
  return { ...host, own, port: server.port, first: settled };
}

async function calling(port: number, own = machine(), more: Partial<LinkStreamOptions> = {}) {
  const guest = side('Ben', own, more);
  const wire = await own.dial(['127.0.0.1'], port);
  ends.push(() => wire.destroy());
  const call = { to: 'Ann@machine', session: 'abc', port: 4321 };
  return { ...guest, own, stream: openLinkStream({ ...guest.options, call, wire, ...more }) };
}

describe('two who want each other', () => {
  test('see the same six digits, prove their keys, and exchange stanzas both ways', async () => {
    const host = await listening();
    const guest = await calling(host.port);
    const stream = await guest.stream;
    const other = await host.first;
    expect(guest.asked[0]?.code).toMatch(/^\d{6}$/);
    expect(host.asked).toEqual([
      {
        code: guest.asked[0]?.code,
        peer: { key: guest.own.key, nick: 'Ben', session: 'abc', address: '127.0.0.1', port: 4321 },
      },
    ]);
    expect(stream.peer).toMatchObject({ key: host.own.key, nick: 'Ann', session: 'abc', address: '127.0.0.1' });
    stream.send('<message><body>1 é漢\u{1f600}</body></message>');
    await host.count(1);
    for (let n = 0; n < 50; n += 1) other.send(`<message id='${n}'/>`);
    await guest.count(50);
    expect(host.got[0]).toContain('1 é漢\u{1f600}');
    expect(guest.got.map((text) => /id="(\d+)"/.exec(text)?.[1])).toEqual([...Array(50).keys()].map(String));
    stream.close();
    expect(await host.closed).toMatchObject({ code: 'cancelled' });
  });

  test('who know each other are not asked, but both are as soon as one of them does not', async () => {
    const host = await listening({ known: () => true });
    const friend = await calling(host.port, machine(), { known: () => true });
    await friend.stream;
    expect([host.asked, friend.asked]).toEqual([[], []]);
    const forgetful = await calling(host.port);
    await forgetful.stream;
    expect([host.asked.length, forgetful.asked.length]).toEqual([1, 1]);
  });

  test('other digits each time', async () => {
    const host = await listening();
    const own = machine();
    const codes = new Set<string | undefined>();
    for (let n = 0; n < 3; n += 1) {
      const guest = await calling(host.port, own);
      await guest.stream;
      codes.add(guest.asked[0]?.code);
    }
    expect(codes.size).toBe(3);
  });

  test('one in between, who hands on every word, gives them different digits', async () => {
    const host = await listening({
      agree: (peer, code) => (host.asked.push({ peer, code }), new Promise(() => undefined)),
    });
    const middle = machine();
    const codes: string[] = [];
    const server = await middle.listen((wire) => {
      const towardsGuest = openLinkStream({
        ...side('Ann', middle).options,
        wire,
        agree: () => new Promise(() => undefined),
      });
      towardsGuest.catch(() => undefined);
    });
    ends.push(() => server.close());
    const guest = await calling(server.port, machine(), {
      agree: (_, code) => (codes.push(code), Promise.resolve(false)),
    });
    await expect(guest.stream).rejects.toMatchObject({ name: 'XmppError' });
    const beyond = await calling(host.port, middle, { agree: (_, code) => (codes.push(code), Promise.resolve(false)) });
    await expect(beyond.stream).rejects.toMatchObject({ name: 'XmppError' });
    expect(codes).toHaveLength(2);
    expect(codes[0]).not.toBe(codes[1]);
  });
});

describe('refusals', () => {
  test('one who is not wanted is told so', async () => {
    const host = await listening({ agree: () => Promise.resolve(false) });
    const guest = await calling(host.port);
    await expect(guest.stream).rejects.toMatchObject({ code: 'not-allowed', condition: 'not-authorized' });
  });

  test.each([
    ['resource-constraint', 'room-full'],
    ['host-unknown', 'room-missing'],
  ] as const)('a session that nobody can come to: %s', async (condition, code) => {
    const host = await listening({ closedTo: (session) => (session === 'abc' ? condition : undefined) });
    const guest = await calling(host.port);
    await expect(guest.stream).rejects.toMatchObject({ code, condition });
    expect(host.asked).toEqual([]);
  });

  test('another key than the one that was expected', async () => {
    const host = await listening();
    const expected = { to: 'Ann@machine', session: 'abc', key: 'f'.repeat(64) };
    const guest = await calling(host.port, machine(), { call: expected });
    await expect(guest.stream).rejects.toMatchObject({ condition: 'not-authorized' });
    expect(guest.asked).toEqual([]);
  });

  test('who goes away while a person decides, ends the question', async () => {
    let question: AbortSignal | undefined;
    let ask: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (ask = resolve));
    const host = await listening({
      agree: (_, __, gone) => {
        question = gone;
        ask();
        return new Promise((resolve) => gone.addEventListener('abort', () => resolve(false)));
      },
    });
    const leave = new AbortController();
    const own = machine();
    const wire = await own.dial(['127.0.0.1'], host.port);
    const call = { to: 'Ann@machine', session: 'abc' };
    const stream = openLinkStream({ ...side('Ben', own).options, call, wire }, leave.signal);
    await asked;
    leave.abort();
    await expect(stream).rejects.toMatchObject({ code: 'cancelled' });
    await expect(host.first).rejects.toMatchObject({ code: 'cancelled' });
    expect(question?.aborted).toBe(true);
  });

  test('ourselves', async () => {
    const host = await listening();
    const guest = await calling(host.port, host.own);
    await expect(guest.stream).rejects.toMatchObject({ name: 'XmppError' });
  });
});

/** Writes to the host in the clear and collects what it says until it hangs up. */
async function raw(port: number, ...texts: string[]): Promise<string> {
  const socket = net.connect({ host: '127.0.0.1', port });
  ends.push(() => socket.destroy());
  return await talk(socket, ...texts);
}
async function talk(socket: net.Socket, ...texts: string[]): Promise<string> {
  let said = '';
  socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const over = new Promise<string>((resolve) => socket.on('close', () => resolve(said)));
  socket.on('error', () => undefined);
  for (const text of texts) socket.write(text);
  return await over;
}

const HEADER =
  "<stream:stream to='a@b' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

describe('hostile callers', () => {
  test.each([
    ['stanzas in the clear', [`${HEADER}<message/>`], 'not-authorized'],
    ['stanzas before the code', [`${HEADER}<iq type='get' id='1'/>`], 'not-authorized'],
    ['no stream', ['<html>'], 'bad-format'],
    ['a stream of no version', [HEADER.replace("version='1.0'", '')], 'unsupported-version'],
    ['something that is no XML', [`${HEADER}</message>`], 'policy-violation'],
    [
      'a request for TLS with words behind it',
      [`${HEADER}<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><a/>`],
      'policy-violation',
    ],
    ['a flood of elements', [`${HEADER}${'<a/>'.repeat(50)}`], 'policy-violation'],
    ['an element without end', [HEADER, `<starttls a='${'x'.repeat(200_000)}`], 'policy-violation'],
    ['something other than TLS', [`${HEADER}<hello/>`], 'unsupported-feature'],
  ])('%s: a stream error and the end', async (_, texts, condition) => {
    const host = await listening();
    const said = await raw(host.port, ...texts);
    expect(said).toContain(`<${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>`);
    expect(said).toContain('</stream:stream>');
    await expect(host.first).rejects.toMatchObject({ condition });
    expect(host.asked).toEqual([]);
  });

  test('one who says nothing is hung up on', async () => {
    const clock = manualClock();
    const host = await listening({ clock });
    const socket = net.connect({ host: '127.0.0.1', port: host.port });
    ends.push(() => socket.destroy());
    const said = talk(socket);
    await new Promise((resolve) => socket.once('connect', resolve));
    await eventually(clock, host.first);
    expect(await said).toContain('connection-timeout');
  });

  test('one without a certificate', async () => {
    const host = await listening();
    const socket = net.connect({ host: '127.0.0.1', port: host.port });
    ends.push(() => socket.destroy());
    socket.write(`${HEADER}<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`);
    await new Promise<void>((resolve) => {
      let said = '';
      socket.on('data', function read(chunk: Buffer) {
        said += chunk.toString();
        if (!said.includes('<proceed')) return;
        socket.off('data', read);
        resolve();
      });
    });
    const secure = tls.connect({ socket, rejectUnauthorized: false });
    secure.on('error', () => undefined);
    await expect(host.first).rejects.toMatchObject({ condition: 'not-authorized' });
  });

  test('another nonce than the one that was promised', async () => {
    const host = await listening();
    const own = machine();
    const wire = await own.dial(['127.0.0.1'], host.port);
    ends.push(() => wire.destroy());
    let said = '';
    const answers: [RegExp, () => void | Promise<void>][] = [
      [/<starttls/, () => wire.write("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")],
      [
        /<proceed/,
        async () => {
          await wire.secure();
          wire.write(HEADER);
        },
      ],
      [
        /<verify/,
        () => wire.write("<commit xmlns='urn:x-limn:nearby:0' session='abc' nick='Ben'>bm90aGluZw==</commit>"),
      ],
      [
        /<nonce/,
        () => wire.write(`<reveal xmlns='urn:x-limn:nearby:0'>${Buffer.alloc(32).toString('base64')}</reveal>`),
      ],
    ];
    wire.listen({
      data: (text) => {
        said += text;
        const next = answers[0];
        if (!next?.[0].test(said)) return;
        said = '';
        answers.shift();
        void next[1]();
      },
      close: () => undefined,
    });
    wire.write(HEADER);
    await expect(host.first).rejects.toMatchObject({ condition: 'not-authorized' });
    expect(host.asked).toEqual([]);
  });

  test('a stanza of 100 MB ends the stream after a fraction of it, and the host goes on', async () => {
    const host = await listening();
    const guest = await calling(host.port);
    const stream = await guest.stream;
    stream.send('<message><body>');
    const piece = 'x'.repeat(64 * 1024);
    let sent = 0;
    while (sent < 100 * 1024 * 1024 && host.notes.length === 0) {
      stream.send(piece);
      sent += piece.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await host.closed).toMatchObject({ condition: 'policy-violation' });
    expect(await guest.closed).toMatchObject({ name: 'XmppError' });
    expect(host.got).toEqual([]);
    const second = await calling(host.port);
    await expect(second.stream).resolves.toBeDefined();
  });
});

/** Lets time pass on a clock that stands still until the promise is settled. */
async function eventually(clock: XmppClock & { advance(ms: number): void }, promise: Promise<unknown>): Promise<void> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  while (!settled) {
    clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
