import type { NodeTree } from '#core/types.ts';
import { parseFragment, parseSvg } from '#svg/parse.ts';
import { cleanTrees } from '#svg/safe.ts';
import { serializeSvg } from '#svg/serialise.ts';
import { drawableAttr, drawableChange, drawableTree, redrawWhole } from '#svg/view.ts';
import { type MemoryTree, treeView } from '#test/support/tree-view.ts';
import { describe, expect, test } from 'vitest';
import { BODIES, fileWith } from './hostile-corpus.ts';

const SVG = 'http://www.w3.org/2000/svg';
const XLINK = 'http://www.w3.org/1999/xlink';

function nodesOf(file: string): NodeTree[] {
  const parsed = parseSvg(file);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.nodes;
}

function drawn(nodes: readonly NodeTree[]): string {
  const view = treeView(nodes);
  return JSON.stringify(drawableTree(view, view.root() ?? ''));
}

describe.each(Object.entries(BODIES))('%s', (_, body) => {
  const nodes = nodesOf(fileWith(body));

  test('is taken out of files', () => {
    const clean = cleanTrees(nodes);
    expect(clean.removed).not.toEqual([]);
    expect(JSON.stringify(clean.nodes)).not.toMatch(/evil/i);
    expect(JSON.stringify(clean.nodes)).toContain('"ok"');
  });

  test('is taken out of pastes', () => {
    const fragment = parseFragment(fileWith(body));
    expect(fragment.ok && JSON.stringify(cleanTrees(fragment.nodes).nodes)).not.toMatch(/evil/i);
  });

  test('is not exported when a peer sent it', () => {
    const svg = serializeSvg(treeView(nodes), '', { identities: true, outsideImages: true });
    expect(svg).not.toMatch(/evil/i);
    expect(svg).toContain('"ok"');
    expect(parseSvg(svg).ok).toBe(true);
  });

  test('is not drawn when a peer sent it', () => {
    const json = drawn(nodes);
    expect(json).not.toMatch(/evil/i);
    expect(json).toContain('"ok"');
  });
});

describe('records that no file could hold', () => {
  function withRecord(fields: Parameters<MemoryTree['put']>[0]): MemoryTree {
    const view = treeView(nodesOf(fileWith('<a id="link"/>')));
    const link = [...view.records.values()].find((record) => record.name === 'a')?.rid ?? '';
    view.put({ ...fields, parent: link });
    return view;
  }
  const attribute = { type: 'attr', parent: '', chdata: 'javascript:evil()' } as const;

  test.each([
    { ...attribute, name: 'xlink:href' },
    { ...attribute, name: 'href', ns: '' },
    { ...attribute, name: 'q:href', ns: XLINK },
    { ...attribute, name: 'href', ns: XLINK },
    { ...attribute, name: ':href', ns: XLINK },
    { ...attribute, name: 'a:b:href', ns: XLINK },
    { ...attribute, name: 'href onclick="evil()"' },
    { ...attribute, name: 'x"><script>evil()</script><a y="' },
    { ...attribute, name: 'xmlns', chdata: 'urn:evil' },
    { ...attribute, name: 'xmlns:evil', chdata: 'urn:evil' },
    { ...attribute, name: 'evil:a', ns: 'urn:"><script>', chdata: '1' },
    { ...attribute, name: 'onclick\u0000', chdata: 'evil()' },
    { ...attribute, name: 'href\u0000' },
    { ...attribute, name: 'href', chdata: 'java\u0000script:evil()' },
    { ...attribute, name: 'href', chdata: '\u0001javascript:evil()' },
    { ...attribute, name: 'href', chdata: '\ud800javascript:evil()' },
    { ...attribute, name: 'href', chdata: 'java\ufeffscript:evil()' },
    { type: 'element', parent: '', name: 'script', chdata: 'evil()' },
    { type: 'element', parent: '', name: 'x:script', ns: SVG, chdata: 'evil()' },
    { type: 'element', parent: '', name: 'rect onload="evil()"', ns: SVG },
    { type: 'element', parent: '', name: 'rect><script>evil()</script', ns: SVG },
    { type: 'element', parent: '', name: 'evil"x:rect', ns: 'urn:x' },
    { type: 'processinginstruction', parent: '', pitarget: 'a?><script>evil()</script><?b', pidata: '' },
    { type: 'processinginstruction', parent: '', pitarget: 'XML-stylesheet', pidata: 'href="//evil.example"' },
  ] as const)('%j', (fields) => {
    const view = withRecord(fields);
    const svg = serializeSvg(view);
    expect(svg).not.toMatch(/evil|script/i);
    expect(parseSvg(svg).ok).toBe(true);
    expect(JSON.stringify(drawableTree(view, view.root() ?? ''))).not.toMatch(/evil|script/i);
  });

  test('a processing instruction can not end early', () => {
    const view = withRecord({
      type: 'processinginstruction',
      parent: '',
      pitarget: 'note',
      pidata: '?><script>alert(1)</script><?',
    });
    const parsed = nodesOf(serializeSvg(view));
    expect(JSON.stringify(parsed)).not.toContain('"name":"script"');
  });

  test.each(['--><script/>', '-->', '->x', '>x', 'a--b---c-', '--!>', '-', '--', '\u0000--\u0000>'])(
    'a comment can not end early: %j',
    (chdata) => {
      const svg = serializeSvg(withRecord({ type: 'comment', parent: '', chdata }));
      expect(parseSvg(svg).ok).toBe(true);
      expect(svg.match(/<!--([\s\S]*?)-->/)?.[1]).not.toMatch(/--|^-?>|-$/);
    },
  );
});

