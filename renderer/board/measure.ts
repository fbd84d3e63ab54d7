/** Where shapes on the screen are: boxes in user units of the root, and the map from a shape's own space to them. */
import { type Shape, quickBounds } from './geometry.ts';
import {
  type Box,
  grow,
  IDENTITY,
  isIdentity,
  mapBox,
  type Matrix,
  meanScale,
  multiply,
  NOTHING,
  parseTransform,
} from './matrix.ts';

/** Elements that are never drawn themselves. */
const UNDRAWN = new Set([
  'defs',
  'style',
  'title',
  'desc',
  'metadata',
  'linearGradient',
  'radialGradient',
  'marker',
  'pattern',
  'clipPath',
  'mask',
  'filter',
  'symbol',
  'view',
  'cursor',
  'font',
  'script',
]);
export const isDrawn = (element: Element): boolean => !UNDRAWN.has(element.localName);

/** A node on the screen as geometry sees it. */
export function shapeOf(element: Element): Shape & { readonly element: Element } {
  return {
    element,
    name: element.localName,
    get: (attribute) => element.getAttribute(attribute),
    get children() {
      return [...element.children].map(shapeOf);
    },
  };
}

/** The map from a shape's own geometry to user units of the root (its own `transform` included). */
export function worldMatrix(element: SVGElement): Matrix {
  let m = IDENTITY;
  let at: Element | null = element;
  while (at && !at.classList.contains('chunk')) {
    if (at.localName === 'svg' || at.getAttribute('style')?.includes('transform')) return laidOut(element);
    const own = at.getAttribute('transform');
    if (own) m = multiply(parseTransform(own), m);
    at = at.parentElement;
  }
  return m;
}

function laidOut(element: SVGElement): Matrix {
  return whileShown(element, () => {
    const outer = element.closest<SVGSVGElement>('svg.chunk')?.getScreenCTM();
    const inner = (element as SVGGraphicsElement).getScreenCTM?.();
    if (!outer || !inner) return IDENTITY;
    const m = outer.inverse().multiply(inner);
    return [m.a, m.b, m.c, m.d, m.e, m.f];
  });
}

/** Layout knows nothing of what is culled: shows the shape while `measure` runs. */
function whileShown<T>(element: Element, measure: () => T): T {
  const hidden = element.closest('[data-off]');
  hidden?.removeAttribute('data-off');
  const result = measure();
  hidden?.setAttribute('data-off', '');
  return result;
}

/** The box of a shape's geometry (no stroke) in its own space; empty when nothing is drawn. Exact for what is in sight;
 *  for culled shapes it comes from their attributes where these suffice, as layout would have to be done for each. */
export function localBox(element: SVGElement): Box {
  if (!isDrawn(element) || !('getBBox' in element)) return NOTHING;
  if (element.closest('[data-off]')) {
    const quick = quickBounds(shapeOf(element));
    if (quick) return quick;
  }
  const b = whileShown(element, () => (element as SVGGraphicsElement).getBBox());
  if (b.width === 0 && b.height === 0 && b.x === 0 && b.y === 0) return NOTHING;
  return { minX: b.x, minY: b.y, maxX: b.x + b.width, maxY: b.y + b.height };
}

/** The exact box round a shape in user units of the root. */
export function worldBox(element: SVGElement): Box {
  const local = localBox(element);
  if (local.minX > local.maxX) return NOTHING;
  return mapBox(worldMatrix(element), local);
}

/** A box that holds all that the shape paints, perhaps too large: for the index and culling. */
export function roughBox(element: SVGGraphicsElement): Box {
  if (!isDrawn(element)) return NOTHING;
  const stroke = Number.parseFloat(element.getAttribute('stroke-width') ?? '') || 2;
  const quick = element.localName === 'path' ? null : quickBounds(shapeOf(element));
  const local = quick ?? localBox(element);
  if (local.minX > local.maxX) return NOTHING;
  const margin = quick || element.localName === 'path' ? stroke : Math.max(stroke, 8);
  const own = element.hasAttribute('transform') ? worldMatrix(element) : IDENTITY;
  return isIdentity(own) ? grow(local, margin) : mapBox(own, grow(local, margin * Math.max(1, meanScale(own))));
}
