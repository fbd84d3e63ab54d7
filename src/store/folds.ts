/**
 * Logs that were folded. What is left of the entries is written first, in as many transactions as it takes, and nobody sees it; one
 * small transaction then says that the log begins later. Whatever a crash leaves behind of either is swept away, a little at a time.
 */
import type { Base } from '#core/history-port.ts';
import type { LogEntry } from '#core/replica-port.ts';
import type { Place } from '#core/types.ts';
import type { BoardTables } from './board-tables.ts';
import type { FoldTables } from './fold-tables.ts';

/** Between two sweeps others have their turn: milliseconds. */
const SWEEP_EVERY = 5;

export interface Folds {
  /** The index at which a board's log begins. */
  begin(board: string): number;
  /** Whether its last folded entry has this place. */
  endsAt(board: string, place: Place): boolean;
  /** Undefined when nothing was folded, or it can't be read. */
  base(board: string): Base | undefined;
  /** What is left of its folded entries. */
  left(board: string, newestFirst: boolean): Iterable<{ index: number; entry: LogEntry }>;
  /** Writes some of what will be left of the entries before an index. */
  put(board: string, index: number, entries: readonly { index: number; entry: LogEntry }[]): void;
  /** From now on the log begins at the index. */
  finish(board: string, index: number, base: Base): void;
  /** The board is gone. */
  forget(board: string): void;
  /** What `put` wrote is of no more use. */
  leave(board: string): void;
  /** Sweeps away what isn't needed (any more), after a while. */
  sweep(): void;
  close(): void;
}

export function createFolds(
  tables: Pick<BoardTables, 'atomically'>,
  folds: FoldTables,
  after: (ms: number, run: () => void) => () => void,
): Folds {
  const begins = new Map(folds.bases().map(({ board, index, place }) => [board, { index, place }]));
  /** What is being written of each board: not to be swept away. */
  const underWay = new Map<string, number>();
  let unswept: string[] = [];
  let cancel: (() => void) | undefined;

  const step = (): void => {
    cancel = undefined;
    const board = unswept.at(-1);
    if (board === undefined) return;
    let more = false;
    try {
      if (!underWay.has(board))
        tables.atomically(() => {
          more = folds.sweep(board, begins.get(board)?.index ?? 0);
        });
    } catch {
      // The disk refuses, or the file is damaged: what is left over does no harm, and is tried again at the next start.
    }
    if (!more) unswept.pop();
    if (unswept.length > 0) cancel = after(SWEEP_EVERY, step);
  };
  const sweep = (): void => {
    unswept = folds.boards();
    if (unswept.length > 0) cancel ??= after(SWEEP_EVERY, step);
  };

  return {
    begin: (board) => begins.get(board)?.index ?? 0,
    endsAt: (board, { epoch, seq }) => {
      const place = begins.get(board)?.place;
      return place?.epoch === epoch && place.seq === seq;
    },
    base: (board) => (begins.has(board) ? folds.base(board) : undefined),
    *left(board, newestFirst) {
      const begin = begins.get(board);
      if (begin) yield* folds.left(board, begin.index, newestFirst);
    },
    put(board, index, entries) {
      tables.atomically(() => {
        // An earlier try may have left something.
        if (underWay.get(board) !== index) folds.dropLeft(board, index);
        for (const { index: at, entry } of entries) folds.putLeft(board, index, at, entry);
      });
      underWay.set(board, index);
    },
    finish(board, index, base) {
      tables.atomically(() => folds.putBase(board, index, base));
      begins.set(board, { index, place: base.state.place });
      underWay.delete(board);
      sweep();
    },
    forget(board) {
      begins.delete(board);
      underWay.delete(board);
    },
    leave(board) {
      underWay.delete(board);
      sweep();
    },
    sweep,
    close() {
      cancel?.();
      cancel = undefined;
      unswept = [];
    },
  };
}
