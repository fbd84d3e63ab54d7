/**
 * Edits that were counted and wrote nothing although their author meant them: splices of a text that somebody had written meanwhile,
 * attributes that lost to a twin, nodes whose parent had gone. Whoever sent them says them again when the echo comes; one whose
 * connection broke before that learns of them from the state or the log that it comes back to. Only the latest stanza of each prefix
 * is kept: whoever sent a later one has seen the echo.
 */
import { standingFor, type Waiting } from './outbox.ts';
import type { Unsaid } from './replica-port.ts';
import type { Edit, Rid, StanzaId } from './types.ts';

/** What a stanza left unsaid in one session, and came about in another, goes by this name when its sender says it again. */
export function nameAgain({ prefix, n }: StanzaId): StanzaId {
  return { prefix: `${prefix}~`, n };
}

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

  /** Whether something of this stanza was left unsaid, and its sender hasn't seen that. */
  has({ prefix, n }: StanzaId): boolean {
    return this.#latest.get(prefix)?.id.n === n;
  }

  /** What stands for the edits of a confirmed stanza: what this occupant has to say again, and the rest. What else it says of a
   *  node that didn't come about was in vain, too. */
  parted(waiting: Waiting, sender: string | undefined): { due: readonly Edit[]; done: readonly Edit[] } {
    const { prefix, n } = waiting.id;
    const latest = this.#latest.get(prefix);
    const left = new Set(latest?.id.n === n && latest.by === sender ? latest.edits : []);
    const unborn = new Set<Rid>();
    const due: Edit[] = [];
    const done: Edit[] = [];
    const standing = standingFor(waiting, waiting.shares?.length ?? waiting.edits.length) ?? [];
    standing.forEach((edits, i) => {
      if (left.has(i)) for (const { kind, rid } of edits) if (kind === 'new') unborn.add(rid);
      const isDue = left.has(i) || edits.some(({ rid }) => unborn.has(rid));
      (isDue ? due : done).push(...edits);
    });
    return { due, done };
  }

  toJSON(): readonly Unsaid[] {
    return [...this.#latest.values()];
  }
}
