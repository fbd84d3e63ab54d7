/**
 * Moving and scaling shapes in terms of their attributes. A change is a map L in the shape's own geometry space, so that
 * its new place is parent * transform * L. Where the geometry can take L in, only geometry attributes change and
 * `transform` stays as it is; else `transform` takes it (RENDERING, recipe 4).
 */
import {
  apply,
  type Box,
  boxOf,
  formatTransform,
  grow,
  isAxisAligned,
  isIdentity,
  isTranslation,
  type Matrix,
  multiply,
  num,
  parseTransform,
  type Point,
} from './matrix.ts';
import { arrowEnds, arrowPath, formatPath, hull, parsePath, transformPath } from './path-data.ts';

/** What geometry needs of a shape, be it a node on the screen or one about to be added. */
export interface Shape {
  readonly name: string;
  get(attribute: string): string | null;
  readonly children: readonly Shape[];
}

/** One attribute to write; null removes it. */
export interface AttributeSet {
  readonly on: Shape;
  readonly name: string;
  readonly value: string | null;
}

/** Above this many characters of path data in one gesture, paths are moved by `transform`: a peer behind a slow server
 *  then gets tens of bytes per stroke instead of its whole outline. */
export const PATH_REWRITE_LIMIT = 4096;

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?:px)?\s*$/i;

/** A plain length in user units, or null for percentages, other units and lists. Absent is 0, as SVG has it. */
export function length(text: string | null): number | null {
  if (text === null) return 0;
  return NUMBER.test(text) ? Number.parseFloat(text) : null;
}

/** The numbers of a `points` attribute, pairwise; an odd one at the end is left out. */
export function parsePoints(text: string | null): Point[] {
  const n = (text ?? '')
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(Number);
  const points: Point[] = [];
  for (let i = 0; i + 1 < n.length; i += 2) points.push({ x: n[i] as number, y: n[i + 1] as number });
  return points.every((p) => Number.isFinite(p.x) && Number.isFinite(p.y)) ? points : [];
}

const formatPoints = (points: readonly Point[]): string => points.map((p) => `${num(p.x)},${num(p.y)}`).join(' ');

/** What to write so that the shape is changed by `local`. `rewritePaths` false keeps path data and uses `transform`. */
export function change(shape: Shape, local: Matrix, rewritePaths: boolean): AttributeSet[] {
  if (isIdentity(local)) return [];
  const absorbed = absorb(shape, local, rewritePaths);
  if (absorbed) return absorbed.filter((set) => set.on.get(set.name) !== set.value);
  const value = formatTransform(multiply(parseTransform(shape.get('transform')), local));
  return [{ on: shape, name: 'transform', value }];
}

/** The length of path data that a rewrite would send. */
export function pathBytes(shape: Shape): number {
  return shape.name === 'path' ? (shape.get('d') ?? '').length : 0;
}

function absorb(shape: Shape, m: Matrix, rewritePaths: boolean): AttributeSet[] | null {
  const set = (values: Record<string, number>): AttributeSet[] =>
    Object.entries(values).map(([name, v]) => ({ on: shape, name, value: num(v) }));
  const read = (...names: string[]): number[] | null => {
    const values = names.map((name) => length(shape.get(name)));
    return values.includes(null) ? null : (values as number[]);
  };
  switch (shape.name) {
    case 'rect':
    case 'image':
    case 'svg':
      return boxSets(m, read('x', 'y', 'width', 'height'), set);
    case 'use': {
      const n = isTranslation(m) ? read('x', 'y') : null;
      return n && set({ x: (n[0] as number) + m[4], y: (n[1] as number) + m[5] });
    }
    case 'ellipse':
    case 'circle': {
      const round = shape.name === 'circle';
      const n = isAxisAligned(m) ? read('cx', 'cy', ...(round ? ['r'] : ['rx', 'ry'])) : null;
      if (!n || (round && Math.abs(Math.abs(m[0]) - Math.abs(m[3])) > 1e-6)) return null;
      const [cx = 0, cy = 0, rx = 0, ry = 0] = n;
      const c = apply(m, { x: cx, y: cy });
      const radii: Record<string, number> = round
        ? { r: rx * Math.abs(m[0]) }
        : { rx: rx * Math.abs(m[0]), ry: ry * Math.abs(m[3]) };
      return set({ cx: c.x, cy: c.y, ...radii });
    }
    case 'line': {
      const n = read('x1', 'y1', 'x2', 'y2');
      if (!n) return null;
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = n;
      const a = apply(m, { x: x1, y: y1 });
      const b = apply(m, { x: x2, y: y2 });
      return set({ x1: a.x, y1: a.y, x2: b.x, y2: b.y });
    }
    case 'polyline':
    case 'polygon': {
      const points = parsePoints(shape.get('points'));
      if (!points.length || !isAxisAligned(m)) return null;
      return [{ on: shape, name: 'points', value: formatPoints(points.map((p) => apply(m, p))) }];
    }
    case 'path':
      return pathSets(shape, m, rewritePaths);
    case 'text':
      return textSets(shape, m);
    default:
      return null;
  }
}

