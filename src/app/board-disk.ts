/** What the store keeps of a board that is open: its entry among the boards, its log, what waits to be sent, and now and then a snapshot. */
import type { LogEntry, Replica } from '#core/replica-port.ts';
import type { SessionEvent } from '#session/events.ts';
import type { BoardStore, Clock, StoredBoard } from './ports.ts';

/** So many entries after a snapshot are replayed at most when a board is opened. */
const SNAPSHOT_EVERY = 2000;
/** `modified` is written at most this often, milliseconds. */
const TOUCH_EVERY = 1000;

export interface BoardDisk {
  readonly meta: StoredBoard;
  put(meta: StoredBoard): void;
  /** What waits to be sent may be other than before. `now`: it is on the disk when this returns. */
  waiting(now?: boolean): void;
  confirmed(entries: readonly LogEntry[]): void;
  /** Another state was taken over. */
  adopted(event: Extract<SessionEvent, { type: 'adopted' }>): void;
  snapshot(): void;
  /** Leaves a snapshot, when much has happened since the last one. */
  close(): void;
}

export interface BoardDiskOptions {
  readonly store: BoardStore;
  readonly clock: Clock;
  readonly replica: Replica;
  readonly meta: StoredBoard;
  /** How many entries the store has after its last snapshot. */
  readonly sinceSnapshot: number;
}

/** Makes the keeper of one board, as the store has it. */
export function createBoardDisk({ store, clock, replica, ...begin }: BoardDiskOptions): BoardDisk {
  const { id } = begin.meta;
  let { meta, sinceSnapshot } = begin;

  function snapshot(): void {
    store.snapshot(id, replica.saved());
    sinceSnapshot = 0;
  }
  function put(next: StoredBoard): void {
    meta = next;
    store.put(next);
  }

  return {
    get meta() {
      return meta;
    },
    put,
    waiting: (now) => store.setPending(id, replica.pending(), now),
    confirmed(entries) {
      store.append(id, entries);
      sinceSnapshot += entries.length;
      if (sinceSnapshot >= SNAPSHOT_EVERY) snapshot();
      if (clock.now() - meta.modified >= TOUCH_EVERY) put({ ...meta, modified: clock.now() });
    },
    adopted({ history, jump }) {
      store.append(id, history);
      if (jump) store.jump(id, jump, history.length);
      store.setPending(id, replica.pending());
      snapshot();
    },
    snapshot,
    close() {
      if (sinceSnapshot > SNAPSHOT_EVERY / 10) snapshot();
    },
  };
}
