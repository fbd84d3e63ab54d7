/** From the points of a hand to a small smooth path: fewer points (Ramer, Douglas, Peucker), then cubic curves through them. */
import { num, type Point } from './matrix.ts';

/** Drops points that lie within `tolerance` (user units) of the line between their kept neighbours; ends are kept. */
export function simplify(points: readonly Point[], tolerance: number): Point[] {
  if (points.length < 3) return [...points];
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  const open: [number, number][] = [[0, points.length - 1]];
  for (let span = open.pop(); span; span = open.pop()) {
    const [from, to] = span;
    let worst = tolerance;
    let at = -1;
    for (let i = from + 1; i < to; i++) {
      const off = distanceToSpan(points[i] as Point, points[from] as Point, points[to] as Point);
      if (off > worst) {
        worst = off;
        at = i;
      }
    }
    if (at < 0) continue;
    keep[at] = 1;
    open.push([from, at], [at, to]);
  }
  return points.filter((_, i) => keep[i] === 1);
}

/** The distance of a point from the stretch between two others. */
export function distanceToSpan(p: Point, a: Point, b: Point): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length));
  return Math.hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/** Path data of a smooth curve through the points (centripetal tangents, clamped so that it doesn't overshoot). Relative
 *  commands keep it short; each end is rounded in absolute terms, so errors do not add up. One point gives a dot. */
export function smoothPath(points: readonly Point[]): string {
  const first = points[0];
  if (!first) return '';
  const snap = (v: number): number => Math.round(v * 100) / 100;
  let at = { x: snap(first.x), y: snap(first.y) };
  let d = `M${num(at.x)} ${num(at.y)}`;
  if (points.length === 1) return `${d}h0.01`;
  if (points.length === 2) {
    const to = points[1] as Point;
    return `${d}l${pair(to.x - at.x, to.y - at.y)}`;
  }
  for (let i = 0; i + 1 < points.length; i++) {
    const p0 = points[Math.max(0, i - 1)] as Point;
    const p1 = points[i] as Point;
    const p2 = points[i + 1] as Point;
    const p3 = points[Math.min(points.length - 1, i + 2)] as Point;
    const reach = Math.hypot(p2.x - p1.x, p2.y - p1.y);
    const one = handle(p1, p0, p2, reach);
    const two = handle(p2, p3, p1, reach);
    const to = { x: snap(p2.x), y: snap(p2.y) };
    d += `c${pair(one.x - at.x, one.y - at.y)} ${pair(two.x - at.x, two.y - at.y)} ${pair(to.x - at.x, to.y - at.y)}`;
    at = to;
  }
  return d;
}

/** The control point beside `at` on the way to `to`, along the tangent from `back` to `to`. */
function handle(at: Point, back: Point, to: Point, reach: number): Point {
  const dx = to.x - back.x;
  const dy = to.y - back.y;
  const length = Math.hypot(dx, dy);
  const k = length === 0 ? 0 : reach / 3 / length;
  return { x: at.x + dx * k, y: at.y + dy * k };
}

const pair = (x: number, y: number): string => `${num(x)} ${num(y)}`;
