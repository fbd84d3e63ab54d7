import { describe, expect, test } from 'vitest';
import type { IntentInput } from '#api/contract.ts';
import type { FakeRoom } from './world.ts';
import { CodedError, FakeNetwork, shape, sorted, startApp, temporaryProfile } from './world.ts';

const ROOM = 'room@muc.example.org';
const add = (parent: string, node: ReturnType<typeof shape>) => ({ do: 'add', parent, before: null, node }) as const;

function network(): FakeNetwork {
  const made = new FakeNetwork();
  for (const name of ['ann', 'bob']) made.passwords.set(`${name}@example.org`, 'pw');
  return made;
}

async function person(net: FakeNetwork, name: string, folder = temporaryProfile()) {
  const world = startApp(net, folder, true);
  await world.client.call('account.signIn', { jid: `${name}@example.org`, password: 'pw', remember: true });
  const submit = (board: string, ...intents: IntentInput[]) =>
    world.client.call('document.submit', { board, gesture: 'g', intents });
  return { ...world, submit };
}

type Person = Awaited<ReturnType<typeof person>>;

/** Delivers everything, and lets each person's clock pass a second. */
async function settle(room: FakeRoom, ...people: Pick<Person, 'clock'>[]): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await room.settle();
    for (const { clock } of people) clock.advance(1000);
  }
  await room.settle();
}

async function join(one: Person, params: Partial<{ board: string; nick: string; create: boolean }> = {}) {
  const { id } = await one.client.call('rooms.join', { room: ROOM, create: true, ...params });
  await one.client.open(id);
  return id;
}

const svg = async (one: Person, board: string): Promise<string> =>
  (await one.client.call('boards.export', { board, format: 'svg' })).content;

