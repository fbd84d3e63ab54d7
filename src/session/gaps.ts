/** Stanzas that the room should have brought and did not: noticed by their numbers, asked for once (DESIGN section 2, Loss and repetition). */
import type { Replica } from '#core/replica-port.ts';
import type { StanzaId } from '#core/types.ts';
import type { People } from './election.ts';
import { formatStanzaId } from './stanza-id.ts';
import type { Occupant } from './transport.ts';

const MAX_EXCUSED = 1000;
/** So many holes of one occupant are asked for: whoever leaves more leaves them on purpose, and what is lost shows in the digests. */
const MAX_EACH = 20;

export interface Gaps {
  /** The stanza that we wait for while somebody may have it. */
  readonly missing: StanzaId | undefined;
  /** Those who may have the stanza before this one, if it is missing and wasn't asked for yet. */
  before(from: Occupant, id: StanzaId): ReadonlyMap<string, string> | undefined;
  /** The waiting is over, or was in vain. */
  clear(): void;
}

/** Makes the memory of gaps over a replica. */
export function createGaps(replica: Replica, people: People): Gaps {
  /** Numbers that were missing and have been asked for: not to be had, or here by now. */
  const excused = new Set<string>();
  /** How many were asked for, by the occupant who left them. */
  const each = new Map<string, number>();
  let missing: StanzaId | undefined;

  return {
    get missing() {
      return missing;
    },
    before(from, id) {
      const before = { prefix: id.prefix, n: id.n - 1 };
      const name = formatStanzaId(before);
      if (before.n < 1 || from.me || !people.hellos().includes(from.id)) return undefined;
      if (replica.knows(before) || excused.has(name)) return undefined;
      const asked = each.get(from.id) ?? 0;
      if (asked >= MAX_EACH) return undefined;
      if (each.size >= MAX_EXCUSED) each.clear();
      each.set(from.id, asked + 1);
      if (excused.size >= MAX_EXCUSED) excused.clear();
      excused.add(name);
      const providers = new Map(people.others().map((one) => [one, replica.place.epoch]));
      // Its sender is asked only when nobody else is there: Limn leaves no gaps, and who does so on purpose would keep us waiting.
      if (providers.size > 1) providers.delete(from.id);
      if (providers.size === 0) return undefined;
      missing = before;
      return providers;
    },
    clear() {
      missing = undefined;
    },
  };
}
