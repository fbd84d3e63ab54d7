/** Invitations to a room on a real Prosody: to one that is open, to one for members only, and floods. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWaitingInvitations, type Waiting } from '#app/waiting-invitations.ts';
import { type Prosody, startProsody } from '#test/support/prosody.ts';
import { startRawClient } from '#test/support/raw-client.ts';
import { closeApps, type SignedIn, signedIn } from './signed-in.ts';

let prosody: Prosody;
beforeAll(async () => {
  prosody = await startProsody();
});
afterAll(async () => {
  await closeApps();
  await prosody.stop();
});

const person = (name: string): Promise<SignedIn> => signedIn(prosody, name);
const waiting = ({ client }: SignedIn) => client.events.invitations.at(-1) ?? [];
const invited = async (someone: SignedIn) => {
  await expect.poll(() => waiting(someone).length, { timeout: 15_000 }).toBe(1);
  return waiting(someone)[0];
};
const people = ({ app }: SignedIn, board: string): string[] =>
  app
    .board(board)
    .people()
    .map(({ name }) => name)
    .sort();

test('who is invited is asked, and comes to the room or stays away', async () => {
  const [alice, bob] = [await person('alice'), await person('bob')];
  const { id: board } = await alice.client.call('boards.create', { name: 'Ideas' });
  const invite = (jid: string) => alice.client.call('rooms.invite', { board, jid });
  await expect(invite('bob@localhost')).rejects.toMatchObject({ code: 'refused' });
  await alice.client.open(board);
  await alice.client.call('rooms.join', { room: 'ideas@rooms.localhost', create: true, board });
  await expect(invite('nobody')).rejects.toMatchObject({ code: 'bad-request' });
  await expect(invite('alice@localhost')).rejects.toMatchObject({ code: 'own-address' });

  await invite('bob@localhost');
  const first = await invited(bob);
  expect(first).toMatchObject({ from: 'alice@localhost', room: 'ideas@rooms.localhost' });
  expect(await bob.client.call('direct.answer', { id: first?.id ?? '', accept: false })).toBeNull();
  expect(waiting(bob)).toEqual([]);

  await invite('bob@localhost');
  const second = await invited(bob);
  const opened = await bob.client.call('direct.answer', { id: second?.id ?? '', accept: true });
  expect(opened).toMatchObject({ room: 'ideas@rooms.localhost' });
  await expect.poll(() => people(alice, board), { timeout: 15_000 }).toEqual(['alice', 'bob']);
});

test('where a room is for members only, who is invited becomes a member', async () => {
  const [alice, carol] = [await person('alice'), await person('carol')];
  const { id: board } = await alice.client.call('boards.create', { name: 'Club' });
  await alice.client.open(board);
  await alice.client.call('rooms.join', { room: 'club@rooms.localhost', create: true, board });
  const service = `127.0.0.1:${prosody.port}`;
  const owner = await startRawClient({ jid: 'alice@localhost', password: 'pw', service });
  await owner.configure('club@rooms.localhost', { 'muc#roomconfig_membersonly': '1' });
  await owner.stop();
  const uninvited = carol.client.call('rooms.join', { room: 'club@rooms.localhost', create: false });
  await expect(uninvited).rejects.toMatchObject({ code: 'members-only' });
  await alice.client.call('rooms.invite', { board, jid: 'carol@localhost' });
  const { id = '' } = (await invited(carol)) ?? {};
  await carol.client.call('direct.answer', { id, accept: true });
  await expect.poll(() => people(alice, board), { timeout: 15_000 }).toEqual(['alice', 'carol']);
});

test('a password given to the room goes with invitations, and both come back with it', async () => {
  const [alice, carol] = [await person('alice'), await person('carol')];
  const { id: board } = await alice.client.call('boards.create', { name: 'Secret' });
  const room = 'secret@rooms.localhost';
  await alice.client.open(board);
  await alice.client.call('rooms.join', { room, create: true, board });
  const settings = await alice.client.call('rooms.settings', { board });
  await alice.client.call('rooms.change', { board, settings: { ...settings, password: 'sésame 😀' } });
  const uninvited = carol.client.call('rooms.join', { room, create: false });
  await expect(uninvited).rejects.toMatchObject({ code: 'password-required' });
  await alice.client.call('rooms.invite', { board, jid: 'carol@localhost' });
  const { id = '' } = (await invited(carol)) ?? {};
  await carol.client.call('direct.answer', { id, accept: true });
  const both = ['alice', 'carol'];
  await expect.poll(() => people(alice, board), { timeout: 15_000 }).toEqual(both);

  await prosody.kill9();
  const connection = () => alice.app.board(board).status().connection;
  await expect.poll(connection, { timeout: 15_000 }).not.toBe('online');
  await prosody.restart();
  await expect.poll(connection, { timeout: 60_000 }).toBe('online');
  await expect.poll(() => people(alice, board), { timeout: 60_000 }).toEqual(both);
}, 120_000);

/** Those who invite, and are never answered. */
const from = (jid: string, room?: string): Waiting => ({
  told: { from: jid, name: '', ...(room === undefined ? {} : { room }) },
  accept: () => Promise.reject(new Error('not here')),
  decline: () => undefined,
});

test('a flood goes unheard; who asks again to the same room is asked about once', () => {
  let next = 0;
  const list = createWaitingInvitations(
    () => String(next++),
    () => undefined,
  );
  for (let i = 0; i < 10; i++) list.add(from('mallory@example.org', `room${i}@rooms.example.org`));
  expect(list.list()).toHaveLength(3);
  list.add(from('bob@example.org', 'ideas@rooms.example.org'));
  const asked = list.list();
  for (let i = 0; i < 10; i++) list.add(from('bob@example.org', 'ideas@rooms.example.org'));
  expect(list.list()).toEqual(asked);
  for (let i = 0; i < 1000; i++) list.add(from(`${i}@example.org`));
  expect(list.list()).toHaveLength(32);
});
