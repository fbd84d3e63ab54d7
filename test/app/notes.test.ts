/** Notes beside a board: made when first used, a document of their own, shared where the board is. */
import { describe, expect, test } from 'vitest';
import type { IntentInput, ViewNode } from '#api/contract.ts';
import type { FakeRoom } from './world.ts';
import { FakeNetwork, startApp, temporaryProfile } from './world.ts';

const ROOM = 'room@muc.example.org';
const XHTML = 'http://www.w3.org/1999/xhtml';

type World = ReturnType<typeof startApp>;

/** The element of this name nearest to the top. */
function find(node: ViewNode | null, name: string): Extract<ViewNode, { type: 'element' }> {
  const queue = node === null ? [] : [node];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (at.type !== 'element') continue;
    if (at.name === name) return at;
    queue.push(...at.children);
  }
  throw new Error(`no <${name}>`);
}

async function openNotes(one: World, board: string): Promise<{ id: string; root: ViewNode | null }> {
  const { notes: id } = await one.client.call('notes.open', { board });
  const { root } = await one.client.open(id);
  return { id, root };
}

const submit = (one: World, board: string, ...intents: IntentInput[]) =>
  one.client.call('document.submit', { board, gesture: `g${Math.random()}`, intents });

const file = async (one: World, board: string): Promise<string> =>
  (await one.client.call('boards.export', { board, format: 'xhtml' })).content;

/** Writes into the first paragraph. */
async function write(one: World, notes: string, value: string): Promise<void> {
  const root = one.app.board(notes).replica.shown;
  const html = root.root() as string;
  const body = root.children(html).find((rid) => root.get(rid)?.name === 'body') as string;
  const text = root.children(root.children(body)[0] as string)[0] as string;
  const was = root.get(text)?.chdata ?? '';
  await submit(one, notes, { do: 'write', rid: text, was, value });
}

describe('notes of a board alone', () => {
  test('begin as an empty paragraph, are edited, undone and exported, and are there after a restart', async () => {
    const folder = temporaryProfile();
    const world = startApp(new FakeNetwork(), folder);
    const board = (await world.client.call('boards.create', { name: 'Plan' })).id;
    await world.client.open(board);
    await world.client.call('settings.set', { key: 'language', value: 'fr' });
    const { id, root } = await openNotes(world, board);
    const paragraph = find(root, 'p');
    const body = find(root, 'body');
    await submit(
      world,
      id,
      { do: 'add', parent: body.rid, before: null, node: { type: 'element', name: 'p', attrs: [], children: [] } },
      { do: 'write', rid: paragraph.children[0]!.rid, was: '', value: 'Hello' },
      { do: 'add', parent: '@0', before: null, node: { type: 'text', chdata: 'World' } },
      { do: 'rename', rid: paragraph.rid, name: 'h1' },
    );
    const written =
      `<!DOCTYPE html>\n<html xmlns="${XHTML}" lang="fr" xml:lang="fr">\n<head>\n<meta charset="UTF-8"/>\n` +
      '<title>Plan</title>\n</head>\n<body>\n<h1>Hello</h1>\n<p>World</p>\n</body>\n</html>\n';
    expect(await file(world, id)).toBe(written);
    expect((await world.client.call('boards.export', { board: id, format: 'xhtml' })).fileName).toBe('Plan.xhtml');
    await world.client.call('document.undo', { board: id });
    expect(await file(world, id)).toContain('<body>\n<p></p>\n</body>');
    await world.client.call('document.redo', { board: id });
    world.clock.advance(100);
    expect(find(world.client.views.get(id)!.root, 'h1').children).toMatchObject([{ data: 'Hello' }]);
    expect(world.store.boards.associations(board)).toEqual([
      { source: board, kind: 'notes', target: id, title: 'Plan' },
    ]);
    await world.end();
    const again = startApp(new FakeNetwork(), folder);
    expect(await again.client.call('boards.list')).toMatchObject([{ id: board }]);
    expect(await again.client.call('app.info')).toMatchObject({ boards: 1 });
    expect((await openNotes(again, board)).id).toBe(id);
    expect(await file(again, id)).toBe(written);
  });

  test('merge what is written with what has been written since, even when the writer had not seen it', async () => {
    const world = startApp();
    const board = (await world.client.call('boards.create', {})).id;
    const { id, root } = await openNotes(world, board);
    const text = find(root, 'p').children[0]!.rid;
    await submit(world, id, { do: 'write', rid: text, was: '', value: 'cat' });
    await submit(world, id, { do: 'write', rid: text, was: 'cat', value: 'a cat' });
    await submit(world, id, { do: 'write', rid: text, was: 'cat', value: 'cats' });
    expect(await file(world, id)).toContain('<p>a cats</p>');
  });

  test.each<[string, IntentInput]>([
    ['a script', { do: 'add', parent: 'root', before: null, node: el('script') }],
    ['a handler', { do: 'add', parent: 'root', before: null, node: el('p', { onclick: 'x()' }) }],
    ['a shape', { do: 'add', parent: 'root', before: null, node: el('rect', {}, 'http://www.w3.org/2000/svg') }],
    ['another root', { do: 'rename', rid: 'root', name: 'div' }],
    ['an attribute', { do: 'set', rid: 'root', name: 'onload', value: 'x()' }],
    ['a text that is none', { do: 'write', rid: 'root', was: '', value: 'x' }],
  ])('refuse %s of ours with a sentence', async (_, intent) => {
    const world = startApp();
    const board = (await world.client.call('boards.create', {})).id;
    const { id } = await openNotes(world, board);
    await expect(submit(world, id, intent)).rejects.toMatchObject({ code: 'refused', message: /\.$/ });
  });

  test('go with their board, have no notes of their own, and are shared by it alone', async () => {
    const world = startApp();
    const board = (await world.client.call('boards.create', {})).id;
    const { id } = await openNotes(world, board);
    await expect(world.client.call('notes.open', { board: id })).rejects.toMatchObject({ code: 'refused' });
    await expect(world.client.call('boards.export', { board: id, format: 'svg' })).rejects.toMatchObject({
      code: 'refused',
    });
    await world.client.call('boards.remove', { board });
    expect(world.store.boards.list()).toEqual([]);
    expect(world.store.boards.associations(board)).toEqual([]);
    await expect(world.client.call('boards.open', { board: id })).rejects.toMatchObject({ code: 'not-found' });
  });
});

