/** One in the room who floods it, on a real Prosody: the others draw on, and are told who it is. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import xml, { type Element } from '@xmpp/xml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Edit } from '#core/types.ts';
import { type Prosody, startProsody } from '#test/support/prosody.ts';
import { type RawClient, startRawClient } from '#test/support/raw-client.ts';
import type { SxePayload } from '#xmpp/xep-0284.ts';
import { serializeSxe } from '#xmpp/xep-0284-codec.ts';
import { parseAdvertised } from '#xmpp/xep-0284-presence.ts';
import { closeApps, type SignedIn, signedIn } from './signed-in.ts';
import { shape } from './world.ts';

const ROOM = 'busy@rooms.localhost';
/** 10,000 edits a second for two seconds, or until somebody is told. */
const STANZAS = 400;
const MOST_STANZAS = 4000;
const EDITS = 50;
const EVERY_MS = 5;

let prosody: Prosody;
let mallory: RawClient;
beforeAll(async () => {
  prosody = await startProsody({ accounts: { alice: 'pw', bob: 'pw', mallory: 'pw' } });
});
afterAll(async () => {
  await mallory?.stop();
  await closeApps();
  await prosody.stop();
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** Bytes in use, after all that is garbage has gone. */
const inUse = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

const comeIn = async (name: string): Promise<SignedIn & { readonly board: string }> => {
  const person = await signedIn(prosody, name);
  const { id: board } = await person.client.call('rooms.join', { room: ROOM, create: true });
  await person.client.open(board);
  return { ...person, board };
};
const draw = ({ client, board }: SignedIn & { readonly board: string }, x: string) =>
  client.call('document.submit', {
    board,
    gesture: x,
    intents: [{ do: 'add', parent: 'root', before: null, node: shape('rect', { x }) }],
  });
const svgOf = ({ app, board }: SignedIn & { readonly board: string }): string => app.board(board).svg();
const poll = <T>(read: () => T) => expect.poll(read, { timeout: 20_000 });

test('10,000 edits a second: the others draw on, memory is bounded, and they are told once who it is', async () => {
  const alice = await comeIn('alice');
  const bob = await comeIn('bob');
  await draw(alice, '1');
  await poll(() => svgOf(bob)).toContain('x="1"');
  mallory = await startRawClient({ jid: 'mallory@localhost', password: 'pw', service: `127.0.0.1:${prosody.port}` });
  await mallory.enter(ROOM, 'mallory');
  const session = mallory.heard.map((stanza) => parseAdvertised(stanza).session?.id).find((id) => id !== undefined);
  expect(session).toBeDefined();
  let said = 0;
  const say = (payload: SxePayload): Promise<void> => {
    const id = `mallory00.${++said}`;
    return mallory.send(
      xml('message', { to: ROOM, type: 'groupchat', id }, serializeSxe({ session: session ?? '', id, payload })),
    );
  };
  await say({ kind: 'hello', epoch: alice.app.board(alice.board).replica.place.epoch, opens: false });
  const target = alice.app.board(alice.board).replica.confirmed.root() ?? '';
  await say({
    kind: 'edits',
    edits: [{ kind: 'new', rid: 'evil', type: 'attr', parent: target, name: 'id', chdata: '0', primaryWeight: 0 }],
  });
  await poll(() => svgOf(bob)).toContain('id="0"');

  const before = inUse();
  let version = 1;
  const edits = (): Edit[] =>
    Array.from({ length: EDITS }, () => ({
      kind: 'set',
      rid: 'evil',
      version: ++version,
      fields: { chdata: String(version) },
    }));
  const told = () => [alice, bob].map(({ client }) => client.events.notice.filter(({ code }) => code === 'flood'));
  let over = false;
  const flood = (async () => {
    const began = performance.now();
    for (let sent = 0; sent < STANZAS || (told().some((all) => all.length === 0) && sent < MOST_STANZAS); sent++) {
      const early = began + sent * EVERY_MS - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      await say({ kind: 'edits', edits: edits() });
    }
    over = true;
  })();
  for (let x = 2; !over; x++) {
    await draw(x % 2 ? alice : bob, String(x));
    await poll(() => svgOf(x % 2 ? bob : alice)).toContain(`x="${x}"`);
  }
  await flood;
  await poll(() => svgOf(alice)).toContain(`id="${version}"`);
  await poll(() => svgOf(bob)).toBe(svgOf(alice));
  (mallory.heard as Element[]).length = 0;
  const grown = inUse() - before;
  expect(grown).toBeLessThan(64 * 1024 * 1024);
  for (const notices of told()) {
    expect(notices).toHaveLength(1);
    expect(notices[0]?.message).toContain('mallory');
  }
}, 60_000);