describe('two people in a room', () => {
  test("draw one drawing: the room's own board, edits both ways, a late change of mind", async () => {
    const net = network();
    const ann = await person(net, 'ann');
    const bob = await person(net, 'bob');
    const room = net.room(ROOM);
    const mine = await join(ann);
    await settle(room, ann);
    const theirs = await join(bob);
    await settle(room, ann, bob);
    expect(ann.client.views.get(mine)?.root).toMatchObject({ name: 'svg' });
    await ann.submit(mine, add('root', shape('rect', { x: '1' })));
    await settle(room, ann, bob);
    const { rids, sxe } = await bob.submit(theirs, add('root', shape('circle', { r: '2' })));
    await settle(room, ann, bob);
    await ann.submit(mine, { do: 'set', rid: rids[0]![0]!, name: 'r', value: '3' });
    await settle(room, ann, bob);
    await ann.client.call('document.undo', { board: mine });
    await settle(room, ann, bob);
    expect(await svg(ann, mine)).toContain('<circle r="2"/>');
    expect((await svg(bob, theirs)).split('\n')).toEqual((await svg(ann, mine)).split('\n'));
    expect(ann.app.board(mine).replica.digest()).toBe(bob.app.board(theirs).replica.digest());
    for (const [one, board] of [
      [ann, mine],
      [bob, theirs],
    ] as const) {
      const fresh = one.app.board(board);
      expect(sorted(one.client.views.get(board)!.root)).toEqual(sorted((await one.client.open(board)).root));
      expect(fresh.replica.pending()).toEqual([]);
      expect(one.client.events.status.at(-1)).toMatchObject({ connection: 'online', waiting: 0, room: { jid: ROOM } });
    }
    const byBob = ann.client.events.changes.find(({ changes }) => JSON.stringify(changes).includes('circle'));
    expect(byBob?.by).toBe(ann.client.events.people.at(-1)?.people.find(({ name }) => name === 'bob')?.id);
    await expect(ann.app.board(mine).until('bob', sxe)).resolves.toMatchObject({
      epoch: ann.app.board(mine).replica.place.epoch,
    });
  });

  test('see one another: names, roles, differing colours, cursors', async () => {
    const net = network();
    const ann = await person(net, 'ann');
    const bob = await person(net, 'bob');
    const room = net.room(ROOM);
    const mine = await join(ann, { nick: ' Ann  B ' });
    const theirs = await join(bob);
    await settle(room, ann, bob);
    const people = bob.client.events.people.at(-1)?.people ?? [];
    expect(people).toMatchObject([
      { name: 'bob', me: true, role: 'editor', draws: true },
      { name: 'Ann B', me: false, role: 'owner', draws: true },
    ]);
    expect(new Set(people.map(({ colour }) => colour)).size).toBe(2);
    await ann.client.call('document.live', { board: mine, live: { cursor: [3, 4], selection: ['a'] } });
    await settle(room, ann, bob);
    expect(bob.client.events.live).toEqual([
      { board: theirs, person: people[1]?.id, live: { cursor: [3, 4], selection: ['a'] } },
    ]);
    expect(ann.client.events.live).toEqual([]);

    // Whose own connection is down doesn't know whether the others are there.
    const shows = () => bob.client.events.people.at(-1)?.people.map(({ show }) => show);
    expect(shows()).toEqual(['free', 'free']);
    const me = room.members[1]!.occupant.id;
    room.tell(me, { type: 'down', reason: 'gone', final: false });
    await settle(room, ann, bob);
    expect(shows()).toEqual(['free', 'off']);
    expect(bob.client.events.people.at(-1)?.people[1]).toMatchObject({ name: 'Ann B', offers: [], draws: true });
    const occupants = room.members.map(({ occupant }) => ({ ...occupant, me: occupant.id === me }));
    room.tell(me, { type: 'joined', occupants, resumed: true });
    await settle(room, ann, bob);
    expect(shows()).toEqual(['free', 'free']);
  });

  test('what waited offline is on disk, goes out when the room is back, and merges', async () => {
    const net = network();
    const folder = temporaryProfile();
    const ann = await person(net, 'ann', folder);
    const room = net.room(ROOM);
    const board = await join(ann);
    await settle(room, ann);
    const me = room.members[0]!.occupant.id;
    room.tell(me, { type: 'down', reason: 'gone', final: false });
    await settle(room, ann);
    await ann.submit(board, add('root', shape('rect', { x: '9' })));
    ann.clock.advance(1000);
    expect(ann.client.events.status.at(-1)).toMatchObject({
      connection: 'offline',
      waiting: 1,
      saved: true,
      canEdit: true,
    });
    // Killed: nothing is closed in order. Another process opens the profile.
    ann.store.boards.close();
    room.members.length = 0;
    const again = startApp(net, folder, true);
    const opened = await again.client.open(board);
    expect(opened.status).toMatchObject({ connection: 'offline', waiting: 1 });
    expect(JSON.stringify(opened.root)).toContain('rect');
    const bob = await person(net, 'bob');
    const theirs = await join(bob);
    await settle(room, again, bob);
    await again.app.start();
    await settle(room, again, bob);
    expect(again.app.board(board).status()).toMatchObject({ connection: 'online', waiting: 0 });
    expect(await svg(bob, theirs)).toContain('<rect x="9"');
    expect(bob.app.board(theirs).replica.digest()).toBe(again.app.board(board).replica.digest());
  });
});

