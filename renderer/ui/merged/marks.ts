/** What the list shows of each shape on the canvas. */
import type { Clash, Merged, MergedShape } from '#api/contract.ts';
import type { Mark } from '#renderer/board/controller.ts';

/** A shape that is gone comes as it was; one that was put back since is there again under another name. */
function markOf(shape: MergedShape | Clash): Mark {
  const { id, rid, ghost, around } = shape;
  const gone = ghost !== undefined && !('again' in shape && shape.again);
  if (!gone) return { id, rid, tone: 'there' };
  return { id, rid, tone: 'gone', ghost, ...(around === undefined ? {} : { around }) };
}

/** Mine first: of a shape that both lost, mine is drawn. */
export function marksOf(merged: Merged): readonly Mark[] {
  return [...merged.overruled, ...merged.overwrote, ...merged.theirs].map(markOf);
}
