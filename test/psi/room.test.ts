/** A live Psi 1.5 invited into a room by Limn, where another Limn draws, too: all three have the same document. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SignedIn } from '#test/app/signed-in.ts';
import { shape } from '#test/app/world.ts';
import { limnDraws, psiDraws } from './drawing.ts';
import { type Meeting, same, startMeeting } from './meeting.ts';

const ROOM = 'board@rooms.localhost';

let met: Meeting;
let bob: SignedIn;
let dora: SignedIn;
beforeAll(async () => {
  met = await startMeeting();
  [bob, dora] = await Promise.all([met.limn('bob'), met.limn('dora')]);
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await met.shot(task.name);
});
afterAll(() => met.stop());

const poll = <T>(read: () => T) => expect.poll(read, { timeout: 30_000 });

test('Psi comes into a room where two Limns draw, and all have the same', async () => {
  const { psi } = met;
  const { id: board } = await bob.client.call('boards.create', { name: 'Ideas' });
  await bob.client.open(board);
  await bob.client.call('rooms.join', { room: ROOM, board, create: true });
  const { id: theirs } = await dora.client.call('rooms.join', { room: ROOM, create: false });
  await dora.client.open(theirs);
  await poll(() => dora.app.board(theirs).status().connection).toBe('online');
  await bob.client.call('rooms.invite', { board, jid: 'alice@localhost' });
  await psi.join();
  await psi.answer(true, 'other');
  const alike = () => poll(() => dora.app.board(theirs).svg() === bob.app.board(board).svg()).toBe(true);
  await same(met, bob, board);
  const people = bob.app.board(board).people();
  expect(people.map(({ name }) => name).sort()).toEqual(['alice', 'bob', 'dora']);
  await limnDraws(met, bob, board);
  await alike();
  const circle = shape('circle', { id: 'dora', cx: '300', cy: '100', r: '30', fill: '#008080' });
  const intents = [{ do: 'add', parent: 'root', before: null, node: circle } as const];
  await dora.client.call('document.submit', { board: theirs, gesture: 'circle', intents });
  await poll(() => psi.pixels('#008080')).toBeGreaterThan(2000);
  await psiDraws(met, bob, board);
  await alike();
  await same(met, bob, board);
});
