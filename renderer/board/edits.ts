/** From what a person wants done to the selection to the intents of one gesture. */
import type { IntentInput } from '#api/contract.ts';
import type { Change } from '#renderer/tools/tool.ts';
import type { BoardController, Style } from './controller.ts';
import { change, PATH_REWRITE_LIMIT, pathBytes } from './geometry.ts';
import { invert, type Matrix, multiply, translation } from './matrix.ts';
import { isDrawn, shapeOf, worldMatrix } from './measure.ts';
import { changeInput, toInput } from './node-input.ts';
import type { Projection } from './projection.ts';
import { styleOf, styleSets } from './style.ts';

/** A change as a map of the shape's own geometry space. */
export function localOf(element: SVGElement, how: Change): Matrix {
  if ('local' in how) return how.local;
  const world = worldMatrix(element);
  return multiply(invert(world), multiply(how.world, world));
}

const parentRid = (element: Element, projection: Projection): string =>
  (element.parentElement && projection.ridOf(element.parentElement)) ?? projection.root() ?? 'root';

/** Moves, resizes or turns shapes. */
export function changeIntents(elements: readonly SVGElement[], how: Change, projection: Projection): IntentInput[] {
  const shapes = elements.map(shapeOf);
  const rewrite = shapes.reduce((sum, shape) => sum + pathBytes(shape), 0) <= PATH_REWRITE_LIMIT;
  return shapes.flatMap((shape) =>
    change(shape, localOf(shape.element as SVGElement, how), rewrite).flatMap((set): IntentInput[] => {
      const rid = projection.ridOf((set.on as typeof shape).element);
      return rid ? [{ do: 'set', rid, name: set.name, value: set.value }] : [];
    }),
  );
}

/** Adds changed copies, each right above the topmost of its originals' siblings. */
export function copyIntents(elements: readonly SVGElement[], how: Change, projection: Projection): IntentInput[] {
  return inOrder(elements).map((element) => {
    const node = toInput(element, projection);
    changeInput(node, localOf(element, how));
    return { do: 'add', parent: parentRid(element, projection), before: null, node };
  });
}

/** Copies beside the originals. */
export const duplicateIntents = (elements: readonly SVGElement[], projection: Projection): IntentInput[] =>
  copyIntents(elements, { world: translation(20, 20) }, projection);

/** Elements in z-order, lowest first. */
export function inOrder<T extends Element>(elements: readonly T[]): T[] {
  return [...elements].sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
}

type Where = Parameters<BoardController['reorder']>[0];

/** Moves shapes among their siblings; their own order stays. */
export function reorderIntents(elements: readonly SVGElement[], where: Where, projection: Projection): IntentInput[] {
  const sorted = inOrder(elements);
  const moving = new Set<Element>(sorted);
  const next = (element: Element, step: 1 | -1): Element | undefined => {
    let at: Element | null = element;
    do at = sibling(at, step);
    while (at && (moving.has(at) || !isDrawn(at)));
    return at ?? undefined;
  };
  const move = (element: Element, before: Element | null): IntentInput[] => {
    const rid = projection.ridOf(element);
    const anchor = before && projection.ridOf(before);
    return rid ? [{ do: 'move', rid, parent: parentRid(element, projection), before: anchor ?? null }] : [];
  };
  if (where === 'front') return sorted.flatMap((element) => (next(element, 1) ? move(element, null) : []));
  if (where === 'back') {
    return sorted.flatMap((element) => {
      const lowest = firstDrawn(element, moving);
      return next(element, -1) && lowest ? move(element, lowest) : [];
    });
  }
  const out: IntentInput[] = [];
  for (const element of where === 'forward' ? sorted.reverse() : sorted) {
    const passed = next(element, where === 'forward' ? 1 : -1);
    if (passed) out.push(...move(element, where === 'forward' ? sibling(passed, 1) : passed));
  }
  return out;
}

/** The element before or after in z-order, over the borders of chunks. */
function sibling(element: Element | null, step: 1 | -1): Element | null {
  if (!element) return null;
  const direct = step > 0 ? element.nextElementSibling : element.previousElementSibling;
  const chunk = element.parentElement;
  if (direct || !chunk?.classList.contains('chunk')) return direct;
  const beyond = step > 0 ? chunk.nextElementSibling : chunk.previousElementSibling;
  // What the projection keeps beside the chunks is no part of the drawing.
  if (!beyond?.classList.contains('chunk')) return null;
  return (step > 0 ? beyond.firstElementChild : beyond.lastElementChild) ?? null;
}

function firstDrawn(element: Element, except: ReadonlySet<Element>): Element | null {
  let lowest: Element | null = null;
  for (let at = sibling(element, -1); at; at = sibling(at, -1)) if (isDrawn(at) && !except.has(at)) lowest = at;
  return lowest;
}

/** An attribute of a shape, or what it inherits, as the file has it. */
export function inherited(element: Element, name: string): string | null {
  const own = (element as SVGElement).style?.getPropertyValue(name);
  return own || (element.closest(`[${name}]`)?.getAttribute(name) ?? null);
}

/** The shapes whose paint a style change reaches: a group's are those in it. */
export function painted(element: SVGElement): SVGElement[] {
  if (element.localName !== 'g' && element.localName !== 'a') return isDrawn(element) ? [element] : [];
  return [...element.children].flatMap((child) => painted(child as SVGElement));
}

/** Gives shapes parts of a style. Where a `style` attribute names a property it would win, so it is taken out there. */
export function styleIntents(
  elements: readonly SVGElement[],
  style: Partial<Style>,
  projection: Projection,
): IntentInput[] {
  return elements.flatMap(painted).flatMap((element): IntentInput[] => {
    const rid = projection.ridOf(element);
    if (!rid) return [];
    const get = (name: string): string | null => element.getAttribute(name);
    const inline = projection.raw(element, 'style');
    const sets = styleSets(element.localName, get, style);
    const out: IntentInput[] = sets.map(([name, value]) => ({ do: 'set', rid, name, value }));
    const names = new Set(styleSets(element.localName, () => '\0', style).map(([name]) => name));
    const kept = inline?.split(';').filter((d) => d.trim() && !names.has((d.split(':')[0] ?? '').trim()));
    const left = kept?.join(';') ?? null;
    if (inline !== null && left !== null && kept && kept.length < inline.split(';').filter((d) => d.trim()).length) {
      out.push({ do: 'set', rid, name: 'style', value: left || null });
    }
    return out;
  });
}

/** The style of shapes, where all of them agree. */
export function commonStyle(elements: readonly SVGElement[]): { [K in keyof Style]: Style[K] | null } {
  const none = { stroke: null, fill: null, strokeWidth: null, opacity: null, dash: null, fontSize: null };
  let common: { [K in keyof Style]: Style[K] | null } | undefined;
  for (const element of elements.flatMap(painted).slice(0, 200)) {
    const own = styleOf(element.localName, (name) =>
      name === 'opacity' ? element.getAttribute(name) : inherited(element, name),
    );
    if (!common) common = { ...own };
    else common = agree(common, own);
  }
  return common ?? none;
}

function agree(a: { [K in keyof Style]: Style[K] | null }, b: Style): { [K in keyof Style]: Style[K] | null } {
  const same = <K extends keyof Style>(key: K): Style[K] | null => (a[key] === b[key] ? b[key] : null);
  return {
    stroke: same('stroke'),
    fill: same('fill'),
    strokeWidth: same('strokeWidth'),
    opacity: same('opacity'),
    dash: same('dash'),
    fontSize: same('fontSize'),
  };
}
