/** What of the board stays as it is until an owner reopens it. */
import type { BoardStatus } from '#api/contract.ts';
import type { BoardState, Completeness } from './controller.ts';
import type { Projection } from './projection.ts';

/** How far shapes are complete; nothing is when nothing is given. */
export function completenessOf(
  { complete }: BoardStatus,
  elements: readonly Element[],
  projection: Pick<Projection, 'ridOf'>,
): Completeness {
  if (complete === undefined || elements.length === 0) return 'no';
  if (complete.whole) return 'around';
  const marked = new Set(complete.parts);
  let itself = 0;
  for (const element of elements) {
    for (let at: Element | null = element; at; at = at.parentElement) {
      const rid = projection.ridOf(at);
      if (rid === undefined || !marked.has(rid)) continue;
      if (at !== element) return 'around';
      itself++;
    }
  }
  // Of several, those that aren't complete can still be changed; the rest is refused with a sentence.
  return itself === elements.length ? 'itself' : itself > 0 ? 'around' : 'no';
}

/** Whether this person may change the board as it is shown now. */
export function mayChange({ status, past }: BoardState): boolean {
  return status.canEdit && !past && status.complete?.whole !== true;
}
