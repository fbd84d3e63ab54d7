/** Boards between two on a real Prosody: invited by address, declined, drawn together, cut, restarted, left. */
import xml, { type Element } from '@xmpp/xml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IntentInput } from '#api/contract.ts';
import { type Prosody, startProsody } from '#test/support/prosody.ts';
import { NS_LIMN_LOG, parseLogPage, serializeLogQuery } from '#xmpp/limn-log.ts';
import { startRawClient } from '#test/support/raw-client.ts';
import { closeApps, type SignedIn, signedIn } from './signed-in.ts';
import { shape } from './world.ts';

let prosody: Prosody;
beforeAll(async () => {
  prosody = await startProsody();
});
afterAll(async () => {
  await closeApps();
  await prosody.stop();
});

const person = (name: string, profile?: string): Promise<SignedIn> => signedIn(prosody, name, profile);
/** Waits for what may take a while on a loaded machine. */
const poll = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });

const add = (x: string): IntentInput => ({ do: 'add', parent: 'root', before: null, node: shape('rect', { x }) });
const draw = ({ client }: SignedIn, board: string, x: string) =>
  client.call('document.submit', { board, gesture: x, intents: [add(x)] });
const invitation = async ({ client }: SignedIn): Promise<string> => {
  await poll(() => client.events.invitations.at(-1)?.length).toBe(1);
  return client.events.invitations.at(-1)?.[0]?.id ?? '';
};
const same = (one: SignedIn, mine: string, other: SignedIn, theirs: string): Promise<void> =>
  expect
    .poll(
      () => {
        const [a, b] = [one.app.board(mine), other.app.board(theirs)];
        const waiting = a.status().waiting + b.status().waiting;
        return waiting === 0 && a.status().connection === 'online' && a.svg() === b.svg();
      },
      { timeout: 15_000 },
    )
    .toBe(true);

test('invited by address, two draw one board; it survives a cut and a restart, and ends for both', async () => {
  const alice = await person('alice');
  const bob = await person('bob');
  const { id: mine } = await alice.client.call('boards.create', { name: 'Ideas' });
  await alice.client.open(mine);
  await draw(alice, mine, '1');
  const inviting = alice.client.call('direct.invite', { board: mine, jid: 'bob@localhost' });
  const id = await invitation(bob);
  expect(bob.client.events.invitations.at(-1)).toMatchObject([{ from: 'alice@localhost' }]);
  const accepted = await bob.client.call('direct.answer', { id, accept: true });
  expect(await inviting).toMatchObject({ id: mine, room: 'bob@localhost' });
  const theirs = accepted?.id ?? '';
  expect(accepted).toMatchObject({ name: 'Ideas', room: 'alice@localhost' });
  await bob.client.open(theirs);
  await same(alice, mine, bob, theirs);
  expect(bob.app.board(theirs).svg()).toContain('<rect x="1"');
  await Promise.all([draw(alice, mine, '2'), draw(bob, theirs, '3')]);
  await same(alice, mine, bob, theirs);
  expect(
    alice.app
      .board(mine)
      .people()
      .map(({ name }) => name),
  ).toEqual(['alice', 'bob']);

  await bob.app.connection?.cut?.();
  await Promise.all([draw(alice, mine, '4'), draw(bob, theirs, '5')]);
  await bob.app.connection?.link?.();
  await same(alice, mine, bob, theirs);

  await bob.quit();
  await poll(() => alice.app.board(mine).status().connection).toBe('offline');
  await draw(alice, mine, '6');
  const again = await person('bob', bob.profile);
  await again.client.open(theirs);
  await same(alice, mine, again, theirs);
  const svg = again.app.board(theirs).svg();
  for (const x of ['1', '2', '3', '4', '5', '6']) expect(svg).toContain(`<rect x="${x}"`);
  expect(again.client.events.invitations.at(-1) ?? []).toEqual([]);

  await alice.client.call('rooms.leave', { board: mine });
  await poll(() => again.app.board(theirs).status().connection).toBe('offline');
  await alice.quit();
  await again.quit();
});

