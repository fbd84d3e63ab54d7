import { describe, expect, test } from 'vitest';
import type { IntentInput, Merged } from '#api/contract.ts';
import { authorName } from '#app/author-name.ts';
import { type FakeRoom, FakeNetwork, shape, startApp, temporaryProfile } from './world.ts';

const ROOM = 'room@muc.example.org';
const add = (node: ReturnType<typeof shape>, parent = 'root'): IntentInput => ({
  do: 'add',
  parent,
  before: null,
  node,
});
const MINUTES = 10 * 60_000;

type Person = Awaited<ReturnType<typeof person>>;

async function person(net: FakeNetwork, name: string, folder = temporaryProfile()) {
  const world = startApp(net, folder, true);
  await world.client.call('account.signIn', { jid: `${name}@example.org`, password: 'pw', remember: true });
  const submit = async (board: string, ...intents: IntentInput[]): Promise<string> => {
    const { rids } = await world.client.call('document.submit', { board, gesture: 'g', intents });
    return rids[0]?.[0] ?? '';
  };
  return { ...world, submit };
}

async function settle(room: FakeRoom, ...people: Pick<Person, 'clock'>[]): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await room.settle();
    for (const { clock } of people) clock.advance(1000);
  }
  await room.settle();
}

/** Ann and Bob on one board with a rectangle and a circle, confirmed. */
async function together() {
  const net = new FakeNetwork();
  for (const name of ['ann', 'bob']) net.passwords.set(`${name}@example.org`, 'pw');
  const folder = temporaryProfile();
  const ann = await person(net, 'ann', folder);
  const bob = await person(net, 'bob');
  const room = net.room(ROOM);
  const join = async (one: Person): Promise<string> => {
    const { id } = await one.client.call('rooms.join', { room: ROOM, create: true });
    await one.client.open(id);
    await settle(room, ann, bob);
    return id;
  };
  const mine = await join(ann);
  const theirs = await join(bob);
  const rect = await ann.submit(mine, add(shape('rect', { width: '4', fill: 'red' })));
  const circle = await ann.submit(mine, add(shape('circle', { r: '2' })));
  await settle(room, ann, bob);
  /** Somebody's connection, which goes as a dead network would, and comes back. */
  const line = (n: 0 | 1) => {
    const [member, other] = n === 0 ? room.members : room.members.toReversed();
    if (member === undefined || other === undefined) throw new Error('two should be in the room');
    const { occupant } = member;
    return {
      async cut(): Promise<void> {
        room.tell(occupant.id, { type: 'down', reason: 'gone', final: false });
        room.tell(other.occupant.id, { type: 'left', occupant });
        room.members.splice(room.members.indexOf(member), 1);
        await settle(room, ann, bob);
      },
      async link(): Promise<void> {
        room.members.push(member);
        room.tell(other.occupant.id, { type: 'occupant', occupant });
        const occupants = room.members.map((one) => ({ ...one.occupant, me: one === member }));
        room.tell(occupant.id, { type: 'joined', occupants });
        await settle(room, ann, bob);
      },
    };
  };
  const { cut, link } = line(0);
  return { net, folder, ann, bob, room, mine, theirs, rect, circle, cut, link, bobsLine: line(1) };
}

const last = ({ client }: Person): Merged | null | undefined => client.events.merged.at(-1)?.merged;

/** Ann is cut off, both draw, Ann's Limn is killed and started again on its profile. */
async function restarted() {
  const world = await together();
  const { net, folder, ann, bob, room, mine, theirs, rect, circle } = world;
  await world.cut();
  await ann.submit(mine, { do: 'set', rid: rect, name: 'width', value: '9' });
  await ann.submit(mine, { do: 'set', rid: circle, name: 'r', value: '7' });
  ann.clock.advance(1000);
  ann.store.boards.close();
  await bob.submit(theirs, { do: 'remove', rid: rect });
  await bob.submit(
    theirs,
    { do: 'set', rid: circle, name: 'r', value: '3' },
    { do: 'set', rid: circle, name: 'fill', value: 'blue' },
  );
  await bob.submit(theirs, add({ ...shape('text'), children: [{ type: 'text', chdata: ' Tide\ntable ' }] } as never));
  await settle(room, bob);
  const again = { ...startApp(net, folder, true) };
  await again.client.open(mine);
  expect(await again.client.call('merged.get', { board: mine })).toBeNull();
  await again.app.start();
  await settle(room, again, bob);
  return { ...world, again };
}

