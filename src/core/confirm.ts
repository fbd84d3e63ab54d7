/** An edit at its place in the session's order, with who wrote it and when: what every replay of a log does, so that all end equal. */
import type { BaseLayer } from './layer.ts';
import type { LogEntry } from './replica-port.ts';
import { applyEdit, type Outcome, StanzaContext } from './rules.ts';
import type { Edit } from './types.ts';

/** Applies one edit of a stanza and notes its author and time on the record that it wrote. */
export function confirmEdit(
  layer: BaseLayer,
  edit: Edit,
  stanza: { readonly author: string; readonly time: number },
  context: StanzaContext,
): Outcome {
  const outcome = applyEdit(layer, edit, context);
  const node = edit.kind === 'remove' || outcome.status !== 'applied' ? undefined : layer.get(edit.rid);
  if (node && edit.kind === 'new') {
    node.creator = edit.creator ?? stanza.author;
    node.created = edit.created ?? stanza.time;
  } else if (node) {
    node.lastModifiedBy = stanza.author;
    node.modified = stanza.time;
  }
  return outcome;
}

/** Whether an edit wrote nothing though its author meant it: a splice that came too late, an attribute whose twin stands. */
export function isUnsaid(edit: Edit, outcome: Outcome): boolean {
  if (outcome.twin !== undefined) return true;
  return edit.kind === 'set' && edit.splice !== undefined && edit.void === undefined && outcome.status === 'void';
}

/** Applies an entry of a log once more: the log says what came of each edit, so nothing is judged anew. Answers which of its edits
 *  were left unsaid, by their index. */
export function replayEntry(layer: BaseLayer, entry: LogEntry): readonly number[] {
  const context = new StanzaContext(entry.edits);
  const unsaid: number[] = [];
  for (const [i, edit] of entry.edits.entries())
    if (isUnsaid(edit, confirmEdit(layer, edit, entry, context))) unsaid.push(i);
  return unsaid;
}
