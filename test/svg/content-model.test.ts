import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Replica } from '#core/replica-port.ts';
import type { Edit, NodeTree } from '#core/types.ts';
import { DEFAULT_STYLE } from '#renderer/board/style.ts';
import { createTools } from '#renderer/tools/registry.ts';
import type { ToolBoard, ToolEvent } from '#renderer/tools/tool.ts';
import { attributeFault, elementFault, faultsInTrees, svgJudge, textFault } from '#svg/content-model.ts';
import { parseFragment, parseSvg } from '#svg/parse.ts';
import { cleanTrees } from '#svg/safe.ts';
import { element, replica, SVG, withRoot } from '#test/support/document.ts';
import { readElement } from '#test/xmpp/elements.ts';
import { parsePsi } from '#xmpp/xep-0284-psi.ts';
import { BODIES, fileWith } from './hostile-corpus.ts';

const code = (fault: { code: string } | undefined): string => fault?.code ?? 'fine';

describe('elements', () => {
  test.each([
    ['svg', 'rect', 'fine'],
    ['g', 'text', 'fine'],
    ['rect', 'title', 'fine'],
    ['rect', 'animate', 'fine'],
    ['rect', 'script', 'fine'],
    ['feFlood', 'title', 'fine'],
    ['rect', 'linearGradient', 'fine'],
    ['text', 'tspan', 'fine'],
    ['a', 'tspan', 'fine'],
    ['filter', 'feDropShadow', 'fine'],
    ['meshrow', 'meshpatch', 'fine'],
    ['title', 'rect', 'fine'],
    ['foreignObject', 'rect', 'fine'],
    ['whatever', 'rect', 'fine'],
    ['rect', 'circle', 'child'],
    ['text', 'rect', 'child'],
    ['svg', 'stop', 'child'],
    ['svg', 'tspan', 'child'],
    ['clipPath', 'g', 'child'],
    ['linearGradient', 'rect', 'child'],
    ['svg', 'whatever', 'element'],
    ['svg', 'Rect', 'element'],
    ['svg', 'flowRoot', 'element'],
  ])('in %s, %s: %s', (parent, name, expected) => {
    expect(code(elementFault(SVG, parent, SVG, name))).toBe(expected);
    expect(code(elementFault(SVG, `svg:${parent}`, SVG, `svg:${name}`))).toBe(expected);
  });

  test('of other namespaces are data: anywhere, and whatever they hold', () => {
    expect(elementFault(SVG, 'rect', 'urn:x', 'any')).toBeUndefined();
    expect(elementFault('urn:x', 'any', SVG, 'stop')).toBeUndefined();
  });

  test('at the top are svg', () => {
    expect(elementFault(undefined, '', SVG, 'svg')).toBeUndefined();
    expect(code(elementFault(undefined, '', SVG, 'g'))).toBe('root');
    expect(code(elementFault(undefined, '', 'http://www.w3.org/1999/xhtml', 'svg'))).toBe('root');
  });
});

