/** What lies at a point: the index names candidates, exact geometry decides (RENDERING, recipe 9). */
import { type Box, contains, grow, inside, invert, apply, meanScale, type Point } from './matrix.ts';
import { isDrawn, localBox, worldBox, worldMatrix } from './measure.ts';
import type { ShapeIndex } from './shape-index.ts';

/** How far (CSS pixels) from a thin line a press may be. */
const REACH = 6;

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
  const stroke = Number.parseFloat(element.getAttribute('stroke-width') ?? '') || 1;
  const box = localBox(element);
  if (!inside(grow(box, near + stroke), p)) return undefined;
  if (!(element instanceof SVGGeometryElement)) return inside(grow(box, near), p) ? element : undefined;
  return onGeometry(element, p, near) ? element : undefined;
}

function onGeometry(element: SVGGeometryElement, p: Point, near: number): boolean {
  const css = getComputedStyle(element);
  if (css.fill !== 'none' && element.isPointInFill(p)) return true;
  if (css.stroke === 'none' && css.fill === 'none') return false;
  // A ring of points about the pointer stands in for a thicker line.
  for (let i = 0; i <= 8; i++) {
    const r = i === 0 ? 0 : near;
    const angle = (i * Math.PI) / 4;
    const at = { x: p.x + r * Math.cos(angle), y: p.y + r * Math.sin(angle) };
    if (element.isPointInStroke(at)) return true;
  }
  return false;
}

/** The elements among candidates that lie in a box wholly. */
export function inBox(candidates: Iterable<SVGElement>, box: Box): SVGElement[] {
  return [...candidates].filter((element) => {
    const own = worldBox(element);
    return own.minX <= own.maxX && contains(box, own);
  });
}
