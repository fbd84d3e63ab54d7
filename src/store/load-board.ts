/** Reads a board: the newest sound snapshot, the log after it and the outbox, with what still waits to be written laid over. */
import type { Jump, LogEntry, PendingStanza, StoredState } from '#core/replica-port.ts';
import type { StoredBoard } from '#app/ports.ts';
import type { BoardTables } from './board-tables.ts';
import { isDamage } from './errors.ts';
import { decodeState } from './saved-state.ts';
import type { Folds } from './folds.ts';

/** What waits to be written for one board. */
export interface Queue {
  meta?: StoredBoard;
  /** All that is on disk is to be removed first. */
  removed?: true;
  entries: { index: number; entry: LogEntry }[];
  /** States that were taken over before the entry `index`; those from `since` on came along. */
  jumps?: { index: number; since: number; jump: Jump }[];
  outbox?: readonly PendingStanza[];
  snapshot?: { index: number; state: Uint8Array };
}

export interface LoadedBoard {
  state: StoredState | undefined;
  log: LogEntry[];
  pending: PendingStanza[];
  damage: string[];
}

/** Damaged rows are left out and reported in sentences. Throws SQLite's errors for anything but damage. */
export function loadBoard(
  tables: BoardTables,
  folds: Pick<Folds, 'begin' | 'base'>,
  id: string,
  waiting: Queue,
): LoadedBoard {
  const damage: string[] = [];
  /** Runs a read; a damaged page ends it with what came before. */
  const guarded = (what: string, read: () => void): void => {
    try {
      read();
    } catch (error) {
      if (!isDamage(error)) throw error;
      damage.push(`${what} could not be read. Restart Limn: it saves what is readable and keeps the damaged file.`);
    }
  };

  let state: StoredState | undefined;
  let since = folds.begin(id);
  if (waiting.snapshot !== undefined) {
    state = decodeState(waiting.snapshot.state);
    since = waiting.snapshot.index;
  } else if (waiting.removed === undefined) {
    guarded("The board's saved state", () => {
      for (const snapshot of tables.snapshots(id)) {
        // Swept away soon.
        if (snapshot.idx < since) break;
        if (snapshot.state !== undefined) {
          state = snapshot.state;
          since = snapshot.idx;
          return;
        }
        damage.push('A saved state of the board is damaged. It was made anew from the edits before it.');
      }
      if (since > 0) state = folds.base(id)?.state;
    });
  }

  const log: LogEntry[] = [];
  if (waiting.removed === undefined) {
    let lost = 0;
    guarded("A part of the board's edits", () => {
      for (const { entry } of tables.log(id, since)) {
        if (entry === undefined) lost++;
        else log.push(entry);
      }
    });
    if (lost > 0)
      damage.push(`${count(lost, 'edit')} of the board could not be read. Look whether something is missing.`);
  }
  for (const { index, entry } of waiting.entries) if (index >= since) log.push(entry);

  let pending: PendingStanza[] = [];
  if (waiting.outbox !== undefined) pending = [...waiting.outbox];
  else if (waiting.removed === undefined) {
    let lost = 0;
    guarded('The edits that wait to be sent', () => {
      for (const { stanza } of tables.outbox(id)) {
        if (stanza === undefined) lost++;
        else pending.push(stanza);
      }
    });
    if (lost > 0) damage.push(`${count(lost, 'unsent edit')} could not be read. Look whether something is missing.`);
  }
  return { state, log, pending, damage };
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
