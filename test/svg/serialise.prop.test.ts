import type { AttributeTree, ElementTree, NodeTree } from '#core/types.ts';
import { parseSvg } from '#svg/parse.ts';
import { cleanTrees } from '#svg/safe.ts';
import { serializeSvg } from '#svg/serialise.ts';
import { drawableTree } from '#svg/view.ts';
import { MemoryTree, treeView } from '#test/support/tree-view.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '#test/support/property.ts';
import { complaints } from './canonical.ts';

const SVG = 'http://www.w3.org/2000/svg';
const XMLNS = 'http://www.w3.org/2000/xmlns/';

// ── Trees that a file could hold ───────────────────────────────────────────────────────────────────────────────────

const prefixes = { a: 'urn:example:a', b: 'urn:example:b', xlink: 'http://www.w3.org/1999/xlink' };
const declarations: AttributeTree[] = [
  { ns: XMLNS, name: 'xmlns', value: SVG },
  ...Object.entries(prefixes).map(([prefix, uri]) => ({ ns: XMLNS, name: `xmlns:${prefix}`, value: uri })),
];
/** What XML can hold: no control characters but TAB, LF and CR. */
const text = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom('\t', '\n', '\r', ' ', '&', '<', '>', '"', "'", ']', '-', '?', '😀', 'שׁ', '\u2028'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
  })
  .map((value) => value.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ''));
const attribute: fc.Arbitrary<AttributeTree> = fc.oneof(
  fc.record({ name: fc.constantFrom('id', 'class', 'data-x', 'fill', 'x'), value: text }),
  fc
    .constantFrom('a', 'b')
    .chain((p) => fc.record({ ns: fc.constant(prefixes[p as 'a']), name: fc.constant(`${p}:k`), value: text })),
  fc.record({ ns: fc.constant('http://www.w3.org/XML/1998/namespace'), name: fc.constant('xml:lang'), value: text }),
);
const attributes = fc.uniqueArray(attribute, { selector: ({ name }) => name, maxLength: 4 });
const comment = text.map((value) => ({
  type: 'comment' as const,
  chdata: value
    .replaceAll('\r', '')
    .replace(/^[->]+|-+$/g, '')
    .replace(/-+/g, '-'),
}));
const instruction = fc.record({
  type: fc.constant('processinginstruction' as const),
  pitarget: fc.constantFrom('note', 'x-y'),
  pidata: text.map((value) => value.replaceAll('\r', '').replaceAll('?>', '').trimStart()),
});
const { tree } = fc.letrec<{ tree: ElementTree; node: NodeTree }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    text.map((chdata) => ({ type: 'text' as const, chdata })),
    comment,
    instruction,
    tie('tree'),
  ),
  tree: fc
    .record({
      type: fc.constant('element' as const),
      names: fc.constantFrom(
        [SVG, 'g'],
        [SVG, 'rect'],
        [SVG, 'text'],
        [prefixes.a, 'a:thing'],
        [prefixes.b, 'b:other'],
      ),
      attrs: attributes,
      children: fc.array(tie('node'), { maxLength: 4 }),
    })
    .map(({ names: [ns = '', name = ''], ...rest }) => ({ ...rest, ns, name })),
}));
const documents = fc
  .tuple(attributes, fc.array(tree, { maxLength: 4 }))
  .map(([attrs, children]): NodeTree[] => [
    { type: 'element', ns: SVG, name: 'svg', attrs: [...declarations, ...attrs], children },
  ]);

/** Neighbouring texts are one, empty ones none, and attributes have no order. */
function normal(node: NodeTree): NodeTree {
  if (node.type !== 'element') return node;
  const children: NodeTree[] = [];
  for (const child of node.children.map(normal)) {
    const last = children.at(-1);
    if (child.type === 'text' && last?.type === 'text')
      children[children.length - 1] = { type: 'text', chdata: last.chdata + child.chdata };
    else if (child.type !== 'text' || child.chdata !== '') children.push(child);
  }
  return { ...node, children, attrs: node.attrs.toSorted((x, y) => (x.name < y.name ? -1 : 1)) };
}

test('what is written is read back the same', () => {
  check(
    fc.property(documents, (nodes) => {
      const parsed = parseSvg(serializeSvg(treeView(nodes), '', { unsafe: true }));
      if (!parsed.ok) throw new Error(parsed.reason);
      expect(parsed.nodes.map(normal)).toEqual(nodes.map(normal));
    }),
    { numRuns: 300 },
  );
});

