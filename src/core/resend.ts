/** What must be known of log entries that a session's state lacks before they are said again there. */
import type { BaseLayer } from './layer.ts';
import { cloneNode, type Node } from './node.ts';
import type { LogEntry } from './replica-port.ts';
import { applySplice, invertSplice } from './splice.ts';
import type { Rid } from './types.ts';

/** A log entry without what wrote nothing where it was made: saying that again would do what it did not do then. */
export function withoutVoid(entry: LogEntry): LogEntry {
  return {
    ...entry,
    edits: entry.edits.filter((edit) => !edit.void && !(edit.kind === 'set' && (edit.fix || edit.splice?.void))),
  };
}

/** Records as they were before log entries that a state lacks: their texts with the missing splices taken back. */
export function beforeMissing(base: BaseLayer, missing: readonly LogEntry[]): (rid: Rid) => Node | null | undefined {
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
