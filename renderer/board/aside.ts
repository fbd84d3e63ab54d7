/**
 * A second drawing on the same plane that is no part of the board: shapes that are gone, faintly over what is there, or the
 * board as it was once, in its stead. Nothing in it can be touched.
 */
import type { ViewNode } from '#api/contract.ts';
import type { Mark } from './controller.ts';
import { type Box, NOTHING, union } from './matrix.ts';
import { worldBox } from './measure.ts';
import { createProjection } from './projection.ts';
import { SVG_NS } from './safety.ts';

export interface Aside {
  /** Shows the ghosts of these marks, and no others. */
  ghosts(marks: readonly Mark[]): void;
  /** Shows the board as it was; undefined: as it is. */
  past(root: ViewNode | null | undefined): void;
  /** A shape of it. */
  node(rid: string): SVGElement | undefined;
  /** What it covers, in user units. */
  bounds(): Box;
  place(world: Box, zoom: number): void;
  setDark(dark: boolean): void;
}

const GHOST_OPACITY = '0.4';

/** `host` is an empty layer over the drawing's own, `drawing`. */
export function createAside(host: HTMLElement, drawing: HTMLElement): Aside {
  const projection = createProjection(host, () => {});
  let ghosts: ViewNode | null = null;
  let past: ViewNode | null | undefined;
  let covered: Box | undefined;

  function show(): void {
    const isPast = past !== undefined;
    host.style.opacity = isPast ? '' : GHOST_OPACITY;
    drawing.style.visibility = isPast ? 'hidden' : '';
    covered = undefined;
    projection.reset(isPast ? (past ?? null) : ghosts);
  }

  return {
    ghosts(marks) {
      const seen = new Set<string>();
      const children = marks.flatMap((mark): ViewNode[] => {
        if (mark.ghost === undefined || seen.has(mark.rid)) return [];
        seen.add(mark.rid);
        const attrs = mark.around === undefined ? [] : [{ name: 'transform', value: mark.around }];
        return [{ type: 'element', rid: `around ${mark.rid}`, ns: SVG_NS, name: 'g', attrs, children: [mark.ghost] }];
      });
      if (children.length === 0 && ghosts === null) return;
      ghosts =
        children.length === 0 ? null : { type: 'element', rid: 'ghosts', ns: SVG_NS, name: 'svg', attrs: [], children };
      if (past === undefined) show();
    },
    past(root) {
      past = root;
      show();
    },
    node: projection.node,
    bounds: () => (covered ??= [...projection.tops()].map(worldBox).reduce(union, NOTHING)),
    place: projection.place,
    setDark: projection.setDark,
  };
}
