/**
 * A replica as it was stored: its log replayed. A gesture of mine that was half said when the process ended is a step to take back
 * again, as a whole: its edits are noted as they are replayed, and as what waits of it is shown.
 */
import { replayEntry } from './confirm.ts';
import { type BaseLayer, OverlayLayer } from './layer.ts';
import type { LogEntry, PendingStanza } from './replica-port.ts';
import { applyEdit } from './rules.ts';
import type { Edit } from './types.ts';
import type { UndoStack } from './undo.ts';

export class Reopening {
  readonly #undo: UndoStack;
  /** My gestures of which something waits, all parts of which are at hand. */
  readonly #whole: ReadonlySet<string>;

  constructor(undo: UndoStack, log: readonly LogEntry[], pending: readonly PendingStanza[]) {
    this.#undo = undo;
    this.#whole = wholeGestures(log, pending);
  }

  /** Replays an entry; answers which of its edits were left unsaid, by their index. */
  replay(base: BaseLayer, entry: LogEntry): readonly number[] {
    if (this.#whole.size === 0) return replayEntry(base, entry);
    const { transaction } = entry;
    const undo = this.#undo;
    if (transaction && this.#whole.has(transaction.id)) {
      return this.#noting(transaction.id, () => replayEntry(base, entry, (edit) => undo.note(base, edit)));
    }
    const unsaid = replayEntry(base, entry);
    for (const [rid, was] of base.journal) undo.foreignChange(rid, base, was, base.get(rid), was, base.get(rid));
    return unsaid;
  }

  /** Notes what waits of these gestures, once the log has been replayed. */
  notePending(
    base: BaseLayer,
    pending: readonly { readonly edits: readonly Edit[]; transaction?: { id: string } }[],
  ): void {
    if (this.#whole.size === 0) return;
    const shown = new OverlayLayer(base);
    for (const { edits, transaction } of pending) {
      const noted = transaction !== undefined && this.#whole.has(transaction.id);
      this.#noting(transaction?.id ?? '', () => {
        for (const edit of edits) {
          if (noted) this.#undo.note(shown, edit);
          applyEdit(shown, edit);
        }
      });
    }
  }

  #noting<T>(gesture: string, work: () => T): T {
    this.#undo.begin(gesture, 'do');
    const { noted } = this.#undo;
    const result = work();
    this.#undo.end('do', true, noted);
    return result;
  }
}

/** The gestures of which something waits and whose stanzas are all there, from the one that names it to the one that ends it. */
function wholeGestures(log: readonly LogEntry[], pending: readonly PendingStanza[]): ReadonlySet<string> {
  const whole = new Set(pending.flatMap(({ transaction }) => (transaction ? [transaction.id] : [])));
  if (whole.size === 0) return whole;
  const last = new Map<string, PendingStanza>();
  for (const stanza of [...log, ...pending]) {
    const { id, transaction } = stanza;
    if (!transaction || !whole.has(transaction.id)) continue;
    const before = last.get(transaction.id)?.id;
    if (before?.prefix === id.prefix && before.n === id.n) continue;
    const follows = before
      ? before.prefix === id.prefix && before.n + 1 === id.n
      : `${id.prefix}.${id.n}` === transaction.id;
    if (follows) last.set(transaction.id, stanza);
    else whole.delete(transaction.id);
  }
  for (const id of whole) if (!last.get(id)?.transaction?.end) whole.delete(id);
  return whole;
}
