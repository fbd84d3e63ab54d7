/** Path data (SVG 1.1, 8.3): read by svg.js, moved and scaled here. No DOM is touched. */
import { PathArray } from '@svgdotjs/svg.js';
import { apply, type Box, boxOf, isAxisAligned, type Matrix, num, type Point } from './matrix.ts';

/** One absolute segment: its letter and its numbers, relative and shorthand forms resolved. */
export type Segment = [string, ...number[]];

/** Absolute segments (M L H V C S Q T A Z), or none when the data cannot be read. */
export function parsePath(d: string): Segment[] {
  if (!/^\s*m/i.test(d)) return [];
  // svg.js resolves relative commands itself and yields absolute ones.
  const segments = [...(new PathArray(d) as unknown as Segment[])];
  return segments.every((s) => s.slice(1).every((v) => Number.isFinite(v))) ? segments : [];
}

/** The box round all end and control points: never smaller than what is drawn, save for arcs, which get their radii's room. */
export function hull(segments: readonly Segment[]): Box {
  const points: Point[] = [];
  let x = 0;
  let y = 0;
  for (const [letter, ...n] of segments) {
    if (letter === 'H') points.push({ x: (x = n[0] ?? 0), y });
    else if (letter === 'V') points.push({ x, y: (y = n[0] ?? 0) });
    else if (letter === 'A') {
      const reach = 2 * Math.max(n[0] ?? 0, n[1] ?? 0);
      points.push({ x: x - reach, y: y - reach }, { x: x + reach, y: y + reach });
      x = n[5] ?? 0;
      y = n[6] ?? 0;
      points.push({ x, y });
    } else if (letter === 'S' || letter === 'T') {
      // The reflected control point may lie as far on the other side: give it that room.
      const before = points.at(-2) ?? { x, y };
      points.push({ x: 2 * x - before.x, y: 2 * y - before.y });
      for (let i = 0; i + 1 < n.length; i += 2) points.push({ x: n[i] as number, y: n[i + 1] as number });
      ({ x, y } = points.at(-1) as Point);
    } else if (letter !== 'Z') {
      for (let i = 0; i + 1 < n.length; i += 2) points.push({ x: n[i] as number, y: n[i + 1] as number });
      ({ x, y } = points.at(-1) ?? { x, y });
    }
  }
  return boxOf(points);
}

/** Path data through a map, or null where it would need another kind of segment (an arc under an uneven scale and a turn). */
export function transformPath(segments: readonly Segment[], m: Matrix): Segment[] | null {
  const aligned = isAxisAligned(m);
  const even = Math.abs(Math.abs(m[0]) - Math.abs(m[3])) < 1e-6;
  const out: Segment[] = [];
  let at: Point = { x: 0, y: 0 };
  for (const [letter, ...n] of segments) {
    if (letter === 'H' || letter === 'V') {
      at = letter === 'H' ? { x: n[0] ?? 0, y: at.y } : { x: at.x, y: n[0] ?? 0 };
      const to = apply(m, at);
      out.push(aligned ? [letter, letter === 'H' ? to.x : to.y] : ['L', to.x, to.y]);
      continue;
    }
    if (letter === 'A') {
      const [rx = 0, ry = 0, turn = 0, large = 0, sweep = 0, x = 0, y = 0] = n;
      if (!(aligned && (even || turn % 180 === 0))) return null;
      const to = apply(m, { x, y });
      const flipped = m[0] * m[3] < 0;
      out.push([
        'A',
        rx * Math.abs(m[0]),
        ry * Math.abs(m[3]),
        flipped ? -turn : turn,
        large,
        flipped ? 1 - sweep : sweep,
        to.x,
        to.y,
      ]);
      at = { x, y };
      continue;
    }
    const moved: Segment = [letter];
    for (let i = 0; i + 1 < n.length; i += 2) {
      at = { x: n[i] as number, y: n[i + 1] as number };
      const to = apply(m, at);
      moved.push(to.x, to.y);
    }
    out.push(moved);
  }
  return out;
}

/** Path data as text, two decimals. */
export function formatPath(segments: readonly Segment[]): string {
  return segments.map(([letter, ...n]) => letter + n.map(num).join(' ')).join('');
}

/** The two ends of a path that our arrow tool made (`M a L b M h L b L k`), else null. */
export function arrowEnds(segments: readonly Segment[]): [Point, Point] | null {
  if (segments.map((s) => s[0]).join('') !== 'MLMLL') return null;
  const [from, to, , again] = segments as [Segment, Segment, Segment, Segment];
  if (to[1] !== again[1] || to[2] !== again[2]) return null;
  return [
    { x: from[1] ?? 0, y: from[2] ?? 0 },
    { x: to[1] ?? 0, y: to[2] ?? 0 },
  ];
}

/** An arrow as one path that every renderer draws alike: the shaft, then an open head whose size follows the stroke's width. */
export function arrowPath(from: Point, to: Point, strokeWidth: number): Segment[] {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const head = Math.min(6 + 4 * strokeWidth, length * 0.6);
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const side = (turn: number): [number, number] => [
    to.x - head * Math.cos(angle + turn),
    to.y - head * Math.sin(angle + turn),
  ];
  return [
    ['M', from.x, from.y],
    ['L', to.x, to.y],
    ['M', ...side(0.48)],
    ['L', to.x, to.y],
    ['L', ...side(-0.48)],
  ];
}