describe('images by https', () => {
  const nodes = nodesOf(fileWith('<image href="https://pictures.example/a.png" width="9"/>'));

  test('are recorded, but neither drawn nor exported', () => {
    const clean = cleanTrees(nodes);
    expect(clean.removed).toEqual([]);
    expect(JSON.stringify(clean.nodes)).toContain('https://pictures.example/a.png');
    expect(drawn(nodes)).not.toContain('pictures');
    expect(serializeSvg(treeView(nodes))).not.toContain('pictures');
  });

  test('are exported when a person agreed', () => {
    expect(serializeSvg(treeView(nodes), '', { outsideImages: true })).toContain(
      'href="https://pictures.example/a.png"',
    );
  });
});

describe('links', () => {
  test.each([
    'https://example.org/?a=1&b=2',
    'http://example.org',
    'mailto:a@example.org',
    'xmpp:room@example.org?join',
    '#part',
  ])('%s is kept as data and not drawn', (href) => {
    const nodes = [
      {
        type: 'element',
        ns: SVG,
        name: 'svg',
        attrs: [],
        children: [{ type: 'element', ns: SVG, name: 'a', attrs: [{ name: 'href', value: href }], children: [] }],
      },
    ] as const;
    expect(cleanTrees(nodes)).toEqual({ nodes, removed: [] });
    expect(serializeSvg(treeView(nodes))).toContain('href=');
    expect(drawn(nodes)).not.toContain('href');
  });
});

describe('other namespaces', () => {
  test('are data: exported, not drawn', () => {
    const nodes = nodesOf(fileWith('<x:note x:a="1"><rect id="inside"/></x:note><rect x:b="2"/>'));
    expect(cleanTrees(nodes).removed).toEqual([]);
    expect(drawn(nodes)).not.toMatch(/note|inside|x:b/);
    expect(serializeSvg(treeView(nodes))).toContain('<x:note x:a="1"><rect id="inside"/></x:note><rect x:b="2"/>');
  });

  test('get a prefix where a web page would take their elements for its own', () => {
    const nodes = nodesOf(fileWith('<form xmlns="urn:example:forms"><input/></form>'));
    const svg = serializeSvg(treeView(nodes));
    expect(svg).not.toMatch(/<(?:form|input)/);
    expect(svg).toMatch(/<ns1:form[^>]*xmlns:ns1="urn:example:forms"[^>]*><ns1:input\/><\/ns1:form>/);
  });

  test('our own bookkeeping is not taken from records', () => {
    const nodes = nodesOf('<svg xmlns="http://www.w3.org/2000/svg" xmlns:l="urn:x-limn:rid:0" l:rid="forged"/>');
    expect(serializeSvg(treeView(nodes), '', { identities: true })).not.toContain('forged');
  });
});