describe('attributes', () => {
  test.each([
    ['rect', 'x', '10', 'fine'],
    ['rect', 'x', '-1.5e3mm', 'fine'],
    ['rect', 'x', '50%', 'fine'],
    ['rect', 'x', '', 'fine'],
    ['rect', 'width', 'calc(1px + 2px)', 'fine'],
    ['rect', 'rx', 'auto', 'fine'],
    ['text', 'x', '1 2,3 , 4', 'fine'],
    ['marker', 'refX', 'center', 'fine'],
    ['rect', 'x', 'NaN', 'value'],
    ['rect', 'x', '1 2 three', 'value'],
    ['rect', 'x', '10;', 'value'],
    ['g', 'x', '10', 'attribute'],
    ['rect', 'r', '10', 'attribute'],
    ['rect', 'colour', 'red', 'attribute'],
    ['g', 'fill', 'red', 'fine'],
    ['g', 'fill', '#12f', 'fine'],
    ['g', 'fill', 'url(#a) none', 'fine'],
    ['g', 'fill', 'context-stroke', 'fine'],
    ['g', 'fill', 'INHERIT', 'fine'],
    ['g', 'fill', '#12', 'value'],
    ['g', 'fill', '300', 'value'],
    ['animate', 'fill', 'freeze', 'fine'],
    ['animate', 'fill', 'red', 'value'],
    ['g', 'transform', 'translate(1 2) rotate(3)', 'fine'],
    ['g', 'transform', 'none', 'fine'],
    ['g', 'transform', '300', 'value'],
    ['g', 'transform', 'evil(1)', 'value'],
    ['path', 'd', ' M0 0 L1 1', 'fine'],
    ['path', 'd', 'm0,0', 'fine'],
    ['path', 'd', '', 'fine'],
    ['path', 'd', 'L1 1', 'value'],
    ['svg', 'viewBox', '0 0 1e2,100', 'fine'],
    ['svg', 'viewBox', '0 0 100', 'value'],
    ['polygon', 'points', '0,0 10-5 3.5.5', 'fine'],
    ['polygon', 'points', '0,0 a', 'value'],
    ['path', 'stroke-linejoin', 'arcs', 'fine'],
    ['path', 'stroke-linejoin', 'ROUND', 'fine'],
    ['path', 'stroke-linejoin', 'oval', 'value'],
    ['linearGradient', 'gradientUnits', 'userSpaceOnUse', 'fine'],
    ['linearGradient', 'gradientUnits', 'userspaceonuse', 'value'],
    ['feBlend', 'mode', 'luminosity', 'fine'],
    ['feBlend', 'mode', 'lighter', 'value'],
    ['rect', 'pathLength', '100', 'fine'],
    ['rect', 'data-any', 'x', 'fine'],
    ['rect', 'aria-label', 'x', 'fine'],
    ['rect', 'onclick', 'x()', 'fine'],
    ['use', 'href', '#a', 'fine'],
    ['rect', 'href', '#a', 'attribute'],
    ['rect', 'inkscape:label', 'x', 'fine'],
    ['whatever', 'x', 'NaN', 'fine'],
  ])('%s %s="%s": %s', (name, attribute, value, expected) => {
    expect(code(attributeFault(SVG, name, undefined, attribute, value))).toBe(expected);
  });

  test('of other namespaces, and on elements of others, are data', () => {
    expect(attributeFault(SVG, 'rect', 'urn:x', 'x', 'NaN')).toBeUndefined();
    expect(attributeFault('urn:x', 'rect', undefined, 'x', 'NaN')).toBeUndefined();
  });

  test('of any length are looked at in no time', () => {
    for (const value of [
      '1 '.repeat(500_000),
      '1'.repeat(1_000_000),
      '1,'.repeat(2040) + 'x',
      ' '.repeat(1_000_000),
      '('.repeat(1_000_000),
    ])
      for (const name of ['x', 'points', 'd', 'viewBox', 'fill', 'transform', 'opacity'])
        attributeFault(SVG, 'rect', undefined, name, value);
    expect(attributeFault(SVG, 'rect', undefined, 'x', '1 '.repeat(500_000))).toBeUndefined();
  });
});

test('text stands where SVG has words, white space anywhere', () => {
  expect(code(textFault(SVG, 'rect', 'word'))).toBe('text');
  expect(code(textFault(SVG, 'g', 'word'))).toBe('text');
  for (const name of ['text', 'tspan', 'title', 'desc', 'style', 'metadata', 'whatever'])
    expect(code(textFault(SVG, name, 'word'))).toBe('fine');
  expect(code(textFault(SVG, 'rect', ' \n\t'))).toBe('fine');
  expect(code(textFault('urn:x', 'rect', 'word'))).toBe('fine');
});

test('every fault is a sentence', () => {
  const faults = faultsInTrees(
    [
      ...['<svg><g>w</g><x/><rect r="1" x="a"><rect/></rect></svg>', '<g/>'].map((xml) => {
        const parsed = parseFragment(xml);
        return parsed.ok ? parsed.nodes : [];
      }),
    ].flat(),
  );
  expect(faults.map(({ path, fault }) => `${path}: ${fault.reason}`)).toEqual([
    '/svg/g/text(): “g” can’t hold words. Put them into a text element.',
    '/svg/x: SVG has no element “x”. Choose one that it has.',
    '/svg/rect/@r: “rect” has no attribute “r”. Leave it out, or choose another.',
    '/svg/rect/@x: “a” is no value for “x”. Write a number, with a unit if need be.',
    '/svg/rect/rect: “rect” can’t stand inside “rect”. Put it beside it, or into a group.',
    '/g: A drawing begins with svg, not with “g”. Put it into an svg element.',
  ]);
});

describe('the judge', () => {
  function session(children: NodeTree[] = []): Replica {
    const made = replica('a', { state: withRoot('r', children).state(), judge: svgJudge });
    made.beginEpoch('e');
    return made;
  }

  test('refuses mine, voids others’, and knows the namespace that is inherited', () => {
    const board = session([element('g'), { type: 'element', ns: 'urn:x', name: 'data', attrs: [], children: [] }]);
    const root = board.confirmed.root() ?? '';
    const [g = '', data = ''] = board.confirmed.children(root);
    const refused = board.submit([{ do: 'add', parent: g, before: null, node: element('stop') }], 'g');
    expect(refused).toMatchObject({ ok: false, code: 'child', detail: { parent: 'g', element: 'stop' } });
    const stop = { kind: 'new', type: 'element', primaryWeight: 0, name: 'stop' } as const;
    const edits: Edit[] = [
      { ...stop, rid: 'h1', parent: g },
      { ...stop, rid: 'h2', parent: data },
      { kind: 'new', rid: 'h3', type: 'attr', parent: 'h2', primaryWeight: 0, name: 'x', chdata: 'NaN' },
      { kind: 'new', rid: 'h4', type: 'text', parent: root, primaryWeight: 0, chdata: 'word' },
    ];
    const { voided } = board.receive({ author: 'h', id: { prefix: 'h', n: 1 }, edits, time: 0 });
    expect(voided.map(({ edit, fault }) => [edit.rid, fault.code])).toEqual([
      ['h1', 'child'],
      ['h4', 'text'],
    ]);
    const out: Edit = { kind: 'set', rid: 'h2', version: 1, fields: { parent: g } };
    expect(board.receive({ author: 'h', id: { prefix: 'h', n: 2 }, edits: [out], time: 0 }).voided).toHaveLength(1);
  });

  test('lets nobody nest deeper than files may be', () => {
    const board = session();
    const edits = Array.from({ length: 400 }, (_, i): Edit => {
      const parent = i === 0 ? (board.confirmed.root() ?? '') : `h${i - 1}`;
      return { kind: 'new', rid: `h${i}`, type: 'element', parent, primaryWeight: 0, name: 'g' };
    });
    const { voided } = board.receive({ author: 'h', id: { prefix: 'h', n: 1 }, edits, time: 0 });
    expect(voided[0]?.edit.rid).toBe('h249');
    expect(board.confirmed.get('h399')?.inert).toBe(true);
  });
});

