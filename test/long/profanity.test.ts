/** Somebody with a mere chat client sits in a board's room: they chat with those who draw, and see nothing of the drawing. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IntentInput } from '#api/contract.ts';
import { closeApps, signedIn } from '#test/app/signed-in.ts';
import { shape } from '#test/app/world.ts';
import { type Profanity, startProfanity } from '#test/support/profanity.ts';
import { type Prosody, startProsody } from '#test/support/prosody.ts';

const ROOM = 'board@rooms.localhost';

let prosody: Prosody;
let profanity: Profanity;
beforeAll(async () => {
  prosody = await startProsody();
  const service = `127.0.0.1:${prosody.port}`;
  profanity = await startProfanity({ jid: 'carol@localhost', password: 'pw', service });
});
afterAll(async () => {
  await closeApps();
  await profanity.stop();
  await prosody.stop();
});

test('Profanity chats in a room where two draw, and reads not one stray line', async () => {
  const [alice, bob] = await Promise.all([signedIn(prosody, 'alice'), signedIn(prosody, 'bob')]);
  const { id: mine } = await alice.client.call('boards.create', { name: 'Ideas' });
  await alice.client.open(mine);
  await alice.client.call('rooms.join', { room: ROOM, board: mine, create: true });
  await profanity.type(`/join ${ROOM} nick carol`);
  await profanity.until(/carol/);
  const { id: theirs } = await bob.client.call('rooms.join', { room: ROOM, create: false });
  await bob.client.open(theirs);
  await profanity.until(/bob/);
  await expect.poll(() => bob.app.board(theirs).status().connection, { timeout: 20_000 }).toBe('online');
  const read: string[] = [];
  alice.app.board(mine).on((event) => {
    if (event.type === 'chat') read.push(`${event.from}: ${event.body}`);
  });

  await alice.app.board(mine).say('first words');
  await profanity.until(/alice: first words/);
  for (let at = 0; at < 20; at++) {
    const intents: IntentInput[] = [{ do: 'add', parent: 'root', before: null, node: shape('rect', { x: `${at}` }) }];
    await bob.client.call('document.submit', { board: theirs, gesture: `${at}`, intents });
  }
  alice.app.board(mine).live.present({ do: 'begin', rect: [0, 0, 100, 100] });
  const svg = (): string => alice.app.board(mine).svg();
  await expect.poll(svg, { timeout: 20_000 }).toContain('x="19"');
  await bob.app.board(theirs).say('last words');
  await profanity.until(/bob: last words/);
  await profanity.type('words of mine');
  await expect.poll(() => read, { timeout: 20_000 }).toContain('carol: words of mine');

  // At the right stands who is there.
  const lines = (await profanity.screen()).split('\n').map((line) => line.replace(/^[\d:]+ - | {4,}.*$/g, ''));
  const [from, to] = ['first words', 'last words'].map((words) => lines.findIndex((line) => line.includes(words)));
  expect(lines.slice(from, (to ?? 0) + 1)).toEqual(['alice: first words', 'bob: last words']);
});
