/** Shapes that a list points at, on the overlay: a tint and a line round each, stronger round the one being looked at. */
import type { Aside } from './aside.ts';
import type { Mark } from './controller.ts';
import { type Box, isEmpty, type Matrix, NOTHING, union } from './matrix.ts';
import { localBox, worldBox, worldMatrix } from './measure.ts';
import type { Projection } from './projection.ts';
import type { Theme } from './theme.ts';

/** A mark where it lies: the box in its own space, and the map from there to the plane. */
export interface PlacedMark {
  readonly box: Box;
  readonly matrix: Matrix;
  readonly tone: Mark['tone'];
  readonly strong: boolean;
}

export interface Highlights {
  set(marks: readonly Mark[], strong: string | null): void;
  /** What there is to draw now. */
  placed(): readonly PlacedMark[];
  /** Where a mark lies on the plane; empty when it is nowhere. */
  boxOf(id: string): Box;
}

export function createHighlights(projection: Projection, aside: Aside): Highlights {
  let marks: readonly Mark[] = [];
  let strong: string | null = null;
  const elementOf = ({ rid, ghost }: Mark): SVGElement | undefined =>
    ghost === undefined ? projection.node(rid) : aside.node(rid);

  return {
    set(next, one) {
      if (next !== marks) aside.ghosts(next);
      marks = next;
      strong = one;
    },
    placed: () =>
      marks.flatMap((mark): PlacedMark[] => {
        const element = elementOf(mark);
        const box = element && localBox(element);
        if (element === undefined || box === undefined || isEmpty(box)) return [];
        return [{ box, matrix: worldMatrix(element), tone: mark.tone, strong: mark.id === strong }];
      }),
    boxOf(id) {
      const elements = marks.flatMap((mark) => (mark.id === id ? (elementOf(mark) ?? []) : []));
      return elements.map(worldBox).reduce(union, NOTHING);
    },
  };
}

/** The line and tint of a mark: what came and what changed in the accent, what went in the colour of text. */
export function lookOf(
  { tone, strong }: PlacedMark,
  theme: Theme,
): { colour: string; dash: number[]; fill: number; width: number } {
  const gone = tone === 'gone';
  return {
    colour: gone ? theme.text2 : theme.accent,
    dash: gone ? [5, 4] : [],
    fill: strong ? 0.16 : gone ? 0 : 0.07,
    width: strong ? 2 : 1,
  };
}
