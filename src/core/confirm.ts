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

/** Applies an entry of a log once more: the log says what came of each edit, so nothing is judged anew. */
export function replayEntry(layer: BaseLayer, entry: LogEntry): void {
  const context = new StanzaContext(entry.edits);
  for (const edit of entry.edits) confirmEdit(layer, edit, entry, context);
}
