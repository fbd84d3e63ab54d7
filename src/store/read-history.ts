/** A board's log for its history: entries in order, where other states were taken over, and the states that are stored. */
import type { HistoryItem } from '#core/history-port.ts';
import type { BoardTables } from './board-tables.ts';
import type { Folds } from './folds.ts';
import type { Queue } from './load-board.ts';
import { decodeState } from './saved-state.ts';

/** Rows read at a time: small, since each is checked, and whoever walks through the past must not keep others waiting. */
const PAGE = 128;

/**
 * Items with indices from `from` to before `to`, as far as the log goes when the first is asked for; `end` is the index that the
 * next entry would get then. What stands right behind the last of them comes, too.
 */
export function* readHistory(
  tables: BoardTables,
  folds: Pick<Folds, 'begin' | 'base'>,
  board: string,
  waiting: Queue | undefined,
  range: { readonly from: number; readonly to: number; readonly end: number },
): Generator<HistoryItem> {
  const begin = waiting?.removed === undefined ? folds.begin(board) : 0;
  const from = Math.max(begin, range.from);
  const to = Math.min(range.to, range.end);
  const stored = waiting?.removed === undefined;
  const marks = marksOf(tables, board, waiting).filter(({ index }) => index >= from && index <= to);
  const queued = [...(waiting?.entries ?? [])];
  if (begin > 0 && range.from <= begin) yield { kind: 'base', index: begin, base: () => folds.base(board) };
  let nextMark = 0;
  let nextIndex = from;
  function* until(index: number): Generator<HistoryItem> {
    for (let mark = marks[nextMark]; mark && mark.index <= index; mark = marks[++nextMark]) yield mark;
  }
  if (stored) {
    for (const { index, entry } of tables.log(board, from, PAGE)) {
      if (index >= to) break;
      yield* until(index);
      yield entry === undefined ? { kind: 'damaged', index } : { kind: 'entry', index, entry };
      nextIndex = index + 1;
    }
  }
  for (const { index, entry } of queued) {
    // What was written while we read has come already.
    if (index < nextIndex || index >= to) continue;
    yield* until(index);
    yield { kind: 'entry', index, entry };
  }
  yield* until(to);
}

/** What stands between entries, in order: at one index, what happened first, and stored states last. */
function marksOf(tables: BoardTables, board: string, waiting: Queue | undefined): HistoryItem[] {
  const stored = waiting?.removed === undefined;
  const jumps = [
    ...(stored ? tables.jumps(board) : []).map(({ row, idx: index, since }) => {
      return { index, since, jump: () => tables.jump(board, row) };
    }),
    ...(waiting?.jumps ?? []).map(({ index, since, jump }) => ({ index, since, jump: () => jump })),
  ];
  const marks = jumps.flatMap(({ index, since, jump }, nth): HistoryItem[] => [
    ...(since < index ? [{ kind: 'aside' as const, index: since, nth }] : []),
    { kind: 'jump', index, nth, jump },
  ]);
  for (const { row, idx } of stored ? tables.snapshotIndices(board) : [])
    marks.push({ kind: 'snapshot', index: idx, state: () => tables.snapshot(board, row) });
  if (waiting?.snapshot) {
    const { index, state } = waiting.snapshot;
    marks.push({ kind: 'snapshot', index, state: () => decodeState(state) });
  }
  // Stable: jumps stay in the order in which they happened.
  return marks.sort((a, b) => a.index - b.index);
}