describe('nothing of Limn’s own is refused', () => {
  /** What of a document is void when every node of it comes as an edit of its own. */
  function voidOf(nodes: readonly NodeTree[]): string[] {
    const source = replica('s');
    const made = source.submit(
      nodes.map((node) => ({ do: 'add', parent: '', before: null, node })),
      'g',
    );
    if (!made.ok) throw new Error(made.reason);
    source.confirmAlone();
    const board = replica('a', { judge: svgJudge });
    board.beginEpoch('e');
    return source.state().records.flatMap(({ version: _, ...record }, i) => {
      const edit: Edit = { kind: 'new', ...record };
      const { voided } = board.receive({ author: 'h', id: { prefix: 'h', n: i + 1 }, edits: [edit], time: 0 });
      return voided.map(({ fault }) => fault.reason);
    });
  }
  const clean = (source: string | Uint8Array): NodeTree[] => {
    const parsed = parseSvg(source);
    if (!parsed.ok) throw new Error(parsed.reason);
    return cleanTrees(parsed.nodes).nodes;
  };
  const folder = fileURLToPath(new URL('../fixtures/svg/round-trip/', import.meta.url));

  test.each(readdirSync(folder))('of the file %s', (file) => {
    // It has words in a group, which SVG allows nowhere.
    const expected = file === 'entities.svg' ? ['“g” can’t hold words. Put them into a text element.'] : [];
    expect(voidOf(clean(readFileSync(folder + file)))).toEqual(expected);
  });

  test('of what the allow-list leaves of hostile files', () => {
    const found = Object.entries(BODIES).flatMap(([name, body]) =>
      voidOf(clean(fileWith(body))).map((reason) => [name, reason]),
    );
    expect(found).toEqual([]);
  });

  test('of what the tools draw', () => {
    const nodes: NodeTree[] = [];
    const board = new Proxy({} as ToolBoard, {
      get(_, name) {
        if (name === 'style') return DEFAULT_STYLE;
        if (name === 'zoom') return 1;
        if (name === 'canEdit') return true;
        if (name === 'selection' || name === 'within') return name === 'within' ? () => [] : [];
        if (name === 'add') return (_gesture: string, node: NodeTree) => nodes.push(node);
        return () => undefined;
      },
    });
    const at = (x: number, y: number): ToolEvent => ({
      ...{ point: { x, y }, client: { x, y }, samples: [{ x, y }] },
      ...{ shift: false, alt: false, ctrl: false, clicks: 1, touch: false },
    });
    for (const tool of Object.values(createTools())) {
      tool.down(at(0, 0), board);
      for (let i = 1; i < 20; i++) tool.move(at(i * 7, (i * i) % 50), board);
      tool.up(at(140, 40), board);
    }
    expect(nodes.length).toBeGreaterThanOrEqual(5);
    expect(voidOf([element('svg', { viewBox: '0 0 1600 1000' }, nodes)])).toEqual([]);
  });

  const psi = fileURLToPath(new URL('../fixtures/psi/', import.meta.url));
  test.each(readdirSync(psi))('of what a live Psi said: %s', (file) => {
    const board = replica('a', { judge: svgJudge });
    board.beginEpoch('e');
    const voided: string[] = [];
    readElement(readFileSync(psi + file, 'utf8')).children.forEach((stanza, n) => {
      const result = typeof stanza === 'object' && stanza.getName() === 'message' ? parsePsi(stanza) : undefined;
      if (!result?.ok) return;
      const { payload } = result.message;
      const parts = payload.kind === 'edits' ? [payload] : payload.kind === 'snapshot' ? payload.parts : [];
      const edits = parts.flatMap((part): readonly Edit[] => (part.kind === 'edits' ? part.edits : []));
      const received = board.receive({ author: 'p', id: { prefix: 'p', n: n + 1 }, edits, time: 0 });
      voided.push(...received.voided.map(({ fault }) => fault.reason));
    });
    expect(voided).toEqual([]);
  });
});
