import path from 'node:path';
import Libsql from 'libsql';
import { describe, expect, test } from 'vitest';
import type { IntentInput } from '#api/contract.ts';
import { shape, sorted, startApp, temporaryProfile, FakeNetwork } from './world.ts';

const add = (parent: string, node: ReturnType<typeof shape>, before: string | null = null) =>
  ({ do: 'add', parent, before, node }) as const;
const refused = (message: string | RegExp) =>
  expect.objectContaining({ code: 'refused', message: expect.stringMatching(message) as string });

async function withBoard() {
  const world = startApp();
  const board = (await world.client.call('boards.create', {})).id;
  const opened = await world.client.open(board);
  const submit = async (...intents: Parameters<typeof submitAll>[0]) => submitAll(intents);
  let gesture = 0;
  const submitAll = (intents: IntentInput[]) =>
    world.client.call('document.submit', { board, gesture: `g${++gesture}`, intents });
  const view = () => {
    world.clock.advance(100);
    return world.client.views.get(board)!;
  };
  return { ...world, board, opened, submit, view };
}

describe('the library', () => {
  test('lists, makes, renames and removes boards, newest change first', async () => {
    const { client, clock } = startApp();
    expect(await client.call('boards.list')).toEqual([]);
    const first = await client.call('boards.create', {});
    clock.advance(10);
    const second = await client.call('boards.create', { name: '  My   plan ' });
    clock.advance(10);
    const third = await client.call('boards.create', {});
    expect([first.name, second.name, third.name]).toEqual(['Untitled', 'My plan', 'Untitled 2']);
    await client.call('boards.rename', { board: first.id, name: 'Sketch' });
    await client.call('boards.remove', { board: third.id });
    expect((await client.call('boards.list')).map(({ name }) => name)).toEqual(['My plan', 'Sketch']);
    await expect(client.call('boards.open', { board: third.id })).rejects.toMatchObject({ code: 'not-found' });
    await expect(client.call('boards.rename', { board: first.id, name: ' ' })).rejects.toMatchObject({
      code: 'bad-request',
    });
    expect(await client.call('app.info')).toEqual({ version: '0.0.0', host: 'web', boards: 2 });
  });

  test('a board is there again after a restart, with its name, content and undo-less history', async () => {
    const folder = temporaryProfile();
    const first = startApp(new FakeNetwork(), folder);
    const { id } = await first.client.call('boards.create', { name: 'Plan' });
    await first.client.open(id);
    await first.client.call('document.submit', {
      board: id,
      gesture: 'g',
      intents: [add('root', shape('rect', { x: '1' }))],
    });
    const before = await first.client.call('boards.export', { board: id, format: 'svg' });
    await first.end();
    const second = startApp(new FakeNetwork(), folder);
    const opened = await second.client.open(id);
    expect(opened.status).toMatchObject({
      name: 'Plan',
      connection: 'alone',
      saved: true,
      waiting: 0,
      canUndo: false,
      canEdit: true,
    });
    expect(await second.client.call('boards.export', { board: id, format: 'svg' })).toEqual(before);
    expect(before.fileName).toBe('Plan.svg');
    expect(before.content).toContain('<rect x="1"');
  });

  test('an import becomes a board; what was unsafe is taken out and told', async () => {
    const { client } = startApp();
    const svg = `<?xml version="1.0"?><!-- by hand --><svg xmlns="http://www.w3.org/2000/svg" onload="x()"><script>x()</script>
      <g id="a"><rect width="5"/>text</g></svg>`;
    const { board, removed } = await client.call('boards.import', { name: 'drawing.svg', svg });
    expect(board.name).toBe('drawing');
    expect(removed.join(' ')).toMatch(
      /1 script was taken out\..*1 event handler was taken out\.|1 event handler.*1 script/,
    );
    const { content } = await client.call('boards.export', { board: board.id, format: 'svg' });
    expect(content).toContain('<!-- by hand -->');
    expect(content).toContain('<rect width="5"/>');
    expect(content).not.toMatch(/script|onload/);
  });

  test.each([
    ['malformed', '<svg xmlns="http://www.w3.org/2000/svg"><rect></svg>', 'bad-svg'],
    ['not XML', 'GIF89a', 'bad-svg'],
    ['empty', '', 'bad-svg'],
    ['another format', '<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', 'bad-svg'],
    ['deep', `<svg xmlns="http://www.w3.org/2000/svg">${'<g>'.repeat(5000)}${'</g>'.repeat(5000)}</svg>`, 'too-large'],
    [
      'entity bomb',
      `<!DOCTYPE svg [<!ENTITY a "${'x'.repeat(1000)}">${Array.from({ length: 9 }, (_, n) => `<!ENTITY ${'bcdefghij'[n]} "${`&${'abcdefghi'[n]};`.repeat(10)}">`).join('')}]><svg xmlns="http://www.w3.org/2000/svg"><text>&j;</text></svg>`,
      'too-large',
    ],
  ])('an import that is %s is refused with a sentence, and no board is made', async (_, svg, code) => {
    const { client } = startApp();
    const error = await client.call('boards.import', { name: 'bad', svg }).catch((problem: unknown) => problem);
    expect(error).toMatchObject({ code, message: expect.stringMatching(/\w+.*\.$/) as string });
    expect(await client.call('boards.list')).toEqual([]);
  });
});