function boxSets(
  m: Matrix,
  n: number[] | null,
  set: (v: Record<string, number>) => AttributeSet[],
): AttributeSet[] | null {
  if (!n || !isAxisAligned(m)) return null;
  const [x = 0, y = 0, w = 0, h = 0] = n;
  const box = boxOf([apply(m, { x, y }), apply(m, { x: x + w, y: y + h })]);
  return set({
    x: box.minX,
    y: box.minY,
    ...(isTranslation(m) ? {} : { width: box.maxX - box.minX, height: box.maxY - box.minY }),
  });
}

function pathSets(shape: Shape, m: Matrix, rewrite: boolean): AttributeSet[] | null {
  const own = parseTransform(shape.get('transform'));
  // A path that was once moved by `translate` goes on so: moving it stays one short edit.
  if (isTranslation(m) && (!rewrite || (isTranslation(own) && !isIdentity(own)))) return null;
  const segments = parsePath(shape.get('d') ?? '');
  if (!segments.length) return null;
  const ends = arrowEnds(segments);
  const moved = ends
    ? arrowPath(apply(m, ends[0]), apply(m, ends[1]), length(shape.get('stroke-width')) || 2)
    : isAxisAligned(m)
      ? transformPath(segments, m)
      : null;
  return moved && [{ on: shape, name: 'd', value: formatPath(moved) }];
}

/** Text takes in moves, and even scales by its size; lines follow in em. */
function textSets(shape: Shape, m: Matrix): AttributeSet[] | null {
  const even = isAxisAligned(m) && m[0] > 0 && Math.abs(m[0] - m[3]) < 1e-6;
  if (!even) return null;
  const sets: AttributeSet[] = [];
  const place = (on: Shape): boolean => {
    const x = on.get('x');
    const y = on.get('y');
    const atX = length(x);
    const atY = length(y);
    const dy = on.get('dy');
    if (atX === null || atY === null || (on.get('transform') !== null && on !== shape)) return false;
    if (dy !== null && !isTranslation(m) && !/em\s*$/.test(dy) && length(dy) !== 0) return false;
    if (x !== null || on === shape) sets.push({ on, name: 'x', value: num(m[0] * atX + m[4]) });
    if (y !== null || on === shape) sets.push({ on, name: 'y', value: num(m[3] * atY + m[5]) });
    return on.children.every(place);
  };
  if (!place(shape)) return null;
  if (!isTranslation(m)) {
    const size = length(shape.get('font-size'));
    if (!size) return null;
    sets.push({ on: shape, name: 'font-size', value: num(size * m[0]) });
  }
  return sets;
}

/** A box that surely holds the shape's geometry in its own space, from attributes alone; null where only layout knows. */
export function quickBounds(shape: Shape): Box | null {
  const at = (name: string): number => length(shape.get(name)) ?? Number.NaN;
  let box: Box | null = null;
  switch (shape.name) {
    case 'rect':
    case 'image':
      box = { minX: at('x'), minY: at('y'), maxX: at('x') + at('width'), maxY: at('y') + at('height') };
      break;
    case 'circle':
      box = grow({ minX: at('cx'), minY: at('cy'), maxX: at('cx'), maxY: at('cy') }, at('r'));
      break;
    case 'ellipse': {
      const [rx, ry] = [at('rx'), at('ry')];
      box = { minX: at('cx') - rx, minY: at('cy') - ry, maxX: at('cx') + rx, maxY: at('cy') + ry };
      break;
    }
    case 'line':
      box = boxOf([
        { x: at('x1'), y: at('y1') },
        { x: at('x2'), y: at('y2') },
      ]);
      break;
    case 'polyline':
    case 'polygon':
      box = boxOf(parsePoints(shape.get('points')));
      break;
    case 'path':
      box = hull(parsePath(shape.get('d') ?? ''));
      break;
    default:
      return null;
  }
  return Number.isFinite(box.minX + box.minY + box.maxX + box.maxY) ? box : null;
}
