/** Streams that end in the middle of being resumed (XEP-0198): Limn comes back soon, bound once, however the server takes it. */
import { expect, onTestFinished, test } from 'vitest';
import { createConnection } from '#xmpp/connection.ts';
import type { EntityEvent } from '#xmpp/entity.ts';
import { next, ports } from './connect.ts';
import { BIND, fakeServer, type FakePeer, features, HEADER, PLAIN } from './fake-server.ts';
import { manualClock } from './manual-clock.ts';

const SM = "<sm xmlns='urn:xmpp:sm:3'/>";
const FAILED = "<failed xmlns='urn:xmpp:sm:3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>";

/** A server that signs everybody in and manages streams. `resumed`: what it does about a wish to resume. */
function managing(resumed: (peer: FakePeer) => void, online: (peer: FakePeer) => void) {
  let streams = 0;
  const bindings: string[] = [];
  const play = (peer: FakePeer, text: string): void => {
    if (text.includes('<stream:stream')) {
      streams += 1;
      peer.send(HEADER + features(streams % 2 === 1 ? PLAIN : BIND + SM));
    } else if (text.includes('<auth')) peer.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    else if (text.includes('<resume')) resumed(peer);
    for (const [, id] of text.matchAll(/<iq type="set" id="([^"]+)"><bind/g)) {
      bindings.push(id ?? '');
      peer.send(
        bindings.length > 2
          ? `<iq type='error' id='${id}'><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`
          : `<iq type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>alice@localhost/${bindings.length}</jid></bind></iq>`,
      );
    }
    if (text.includes('<enable')) {
      peer.send(`<enabled xmlns='urn:xmpp:sm:3' id='s${bindings.length}' resume='true'/>`);
      online(peer);
    }
  };
  return { play, bindings };
}

test.each([
  ['it has no such stream', [(peer: FakePeer) => peer.send(FAILED)]],
  [
    'it ends the stream in place of an answer, and then has none',
    [(peer: FakePeer) => peer.end(), (peer: FakePeer) => peer.send(FAILED)],
  ],
  ['it ends each such stream', [(peer: FakePeer) => peer.end(), (peer: FakePeer) => peer.end()]],
])('when %s', async (_, answers) => {
  const clock = manualClock();
  let wishes = 0;
  const peers: FakePeer[] = [];
  const { play, bindings } = managing(
    (peer) => answers[wishes++]?.(peer),
    (peer) => peers.push(peer),
  );
  const service = await fakeServer(true, play);
  const alice = createConnection(
    {
      domain: 'localhost',
      service,
      credentials: { username: 'alice', password: 'pw' },
      decideCertificate: () => Promise.resolve(true),
    },
    { ...ports, clock },
  );
  onTestFinished(() => alice.stop());
  const events: EntityEvent[] = [];
  alice.on((event) => events.push(event));
  const upAgain = (): Promise<unknown> =>
    next<EntityEvent>(
      (listener) => alice.on(listener),
      (event) => event.type === 'online',
    );
  const started = alice.start();
  const firstOnline = upAgain();
  await expect.poll(() => peers.length).toBe(1);
  clock.advance(0);
  await started;
  await firstOnline;
  const back = upAgain();
  peers[0]?.end();
  await expect.poll(() => (clock.advance(500), peers.length), { interval: 20, timeout: 10_000 }).toBe(2);
  clock.advance(0);
  await back;
  expect(wishes).toBe(answers.length);
  expect(bindings).toHaveLength(2);
  expect(events.at(-1)).toEqual({ type: 'online', jid: 'alice@localhost/2', resumed: false });
});