describe('after an absence with a restart', () => {
  test('one is told what the others did, what of mine was lost, and what of theirs I overwrote', async () => {
    const { again, mine, rect, circle } = await restarted();
    const merged = again.client.events.merged.at(-1)?.merged;
    expect(merged).toEqual(await again.client.call('merged.get', { board: mine }));
    expect(merged?.by).toEqual(['bob']);
    expect(merged?.counts).toEqual({ theirs: 3, overruled: 1, overwrote: 1 });
    expect(merged?.theirs).toMatchObject([
      { rid: rect, name: 'rect', what: 'removed', ghost: { name: 'rect' } },
      { rid: circle, name: 'circle', what: 'changed', by: ['bob'] },
      { name: 'text', what: 'added', label: 'Tide table' },
    ]);
    expect(merged?.overruled).toMatchObject([
      { rid: rect, name: 'rect', did: 'changed', why: 'lost', by: ['bob'], mayAgain: true, again: false },
    ]);
    expect(JSON.stringify(merged?.overruled[0]?.ghost)).toContain('"9"');
    expect(merged?.overwrote).toMatchObject([{ rid: circle, why: 'overwritten', parts: ['r'], by: ['bob'] }]);
  });

  test('what was lost can be put back, and theirs taken instead of mine, each as one step to undo', async () => {
    const { again, bob, room, mine, theirs } = await restarted();
    const merged = await again.client.call('merged.get', { board: mine });
    const [lost] = merged?.overruled ?? [];
    const [won] = merged?.overwrote ?? [];
    const [rid] = await again.client.call('merged.again', { board: mine, clash: lost?.id ?? '' });
    expect(again.app.board(mine).svg()).toContain('<rect width="9" fill="red"/>');
    expect(again.app.board(mine).replica.shown.get(rid ?? '')?.name).toBe('rect');
    expect(await again.client.call('merged.again', { board: mine, clash: won?.id ?? '' })).toEqual([won?.rid]);
    expect(again.app.board(mine).svg()).toContain('r="3"');
    const after = again.client.events.merged.at(-1)?.merged;
    expect([after?.overruled[0]?.again, after?.overwrote[0]?.again]).toEqual([true, true]);
    await expect(again.client.call('merged.again', { board: mine, clash: lost?.id ?? '' })).rejects.toMatchObject({
      code: 'refused',
    });
    await settle(room, again, bob);
    expect(bob.app.board(theirs).svg()).toBe(again.app.board(mine).svg());
    await again.client.call('document.undo', { board: mine });
    await again.client.call('document.undo', { board: mine });
    expect(again.app.board(mine).svg()).not.toContain('<rect');
    expect(again.app.board(mine).svg()).toContain('r="7"');
  });

  test('it is kept until it is dismissed, through another restart', async () => {
    const { again, folder, mine, net } = await restarted();
    again.clock.advance(1000);
    await again.end();
    const third = startApp(net, folder, true);
    expect((await third.client.call('merged.get', { board: mine }))?.counts.theirs).toBe(3);
    await third.client.open(mine);
    await third.client.call('merged.dismiss', { board: mine });
    expect(third.client.events.merged.at(-1)).toEqual({ board: mine, merged: null });
    third.clock.advance(1000);
    await third.end();
    const fourth = startApp(net, folder, true);
    expect(await fourth.client.call('merged.get', { board: mine })).toBeNull();
  });
});

describe('after a short cut', () => {
  test('others at work are no news, a loss is', async () => {
    for (const ms of [1000, MINUTES]) {
      const { ann, bob, room, mine, theirs, circle, cut, link } = await together();
      await cut();
      await ann.submit(mine, { do: 'set', rid: circle, name: 'r', value: '7' });
      await bob.submit(theirs, add(shape('rect')));
      await settle(room, bob);
      ann.clock.advance(ms);
      await link();
      expect(ann.app.board(mine).svg()).toBe(bob.app.board(theirs).svg());
      expect(last(ann)?.counts.theirs ?? 0, `${ms} ms`).toBe(ms === 1000 ? 0 : 1);
      await cut();
      await ann.submit(mine, { do: 'set', rid: circle, name: 'r', value: '8' });
      await bob.submit(theirs, { do: 'remove', rid: circle });
      await settle(room, bob);
      await link();
      expect(last(ann)?.counts).toMatchObject({ overruled: 1 });
    }
  });
});

test('what was completed while I drew on it is void: told with the reason, and had again once it is reopened', async () => {
  const { ann, bob, room, mine, theirs, circle, bobsLine } = await together();
  await bobsLine.cut();
  await bob.submit(theirs, { do: 'set', rid: circle, name: 'r', value: '7' });
  await ann.client.call('document.complete', { board: mine, rid: circle, on: true });
  await settle(room, ann);
  bob.clock.advance(MINUTES);
  await bobsLine.link();
  await settle(room, ann, bob);
  expect(bob.app.board(theirs).svg()).toBe(ann.app.board(mine).svg());
  expect(bob.app.board(theirs).svg()).toContain('r="2"');
  const clash = last(bob)?.overruled.find(({ why }) => why === 'void');
  expect(clash).toMatchObject({
    rid: circle,
    did: 'changed',
    parts: ['r'],
    rule: { code: 'complete' },
    mayAgain: true,
  });
  expect(clash?.reason).toContain('An owner can reopen it.');
  const again = (): Promise<string[]> => bob.client.call('merged.again', { board: theirs, clash: clash?.id ?? '' });
  await expect(again()).rejects.toMatchObject({ code: 'refused' });
  await ann.client.call('document.complete', { board: mine, rid: circle, on: false });
  await settle(room, ann, bob);
  await again();
  await settle(room, ann, bob);
  expect(ann.app.board(mine).svg()).toContain('r="7"');
});

test('people are called by nick, account or as they are', () => {
  expect(authorName('room@muc/Ann B')).toBe('Ann B');
  expect(authorName('ann@example.org')).toBe('ann');
  expect(authorName('me')).toBe('me');
});
