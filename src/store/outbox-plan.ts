/** Which rows of an outbox a new version of it drops and writes: only what differs. */
import type { PendingStanza } from '#core/replica-port.ts';

/** A row of the outbox as it is on disk, apart from the replica's own, whose last stanza grows; `stanza` is undefined for a damaged one. */
export interface StoredStanza {
  readonly pos: number;
  readonly stanza: PendingStanza | undefined;
}

export interface OutboxPlan {
  readonly drop: readonly number[];
  readonly put: readonly { readonly pos: number; readonly stanza: PendingStanza }[];
  readonly result: StoredStanza[];
}

/** Keeps each stored stanza that is still wanted, unchanged and in order; drops and writes the rest. Linear in both lengths. */
export function planOutbox(stored: readonly StoredStanza[], wanted: readonly PendingStanza[]): OutboxPlan {
  const byId = new Map<string, StoredStanza>();
  for (const row of stored) if (row.stanza !== undefined) byId.set(key(row.stanza), row);
  const put: { pos: number; stanza: PendingStanza }[] = [];
  const result: StoredStanza[] = [];
  const kept = new Set<number>();
  let fresh = (stored.at(-1)?.pos ?? 0) + 1;
  let last = -1;
  for (const stanza of wanted) {
    const row = byId.get(key(stanza));
    if (row?.stanza !== undefined && row.pos > last && isSame(row.stanza, stanza)) {
      kept.add(row.pos);
      result.push({ pos: row.pos, stanza: asWritten(stanza) });
      last = row.pos;
      continue;
    }
    // All that follows a written row must come after it, so from here on nothing stored is kept.
    const pos = fresh++;
    put.push({ pos, stanza });
    result.push({ pos, stanza: asWritten(stanza) });
    last = pos;
  }
  return { drop: stored.map(({ pos }) => pos).filter((pos) => !kept.has(pos)), put, result };
}

const key = ({ id, author }: PendingStanza): string => `${id.prefix}.${id.n} ${author}`;

/** The replica adds to a stanza's array until it is sent, or puts others in it; an edit itself never changes. */
const asWritten = (stanza: PendingStanza): PendingStanza => ({ ...stanza, edits: [...stanza.edits] });

function isSame(a: PendingStanza, b: PendingStanza): boolean {
  if (a.time !== b.time || a.edits.length !== b.edits.length) return false;
  if (a.transaction?.id !== b.transaction?.id || a.transaction?.end !== b.transaction?.end) return false;
  return a.edits.every((edit, i) => edit === b.edits[i]) || JSON.stringify(a.edits) === JSON.stringify(b.edits);
}
