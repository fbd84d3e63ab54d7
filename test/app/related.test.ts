/** Documents that belong with a board, and where its shapes lead, as people meet them through the API (FEATURES G4.9). */
import { describe, expect, test } from 'vitest';
import { comeToRoom, pairInRoom, settle } from './room-pair.ts';
import type { FakeNetwork } from './world.ts';

const NEXT = 'xmpp:next@muc.example.org?join';

type Person = Awaited<ReturnType<typeof person>>;

async function person(net: FakeNetwork, name: string) {
  const guest = await comeToRoom(net, name);
  const { id: board, call } = guest;
  const svg = async () => (await call('boards.export', { board, format: 'svg' })).content;
  return { ...guest, board, svg };
}
const pair = () => pairInRoom(person);

describe('related documents', () => {
  test('are everyone’s, told of when they change, undone like all else, and exported with the drawing', async () => {
    const { room, ann, bob } = await pair();
    const list = () => bob.call('related.list', { board: bob.board });
    expect(await list()).toEqual([]);
    await ann.call('related.add', { board: ann.board, address: ` ${NEXT} `, title: ' Next  steps ' });
    await settle(room, ann, bob);
    expect(await list()).toEqual([{ address: NEXT, title: 'Next steps' }]);
    expect(bob.client.events.related.at(-1)?.related).toEqual(await list());
    expect(await bob.svg()).toContain(`href="${NEXT}"`);
    await bob.call('related.add', { board: bob.board, address: NEXT, title: 'Later' });
    await settle(room, ann, bob);
    expect(await ann.call('related.list', { board: ann.board })).toEqual([{ address: NEXT, title: 'Later' }]);
    await bob.call('related.remove', { board: bob.board, address: NEXT });
    await settle(room, ann, bob);
    expect(await list()).toEqual([]);
    await bob.call('document.undo', { board: bob.board });
    await settle(room, ann, bob);
    expect(await ann.call('related.list', { board: ann.board })).toEqual([{ address: NEXT, title: 'Later' }]);
  });

  test('added by two at once stand there once, and go together', async () => {
    const { room, ann, bob } = await pair();
    for (const { call, board } of [ann, bob]) await call('related.add', { board, address: NEXT, title: 'Next' });
    await settle(room, ann, bob);
    expect(await ann.call('related.list', { board: ann.board })).toHaveLength(1);
    await bob.call('related.remove', { board: bob.board, address: NEXT });
    await settle(room, ann, bob);
    for (const { call, board } of [ann, bob]) expect(await call('related.list', { board })).toEqual([]);
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'next@muc.example.org',
    '#part',
    '',
    'xmpp:a b',
  ])('refuse %j as an address, with a sentence', async (address) => {
    const { ann, rect } = await pair();
    const add = ann.call('related.add', { board: ann.board, address, title: 'x' });
    await expect(add).rejects.toMatchObject({ code: 'refused', message: /no address/ });
    const set = ann.call('links.set', { board: ann.board, rid: rect, address });
    await expect(set).rejects.toMatchObject({ code: 'refused', message: /no address/ });
  });

  test('of a peer who keeps to no rules are judged when they are read', async () => {
    const { ann, bob, rect } = await pair();
    const { replica } = bob.app.board(bob.board);
    const related = (href: string) => ({
      ...{ type: 'element' as const, ns: 'urn:x-limn:related:0', name: 'related', children: [] },
      attrs: [{ name: 'href', value: href }],
    });
    const link = (href: string) => ({
      ...{ type: 'element' as const, ns: 'http://www.w3.org/2000/svg', name: 'a', children: [] },
      attrs: [{ name: 'href', value: href }],
    });
    const root = replica.shown.root() ?? '';
    const children = [
      related('javascript:alert(1)'),
      related('java\u200bscript:x'),
      related(NEXT),
      ...Array.from({ length: 300 }, (_, i) => related(`https://example.org/${i}`)),
    ];
    replica.submit(
      [
        { do: 'add', parent: root, before: null, node: { type: 'element', name: 'metadata', attrs: [], children } },
        { do: 'add', parent: root, before: null, node: link('javascript:alert(1)') },
        { do: 'move', rid: rect, parent: '@1', before: null },
      ],
      'forged',
    );
    const told = await bob.call('related.list', { board: bob.board });
    expect([told.length, told[0]?.address, told.every(({ address }) => /^(https|xmpp):/.test(address))]).toEqual([
      100,
      NEXT,
      true,
    ]);
    expect(await bob.call('links.of', { board: bob.board, rid: rect })).toBeNull();
    expect(ann.board).not.toBe('');
  });
});

describe('a shape’s link', () => {
  test('is an SVG link around it for everyone, changes, goes, and comes back with undo', async () => {
    const { room, ann, bob, rect } = await pair();
    const of = (who: Person) => who.call('links.of', { board: who.board, rid: rect });
    const set = async (who: Person, address: string | null) => {
      await who.call('links.set', { board: who.board, rid: rect, address });
      await settle(room, ann, bob);
    };
    expect(await of(bob)).toBeNull();
    await set(ann, NEXT);
    expect(await of(bob)).toBe(NEXT);
    expect(await bob.svg()).toMatch(new RegExp(`<a [^>]*href="${NEXT.replace('?', '\\?')}"[^>]*>\\s*<rect`));
    const { shown } = bob.app.board(bob.board).replica;
    expect(await bob.call('links.of', { board: bob.board, rid: shown.parentOf(rect) ?? '' })).toBe(NEXT);
    await set(bob, `${NEXT}#svgView(viewBox(0,0,10,10))`);
    expect(await of(ann)).toBe(`${NEXT}#svgView(viewBox(0,0,10,10))`);
    await set(bob, null);
    expect(await of(ann)).toBeNull();
    expect(await ann.svg()).not.toContain('<a');
    expect(shown.parentOf(rect)).toBe(shown.root());
    await bob.call('document.undo', { board: bob.board });
    await settle(room, ann, bob);
    expect(await of(ann)).toBe(`${NEXT}#svgView(viewBox(0,0,10,10))`);
  });

  test('of SVG 1.1 is read, and replaced by the new attribute', async () => {
    const { ann } = await pair();
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><a xlink:href="https://example.org/"><rect width="1" height="1"/></a></svg>`;
    const { board } = await ann.call('boards.import', { name: 'old', svg });
    const { shown } = ann.app.board(board.id).replica;
    const a = shown.children(shown.root() ?? '')[0] ?? '';
    const rid = shown.children(a)[0] ?? '';
    expect(await ann.call('links.of', { board: board.id, rid })).toBe('https://example.org/');
    await ann.call('links.set', { board: board.id, rid, address: NEXT });
    expect(await ann.call('links.of', { board: board.id, rid })).toBe(NEXT);
    const { content } = await ann.call('boards.export', { board: board.id, format: 'svg' });
    expect(content).not.toContain('xlink:href');
  });
});
