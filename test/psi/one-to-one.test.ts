/** A live Psi 1.5 and Limn, one to one over a real Prosody: each invites, each draws, and both have the same document. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SignedIn } from '#test/app/signed-in.ts';
import { limnDraws, psiDraws } from './drawing.ts';
import { type Meeting, same, startMeeting } from './meeting.ts';

let met: Meeting;
let limn: SignedIn;
beforeAll(async () => {
  met = await startMeeting();
  limn = await met.limn('bob');
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await met.shot(task.name);
});
afterAll(() => met.stop());

const poll = <T>(read: () => T) => expect.poll(read, { timeout: 30_000 });

test('Limn invites Psi, and both draw, recolour, move, group and erase', async () => {
  const { psi } = met;
  const { id: board } = await limn.client.call('boards.create', { name: 'Ideas' });
  await limn.client.open(board);
  await poll(() => limn.app.connection?.direct.contacts()[0]?.show).toBe('free');
  const inviting = limn.client.call('direct.invite', { board, jid: 'alice@localhost' });
  const [info] = await Promise.all([inviting, psi.answer(true)]);
  expect(info).toMatchObject({ room: 'alice@localhost' });
  await same(met, limn, board);
  await limnDraws(met, limn, board);
  await psiDraws(met, limn, board);
  await psi.endSession();
  await poll(() => limn.app.board(board).status().connection).toBe('offline');
  await limn.client.call('rooms.leave', { board });
});

test('Psi invites Limn, and both draw, recolour, move, group and erase', async () => {
  const { psi } = met;
  await psi.openWhiteboard(1);
  const invitations = () => limn.client.events.invitations.at(-1) ?? [];
  await poll(() => invitations().length).toBe(1);
  expect(invitations()).toMatchObject([{ from: 'alice@localhost' }]);
  const accepted = await limn.client.call('direct.answer', { id: invitations()[0]?.id ?? '', accept: true });
  const board = accepted?.id ?? '';
  await limn.client.open(board);
  await same(met, limn, board);
  await limnDraws(met, limn, board);
  await psiDraws(met, limn, board);
});
