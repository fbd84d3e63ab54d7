/** Where the view of each board was, for as long as the window lives: a reload or a restart of main comes back to it. */
import * as v from 'valibot';
import { MAX_ZOOM, MIN_ZOOM, type View } from './viewport.ts';

const coordinate = v.pipe(v.number(), v.finite());
const viewSchema = v.object({
  x: coordinate,
  y: coordinate,
  zoom: v.pipe(v.number(), v.minValue(MIN_ZOOM), v.maxValue(MAX_ZOOM)),
});
const keyOf = (board: string): string => `limn.view.${board}`;

/** The view kept for a board, or null. */
export function recallView(board: string): View | null {
  try {
    const kept = v.safeParse(viewSchema, JSON.parse(sessionStorage.getItem(keyOf(board)) ?? 'null'));
    return kept.success ? kept.output : null;
  } catch {
    return null; // Storage is off, or holds something else: the board is fitted as on its first opening.
  }
}

/** Keeps a board's view. */
export function keepView(board: string, { x, y, zoom }: View): void {
  try {
    sessionStorage.setItem(keyOf(board), JSON.stringify({ x, y, zoom }));
  } catch {
    // As above.
  }
}
