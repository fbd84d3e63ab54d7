/** A board's past through the API: versions, what the board looked like, who made what, and bringing it back. */
import path from 'node:path';
import Libsql from 'libsql';
import { describe, expect, test } from 'vitest';
import type { IntentInput, ViewNode } from '#api/contract.ts';
import { whole } from '#renderer/ui/history/whole.ts';
import { FakeNetwork, type FakeRoom, shape, sorted, startApp, temporaryProfile } from './world.ts';

const ROOM = 'room@muc.example.org';
const MINUTE = 60_000;
const add = (node: ReturnType<typeof shape>): IntentInput => ({ do: 'add', parent: 'root', before: null, node });

async function withBoard(folder = temporaryProfile()) {
  const world = startApp(new FakeNetwork(), folder);
  const board = (await world.client.call('boards.create', {})).id;
  await world.client.open(board);
  let gesture = 0;
  const submit = async (...intents: IntentInput[]): Promise<string> => {
    const done = await world.client.call('document.submit', { board, gesture: `g${++gesture}`, intents });
    return done.rids[0]?.[0] ?? '';
  };
  return { ...world, folder, board, submit };
}

const ridsOf = (root: ViewNode | null): string[] =>
  root?.type === 'element' ? root.children.map(({ rid }) => rid) : [];

