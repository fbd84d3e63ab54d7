import { parseSvg } from '#svg/parse.ts';
import { serializeSvg } from '#svg/serialise.ts';
import { MemoryTree, treeView } from '#test/support/tree-view.ts';
import { expect, test } from 'vitest';

const SVG = 'http://www.w3.org/2000/svg';

function viewOf(body: string): MemoryTree {
  const parsed = parseSvg(`<svg xmlns="${SVG}">${body}</svg>`);
  if (!parsed.ok) throw new Error(parsed.reason);
  return treeView(parsed.nodes);
}

/** Its rid, by the value of its id. */
function byId(view: MemoryTree, id: string): string {
  const found = [...view.records.values()].find((record) => record.name === 'id' && record.chdata === id);
  return found?.parent ?? '';
}

test('nothing is added to a document that lacks nothing', () => {
  expect(serializeSvg(viewOf('<g a="1"> <rect/>\n</g>'))).toBe(`<svg xmlns="${SVG}"><g> <rect/>\n</g></svg>\n`);
});

test('without a root there is still a drawing', () => {
  expect(serializeSvg(new MemoryTree())).toBe(`<svg xmlns="${SVG}"/>\n`);
});

test('a root that is no svg is put in one, an unsafe one is not written', () => {
  expect(serializeSvg(treeView([{ type: 'element', ns: SVG, name: 'g', attrs: [], children: [] }]))).toBe(
    `<svg xmlns="${SVG}"><g/></svg>\n`,
  );
  expect(
    serializeSvg(
      treeView([{ type: 'element', ns: 'http://www.w3.org/1999/xhtml', name: 'html', attrs: [], children: [] }]),
    ),
  ).toBe(`<svg xmlns="${SVG}"></svg>\n`);
});

test('a namespace that a record leaves out is its parent’s', () => {
  const view = viewOf('');
  const g = view.put({ type: 'element', parent: view.root() ?? '', name: 'g' });
  view.put({ type: 'element', parent: g, name: 'rect' });
  const note = view.put({ type: 'element', parent: g, name: 'n:note', ns: 'urn:n' });
  view.put({ type: 'element', parent: note, name: 'inner' });
  expect(serializeSvg(view)).toBe(
    `<svg xmlns="${SVG}"><g><rect/><n:note xmlns:n="urn:n"><inner xmlns="urn:n"/></n:note></g></svg>\n`,
  );
});

test('declarations that contradict names give way, attributes get prefixes that are free', () => {
  const view = viewOf('');
  const root = view.root() ?? '';
  const g = view.put({ type: 'element', parent: root, name: 'g', ns: SVG });
  view.put({ type: 'attr', parent: g, ns: 'http://www.w3.org/2000/xmlns/', name: 'xmlns', chdata: 'urn:wrong' });
  view.put({ type: 'attr', parent: g, ns: 'http://www.w3.org/2000/xmlns/', name: 'xmlns:a', chdata: 'urn:a' });
  view.put({ type: 'attr', parent: g, ns: 'urn:b', name: 'a:k', chdata: '1' });
  view.put({ type: 'attr', parent: g, ns: 'urn:b', name: 'k', chdata: 'twin' });
  view.put({ type: 'attr', parent: g, ns: 'urn:a', name: 'k', chdata: '2' });
  expect(serializeSvg(view)).toBe(
    `<svg xmlns="${SVG}"><g xmlns:a="urn:a" xmlns:ns1="urn:b" ns1:k="1" a:k="2"/></svg>\n`,
  );
});

test('indentation leaves texts alone', () => {
  const view = viewOf('<g><!-- c --><text>a <tspan>b</tspan></text>\n\n<rect/><g>  </g></g><desc> x </desc>');
  expect(serializeSvg(view, '', { indent: 2 })).toBe(
    `<svg xmlns="${SVG}">\n  <g>\n    <!-- c -->\n    <text>a <tspan>b</tspan></text>\n    <rect/>\n    <g/>\n  </g>\n  <desc> x </desc>\n</svg>\n`,
  );
});

test('a part is exported with its ancestors and all that it may refer to', () => {
  const view = viewOf(
    '<defs><linearGradient id="l"/></defs><style>g{fill:red}</style><g id="a"><rect id="b"/><rect id="c"/></g><g id="d"><marker id="m"/><rect/></g>text',
  );
  const part = (...ids: string[]): string => serializeSvg(view, '', { only: new Set(ids.map((id) => byId(view, id))) });
  const shared = '<defs><linearGradient id="l"/></defs><style>g{fill:red}</style>';
  expect(part('b')).toBe(`<svg xmlns="${SVG}">${shared}<g id="a"><rect id="b"/></g></svg>\n`);
  expect(part('d')).toBe(`<svg xmlns="${SVG}">${shared}<g id="d"><marker id="m"/><rect/></g></svg>\n`);
  expect(part('gone')).toBe(`<svg xmlns="${SVG}">${shared}</svg>\n`);
});

test('identities are written for every element and come back', () => {
  const view = viewOf('<g><rect/></g>');
  const svg = serializeSvg(view, '', { identities: true });
  expect(svg).toBe(
    `<svg xmlns="${SVG}" xmlns:limn="urn:x-limn:rid:0" limn:rid="t.0"><g limn:rid="t.2"><rect limn:rid="t.3"/></g></svg>\n`,
  );
});

test('what lies deeper than other programs read is left out', () => {
  const view = new MemoryTree();
  let at = view.put({ type: 'element', parent: '', name: 'svg', ns: SVG });
  for (let i = 0; i < 5000; i++) at = view.put({ type: 'element', parent: at, name: 'g' });
  expect(serializeSvg(view).match(/<g/g)).toHaveLength(249);
});
