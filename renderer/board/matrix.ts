/** Plane affine maps and boxes: plain data, no DOM. A point p becomes (a*x + c*y + e, b*x + d*y + f), as in SVG. */

export interface Point {
  readonly x: number;
  readonly y: number;
}
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];
export interface Box {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

export const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

/** The map that does `inner` first, then `outer`. */
export function multiply(outer: Matrix, inner: Matrix): Matrix {
  const [a, b, c, d, e, f] = outer;
  const [A, B, C, D, E, F] = inner;
  return [a * A + c * B, b * A + d * B, a * C + c * D, b * C + d * D, a * E + c * F + e, b * E + d * F + f];
}

/** The inverse, or the identity for a map that squashes the plane: nothing on it can be seen or dragged. */
export function invert(m: Matrix): Matrix {
  const [a, b, c, d, e, f] = m;
  const det = a * d - b * c;
  if (Math.abs(det) < 1e-12) return IDENTITY;
  return [d / det, -b / det, -c / det, a / det, (c * f - d * e) / det, (b * e - a * f) / det];
}

/** A point through a map. */
export function apply(m: Matrix, p: Point): Point {
  return { x: m[0] * p.x + m[2] * p.y + m[4], y: m[1] * p.x + m[3] * p.y + m[5] };
}

export const translation = (x: number, y: number): Matrix => [1, 0, 0, 1, x, y];

/** Scaling about a fixed point. */
export function scaling(sx: number, sy: number, about: Point): Matrix {
  return [sx, 0, 0, sy, about.x - sx * about.x, about.y - sy * about.y];
}

/** Turning about a fixed point; degrees, clockwise on the screen. */
export function rotation(degrees: number, about: Point): Matrix {
  const r = (degrees * Math.PI) / 180;
  const cos = Math.cos(r);
  const sin = Math.sin(r);
  return [cos, sin, -sin, cos, about.x - cos * about.x + sin * about.y, about.y - sin * about.x - cos * about.y];
}

const near = (a: number, b: number, by = 1e-9): boolean => Math.abs(a - b) <= by;
export const isIdentity = (m: Matrix): boolean => m.every((v, i) => near(v, IDENTITY[i] as number));
export const isTranslation = (m: Matrix): boolean => near(m[0], 1) && near(m[1], 0) && near(m[2], 0) && near(m[3], 1);
/** Scales and moves only, so rectangles stay rectangles. */
export const isAxisAligned = (m: Matrix): boolean => near(m[1], 0, 1e-7) && near(m[2], 0, 1e-7);

/** How much lengths grow, as the root of the area's growth. */
export const meanScale = (m: Matrix): number => Math.sqrt(Math.abs(m[0] * m[3] - m[1] * m[2]));

/** The box round a mapped box. */
export function mapBox(m: Matrix, box: Box): Box {
  return boxOf([
    apply(m, { x: box.minX, y: box.minY }),
    apply(m, { x: box.maxX, y: box.minY }),
    apply(m, { x: box.maxX, y: box.maxY }),
    apply(m, { x: box.minX, y: box.maxY }),
  ]);
}

/** The smallest box round some points; an empty list gives an inverted box that `union` treats as nothing. */
export function boxOf(points: Iterable<Point>): Box {
  let minX = Infinity;
  let minY = Infinity;
  let maxX = -Infinity;
  let maxY = -Infinity;
  for (const p of points) {
    if (p.x < minX) minX = p.x;
    if (p.x > maxX) maxX = p.x;
    if (p.y < minY) minY = p.y;
    if (p.y > maxY) maxY = p.y;
  }
  return { minX, minY, maxX, maxY };
}

export const NOTHING: Box = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
export const isEmpty = (b: Box): boolean => !(b.minX <= b.maxX && b.minY <= b.maxY);
export const width = (b: Box): number => b.maxX - b.minX;
export const height = (b: Box): number => b.maxY - b.minY;
export const centre = (b: Box): Point => ({ x: (b.minX + b.maxX) / 2, y: (b.minY + b.maxY) / 2 });

/** The smallest box round two. */
export function union(a: Box, b: Box): Box {
  return {
    minX: Math.min(a.minX, b.minX),
    minY: Math.min(a.minY, b.minY),
    maxX: Math.max(a.maxX, b.maxX),
    maxY: Math.max(a.maxY, b.maxY),
  };
}

/** What two boxes have in common; empty where they don't overlap. */
export function common(a: Box, b: Box): Box {
  return {
    minX: Math.max(a.minX, b.minX),
    minY: Math.max(a.minY, b.minY),
    maxX: Math.min(a.maxX, b.maxX),
    maxY: Math.min(a.maxY, b.maxY),
  };
}

/** A box grown by a margin on every side. */
export function grow(b: Box, by: number): Box {
  return { minX: b.minX - by, minY: b.minY - by, maxX: b.maxX + by, maxY: b.maxY + by };
}

export const contains = (outer: Box, inner: Box): boolean =>
  inner.minX >= outer.minX && inner.minY >= outer.minY && inner.maxX <= outer.maxX && inner.maxY <= outer.maxY;
export const overlaps = (a: Box, b: Box): boolean =>
  a.minX <= b.maxX && b.minX <= a.maxX && a.minY <= b.maxY && b.minY <= a.maxY;
export const inside = (b: Box, p: Point): boolean => p.x >= b.minX && p.x <= b.maxX && p.y >= b.minY && p.y <= b.maxY;

/** A number as files hold it: at most two decimals, no `-0`. */
export const num = (v: number): string => String(Math.round(v * 100) / 100 || 0);
const fine = (v: number): string => String(Math.round(v * 1e6) / 1e6 || 0);

/** A `transform` value in its plainest form: none (null), `translate`, `rotate` about a point, else `matrix`. */
export function formatTransform(m: Matrix): string | null {
  if (isIdentity(m)) return null;
  if (isTranslation(m)) return `translate(${num(m[4])} ${num(m[5])})`;
  const [a, b, c, d, e, f] = m;
  const turn = (Math.atan2(b, a) * 180) / Math.PI;
  const pure = near(a, d, 1e-6) && near(b, -c, 1e-6) && near(a * a + b * b, 1, 1e-5);
  if (pure && Math.abs(turn) >= 1) {
    // The fixed point of the map: solve (I - R) p = (e, f).
    const k = 2 - 2 * a;
    const x = ((1 - a) * e - b * f) / k;
    const y = (b * e + (1 - a) * f) / k;
    return `rotate(${num(turn)} ${num(x)} ${num(y)})`;
  }
  return `matrix(${fine(a)} ${fine(b)} ${fine(c)} ${fine(d)} ${num(e)} ${num(f)})`;
}

const FUNCTION = /(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^)]*)\)/g;

/** Reads a `transform` attribute (SVG 1.1, 7.6); what cannot be read counts as nothing. */
export function parseTransform(text: string | null): Matrix {
  if (!text) return IDENTITY;
  let m = IDENTITY;
  for (const [, name, list] of text.matchAll(FUNCTION)) {
    const n = (list ?? '')
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number);
    if (n.some((v) => !Number.isFinite(v))) return IDENTITY;
    m = multiply(m, single(name ?? '', n));
  }
  return m;
}

function single(name: string, n: number[]): Matrix {
  const [p = 0, q, r] = n;
  const tan = Math.tan((p * Math.PI) / 180);
  switch (name) {
    case 'matrix':
      return n.length === 6 ? (n as unknown as Matrix) : IDENTITY;
    case 'translate':
      return translation(p, q ?? 0);
    case 'scale':
      return [p, 0, 0, q ?? p, 0, 0];
    case 'rotate':
      return rotation(p, { x: q ?? 0, y: r ?? 0 });
    case 'skewX':
      return [1, 0, tan, 1, 0, 0];
    default:
      return [1, tan, 0, 1, 0, 0];
  }
}