describe('what was taken out is told', () => {
  test('in sentences, merged by kind', () => {
    const body =
      '<script/><script/><g onclick="a()"/><foreignObject/><image href="http://a.example/"/><mystery/><g style="fill:red;position:fixed"/>';
    const nodes = nodesOf(`<svg xmlns="${SVG}">${body}</svg>`);
    expect(cleanTrees(nodes).removed).toEqual([
      '2 scripts were taken out.',
      '1 event handler was taken out.',
      '1 piece of a web page was taken out.',
      '1 reference outside the drawing was taken out.',
      '1 style that is not safe was taken out.',
      '1 element that Limn does not know was taken out.',
    ]);
  });
});

describe('style sheets', () => {
  const sheet = (css: string): MemoryTree => treeView(nodesOf(`<svg xmlns="${SVG}"><style>${css}</style></svg>`));

  test('reach no farther than the drawing', () => {
    const view = sheet(
      'body, g > .a, :root{fill:red;position:fixed} @media print{*{stroke:blue}} @font-face{font-family:Inter;src:local(x)}',
    );
    const json = JSON.parse(JSON.stringify(drawableTree(view, view.root() ?? '')));
    expect(json.children[0].children[0].data).toBe(
      ':where(.limn-drawing) body,:where(.limn-drawing) g>.a,:where(.limn-drawing) :root{fill:red}@media print{:where(.limn-drawing) *{stroke:blue}}',
    );
  });

  test('are one text, however many nodes they are', () => {
    const view = sheet('a{fill:red}');
    const style = view.children(view.root() ?? '')[0] ?? '';
    const second = view.put({ type: 'text', parent: style, chdata: ' @imp' });
    view.put({ type: 'text', parent: style, chdata: 'ort "//evil.example";' });
    expect(drawableTree(view, style)).toMatchObject({ children: [{ data: ':where(.limn-drawing) a{fill:red}' }] });
    expect(drawableTree(view, second)).toBeUndefined();
    expect(redrawWhole(view, second)).toBe(style);
    expect(redrawWhole(view, view.root() ?? '')).toBeUndefined();
    expect(serializeSvg(view)).not.toContain('evil');
  });

  test('keep embedded fonts in files', () => {
    const css = '@font-face{font-family:f;src:url(data:font/woff2;base64,AAAA)format("woff2")}';
    expect(serializeSvg(sheet(css))).toContain('data:font/woff2;base64,AAAA');
  });
});

describe('one change at a time', () => {
  const view = treeView(nodesOf(fileWith('<rect fill="url(//evil)" width="1"/>')));
  const rect = view.children(view.root() ?? '')[1] ?? '';

  test('an attribute that may not be drawn has no value', () => {
    expect(drawableAttr(view, rect, view.attribute(rect, '', 'fill') ?? '')).toEqual({ name: 'fill', value: null });
    expect(drawableAttr(view, rect, view.attribute(rect, '', 'width') ?? '')).toEqual({ name: 'width', value: '1' });
    expect(drawableChange(view, rect, '', 'onclick', 'x()')).toEqual({ name: 'onclick', value: null });
    expect(drawableChange(view, rect, '', 'fill', null)).toEqual({ name: 'fill', value: null });
    expect(drawableChange(view, rect, 'urn:x', 'x:a', '1')).toBeUndefined();
  });

  test('a node in something that is not drawn is not drawn', () => {
    const hidden = treeView(nodesOf(fileWith('<x:g><g><rect/></g></x:g>')));
    const found = [...hidden.records.values()].filter((record) => record.name === 'rect').map((record) => record.rid);
    expect(found.map((rid) => drawableTree(hidden, rid) !== undefined)).toEqual([true, false]);
  });
});
