/** What of somebody's own stanza turned out to be void where it came, in terms of shapes. */
import type { LogEntry } from '#core/replica-port.ts';
import type { Edit, Fault, Rid, TreeView } from '#core/types.ts';
import { shapeOf, type Wish } from './report.ts';

export interface VoidClash {
  /** The shape that was to change, as it stands. */
  readonly rid: Rid;
  readonly did: 'added' | 'changed' | 'removed';
  readonly fault: Fault;
  readonly wishes: readonly Wish[];
}

/** One for each shape, kind of edit and reason. Edits of what isn't on the board any more are left out. */
export function voidClashes({ edits }: LogEntry, shown: TreeView): readonly VoidClash[] {
  const clashes = new Map<string, VoidClash>();
  for (const edit of edits) {
    if (edit.void === undefined) continue;
    const place = placeOf(edit, shown);
    if (place === undefined) continue;
    const rid = shapeOf(shown, place);
    const wish = wishOf(edit, shown);
    const did = edit.kind === 'remove' ? 'removed' : edit.kind === 'new' && wish === undefined ? 'added' : 'changed';
    const key = `${rid} ${did} ${edit.void.code}`;
    const known = clashes.get(key);
    const wishes = [...(known?.wishes ?? []), ...(wish === undefined ? [] : [wish])];
    clashes.set(key, { rid, did, fault: edit.void, wishes });
  }
  return [...clashes.values()];
}

/** Where it was to happen: at the record itself, or in what a new one was to lie in. */
function placeOf(edit: Edit, shown: TreeView): Rid | undefined {
  const rid = edit.kind === 'new' ? edit.parent : edit.rid;
  return shown.parentOf(rid) === undefined ? undefined : rid;
}

/** How an attribute that was to be written is asked for again. */
function wishOf(edit: Edit, shown: TreeView): Wish | undefined {
  if (edit.kind === 'remove') return undefined;
  if (edit.kind === 'new') {
    const { type, parent, ns = '', name, chdata = '' } = edit;
    return type === 'attr' && name !== undefined
      ? { do: 'attribute', rid: parent, ns, name, value: chdata }
      : undefined;
  }
  const record = shown.get(edit.rid);
  const owner = shown.parentOf(edit.rid);
  const { chdata } = edit.fields;
  if (
    record?.type !== 'attr' ||
    record.name === undefined ||
    owner === undefined ||
    chdata === undefined ||
    edit.splice
  )
    return undefined;
  return { do: 'attribute', rid: owner, ns: record.ns ?? '', name: record.name, value: chdata };
}
