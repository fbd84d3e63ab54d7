/** Shapes taken off the board while they are dragged, resized or turned: drawn on the live canvas, hidden on the board. */
import { change } from './geometry.ts';
import { formatTransform, type Matrix, invert, isTranslation, multiply, parseTransform } from './matrix.ts';
import { shapeOf, worldMatrix } from './measure.ts';
import { draw, type Paint, paintsOf } from './painter.ts';

export interface Lift {
  readonly elements: readonly SVGElement[];
  /** Shows the shapes changed by a map of the plane, or each by a map of its own geometry space. */
  show(how: { world: Matrix } | { local: Matrix }): void;
  draw(g: CanvasRenderingContext2D, view: Matrix): void;
  /** Puts everything back as the document has it. */
  drop(): void;
}

interface Piece {
  readonly element: SVGElement;
  readonly world: Matrix;
  readonly rest: string | null;
  /** Null: a canvas can't draw it, so the node itself moves. */
  readonly still: Paint[] | null;
  paints: Paint[];
  at: Matrix;
  written: string | null;
}

/** `copy` leaves the originals where they are (a drag with Alt). */
export function createLift(elements: readonly SVGElement[], copy: boolean): Lift {
  const pieces: Piece[] = elements.map((element) => {
    const still = paintsOf(element);
    const rest = element.getAttribute('transform');
    const world = worldMatrix(element);
    return { element, world, rest, still, paints: still ?? [], at: world, written: rest };
  });
  if (!copy) for (const piece of pieces) if (piece.still) piece.element.setAttribute('data-lifted', '');

  function showPiece(piece: Piece, how: { world: Matrix } | { local: Matrix }): void {
    const local = 'local' in how ? how.local : multiply(invert(piece.world), multiply(how.world, piece.world));
    piece.at = multiply(piece.world, local);
    if (!piece.still) {
      if (copy) return;
      const value = formatTransform(multiply(parseTransform(piece.rest), local));
      piece.written = value;
      if (value === null) piece.element.removeAttribute('transform');
      else piece.element.setAttribute('transform', value);
      return;
    }
    const { localName } = piece.element;
    if (isTranslation(local) || localName === 'text' || localName === 'g' || localName === 'image') {
      piece.paints = piece.still;
      return;
    }
    // Strokes keep their width when a shape grows, so its outline is made anew.
    const sets = change(shapeOf(piece.element), local, true);
    const changed = new Map(sets.map((set) => [set.name, set.value]));
    if (changed.has('transform')) {
      piece.paints = piece.still;
      return;
    }
    piece.paints = paintsOf(piece.element, changed) ?? piece.still;
    piece.at = piece.world;
  }

  return {
    elements,
    show(how) {
      for (const piece of pieces) showPiece(piece, how);
    },
    draw(g, view) {
      for (const piece of pieces) if (piece.still) draw(g, piece.paints, view, piece.at);
    },
    drop() {
      for (const { element, rest, still, written } of pieces) {
        element.removeAttribute('data-lifted');
        if (still || copy || element.getAttribute('transform') !== written) continue;
        if (rest === null) element.removeAttribute('transform');
        else element.setAttribute('transform', rest);
      }
    },
  };
}