describe('the history of a board', () => {
  test('is told in versions: who, when, how much, apart where there was a pause', async () => {
    const { client, clock, board, submit } = await withBoard();
    const rect = await submit(add(shape('rect', { x: '1' })));
    clock.advance(10 * MINUTE);
    await submit(add(shape('circle', { r: '1' })));
    await submit({ do: 'set', rid: rect, name: 'x', value: '2' });
    await submit({ do: 'remove', rid: rect });
    const { versions, length, lost } = await client.call('history.open', { board });
    expect(length).toBe(5);
    expect(lost).toBe(0);
    expect(versions).toMatchObject([
      { from: 0, to: 2, author: 'me', name: 'Me', entries: 2, added: 2, changed: 0, removed: 0 },
      { from: 2, to: 5, author: 'me', entries: 3, added: 1, changed: 1, moved: 0, removed: 1 },
    ]);
    expect((versions[1]?.begin ?? 0) - (versions[0]?.end ?? 0)).toBe(10 * MINUTE);
    // What comes later is read on.
    await submit(add(shape('rect', {})));
    expect((await client.call('history.open', { board })).versions[1]).toMatchObject({ to: 6, added: 2 });
  });

  test('comes in parts to who asks so, a parent before what is in it, and is the same; the next question ends the one before', async () => {
    const { client, board, submit } = await withBoard();
    const many = Array.from({ length: 500 }, (_, i) => shape('rect', { x: `${i}`, y: '1' }));
    await submit(...many.map(add));
    await submit(add({ ...shape('g', { id: 'layer' }), children: many } as ReturnType<typeof shape>));
    await submit(add(shape('circle', { r: '1' })));
    const { length } = await client.call('history.open', { board });
    const once = await client.call('history.at', { board, at: length });
    const { root, ...rest } = await client.call('history.at', { board, at: length, ask: 7 });
    expect(rest).toEqual({ ...once, root: undefined });
    const told = client.events.past.splice(0);
    expect(told.length).toBeGreaterThan(4);
    expect(told.every(({ ask, parts }) => ask === 7 && parts.length <= 200)).toBe(true);
    expect(told.map(({ progress }) => progress)).toEqual(told.map(({ progress }) => progress).sort((a, b) => a - b));
    expect(
      whole(
        root,
        told.flatMap(({ parts }) => parts),
      ),
    ).toEqual(once.root);
    const first = client.call('history.at', { board, at: length, ask: 8 });
    const second = client.call('history.at', { board, at: 2, ask: 9 });
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    expect(
      whole(
        (await second).root,
        client.events.past.flatMap(({ ask, parts }) => (ask === 9 ? parts : [])),
      ),
    ).toEqual((await client.call('history.at', { board, at: 2 })).root);
  });

  test('shows any position, and brings it back as one step that can be undone', async () => {
    const { client, clock, board, submit } = await withBoard();
    const rect = await submit(add(shape('rect', { x: '1' })));
    const circle = await submit(add(shape('circle', { r: '1' })));
    await submit({ do: 'set', rid: rect, name: 'x', value: '2' });
    await submit({ do: 'move', rid: circle, parent: 'root', before: rect });
    await submit({ do: 'remove', rid: rect });
    await client.call('history.open', { board });
    const at = async (position: number) => (await client.call('history.at', { board, at: position })).root;
    expect(await at(0)).toBeNull();
    expect(ridsOf(await at(5))).toEqual([circle, rect]);
    expect(ridsOf(await at(3))).toEqual([rect, circle]);
    expect(ridsOf(await at(99))).toEqual([circle]);
    const then = await client.call('history.at', { board, at: 3 });
    expect(then).toMatchObject({ at: 3, author: 'me', name: 'Me' });
    const before = await client.call('boards.export', { board, format: 'svg' });
    await client.call('history.restore', { board, at: 3 });
    clock.advance(100);
    const root = client.views.get(board)?.root ?? null;
    const plain = (node: ViewNode | null): unknown =>
      JSON.parse(JSON.stringify(sorted(node), (key, value: unknown) => (key === 'rid' ? undefined : value)));
    expect(plain(root)).toEqual(plain(then.root));
    const now = await client.call('history.open', { board });
    expect(plain(await at(now.length))).toEqual(plain(then.root));
    await client.call('document.undo', { board });
    expect(await client.call('boards.export', { board, format: 'svg' })).toEqual(before);
    await expect(client.call('history.restore', { board, at: 0 })).rejects.toMatchObject({
      code: 'refused',
      message: 'There was no drawing on this board then.',
    });
  });

  test('tells of a node who made it and what was done to it, and knows it again after it came back', async () => {
    const { client, clock, board, submit, folder, end } = await withBoard();
    const rect = await submit(add(shape('rect', { x: '1' })));
    clock.advance(MINUTE);
    const changed = clock.now();
    await submit({ do: 'set', rid: rect, name: 'x', value: '2' });
    await submit({ do: 'remove', rid: rect });
    await client.call('document.undo', { board });
    clock.advance(100);
    const [back] = ridsOf(client.views.get(board)?.root ?? null);
    const about = await client.call('history.about', { board, rid: back ?? '' });
    expect(about).toMatchObject({ creator: 'me', count: 4, selves: [rect, back] });
    expect(about.entries.map(({ kinds }) => kinds)).toEqual([['added'], ['removed'], ['changed'], ['added']]);
    await submit({ do: 'set', rid: back ?? '', name: 'x', value: '3' });
    await end();
    // Claims are there after a restart, too.
    const again = startApp(new FakeNetwork(), folder);
    const later = await again.client.call('history.about', { board, rid: back ?? '' });
    expect(later).toMatchObject({ creator: 'me', lastModifiedBy: 'me', modified: expect.any(Number), count: 5 });
    expect(later.created).toBeGreaterThanOrEqual(changed);
  });

  test('is left out before a point after a look at what that drops; the rest, and who made what, stays', async () => {
    const { client, clock, board, submit, folder, end } = await withBoard();
    const rect = await submit(add(shape('rect', { x: '1' })));
    clock.advance(MINUTE);
    const circle = await submit(add(shape('circle', { r: '1' })));
    for (let x = 2; x < 40; x++) await submit({ do: 'set', rid: rect, name: 'x', value: String(x) });
    const middle = (await client.call('history.open', { board })).length;
    await submit({ do: 'remove', rid: rect });
    await client.call('document.undo', { board });
    await submit({ do: 'set', rid: circle, name: 'r', value: '2' });
    const { versions, length, start } = await client.call('history.open', { board });
    expect(start).toBe(0);
    const pasts = async () => {
      const roots = [];
      for (let at = middle; at <= length; at++) roots.push((await client.call('history.at', { board, at })).root);
      return roots;
    };
    const before = { pasts: await pasts(), about: await client.call('history.about', { board, rid: circle }) };
    const file = await client.call('boards.export', { board, format: 'svg' });
    const look = await client.call('history.compact', { board, at: middle, preview: true });
    expect(look).toMatchObject({ at: middle, entries: middle, begin: versions[0]?.begin });
    expect((await client.call('history.open', { board })).start).toBe(0);
    expect(await client.call('history.compact', { board, at: middle, preview: false })).toEqual(look);
    const after = await client.call('history.open', { board });
    expect(after).toMatchObject({ start: middle, length, lost: 0, folded: { entries: middle, edits: look.edits } });
    expect(await pasts()).toEqual(before.pasts);
    expect((await client.call('history.at', { board, at: 0 })).at).toBe(middle);
    const { entries: _, count: __, ...claims } = before.about;
    expect(await client.call('history.about', { board, rid: circle })).toMatchObject({ ...claims, count: 1 });
    await expect(client.call('history.compact', { board, at: middle, preview: true })).rejects.toMatchObject({
      code: 'refused',
      message: 'There is nothing to leave out before that time. Choose a later one.',
    });
    // Again further on, and over a restart.
    await client.call('history.compact', { board, at: length - 1, preview: false });
    await end();
    const again = startApp(new FakeNetwork(), folder);
    expect(await again.client.call('history.open', { board })).toMatchObject({
      ...{ start: length - 1, length, folded: { entries: length - 1, begin: versions[0]?.begin } },
    });
    expect(await again.client.call('boards.export', { board, format: 'svg' })).toEqual(file);
    expect(await again.app.board(board).history.verify()).toMatchObject({ entries: 1, lost: 0, same: true });
    const known = await again.client.call('history.about', { board, rid: circle });
    expect(known).toMatchObject({ creator: 'me', created: claims.created, lastModifiedBy: 'me' });
  });

  test('stays whole when leaving it out is cancelled, and can be left out then', async () => {
    const { client, board, submit } = await withBoard();
    for (let x = 0; x < 200; x++) await submit(add(shape('rect', { x: String(x) })));
    const { length } = await client.call('history.open', { board });
    const doing = client.call('history.compact', { board, at: length - 1, preview: false });
    await client.call('history.close', { board });
    await expect(doing).rejects.toMatchObject({ code: 'cancelled' });
    expect(await client.call('history.open', { board })).toMatchObject({ start: 0, length });
    await client.call('history.compact', { board, at: length - 1, preview: false });
    expect(await client.call('history.open', { board })).toMatchObject({ start: length - 1, length });
  });

  test('says where edits are lost instead of showing something else, and goes on behind them', async () => {
    const { board, submit, folder, end } = await withBoard();
    for (let x = 1; x <= 6; x++) await submit(add(shape('rect', { x: String(x) })));
    await end();
    const db = new Libsql(path.join(folder, 'limn.db'));
    db.exec('DELETE FROM snapshots');
    db.exec('UPDATE log SET edits = replace(edits, \'"3"\', \'"4"\') WHERE idx = 3');
    db.close();
    const again = startApp(new FakeNetwork(), folder);
    await again.client.open(board);
    expect(again.client.events.notice).toMatchObject([{ level: 'error' }]);
    const { versions, lost, length } = await again.client.call('history.open', { board });
    expect([lost, length]).toEqual([1, 7]);
    expect(versions.map(({ from, to, gap }) => [from, to, gap])).toEqual([
      [0, 3, undefined],
      [4, 7, 'lost'],
    ]);
    const at = async (position: number) => again.client.call('history.at', { board, at: position });
    expect(ridsOf((await at(3)).root)).toHaveLength(2);
    expect((await at(3)).gap).toBeUndefined();
    expect(await at(5)).toMatchObject({ gap: 'lost' });
    await expect(again.client.call('history.restore', { board, at: 5 })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('could not be read'),
    });
    // From the state that was saved at opening, everything is known again.
    const shown = await at(length);
    expect(shown.gap).toBeUndefined();
    expect(ridsOf(shown.root)).toHaveLength(5);
  });

  test('is cancelled by closing it, and can be opened again', async () => {
    const { client, board, submit } = await withBoard();
    await submit(add(shape('rect', {})));
    const reading = client.call('history.open', { board });
    await client.call('history.close', { board });
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    expect((await client.call('history.open', { board })).length).toBe(2);
  });
});

