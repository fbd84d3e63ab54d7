/** A live Psi 1.5 and Limn, one to one over a real Prosody: each invites, each draws, and both have the same document. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { IntentInput } from '#api/contract.ts';
import type { SignedIn } from '#test/app/signed-in.ts';
import { shape } from '#test/app/world.ts';
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

test('an invitation that nobody wants any more does Psi no harm, however late, and a Latin letter does not blank its board', async () => {
  const { psi } = met;
  const { id: board } = await limn.client.call('boards.create', { name: 'Café' });
  await limn.client.open(board);
  await poll(() => limn.app.connection?.direct.contacts()[0]?.show).toBe('free');
  const asking = limn.client.call('direct.invite', { board, jid: 'alice@localhost' }).catch((error: unknown) => error);
  await psi.isAsked();
  await limn.client.call('direct.cancel', { board });
  expect(await asking).toMatchObject({ code: 'refused' });
  // Two minutes and more, after which Psi alone would have forgotten it and crash.
  const beats = () => limn.traffic().split('<negotiation/>').length - 1;
  await expect.poll(beats, { timeout: 200_000 }).toBe(3);
  await psi.answer(true);

  const inviting = limn.client.call('direct.invite', { board, jid: 'alice@localhost' });
  await Promise.all([psi.answer(true), inviting]);
  const rect = shape('rect', { x: '20', y: '20', width: '50', height: '50', fill: '#804000' });
  const text = { ...shape('text', { x: '30', y: '40' }), children: [{ type: 'text', chdata: 'é' } as const] };
  const group = { ...shape('g', {}), children: [rect, text] };
  const intents: IntentInput[] = [{ do: 'add', parent: 'root', before: null, node: group }];
  await limn.client.call('document.submit', { board, gesture: 'e', intents });
  await poll(() => psi.pixels('#804000')).toBeGreaterThan(1000);
  expect(await same(met, limn, board)).toContain('é');
  await psi.endSession();
  await poll(() => limn.app.board(board).status().connection).toBe('offline');
}, 300_000);