function el(name: string, attrs: Record<string, string> = {}, ns = XHTML) {
  return {
    ...{ type: 'element' as const, ns, name, children: [] },
    attrs: Object.entries(attrs).map(([key, value]) => ({ name: key, value })),
  };
}

describe('notes of a board in a room', () => {
  function network(): FakeNetwork {
    const made = new FakeNetwork();
    for (const name of ['ann', 'bob', 'cy']) made.passwords.set(`${name}@example.org`, 'pw');
    return made;
  }
  async function person(net: FakeNetwork, name: string, folder = temporaryProfile()): Promise<World> {
    const world = startApp(net, folder, true);
    await world.client.call('account.signIn', { jid: `${name}@example.org`, password: 'pw', remember: true });
    return world;
  }
  async function join(one: World): Promise<string> {
    const { id } = await one.client.call('rooms.join', { room: ROOM, create: true });
    await one.client.open(id);
    return id;
  }
  async function settle(room: FakeRoom, ...people: Pick<World, 'clock'>[]): Promise<void> {
    for (let round = 0; round < 4; round++) {
      await room.settle();
      for (const { clock } of people) clock.advance(1000);
    }
    await room.settle();
  }

  test('come to everyone there, outlive their writer, and merge', async () => {
    const net = network();
    const room = net.room(ROOM);
    const [ann, bob] = [await person(net, 'ann'), await person(net, 'bob')];
    const mine = await join(ann);
    const theirs = await join(bob);
    await settle(room, ann, bob);
    const notes = await openNotes(ann, mine);
    await settle(room, ann, bob);
    await write(ann, notes.id, 'Agenda');
    await settle(room, ann, bob);
    // Bob has never opened the panel, and has them all the same.
    const kept = bob.app.board(theirs).notes();
    expect(kept.file()).toContain('<p>Agenda</p>');
    await ann.end();
    const cy = await person(net, 'cy');
    const board = await join(cy);
    await settle(room, bob, cy);
    const late = await openNotes(cy, board);
    expect(await file(cy, late.id)).toContain('<p>Agenda</p>');
    await write(cy, late.id, 'Agenda: 1');
    await settle(room, bob, cy);
    expect(kept.file()).toContain('<p>Agenda: 1</p>');
    expect(kept.replica.digest()).toBe(cy.app.board(late.id).replica.digest());
    expect(kept.replica.place.epoch).not.toBe(bob.app.board(theirs).replica.place.epoch);
  });

  test('written offline wait on the disk through a restart, go out on return, and both sides stay', async () => {
    const net = network();
    const room = net.room(ROOM);
    const folder = temporaryProfile();
    const [ann, bob] = [await person(net, 'ann', folder), await person(net, 'bob')];
    const mine = await join(ann);
    const theirs = await join(bob);
    await settle(room, ann, bob);
    const { id } = await openNotes(ann, mine);
    await settle(room, ann, bob);
    await write(ann, id, 'one');
    await settle(room, ann, bob);
    const me = room.members[0]!.occupant.id;
    room.tell(me, { type: 'down', reason: 'gone', final: false });
    await settle(room, ann, bob);
    await write(ann, id, 'one two');
    const other = bob.app.board(theirs).notes();
    await write(bob, other.id, 'zero one');
    ann.clock.advance(1000);
    ann.store.boards.close();
    room.members.splice(0, 1);
    const again = startApp(net, folder, true);
    await again.client.open(mine);
    const reopened = await openNotes(again, mine);
    expect(again.app.board(reopened.id).status()).toMatchObject({ connection: 'offline', waiting: 1 });
    expect(await file(again, id)).toContain('<p>one two</p>');
    await again.app.start();
    await settle(room, again, bob);
    expect(other.file()).toContain('<p>zero one two</p>');
    expect(again.app.board(id).replica.digest()).toBe(other.replica.digest());
    expect(again.app.board(id).status()).toMatchObject({ connection: 'online', waiting: 0 });
  });

  test('of a board that a room put out are still there, and go back in with it', async () => {
    const net = network();
    const room = net.room(ROOM);
    const [ann, bob] = [await person(net, 'ann'), await person(net, 'bob')];
    const mine = await join(ann);
    const theirs = await join(bob);
    await settle(room, ann, bob);
    const { id } = await openNotes(ann, mine);
    await settle(room, ann, bob);
    const me = room.members[0]!.occupant.id;
    room.tell(me, { type: 'down', reason: 'You were removed.', final: true });
    await settle(room, ann, bob);
    expect(room.members).toHaveLength(1);
    expect((await openNotes(ann, mine)).id).toBe(id);
    await write(ann, id, 'alone');
    await ann.client.call('rooms.join', { room: ROOM, create: false, board: mine });
    await settle(room, ann, bob);
    expect(ann.app.board(id).status()).toMatchObject({ connection: 'online', waiting: 0 });
    const other = bob.app.board(theirs).notes();
    await settle(room, ann, bob);
    expect(other.file()).toContain('<p>alone</p>');
  });

  test('of two boards with notes that meet in a room, all is kept', async () => {
    const net = network();
    const room = net.room(ROOM);
    const [ann, bob] = [await person(net, 'ann'), await person(net, 'bob')];
    const alone = async (one: World, words: string): Promise<string> => {
      const board = (await one.client.call('boards.create', {})).id;
      await one.client.open(board);
      const { id } = await openNotes(one, board);
      await write(one, id, words);
      await one.client.call('rooms.join', { room: ROOM, board, create: true });
      return id;
    };
    const mine = await alone(ann, 'of Ann');
    await settle(room, ann, bob);
    const theirs = await alone(bob, 'of Bob');
    await settle(room, ann, bob);
    const both = await file(ann, mine);
    expect(both).toContain('<p>of Ann</p>');
    expect(both).toContain('<p>of Bob</p>');
    expect(ann.app.board(mine).replica.digest()).toBe(bob.app.board(theirs).replica.digest());
    await ann.client.call('rooms.leave', { board: ann.app.board(mine).id.replace(/-notes$/, '') });
    expect(ann.app.board(mine).status().connection).toBe('alone');
    expect(room.members).toHaveLength(1);
  });
});
