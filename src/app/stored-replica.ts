/** A board's replica as the store has it. */
import { createReplica, type ReplicaOptions } from '#core/replica.ts';
import type { Replica, StoredState } from '#core/replica-port.ts';
import type { BoardStore, Logger } from './ports.ts';

export interface StoredReplica {
  readonly replica: Replica;
  /** What could not be read, in sentences. */
  readonly damage: readonly string[];
  /** How many stanzas waited, and how many entries came after the last snapshot. */
  readonly waited: number;
  readonly sinceSnapshot: number;
}

/** Loads a replica; where the saved state contradicts itself it is made anew from its edits, and said so. */
export function openReplica(
  id: string,
  { store, logger }: { readonly store: BoardStore; readonly logger: Logger },
  options: Omit<ReplicaOptions, 'state' | 'log' | 'pending'>,
): StoredReplica {
  const { state, log, pending, damage } = store.load(id);
  const rest = { damage, waited: pending.length, sinceSnapshot: log.length };
  try {
    return { replica: createReplica({ ...options, state, log, pending }), ...rest };
  } catch (error) {
    logger.error('a saved state contradicts itself', { board: id, error });
    damage.push(
      "The board's saved state was damaged. It was made anew from its edits; look whether something is missing.",
    );
    const place = { epoch: options.prefix, seq: 0 };
    const empty = { place, records: [], known: {}, digest: '', prolog: state?.prolog ?? '' };
    const begin = baseOf(store, id) ?? empty;
    return { replica: createReplica({ ...options, state: begin, log: [...store.log(id)], pending }), ...rest };
  }
}

/** The document that a folded log begins with. */
function baseOf(store: BoardStore, id: string): StoredState | undefined {
  for (const item of store.history(id, 0, 0)) if (item.kind === 'base') return item.base()?.state;
  return undefined;
}
