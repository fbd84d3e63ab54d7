/** Invitations by the thousand, on a real Prosody: few become questions, and the board goes on. */
import xml, { type Element } from '@xmpp/xml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Prosody, startProsody } from '#test/support/prosody.ts';
import { type RawClient, startRawClient } from '#test/support/raw-client.ts';
import { closeApps, type SignedIn, signedIn } from './signed-in.ts';
import { shape } from './world.ts';

const SENDERS = Array.from({ length: 12 }, (_, n) => `mallory${n}`);
let prosody: Prosody;
let foes: readonly RawClient[] = [];
beforeAll(async () => {
  prosody = await startProsody({ accounts: Object.fromEntries(['alice', ...SENDERS].map((name) => [name, 'pw'])) });
});
afterAll(async () => {
  await Promise.all(foes.map((foe) => foe.stop()));
  await closeApps();
  await prosody.stop();
});

const TO = 'alice@localhost';
const poll = <T>(read: () => T) => expect.poll(read, { timeout: 20_000 });
const told = ({ client }: SignedIn) => client.events.invitations.at(-1) ?? [];
const direct = (room: string): Element =>
  xml('message', { to: TO, type: 'chat' }, xml('x', { xmlns: 'jabber:x:conference', jid: room }));
const mediated = (room: string): Element =>
  xml(
    'message',
    { to: room },
    xml('x', { xmlns: 'http://jabber.org/protocol/muc#user' }, xml('invite', { to: TO }, xml('reason', {}, '\u202e!'))),
  );
const ringing = (id: string): Element =>
  xml(
    'message',
    { to: TO, type: 'chat' },
    xml(
      'propose',
      { xmlns: 'urn:xmpp:jingle-message:0', id },
      xml('description', { xmlns: 'http://www.w3.org/2000/svg' }),
    ),
  );

test('a thousand invitations of each kind, by one and by many: three questions of one, thirty-two in all', async () => {
  const alice = await signedIn(prosody, 'alice');
  const { id: board } = await alice.client.call('boards.create', { name: 'Mine' });
  await alice.client.open(board);
  const service = `127.0.0.1:${prosody.port}`;
  foes = await Promise.all(
    SENDERS.map((name) => startRawClient({ jid: `${name}@localhost`, password: 'pw', service })),
  );
  const [foe] = foes;
  if (!foe) throw new Error('nobody');

  const room = 'trap@rooms.localhost';
  await foe.enter(room, 'mallory');
  for (let n = 0; n < 1000; n++) {
    await foe.send(direct(`trap${n}@rooms.localhost`));
    await foe.send(ringing(`ring${n}`));
    if (n % 4 === 0) await foe.send(mediated(room));
  }
  // Prosody keeps the order: what this asks has come when all before it has.
  const last = (one: RawClient): Promise<unknown> =>
    one.request('get', TO, xml('query', { xmlns: 'http://jabber.org/protocol/disco#info' })).catch(() => undefined);
  await last(foe);
  await poll(() => told(alice).length).toBe(3);
  expect(new Set(told(alice).map(({ from }) => from))).toEqual(new Set(['mallory0@localhost']));

  await Promise.all(
    foes.map(async (one, at) => {
      for (let n = 0; n < 90; n++)
        await one.send(n % 2 ? ringing(`ring${at}.${n}`) : direct(`r${at}x${n}@rooms.localhost`));
      await last(one);
    }),
  );
  await poll(() => told(alice).length).toBe(32);
  for (const { from } of told(alice))
    expect(told(alice).filter((one) => one.from === from).length).toBeLessThanOrEqual(3);
  // Each is a question once; an answered one is gone.
  const ids = told(alice).map(({ id }) => id);
  expect(new Set(ids).size).toBe(32);
  await alice.client.call('direct.answer', { id: ids[0] ?? '', accept: false });
  await poll(() => told(alice).length).toBe(31);
  await alice.client.call('document.submit', {
    board,
    gesture: 'g',
    intents: [{ do: 'add', parent: 'root', before: null, node: shape('rect', { x: '7' }) }],
  });
  expect(alice.app.board(board).svg()).toContain('x="7"');
}, 60_000);
