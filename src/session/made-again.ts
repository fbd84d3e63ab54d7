/**
 * What strict peers may lack, made again for them alone: Removes and News under the same rids, all of them corrections, of which
 * Limn replicas take no notice but to count (DESIGN section 2, The tree). So the session's document stays what it is, whatever is written to
 * it meanwhile, complete parts included.
 */
import { fieldsOf } from '#core/node.ts';
import type { Replica } from '#core/replica-port.ts';
import type { Edit, NewEdit, NodeRecord, Rid, TreeView } from '#core/types.ts';
import { isWithin } from './within.ts';

/** The longest value that can be stated in one stanza, in UTF-16 units (three bytes each at most): longer ones leave the outbox in pieces. */
const MAX_STATED = 10_000;

export const isTooLong = ({ chdata }: Pick<NodeRecord, 'chdata'>): boolean => (chdata?.length ?? 0) > MAX_STATED;

/** Takes these records away from strict peers, with all that is under them, and makes them again. What this was begun for already waits until
 *  it is through, a stray until it hangs, and too long values are left out. */
export function madeAgain(replica: Replica, lost: readonly Rid[]): readonly Edit[] {
  const { shown } = replica;
  const all = new Set(lost);
  const underWay = new Set(
    replica.pending().flatMap(({ edits }) => edits.flatMap((edit) => ('fix' in edit && edit.fix ? [edit.rid] : []))),
  );
  const tops = lost.filter((rid) => {
    const record = shown.get(rid);
    if (!record || record.inert || isTooLong(record) || shown.parentOf(rid) !== record.parent) return false;
    return !underWay.has(rid) && !isWithin(shown, record.parent, all);
  });
  const records = tops.flatMap((rid) => subtree(shown, rid));
  if (records.length === 0) return [];
  // The deepest first (XEP-0284, "Removing Nodes"), and once more with its New: whoever was given the state in the midst of it has it all.
  const away = records.length === 1 ? [] : records.toReversed().map(removal);
  return [
    ...away,
    ...records.flatMap((record): readonly Edit[] =>
      isTooLong(record) ? [] : [removal(record), made(replica, record)],
    ),
  ];
}

const removal = ({ rid }: NodeRecord): Edit => ({ kind: 'remove', rid, fix: true });

function made({ shown }: Replica, record: NodeRecord): Edit {
  const { rid, type } = record;
  return {
    kind: 'set',
    rid,
    version: (shown.get(rid)?.version ?? 0) + 1,
    fields: fieldsOf(record),
    fix: true,
    anew: type,
  };
}

/** A record that can't be stated in one stanza, taken away from everyone and added under a fresh rid. That follows from the old one, so that of
 *  two who do this at once one does nothing. */
export function addedAnew(replica: Replica, rid: Rid): readonly Edit[] {
  const record = replica.shown.get(rid);
  const parent = replica.shown.parentOf(rid);
  if (!record || parent === undefined) return [];
  const { version: _, chdataVersion: __, inert: ___, ...content } = record;
  const added: NewEdit = { ...content, kind: 'new', rid: freshName(replica, rid), parent, restores: rid };
  return [{ kind: 'remove', rid }, added];
}

/** The first of the names that follow from this rid which nobody has used. */
function freshName({ confirmed, shown }: Replica, rid: Rid): Rid {
  const match = /^(.*)~(\d{1,9})$/s.exec(rid);
  const stem = match?.[1] ?? rid;
  for (let n = Number(match?.[2] ?? 0) + 1; ; n++) {
    const name = `${stem}~${n}`;
    if (!confirmed.get(name) && !shown.get(name)) return name;
  }
}

/** A record and all that its fields and those of others put under it, parents first. */
function subtree(view: TreeView, top: Rid): NodeRecord[] {
  const rids = [top];
  const records: NodeRecord[] = [];
  for (let at = 0; at < rids.length; at++) {
    const rid = rids[at] as Rid;
    const record = view.get(rid);
    if (!record || (at > 0 && record.parent !== view.parentOf(rid))) continue;
    records.push(record);
    rids.push(...view.attributes(rid), ...view.children(rid));
  }
  return records;
}