test('between two, edits are compact and judged, notes are shared, and the log is told to no stranger', async () => {
  const alice = await person('alice');
  const bob = await person('bob');
  const { id: mine } = await alice.client.call('boards.create', { name: 'Both' });
  await alice.client.open(mine);
  const inviting = alice.client.call('direct.invite', { board: mine, jid: 'bob@localhost' });
  const accepted = await bob.client.call('direct.answer', { id: await invitation(bob), accept: true });
  await inviting;
  const theirs = accepted?.id ?? '';
  await bob.client.open(theirs);
  await draw(alice, mine, '1');
  await same(alice, mine, bob, theirs);
  await draw(bob, theirs, '2');
  await same(alice, mine, bob, theirs);
  for (const { traffic } of [alice, bob]) {
    expect(traffic().includes('<c xmlns=\\"urn:x-limn:compact:0\\"')).toBe(true);
    expect(traffic().includes('<set target=')).toBe(false);
  }

  // Bob's client says what SVG doesn't allow: it comes about on neither side.
  const { replica } = bob.app.board(theirs);
  const [, second] = replica.shown.children(replica.shown.root() ?? '');
  const width = { kind: 'new', rid: 'forged.1', type: 'attr', parent: second ?? '', primaryWeight: 9 } as const;
  replica.submitEdits([{ ...width, name: 'width', chdata: 'wide' }], 'forged');
  await draw(bob, theirs, '3');
  await same(alice, mine, bob, theirs);
  expect(alice.app.board(mine).svg()).toContain('<rect x="3"');
  expect(alice.app.board(mine).svg()).not.toContain('wide');
  const voided = (at: SignedIn, board: string) =>
    [...at.app.board(board).log()].flatMap(({ edits }) => edits.filter((edit) => edit.void)).map(({ rid }) => rid);
  expect([voided(alice, mine), voided(bob, theirs)]).toEqual([['forged.1'], ['forged.1']]);

  const { notes } = await alice.client.call('notes.open', { board: mine });
  const { notes: others } = await bob.client.call('notes.open', { board: theirs });
  const sheets = [alice.app.board(notes), bob.app.board(others)] as const;
  const write = async (one: SignedIn, id: string, value: string): Promise<void> => {
    const { shown } = one.app.board(id).replica;
    const body = shown.children(shown.root() ?? '').find((rid) => shown.get(rid)?.name === 'body') ?? '';
    const rid = shown.children(shown.children(body)[0] ?? '')[0] ?? '';
    const was = shown.get(rid)?.chdata ?? '';
    await one.client.call('document.submit', {
      board: id,
      gesture: value,
      intents: [{ do: 'write', rid, was, value: was + value }],
    });
  };
  const alike = () =>
    poll(
      () =>
        sheets.every((one) => one.status().waiting === 0 && one.file() === sheets[0].file()) &&
        sheets[0].replica.place.epoch === sheets[1].replica.place.epoch,
    ).toBe(true);
  await alike();
  await write(alice, notes, 'from alice');
  await alike();
  await write(bob, others, ', from bob');
  await alike();
  expect(sheets[0].file()).toContain('from alice, from bob');
  await bob.app.connection?.cut?.();
  await write(alice, notes, ', meanwhile');
  await bob.app.connection?.link?.();
  await alike();
  expect(sheets[1].file()).toContain('from alice, from bob, meanwhile');

  const to = /to=\\"(alice@localhost\/[^\\]+)\\"/.exec(alice.traffic())?.[1] ?? '';
  const session = alice.app.board(mine).meta.room?.session ?? '';
  const ask = async (name: string): Promise<number | undefined> => {
    const raw = await startRawClient({
      jid: `${name}@localhost`,
      password: 'pw',
      service: `127.0.0.1:${prosody.port}`,
    });
    try {
      const answer = await raw.request('get', to, serializeLogQuery({ session }));
      return parseLogPage(answer.getChild('log', NS_LIMN_LOG) as Element)?.entries.length;
    } finally {
      await raw.stop();
    }
  };
  // Another client of her own is told; one of Bob's that isn't in the session, and others, are not.
  expect(await ask('alice')).toBeGreaterThan(3);
  await expect(ask('carol')).rejects.toMatchObject({ code: 'refused' });
  await alice.quit();
  await bob.quit();
});

test('an invitation can be declined, taken back, or go nowhere; the board stays as it was', async () => {
  const alice = await person('alice');
  const bob = await person('bob');
  const { id: board } = await alice.client.call('boards.create', { name: 'Plan' });
  await alice.client.open(board);
  const invite = (jid: string) => alice.client.call('direct.invite', { board, jid });

  const declined = invite('bob@localhost');
  const [, told] = await Promise.all([
    bob.client.call('direct.answer', { id: await invitation(bob), accept: false }),
    declined.catch((error: unknown) => String((error as Error).message)),
  ]);
  expect(told).toBe('bob declined the invitation.');

  const cancelled = invite('bob@localhost');
  cancelled.catch(() => undefined);
  await invitation(bob);
  await alice.client.call('direct.cancel', { board });
  await expect(cancelled).rejects.toMatchObject({ code: 'refused' });
  await poll(() => bob.client.events.invitations.at(-1)).toEqual([]);

  await expect(invite('alice@localhost')).rejects.toMatchObject({ code: 'own-address' });
  await expect(invite('no address')).rejects.toMatchObject({ code: 'bad-request' });
  expect(alice.app.board(board).status().connection).toBe('alone');
  await alice.quit();
  await bob.quit();
});

test('contacts of the account are told, with who is there, as other clients change them', async () => {
  const alice = await person('alice');
  const phone = await startRawClient({ service: `127.0.0.1:${prosody.port}`, jid: 'alice@localhost', password: 'pw' });
  try {
    const item = xml('item', { jid: 'bob@localhost', name: 'Bob ✏️' });
    await phone.request('set', 'alice@localhost', xml('query', { xmlns: 'jabber:iq:roster' }, item));
    const known = { jid: 'bob@localhost', name: 'Bob ✏️' };
    await poll(() => alice.client.events.contacts.at(-1)).toEqual([{ ...known, show: 'off' }]);
    const bob = await person('bob');
    const dave = await startRawClient({ service: `127.0.0.1:${prosody.port}`, jid: 'bob@localhost', password: 'pw' });
    await dave.send(xml('presence', { to: 'alice@localhost', type: 'subscribed' }));
    await phone.send(xml('presence', { to: 'bob@localhost', type: 'subscribe' }));
    await dave.send(xml('presence', { to: 'alice@localhost', type: 'subscribed' }));
    await poll(() => alice.client.call('contacts.list')).toEqual([{ ...known, show: 'free' }]);
    await dave.stop();
    await bob.quit();
    await poll(() => alice.client.events.contacts.at(-1)).toEqual([{ ...known, show: 'off' }]);
  } finally {
    await phone.stop();
    await alice.quit();
  }
  expect(alice.client.events.contacts.length).toBeLessThan(20);
});
