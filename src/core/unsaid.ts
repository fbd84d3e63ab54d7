/**
 * Edits that were counted and wrote nothing although their author meant them: splices of a text that somebody had written meanwhile,
 * attributes that lost to a twin. Whoever sent them says them again when the echo comes; one whose connection broke before that learns
 * of them from the state or the log that it comes back to. Only the latest stanza of each prefix is kept: whoever sent a later one has
 * seen the echo.
 */
import type { Unsaid } from './replica-port.ts';
import type { StanzaId } from './types.ts';

/** What the latest stanza of each prefix left unsaid. */
export class UnsaidEdits {
  readonly #latest = new Map<string, Unsaid>();

  constructor(unsaid: readonly Unsaid[] = []) {
    for (const one of unsaid) this.note(one);
  }

  /** Notes a confirmed stanza: who sent it, and which of its edits, by their index, wrote nothing. */
  note(one: Unsaid): void {
    const { prefix, n } = one.id;
    const latest = this.#latest.get(prefix);
    if (latest !== undefined && latest.id.n > n) return;
    if (one.edits.length > 0) this.#latest.set(prefix, one);
    else if (latest !== undefined) this.#latest.delete(prefix);
  }

  /** The indices of those edits of a stanza that this occupant has to say again. */
  dueBy({ prefix, n }: StanzaId, sender: string | undefined): readonly number[] {
    const latest = this.#latest.get(prefix);
    return latest?.id.n === n && latest.by === sender ? latest.edits : [];
  }

  toJSON(): readonly Unsaid[] {
    return [...this.#latest.values()];
  }
}
