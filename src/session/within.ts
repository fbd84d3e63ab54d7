import type { Rid, TreeView } from '#core/types.ts';

/** Whether one of these records is at or above `rid` in the tree. */
export function isWithin(view: TreeView, rid: Rid, all: ReadonlySet<Rid>): boolean {
  if (all.size === 0) return false;
  for (let at: Rid | undefined = rid; at !== undefined && at !== ''; at = view.parentOf(at))
    if (all.has(at)) return true;
  return false;
}
