/** Folding a board's log (core/fold.ts): looked at first, then done; a little at a time, so that nobody waits for it. */
import { Fold } from '#core/fold.ts';
import type { History } from '#core/history.ts';
import type { HistoryItem } from '#core/history-port.ts';
import { KnownIds } from '#core/known.ts';
import type { Replica } from '#core/replica-port.ts';
import type { HistoryFold } from '#api/contract-history.ts';
import { ApiError } from '#api/errors.ts';
import type { BoardStore, IndexedEntry } from './ports.ts';

/** So many entries are read before others get their turn. */
const BLOCK = 64;

export interface FoldOptions {
  readonly board: string;
  readonly store: Pick<BoardStore, 'history' | 'length' | 'folded' | 'foldSome' | 'fold' | 'leaveFold' | 'snapshot'>;
  readonly replica: Pick<Replica, 'known' | 'prolog' | 'saved'>;
  /** Lets others have their turn; throws when it is over. */
  readonly goOn: () => Promise<void>;
  readonly progress: ((part: number) => void) | undefined;
}

/**
 * Folds what lies before the place where the walk stands, or with `preview` says what that would come to. The walk is of no more
 * use once something was folded.
 */
export async function foldLog(walk: History, preview: boolean, options: FoldOptions): Promise<HistoryFold> {
  const { board, store, replica, goOn, progress } = options;
  const { at, start, folded: before } = walk;
  if (at === start)
    throw new ApiError('refused', 'There is nothing to leave out before that time. Choose a later one.');
  const total = { entries: 0, edits: 0, begin: Infinity, end: -Infinity, size: 0, left: 0 };
  const fold = new Fold(walk.layer);
  const ids = new KnownIds();
  const put = (some: readonly IndexedEntry[], counts: boolean): void => {
    const left: IndexedEntry[] = [];
    for (const { index, entry } of some) {
      ids.add(entry.id);
      total.size += sizeOf(entry);
      if (counts) {
        total.entries++;
        total.edits += entry.edits.length;
        total.begin = Math.min(total.begin, entry.time);
        total.end = Math.max(total.end, entry.time);
      }
      const rest = fold.take(entry);
      if (rest === undefined) continue;
      left.push({ index, entry: rest });
      total.left += sizeOf(rest);
    }
    if (!preview && left.length > 0) store.foldSome(board, at, left);
  };

  try {
    let last: IndexedEntry | undefined;
    for (let to = at; to > start; to -= BLOCK) {
      const some = entriesOf(store.history(board, Math.max(start, to - BLOCK), to)).toReversed();
      last ??= some[0]?.index === at - 1 ? some[0] : undefined;
      put(some, true);
      progress?.((at - to) / (at - start));
      await goOn();
    }
    let again: IndexedEntry[] = [];
    for (const one of store.folded(board, true)) {
      again.push(one);
      if (again.length < BLOCK) continue;
      put(again, false);
      again = [];
      await goOn();
    }
    put(again, false);
    if (!preview) {
      // What is stored of the present isn't to be older than what the log goes on from.
      store.snapshot(board, replica.saved());
      await goOn();
    }
    const later = new KnownIds();
    for (let from = at; from < store.length(board); ) {
      const to = Math.min(from + BLOCK, store.length(board));
      for (const { entry } of entriesOf(store.history(board, from, to))) later.add(entry.id);
      from = to;
      // After the last of them nothing comes in between.
      if (from < store.length(board)) await goOn();
    }
    const known = new KnownIds(replica.known()).without(later);
    known.addAll(ids);
    const sum = {
      entries: total.entries + (before?.entries ?? 0),
      edits: total.edits + (before?.edits ?? 0),
      begin: Math.min(total.begin, before?.begin ?? Infinity),
      end: Math.max(total.end, before?.end ?? -Infinity),
    };
    const base = walk.base(last?.entry.place, known.toJSON(), replica.prolog, sum);
    if (!preview) store.fold(board, at, base);
    const { entries, edits, begin, end, size, left } = total;
    const freed = size - left - (before === undefined ? base.state.columns.length : 0);
    return { at, entries, edits, begin, end, freed: Math.max(0, freed) };
  } catch (error) {
    if (!preview) store.leaveFold(board);
    throw error;
  }
}

function entriesOf(items: Iterable<HistoryItem>): IndexedEntry[] {
  const entries: IndexedEntry[] = [];
  for (const item of items) if (item.kind === 'entry') entries.push({ index: item.index, entry: item.entry });
  return entries;
}

/** What is stored, in about as many bytes. */
const sizeOf = (value: unknown): number => JSON.stringify(value).length;