// ── Records that only a peer could make ────────────────────────────────────────────────────────────────────────────

const anyString = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '',
    ':',
    'a:',
    ':a',
    'a:b:c',
    'xml',
    'xmlns',
    'xmlns:',
    'xmlns:a',
    'xmlns:xml',
    'xmlns:xmlns',
    'xml:id',
    'a:b',
    '1',
    '-',
    'x y',
    '\u0000',
    '\ud800',
    '\udc00',
    '\ufffe',
    ']]>',
    '-->',
    '--',
    '?>',
    '<script>',
    '"',
    '&',
    '\u{10ffff}',
    '__proto__',
    'constructor',
  ),
);
const anyName = fc.oneof(
  anyString,
  fc.constantFrom(
    'svg',
    'g',
    'rect',
    'style',
    'script',
    'use',
    'href',
    'xlink:href',
    'style',
    'fill',
    'onload',
    'a:g',
    'b:rect',
    'svg:svg',
  ),
);
const anyNs = fc.option(
  fc.oneof(
    anyString,
    fc.constantFrom(
      SVG,
      XMLNS,
      'http://www.w3.org/1999/xlink',
      'http://www.w3.org/XML/1998/namespace',
      'http://www.w3.org/1999/xhtml',
      'urn:x-limn:rid:0',
      'urn:a',
      'urn:b',
    ),
  ),
  { nil: undefined },
);
const anyRecord = fc.record({
  type: fc.constantFrom(
    'element' as const,
    'element' as const,
    'attr' as const,
    'attr' as const,
    'text' as const,
    'comment' as const,
    'processinginstruction' as const,
  ),
  under: fc.nat(),
  ns: anyNs,
  name: fc.option(anyName, { nil: undefined }),
  chdata: fc.option(fc.oneof(anyString, fc.constantFrom('urn:a', 'urn:b', SVG, '#a', 'url(#a)', 'fill:red;}')), {
    nil: undefined,
  }),
  pitarget: fc.option(anyName, { nil: undefined }),
  pidata: fc.option(anyString, { nil: undefined }),
});

function hostileView(records: (typeof anyRecord extends fc.Arbitrary<infer R> ? R : never)[]): MemoryTree {
  const view = new MemoryTree();
  const elements = [view.put({ type: 'element', parent: '', name: 'svg', ns: SVG })];
  for (const { under, type, ...fields } of records) {
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    const rid = view.put({ ...given, type, parent: elements[under % elements.length] ?? '' });
    if (type === 'element') elements.push(rid);
  }
  return view;
}

const hostile = fc.array(anyRecord, { maxLength: 40 }).map(hostileView);

test.each([{}, { unsafe: true }, { indent: 2, identities: true, outsideImages: true }])(
  'whatever the records say, a file is well-formed: %j',
  (options) => {
    const written: string[] = [];
    check(
      fc.property(hostile, fc.string({ unit: 'binary' }), (view, prolog) => {
        const svg = serializeSvg(view, prolog, options);
        const parsed = parseSvg(svg);
        if (!parsed.ok) throw new Error(`${parsed.reason}\n${svg}`);
        written.push(svg);
      }),
      { numRuns: 400 },
    );
    expect(complaints(written)).toBe('');
  },
);

test('what is exported is safe: cleaning it again takes nothing out', () => {
  check(
    fc.property(hostile, (view) => {
      const parsed = parseSvg(serializeSvg(view));
      if (!parsed.ok) throw new Error(parsed.reason);
      expect(cleanTrees(parsed.nodes)).toEqual({ nodes: parsed.nodes, removed: [] });
    }),
    { numRuns: 300 },
  );
});

test('what is drawn has names and values that every DOM takes', () => {
  check(
    fc.property(hostile, (view) => {
      const check = (node: ReturnType<typeof drawableTree>): void => {
        if (node === undefined || node.type === 'text') return;
        expect(node.ns).toBe(SVG);
        expect(node.name).toMatch(/^[A-Za-z-]+$/);
        for (const { name, value } of node.attrs) {
          expect(name).toMatch(/^(?:xlink:|xml:)?[A-Za-z][A-Za-z0-9_.-]*$/);
          expect(value).not.toMatch(/[\u0000-\u0008\ufffe\uffff]/);
        }
        node.children.forEach(check);
      };
      check(drawableTree(view, view.root() ?? ''));
    }),
    { numRuns: 300 },
  );
});
