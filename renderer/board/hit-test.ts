/** What lies at a point: the index names candidates, exact geometry decides (RENDERING, recipe 9). */
import { type Box, contains, grow, inside, invert, apply, meanScale, type Point } from './matrix.ts';
import { isDrawn, localBox, shapeOf, worldBox, worldMatrix } from './measure.ts';
import { pathOf } from './painter.ts';
import type { ShapeIndex } from './shape-index.ts';

/** How far (CSS pixels) from the edge of a stroke a press may be. */
const REACH = 5;

/** The innermost drawn element at a point of the plane, topmost first; `within` limits the search to a group. */
export function hitTest(index: ShapeIndex, point: Point, zoom: number, within?: SVGElement): SVGElement | undefined {
  const reach = REACH / zoom;
  const around: Box = grow({ minX: point.x, minY: point.y, maxX: point.x, maxY: point.y }, reach);
  const candidates = index.search(around).sort(topFirst);
  for (const top of candidates) {
    if (within && !top.contains(within)) continue;
    const hit = hitElement(within ?? top, point, reach);
    if (hit) return hit;
  }
  return undefined;
}

function topFirst(a: Element, b: Element): number {
  return a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? 1 : -1;
}

function hitElement(element: SVGElement, point: Point, reach: number): SVGElement | undefined {
  if (!isDrawn(element)) return undefined;
  if (element.localName === 'g' || element.localName === 'a' || element.localName === 'switch') {
    for (let child = element.lastElementChild; child; child = child.previousElementSibling) {
      const hit = hitElement(child as SVGElement, point, reach);
      if (hit) return hit;
    }
    return undefined;
  }
  const world = worldMatrix(element);
  const p = apply(invert(world), point);
  const near = reach / (meanScale(world) || 1);
  const css = getComputedStyle(element);
  const stroke = css.stroke === 'none' ? 0 : Number.parseFloat(css.strokeWidth) || 0;
  if (!inside(grow(localBox(element), near + stroke), p)) return undefined;
  if (!(element instanceof SVGGeometryElement)) return inside(grow(localBox(element), near), p) ? element : undefined;
  if (css.fill !== 'none' && element.isPointInFill(p)) return element;
  if (css.stroke === 'none' && css.fill === 'none') return undefined;
  return onOutline(element, p, stroke + 2 * near) ? element : undefined;
}

const pen = new OffscreenCanvas(1, 1).getContext('2d');
const outlines = new WeakMap<Element, { d: string; path: Path2D }>();

/** True within half a width of the outline, gaps of a dashed one included. */
function onOutline(element: SVGGeometryElement, p: Point, width: number): boolean {
  const path = outlineOf(element);
  if (!path || !pen) return element.isPointInStroke(p);
  pen.lineWidth = width;
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  return pen.isPointInStroke(path, p.x, p.y);
}

/** A hovering pointer asks for the same outline again and again; only long ones are worth keeping. */
function outlineOf(element: SVGGeometryElement): Path2D | null {
  const d = element.localName === 'path' ? element.getAttribute('d') : null;
  if (d === null) return pathOf(shapeOf(element));
  const kept = outlines.get(element);
  if (kept?.d === d) return kept.path;
  const path = new Path2D(d);
  outlines.set(element, { d, path });
  return path;
}

/** The elements among candidates that lie in a box wholly. */
export function inBox(candidates: Iterable<SVGElement>, box: Box): SVGElement[] {
  return [...candidates].filter((element) => {
    const own = worldBox(element);
    return own.minX <= own.maxX && contains(box, own);
  });
}
