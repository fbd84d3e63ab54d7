import { describe, expect, test } from 'vitest';
import type { NodeInput } from '#api/contract.ts';
import { change, quickBounds } from '#renderer/board/geometry.ts';
import { type Matrix, rotation, scaling, translation } from '#renderer/board/matrix.ts';
import { changeInParent, inputBounds, inputShape, toSvg } from '#renderer/board/node-input.ts';
import { arrowPath, formatPath, hull, parsePath, transformPath } from '#renderer/board/path-data.ts';

const node = (name: string, attrs: Record<string, string>, children: NodeInput['children'] = []): NodeInput => ({
  type: 'element',
  name,
  attrs: Object.entries(attrs).map(([n, value]) => ({ name: n, value })),
  children,
});
function changed(input: NodeInput, m: Matrix, rewrite = true): Record<string, string | null> {
  return Object.fromEntries(change(inputShape(input), m, rewrite).map((s) => [s.name, s.value]));
}
const ORIGIN = { x: 0, y: 0 };

describe('a change goes into geometry where it can', () => {
  test.each<[string, NodeInput, Matrix, Record<string, string | null>]>([
    [
      'a rectangle moves',
      node('rect', { x: '1', y: '2', width: '3', height: '4' }),
      translation(5, 6.006),
      { x: '6', y: '8.01' },
    ],
    [
      'a rectangle mirrors',
      node('rect', { x: '0', y: '0', width: '10', height: '10' }),
      scaling(-2, 1, ORIGIN),
      { x: '-20', width: '20' },
    ],
    ['a rectangle without x', node('rect', { width: '3', height: '4' }), translation(5, 0), { x: '5', y: '0' }],
    [
      'a circle grows evenly',
      node('circle', { cx: '5', cy: '5', r: '2' }),
      scaling(2, 2, ORIGIN),
      { cx: '10', cy: '10', r: '4' },
    ],
    [
      'a circle grows unevenly by transform',
      node('circle', { cx: '5', cy: '5', r: '2' }),
      scaling(2, 1, ORIGIN),
      { transform: 'matrix(2 0 0 1 0 0)' },
    ],
    [
      'an ellipse',
      node('ellipse', { cx: '5', cy: '5', rx: '2', ry: '3' }),
      scaling(2, 1, ORIGIN),
      { cx: '10', rx: '4' },
    ],
    [
      'a line turns',
      node('line', { x1: '0', y1: '0', x2: '10', y2: '0' }),
      rotation(90, ORIGIN),
      { x2: '0', y2: '10' },
    ],
    [
      'a rectangle turns by transform',
      node('rect', { width: '10', height: '10' }),
      rotation(30, { x: 5, y: 5 }),
      { transform: 'rotate(30 5 5)' },
    ],
    [
      'percentages are left alone',
      node('rect', { x: '10%', width: '3', height: '4' }),
      translation(5, 0),
      { transform: 'translate(5 0)' },
    ],
    ['a polygon', node('polygon', { points: '0,0 10,0 5,5' }), translation(1, 1), { points: '1,1 11,1 6,6' }],
    ['a group', node('g', { transform: 'rotate(90)' }), translation(10, 0), { transform: 'rotate(90 -5 5)' }],
    ['a group that comes home', node('g', { transform: 'translate(5 5)' }), translation(-5, -5), { transform: null }],
    ['use', node('use', { href: '#a' }), translation(3, 4), { x: '3', y: '4' }],
  ])('%s', (_, input, m, expected) => {
    expect(changed(input, m)).toEqual(expected);
  });

  test('a text moves with its lines and grows by its size', () => {
    const text = node('text', { x: '10', y: '20', 'font-size': '16' }, [
      node('tspan', { x: '10', dy: '0' }),
      node('tspan', { x: '10', dy: '1.2em' }),
    ]);
    changeInParent(text, translation(5, 0));
    changeInParent(text, scaling(2, 2, ORIGIN));
    expect(toSvg([text], { x: 0, y: 0, width: 1, height: 1 })).toContain(
      '<text x="30" y="40" font-size="32"><tspan x="30" dy="0"/><tspan x="30" dy="1.2em"/></text>',
    );
  });

  test('a text whose lines step in pixels keeps them by growing with transform', () => {
    const text = node('text', { x: '0', y: '0', 'font-size': '16' }, [node('tspan', { x: '0', dy: '20' })]);
    expect(changed(text, scaling(2, 2, ORIGIN))).toEqual({ transform: 'matrix(2 0 0 2 0 0)' });
  });

  test('long paths move by transform, and go on doing so', () => {
    const path = node('path', { d: 'M0 0c1 1 2 2 3 3' });
    expect(changed(path, translation(1, 1))).toEqual({ d: 'M1 1C2 2 3 3 4 4' });
    expect(changed(path, translation(1, 1), false)).toEqual({ transform: 'translate(1 1)' });
    const moved = node('path', { d: 'M0 0c1 1 2 2 3 3', transform: 'translate(1 1)' });
    expect(changed(moved, translation(1, 1))).toEqual({ transform: 'translate(2 2)' });
  });
});

describe('paths', () => {
  test('an arrow keeps its head when it is stretched or turned', () => {
    const d = formatPath(arrowPath({ x: 0, y: 0 }, { x: 100, y: 0 }, 2));
    const arrow = node('path', { d, 'stroke-width': '2' });
    expect(changed(arrow, scaling(3, 1, ORIGIN)).d).toBe(formatPath(arrowPath({ x: 0, y: 0 }, { x: 300, y: 0 }, 2)));
    expect(changed(arrow, rotation(90, ORIGIN)).d).toBe(formatPath(arrowPath({ x: 0, y: 0 }, { x: 0, y: 100 }, 2)));
  });

  test('arcs scale, flip their sweep when mirrored, and refuse what would shear them', () => {
    const arc = parsePath('M0 0A5 5 0 0 1 10 0');
    expect(formatPath(transformPath(arc, scaling(-2, 2, ORIGIN)) ?? [])).toBe('M0 0A10 10 0 0 0 -20 0');
    expect(transformPath(parsePath('M0 0A5 3 30 0 1 10 0'), scaling(2, 1, ORIGIN))).toBeNull();
  });

  test('the hull holds reflected control points; unreadable data has none', () => {
    expect(hull(parsePath('M0 0C0 10 10 10 10 0S20 10 20 0'))).toMatchObject({ minY: -10, maxY: 10 });
    expect(parsePath('L 1 1')).toEqual([]);
    expect(quickBounds(inputShape(node('path', { d: '' })))).toBeNull();
  });
});

test('bounds of what is about to be added follow its transforms', () => {
  const group = node('g', { transform: 'translate(100 0)' }, [
    node('rect', { x: '1', y: '2', width: '3', height: '4', transform: 'scale(2)' }),
  ]);
  expect(inputBounds(group)).toEqual({ minX: 102, minY: 4, maxX: 108, maxY: 12 });
});

test('clipboard text escapes what XML would read differently', () => {
  const text = toSvg([node('text', { id: 'a"<\n' }, [{ type: 'text', chdata: 'a & b < c' }])], {
    x: 0,
    y: 0,
    width: 1,
    height: 1,
  });
  expect(text).toContain('<text id="a&#34;&lt;&#10;">a &amp; b &lt; c</text>');
});
