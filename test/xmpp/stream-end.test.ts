/** How a stream ends, what a person is told, and whether Limn comes back by itself. */
import { expect, test, vi } from 'vitest';
import { type ConnectionOptions, createConnection } from '#xmpp/connection.ts';
import type { EntityEvent } from '#xmpp/entity.ts';
import { onTestFinished } from 'vitest';
import { connection, next, ports } from './connect.ts';
import { careless, fakeServer } from './fake-server.ts';
import { manualClock } from './manual-clock.ts';

const failure = (condition: string, text = ''): string =>
  `<stream:error><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>${
    text && `<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>${text}</text>`
  }</stream:error></stream:stream>`;

const options = (service: string): ConnectionOptions => ({
  domain: 'localhost',
  service,
  credentials: { username: 'alice', password: 'pw' },
  decideCertificate: () => Promise.resolve(true),
});

test.each([
  ['conflict', 'refused', /signed in elsewhere.*Sign in again/],
  ['host-gone', 'refused', /no longer serves localhost.*Ask/],
  ['not-authorized', 'refused', /ended the session.*Sign in again/],
])('after %s it stays away and says why', async (condition, code, sentence) => {
  let signIns = 0;
  const service = await fakeServer(
    true,
    careless((peer) => {
      signIns += 1;
      peer.send(failure(condition));
    }),
  );
  const alice = connection(service);
  const failed = next<EntityEvent>(
    (listener) => alice.on(listener),
    (event) => event.type === 'failed',
  );
  await alice.start();
  expect(await failed).toMatchObject({ error: { code, condition, message: expect.stringMatching(sentence) } });
  expect(alice.online).toBe(false);
  expect(signIns).toBe(1);
});

test.each([
  ['policy-violation', /because of its rules.*connects again by itself/],
  ['system-shutdown', /shutting down or restarting.*connects again by itself/],
  ['reset', /shutting down or restarting.*connects again by itself/],
  ['resource-constraint', /resource-constraint \("too many"\).*connects again by itself/],
])('after %s it comes back by itself', async (condition, sentence) => {
  let signIns = 0;
  const service = await fakeServer(
    true,
    careless((peer) => {
      signIns += 1;
      if (signIns === 1) peer.send(failure(condition, 'too many'));
    }),
  );
  const alice = connection(service);
  const down = next<EntityEvent>(
    (listener) => alice.on(listener),
    (event) => event.type === 'offline',
  );
  await alice.start();
  expect(await down).toMatchObject({
    error: { code: 'disconnected', condition, message: expect.stringMatching(sentence) },
  });
  await next<EntityEvent>(
    (listener) => alice.on(listener),
    (event) => event.type === 'online',
  );
  expect(signIns).toBe(2);
});

test('a link that has gone silent is probed after 30 s and given up 10 s later', async () => {
  const clock = manualClock();
  let pinged = (): void => undefined;
  const probed = new Promise<void>((resolve) => (pinged = resolve));
  const play = careless(() => undefined);
  const service = await fakeServer(true, (peer, text) => {
    if (text.includes('urn:xmpp:ping')) pinged();
    else play(peer, text);
  });
  const alice = createConnection(options(service), { ...ports, clock });
  onTestFinished(() => alice.stop());
  await alice.start();
  const down = next<EntityEvent>(
    (listener) => alice.on(listener),
    (event) => event.type === 'offline',
  );
  clock.advance(30_000);
  await probed;
  expect(alice.online).toBe(true);
  clock.advance(10_000);
  expect(await down).toMatchObject({ error: { code: 'disconnected' } });
});

test('told that the network may be there again, it comes back at once, and looks whether the server still answers', async () => {
  const clock = manualClock();
  let peers = 0;
  let end = (): void => undefined;
  let pings = 0;
  const play = careless((peer) => {
    peers += 1;
    end = () => peer.end();
  });
  const service = await fakeServer(true, (peer, text) => {
    if (text.includes('urn:xmpp:ping')) pings += 1;
    else play(peer, text);
  });
  const alice = createConnection(options(service), { ...ports, clock });
  onTestFinished(() => alice.stop());
  const told = (type: EntityEvent['type']): Promise<EntityEvent> =>
    next<EntityEvent>(
      (listener) => alice.on(listener),
      (event) => event.type === type,
    );
  await alice.start();
  const down = told('offline');
  end();
  await down;
  const up = told('online');
  alice.hurry();
  await up;
  expect(peers).toBe(2);
  const lost = told('offline');
  alice.hurry();
  await expect.poll(() => pings).toBe(1);
  clock.advance(10_000);
  await lost;
  expect(alice.online).toBe(false);
});

test('a server that never ends the stream keeps nobody: nothing is waited for any more once Limn has left', async () => {
  const clock = manualClock();
  let heard = (): void => undefined;
  const goodbye = new Promise<void>((resolve) => (heard = resolve));
  const play = careless(() => undefined);
  const service = await fakeServer(true, (peer, text) => {
    if (text.includes('</stream:stream>')) heard();
    else play(peer, text);
  });
  const alice = createConnection(options(service), { ...ports, clock });
  await alice.start();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const stopped = alice.stop();
  await goodbye;
  clock.advance(1000);
  await stopped;
  await vi.advanceTimersByTimeAsync(1000);
  expect(vi.getTimerCount()).toBe(0);
});
