/** What must be known of log entries that a session's state lacks before they are said again there. */
import type { Layer } from './layer.ts';
import { cloneNode, type Node } from './node.ts';
import type { LogEntry } from './replica-port.ts';
import { applySplice, invertSplice } from './splice.ts';
import type { Edit, Rid } from './types.ts';

/** A log entry without what wrote nothing where it was made: saying that again would do what it did not do then. It is said alone,
 *  whatever else was part of its gesture. */
export function withoutVoid({ transaction: _, ...entry }: LogEntry): LogEntry {
  return {
    ...entry,
    edits: entry.edits.filter((edit) =>
      edit.kind === 'new' ? !edit.void : !(edit.void || edit.fix || (edit.kind === 'set' && edit.splice?.void)),
    ),
  };
}

/** Edits as they are to be said where another root stands: what lay in a root of mine goes into that one. It saves strict peers a
 *  second root, for which some would delete the first with all that is in it (XEP-0284, "Mapping the Records"). */
export function intoRoot(edits: readonly Edit[], mine: ReadonlySet<Rid>, root: Rid): Edit[] {
  return edits.flatMap((edit): readonly Edit[] => {
    if (mine.has(edit.rid)) return [];
    if (edit.kind === 'new') {
      if (!mine.has(edit.parent)) return [edit];
      return edit.type === 'attr' ? [] : [{ ...edit, parent: root }];
    }
    if (edit.kind === 'remove' || edit.fields.parent === undefined || !mine.has(edit.fields.parent)) return [edit];
    return [{ ...edit, fields: { ...edit.fields, parent: root } }];
  });
}

/** The roots that edits make. */
export function rootsIn(stanzas: Iterable<{ readonly edits: readonly Edit[] }>): Set<Rid> {
  const roots = new Set<Rid>();
  for (const { edits } of stanzas) {
    for (const edit of edits)
      if (edit.kind === 'new' && edit.type === 'element' && edit.parent === '') roots.add(edit.rid);
  }
  return roots;
}

/** Records as they were before log entries that a state lacks: their texts with the missing splices taken back. */
export function beforeMissing(base: Layer, missing: readonly LogEntry[]): (rid: Rid) => Node | null | undefined {
  const texts = new Map<Rid, string | null>();
  for (const { edits } of missing.toReversed()) {
    for (const edit of edits.toReversed()) {
      if (edit.kind === 'remove' || texts.get(edit.rid) === null) continue;
      if (edit.kind === 'new') texts.set(edit.rid, null);
      else if (edit.fields.chdata !== undefined && edit.splice === undefined) texts.set(edit.rid, null);
      else if (edit.splice && edit.fields.chdata !== undefined) {
        const text = texts.get(edit.rid) ?? base.get(edit.rid)?.chdata;
        if (text === undefined || text === null) continue;
        const taken = invertSplice(edit.splice.was ?? '', {
          from: 0,
          count: (edit.splice.was ?? '').length,
          insert: edit.fields.chdata,
        });
        texts.set(edit.rid, applySplice(text, { ...taken, from: edit.splice.from }) ?? text);
      }
    }
  }
  return (rid) => {
    const node = base.get(rid);
    const text = texts.get(rid);
    if (node === undefined || typeof text !== 'string') return node;
    const copy = cloneNode(node);
    copy.chdata = text;
    return copy;
  };
}
