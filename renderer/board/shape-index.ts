/** Where the top-level shapes are, as an R-tree; and the hiding of those far from the view (RENDERING, recipe 6). */
import RBush from 'rbush';
import { type Box, contains, grow, height, isEmpty, NOTHING, union, width } from './matrix.ts';
import { roughBox } from './measure.ts';

interface Item extends Box {
  readonly element: SVGGraphicsElement;
}

export interface ShapeIndex {
  rebuild(elements: Iterable<SVGGraphicsElement>): void;
  update(changed: Iterable<SVGGraphicsElement>, gone: Iterable<Element>): void;
  search(box: Box): SVGGraphicsElement[];
  /** The box round everything drawn. */
  bounds(): Box;
  size(): number;
  /** Hides what lies beyond half a view around it; does nothing while the view stays in the box asked for last. */
  cull(view: Box, zooming: boolean): void;
}

/** `pinned` tells elements that must stay although they are out of sight, as others refer to them. */
export function createShapeIndex(pinned: (element: Element) => boolean): ShapeIndex {
  const tree = new RBush<Item>();
  const items = new Map<Element, Item>();
  let culledFor: Box = NOTHING;
  let on = new Set<SVGGraphicsElement>();

  const itemOf = (element: SVGGraphicsElement): Item | null => {
    const box = roughBox(element);
    return isEmpty(box) ? null : { ...box, element };
  };

  function drop(element: Element): void {
    const item = items.get(element);
    if (!item) return;
    tree.remove(item);
    items.delete(element);
    on.delete(item.element);
  }

  function hide(element: SVGGraphicsElement): void {
    if (!pinned(element)) element.setAttribute('data-off', '');
  }

  return {
    rebuild(elements) {
      items.clear();
      tree.clear();
      for (const element of elements) {
        const item = itemOf(element);
        if (item) items.set(element, item);
      }
      tree.load([...items.values()]);
      on = new Set([...items.values()].map((item) => item.element));
      culledFor = NOTHING;
    },
    update(changed, gone) {
      for (const element of gone) drop(element);
      // All is measured before anything is hidden: each measure after a write would lay the drawing out again.
      const measured = [...changed].map((element) => ({ element, item: itemOf(element) }));
      for (const { element, item } of measured) {
        const was = items.get(element);
        if (
          was &&
          item &&
          was.minX === item.minX &&
          was.minY === item.minY &&
          was.maxX === item.maxX &&
          was.maxY === item.maxY
        )
          continue;
        drop(element);
        if (!item) continue;
        items.set(element, item);
        tree.insert(item);
        const near =
          isEmpty(culledFor) ||
          !(
            item.maxX < culledFor.minX ||
            item.minX > culledFor.maxX ||
            item.maxY < culledFor.minY ||
            item.minY > culledFor.maxY
          );
        if (near) {
          element.removeAttribute('data-off');
          on.add(element);
        } else hide(element);
      }
    },
    search: (box) => tree.search(box).map((item) => item.element),
    bounds() {
      if (items.size === 0) return NOTHING;
      const root = tree.toJSON() as Box;
      return union(root, NOTHING);
    },
    size: () => items.size,
    cull(view, zooming) {
      // While a zoom lasts, what is laid out too much does less harm than hiding it at every step.
      const close = zooming || width(culledFor) < 5 * width(view);
      if (!isEmpty(culledFor) && contains(culledFor, view) && close) return;
      culledFor = grow(view, Math.max(width(view), height(view)) / 2);
      const next = new Set<SVGGraphicsElement>();
      for (const item of tree.search(culledFor)) {
        next.add(item.element);
        if (!on.has(item.element)) item.element.removeAttribute('data-off');
      }
      for (const element of on) if (!next.has(element)) hide(element);
      on = next;
    },
  };
}