describe('sharing', () => {
  test("a board of one's own goes into the room with all that is on it; leaving keeps it", async () => {
    const net = network();
    const ann = await person(net, 'ann');
    const bob = await person(net, 'bob');
    const { id } = await ann.client.call('boards.create', { name: 'Plan' });
    await ann.client.open(id);
    await ann.submit(id, add('root', shape('rect', { x: '7' })));
    const room = net.room(ROOM);
    expect((await ann.client.call('rooms.join', { room: `xmpp:${ROOM}?join`, board: id, create: true })).id).toBe(id);
    await settle(room, ann);
    expect([...net.kept]).toEqual([[ROOM, 'Plan']]);
    expect(await ann.client.call('rooms.list')).toEqual([]);
    expect(await bob.client.call('rooms.list')).toEqual([{ room: ROOM, name: 'Plan', kept: true }]);
    const theirs = await join(bob);
    await settle(room, ann, bob);
    expect(await svg(bob, theirs)).toContain('<rect x="7"');
    expect((await bob.client.call('boards.list')).map(({ name }) => name)).toEqual(['Plan']);
    await ann.client.call('rooms.leave', { board: id });
    await settle(room, ann, bob);
    expect(net.kept.size).toBe(0);
    await ann.submit(id, add('root', shape('circle')));
    ann.clock.advance(1000);
    expect(ann.client.events.status.at(-1)).toMatchObject({ connection: 'alone', waiting: 0 });
    expect(ann.client.events.status.at(-1)).not.toHaveProperty('room');
    expect(await svg(ann, id)).toMatch(/rect.*circle/s);
    expect(await svg(bob, theirs)).not.toContain('circle');
    expect(room.members).toHaveLength(1);
  });

  test('joining twice is one join; a room has one board', async () => {
    const net = network();
    const ann = await person(net, 'ann');
    const [one, two] = await Promise.all([join(ann), join(ann)]);
    expect(one).toBe(two);
    expect(net.joins).toHaveLength(1);
    expect(await join(ann)).toBe(one);
    const other = await ann.client.call('boards.create', { name: 'Other' });
    await expect(join(ann, { board: other.id })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('already') as string,
    });
    await expect(ann.client.call('rooms.join', { room: 'b@c', board: one, create: true })).rejects.toMatchObject({
      code: 'refused',
    });
  });

  test.each([
    ['room-full', 'full'],
    ['banned', 'banned'],
    ['members-only', 'members'],
    ['password-required', 'password'],
    ['nick-taken', 'ann 2'],
    ['room-missing', 'no room'],
    ['not-allowed', 'may not'],
    ['timeout', 'No answer'],
    ['disconnected', 'lost'],
  ])('a room that says %s gives one sentence and leaves everything as it was', async (code, words) => {
    const net = network();
    const ann = await person(net, 'ann');
    const { id } = await ann.client.call('boards.create', { name: 'Plan' });
    await ann.client.open(id);
    net.roomFailure = new CodedError(code, 'xmpp words');
    for (const board of [{}, { board: id }]) {
      const error = await ann.client
        .call('rooms.join', { room: ROOM, create: false, ...board })
        .catch((problem: unknown) => problem);
      expect(error).toMatchObject({ code, message: expect.stringContaining(words) as string });
    }
    expect((await ann.client.call('boards.list')).map(({ name, room }) => [name, room])).toEqual([['Plan', undefined]]);
    await ann.submit(id, add('root', shape('rect')));
    expect(ann.app.board(id).replica.pending()).toEqual([]);
  });

  test('a room that isn’t there and can’t be made is locked', async () => {
    const net = network();
    const ann = await person(net, 'ann');
    net.roomFailure = new CodedError('room-missing', 'xmpp words');
    const joining = ann.client.call('rooms.join', { room: ROOM, create: true });
    await expect(joining).rejects.toMatchObject({
      code: 'room-locked',
      message: expect.stringContaining('locked') as string,
    });
  });

  test('a room that never answers is given up after 30 s, and left should it answer then', async () => {
    const net = network();
    const ann = await person(net, 'ann');
    let answer: ((room: never) => void) | undefined;
    let left = 0;
    const connection = ann.app.connection!;
    (connection as { join: unknown }).join = () => new Promise((resolve) => (answer = resolve));
    const joining = ann.client.call('rooms.join', { room: ROOM, create: true }).catch((error: unknown) => error);
    await Promise.resolve();
    ann.clock.advance(30_000);
    expect(await joining).toMatchObject({ code: 'timeout', message: expect.stringContaining(ROOM) as string });
    answer?.({ transport: { leave: () => Promise.resolve(void left++) } } as never);
    await new Promise((resolve) => setImmediate(resolve));
    expect(left).toBe(1);
    expect(await ann.client.call('boards.list')).toEqual([]);
  });

  test('what is no room address is refused', async () => {
    const ann = await person(network(), 'ann');
    for (const room of ['', 'room', 'a b@c', 'xmpp:%']) {
      await expect(ann.client.call('rooms.join', { room, create: true })).rejects.toMatchObject({
        code: 'not-a-room',
      });
    }
  });
});

describe('coming back', () => {
  async function killed(net: FakeNetwork) {
    const folder = temporaryProfile();
    const ann = await person(net, 'ann', folder);
    const room = net.room(ROOM);
    const board = await join(ann);
    await settle(room, ann);
    ann.store.boards.close();
    room.members.length = 0;
    const again = startApp(net, folder, true);
    await again.client.open(board);
    return { room, board, ...again };
  }

  test('a name that a dead session still holds is no obstacle', async () => {
    const net = network();
    const { room, board, app, clock } = await killed(net);
    net.takenNicks.add('ann').add('ann 2');
    await app.start();
    await settle(room, { clock });
    expect(room.members.map(({ occupant }) => occupant.nick)).toEqual(['ann 3']);
    expect(app.board(board).status()).toMatchObject({ connection: 'online', room: { nick: 'ann' } });
  });

  test('a room that does not answer is tried again; one that refuses is not, and says why', async () => {
    const net = network();
    const { room, board, app, clock } = await killed(net);
    net.roomFailure = new CodedError('timeout');
    await app.start();
    await settle(room, { clock });
    expect(app.board(board).status().problem).toContain('No answer came from');
    net.roomFailure = undefined;
    clock.advance(15_000);
    await settle(room, { clock });
    expect(app.board(board).status()).toMatchObject({ connection: 'online' });
    expect(app.board(board).status()).not.toHaveProperty('problem');
    await app.call('c1', 'account.signOut', undefined);
    net.roomFailure = new CodedError('banned');
    await app.call('c1', 'account.signIn', { jid: 'ann@example.org', password: 'pw', remember: false });
    await settle(room, { clock });
    const tried = net.joins.length;
    clock.advance(60_000);
    await settle(room, { clock });
    expect(net.joins).toHaveLength(tried);
    expect(app.board(board).status().problem).toContain('banned');
  });
});