async function person(net: FakeNetwork, name: string, folder = temporaryProfile()) {
  net.passwords.set(`${name}@example.org`, 'pw');
  const world = startApp(net, folder, true);
  await world.client.call('account.signIn', { jid: `${name}@example.org`, password: 'pw', remember: true });
  return world;
}

async function settle(room: FakeRoom, ...people: { clock: { advance(ms: number): void } }[]): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await room.settle();
    for (const { clock } of people) clock.advance(1000);
  }
  await room.settle();
}

test('who comes to a board that others drew sees how it came about, and brings back what they had', async () => {
  const net = new FakeNetwork();
  const ann = await person(net, 'ann');
  const bob = await person(net, 'bob');
  const room = net.room(ROOM);
  const mine = (await ann.client.call('rooms.join', { room: ROOM, create: true })).id;
  await ann.client.open(mine);
  await settle(room, ann);
  const draw = async (x: string) =>
    ann.client.call('document.submit', { board: mine, gesture: x, intents: [add(shape('rect', { x }))] });
  await draw('1');
  await draw('2');
  await settle(room, ann);
  const theirs = (await bob.client.call('rooms.join', { room: ROOM, create: true })).id;
  await bob.client.open(theirs);
  await settle(room, ann, bob);
  await draw('3');
  await settle(room, ann, bob);
  const { versions, length } = await bob.client.call('history.open', { board: theirs });
  expect(versions.map(({ name, gap }) => [name, gap])).toEqual([['ann', undefined]]);
  const counts: number[] = [];
  for (let at = 0; at <= length; at++)
    counts.push(ridsOf((await bob.client.call('history.at', { board: theirs, at })).root).length);
  expect([...new Set(counts)]).toEqual([0, 1, 2, 3]);
  await bob.client.call('history.restore', { board: theirs, at: counts.indexOf(1) });
  await settle(room, ann, bob);
  expect(ridsOf(ann.client.views.get(mine)?.root ?? null)).toHaveLength(1);
  const [one] = ridsOf(ann.client.views.get(mine)?.root ?? null);
  expect(await bob.client.call('history.about', { board: theirs, rid: one ?? '' })).toMatchObject({
    creator: 'room@muc/ann',
    entries: [{ name: 'ann', kinds: ['added'] }],
  });
});