describe('a board alone', () => {
  test('begins as an empty drawing, and its edits are confirmed at once and logged', async () => {
    const { opened, submit, board, app, view } = await withBoard();
    expect(opened.root).toMatchObject({ type: 'element', name: 'svg', ns: 'http://www.w3.org/2000/svg', children: [] });
    expect(opened.people).toEqual([expect.objectContaining({ me: true, role: 'owner' })]);
    const { rids, sxe } = await submit(add('root', shape('rect', { x: '1', fill: 'red' })));
    expect(sxe).toMatch(/^[0-9a-z]{13}\.\d+$/);
    expect(view().find(rids[0]![0]!)).toMatchObject({ name: 'rect' });
    const open = app.board(board);
    expect(open.replica.pending()).toEqual([]);
    expect([...open.log()].at(-1)?.edits).toHaveLength(3);
    expect(open.tree()).toMatchObject({
      name: 'svg',
      children: [{ name: 'rect', attrs: [{ name: 'x', value: '1' }, { name: 'fill' }] }],
    });
    await expect(open.until('me', sxe)).resolves.toMatchObject({ digest: open.replica.digest() });
  });

  test('follows set, text, move, remove, undo and redo in the view, a frame at a time', async () => {
    const { submit, view, client, board, clock } = await withBoard();
    const made = await submit(
      add('root', { ...shape('g', { id: 'g' }), children: [{ type: 'text', chdata: ' ' }] } as never),
      add('root', shape('rect', { x: '1' })),
      add('root', { ...shape('text'), children: [{ type: 'text', chdata: 'hello' }] } as never),
    );
    const [g, rect, text] = made.rids.map((list) => list[0]!);
    await submit({ do: 'set', rid: rect!, name: 'x', value: '5' });
    await submit({ do: 'set', rid: rect!, name: 'x', value: '6' });
    await submit({ do: 'text', rid: text!, from: 1, count: 3, insert: 'ipp' });
    await submit({ do: 'move', rid: rect!, parent: g!, before: null });
    expect(view().root).toMatchObject({
      children: [
        { name: 'g', children: [{ name: 'rect', attrs: [{ name: 'x', value: '6' }] }] },
        { name: 'text', children: [{ data: 'hippo' }] },
      ],
    });
    // Once a frame, and of two writes to one attribute the last alone.
    expect(client.events.changes).toHaveLength(1);
    expect(client.events.changes[0]?.changes.filter((change) => change.op === 'attr')).toHaveLength(1);
    expect(client.events.changes[0]).not.toHaveProperty('by');
    await submit({ do: 'remove', rid: g! });
    expect(view().find(rect!)).toBeUndefined();
    await client.call('document.undo', { board });
    expect(view().root).toMatchObject({ children: [{ name: 'g', children: [{ name: 'rect' }] }, { name: 'text' }] });
    await client.call('document.redo', { board });
    expect(view().root).toMatchObject({ children: [{ name: 'text' }] });
    clock.advance(1000);
    expect(client.events.status.at(-1)).toMatchObject({ canUndo: true, canRedo: false, waiting: 0, saved: true });
    const second = await client.open(board);
    expect(sorted(second.root)).toEqual(sorted(view().root));
  });

  test('too much at once comes as one reset', async () => {
    const { submit, view, client } = await withBoard();
    await submit(...Array.from({ length: 6000 }, (_, n) => add('root', shape('rect', { x: String(n) }))));
    expect(view().root).toMatchObject({ children: { length: 6000 } });
    expect(client.events.changes).toHaveLength(1);
    expect(client.events.changes[0]?.changes.map(({ op }) => op)).toEqual(['reset']);
  });

  test('a client gets events only for boards it has open', async () => {
    const { submit, client, board, clock } = await withBoard();
    await client.call('boards.close', { board });
    await submit(add('root', shape('rect')));
    clock.advance(100);
    expect(client.events.changes).toEqual([]);
    expect((await client.open(board)).root).toMatchObject({ children: [{ name: 'rect' }] });
  });

  test('closes by itself a while after its last client, and opens again from the store', async () => {
    const { submit, client, board, clock, app } = await withBoard();
    await submit(add('root', shape('rect')));
    const before = app.board(board);
    await client.call('boards.close', { board });
    clock.advance(29_000);
    expect(app.board(board)).toBe(before);
    clock.advance(31_000);
    await Promise.resolve();
    expect(app.board(board)).not.toBe(before);
    expect(app.board(board).replica.digest()).toBe(before.replica.digest());
  });

  test.each([
    ['a script', add('root', shape('script')), /1 script\. Take it out/],
    ['a handler', add('root', shape('rect', { onclick: 'x()' })), /1 event handler/],
    ['foreign content', add('root', shape('foreignObject')), /web page/],
    ['a handler set later', { do: 'set', rid: 'root', name: 'onload', value: 'x()' } as const, /onload/],
    ['an outside reference', add('root', shape('use', { href: 'http://example.org/x.svg#a' })), /reference outside/],
    ['an unknown parent', add('nobody.1', shape('rect')), /no node nobody\.1/],
    ['an unknown target', { do: 'set', rid: 'nobody.1', name: 'x', value: '1' } as const, /no node nobody\.1/],
    ['a name that is none', { do: 'set', rid: 'root', name: 'a b', value: '1' } as const, /./],
    ['a control character', { do: 'set', rid: 'root', name: 'class', value: '\u0001' } as const, /./],
    ['moving the board', { do: 'move', rid: 'root', parent: 'root', before: null } as const, /can not be moved/],
    ['removing the board', { do: 'remove', rid: 'root' } as const, /can not be removed/],
  ])('refuses %s with a sentence and changes nothing', async (_, intent, message) => {
    const { submit, app, board, client, clock } = await withBoard();
    const digest = app.board(board).replica.digest();
    await expect(submit(add('root', shape('rect')), intent)).rejects.toEqual(refused(message));
    expect(app.board(board).replica.digest()).toBe(digest);
    clock.advance(100);
    expect(client.events.changes).toEqual([]);
  });

  test('cleans a pasted fragment for an add', async () => {
    const { client, submit, view } = await withBoard();
    const { nodes, removed } = await client.call('document.clean', { svg: '<g><script/><circle r="2"/></g>junk' });
    expect(removed).toEqual(['1 script was taken out.']);
    await submit(...nodes.map((node) => ({ do: 'add', parent: 'root', before: null, node }) as const));
    expect(view().root).toMatchObject({ children: [{ name: 'g', children: [{ name: 'circle' }] }] });
    await expect(client.call('document.clean', { svg: '<g>' })).rejects.toMatchObject({ code: 'bad-svg' });
  });

  test('a disk that refuses is told, nothing is lost, and all is saved once it takes writes again', async () => {
    const { submit, client, board, clock, app, folder, end } = await withBoard();
    clock.advance(1000);
    const blocker = new Libsql(path.join(folder, 'limn.db'));
    blocker.exec('BEGIN IMMEDIATE');
    await submit(add('root', shape('rect', { x: '5' })));
    clock.advance(1000);
    const problem = 'Could not write to disk. Save a copy somewhere else.';
    expect(client.events.status.at(-1)).toMatchObject({ saved: false, problem });
    expect(client.events.notice).toEqual([{ level: 'error', message: problem }]);
    expect(app.board(board).svg()).toContain('<rect x="5"/>');
    blocker.exec('ROLLBACK');
    blocker.close();
    clock.advance(2000);
    expect(client.events.status.at(-1)).toMatchObject({ saved: true });
    expect(client.events.status.at(-1)).not.toHaveProperty('problem');
    await end();
    const again = startApp(new FakeNetwork(), folder);
    expect(again.app.board(board).svg()).toContain('<rect x="5"/>');
  });

  test('a long history is replayed from a snapshot, and all of it stays in the log', async () => {
    const { app, board, folder, end } = await withBoard();
    const open = app.board(board);
    for (let n = 0; n < 2100; n++) open.submit([{ do: 'set', rid: 'root', name: 'data-n', value: String(n) }], `g${n}`);
    await end();
    const again = startApp(new FakeNetwork(), folder);
    const loaded = again.store.boards.load(board);
    expect(loaded.state).toMatchObject({ columns: expect.any(Uint8Array) as Uint8Array });
    expect(loaded.log.length).toBeLessThan(200);
    expect([...again.store.boards.log(board)]).toHaveLength(2101);
    expect(again.app.board(board).svg()).toContain('data-n="2099"');
    expect(again.app.board(board).replica.digest()).toBe(open.replica.digest());
  });

  test('a saved state that contradicts itself is made anew from the log, and told', async () => {
    const { app, board, folder, end, submit } = await withBoard();
    await submit(add('root', shape('rect', { x: '5' })));
    const { columns, ...state } = app.board(board).replica.saved();
    await end();
    const between = startApp(new FakeNetwork(), folder);
    between.store.boards.snapshot(board, { ...state, columns: columns.slice(0, -1) });
    await between.end();
    const again = startApp(new FakeNetwork(), folder);
    await again.client.open(board);
    expect(again.app.board(board).svg()).toContain('<rect x="5"/>');
    expect(again.client.events.notice).toMatchObject([
      { board, level: 'error', message: expect.stringContaining('damaged') as string },
    ]);
  });

  test("settings of clients can not name the app's own", async () => {
    const { client, store } = startApp();
    store.settings.set('account', 'secret');
    expect(await client.call('settings.get', { key: 'account' })).toBeNull();
    await client.call('settings.set', { key: 'theme', value: 'dark' });
    expect(await client.call('settings.get', { key: 'theme' })).toBe('dark');
  });
});