describe('later', () => {
  test('a room that puts us out says why; drawing goes on and waits', async () => {
    const net = network();
    const ann = await person(net, 'ann');
    const room = net.room(ROOM);
    const board = await join(ann);
    await settle(room, ann);
    room.tell(room.members[0]!.occupant.id, {
      type: 'down',
      reason: 'You were kicked. Ask to be let in again.',
      final: true,
    });
    await settle(room, ann);
    await ann.submit(board, add('root', shape('rect')));
    ann.clock.advance(1000);
    expect(ann.client.events.status.at(-1)).toMatchObject({
      connection: 'offline',
      waiting: 1,
      problem: 'You were kicked. Ask to be let in again.',
    });
    expect(ann.client.events.notice).toContainEqual({
      board,
      level: 'warn',
      message: 'You were kicked. Ask to be let in again.',
      code: 'disconnected',
    });
  });

  test('someone without voice may look but not draw', async () => {
    const net = network();
    const ann = await person(net, 'ann');
    const room = net.room(ROOM);
    const board = await join(ann);
    await settle(room, ann);
    const occupant = { ...room.members[0]!.occupant, me: true, role: 'visitor', affiliation: 'none' } as const;
    room.tell(occupant.id, { type: 'occupant', occupant });
    await settle(room, ann);
    expect(ann.client.events.status.at(-1)).toMatchObject({ canEdit: false });
    await expect(ann.submit(board, add('root', shape('rect')))).rejects.toMatchObject({ code: 'no-voice' });
  });

  test('signing out leaves the room and keeps the board; the same account comes back to it, another is told', async () => {
    const net = network();
    const ann = await person(net, 'ann');
    const room = net.room(ROOM);
    const board = await join(ann);
    await settle(room, ann);
    await ann.client.call('account.signOut');
    expect(room.members).toHaveLength(0);
    await ann.client.call('account.signIn', { jid: 'bob@example.org', password: 'pw', remember: false });
    await settle(room, ann);
    expect(ann.app.board(board).status().problem).toContain('Sign in with that account');
    await ann.client.call('account.signIn', { jid: 'ann@example.org', password: 'pw', remember: false });
    await settle(room, ann);
    expect(ann.app.board(board).status()).toMatchObject({ connection: 'online' });
    expect(ann.app.board(board).status()).not.toHaveProperty('problem');
  });

  test('a message is said in the room; without one there is a sentence', async () => {
    const net = network();
    const ann = await person(net, 'ann');
    const { id } = await ann.client.call('boards.create', {});
    await expect(ann.app.board(id).say('hi')).rejects.toMatchObject({ code: 'disconnected' });
    const room = net.room(ROOM);
    const board = await join(ann);
    await settle(room, ann);
    await ann.app.board(board).say('hi');
    expect(room.said).toEqual(['hi']);
  });

  test('idle waits for quiet, and for what waits', async () => {
    const net = network();
    const ann = await person(net, 'ann');
    const room = net.room(ROOM);
    const board = await join(ann);
    await settle(room, ann);
    const open = ann.app.board(board);
    await ann.submit(board, add('root', shape('rect')));
    let idle = false;
    const waiting = open.idle().then((place) => {
      idle = true;
      return place;
    });
    ann.clock.advance(2000);
    await Promise.resolve();
    expect(idle).toBe(false);
    await room.settle();
    ann.clock.advance(400);
    await Promise.resolve();
    expect(idle).toBe(false);
    ann.clock.advance(100_000);
    expect(await waiting).toEqual({ ...open.replica.place, digest: open.replica.digest() });
  });
});
