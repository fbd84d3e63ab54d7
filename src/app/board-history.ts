/** The past of an open board: read from the store in small pieces, so that nobody waits for it, and given back when it is closed. */
import { History } from '#core/history.ts';
import type { Gap, HistoryItem, PastPlace } from '#core/history-port.ts';
import type { LogEntry, Replica, Selves } from '#core/replica-port.ts';
import type { NodeRecord, Rid, TreeView } from '#core/types.ts';
import type { AboutNode, HistoryFold, HistoryOverview, HistoryVoids } from '#api/contract-history.ts';
import { ApiError } from '#api/errors.ts';
import { foldLog, type FoldOptions } from './fold-log.ts';

/** About so many edits are replayed, or steps taken, before others get their turn. */
const TURN = 150;
/** So long a turn may take before others get theirs, milliseconds. */
const TURN_MS = 20;
/** Entries that `about` tells of at most, and void edits that `voids` does. */
const TOLD = 100;

/** The board somewhere in its past. `view` holds until the next call. */
export interface Past extends PastPlace {
  readonly view: TreeView;
  readonly selves: Selves;
  /** What brought the board there; undefined at position 0 and where it is lost. */
  readonly entry: LogEntry | undefined;
  /** What people call who brought it there. */
  readonly name: string | undefined;
}

export interface BoardHistory {
  /** Reads the log, or what has come since. Rejects with ApiError 'cancelled' when it is closed meanwhile. */
  overview(progress?: (part: number) => void): Promise<HistoryOverview>;
  /** Goes to a position, kept within the log, and tells what is there while it stands there. `tell` may do so in parts: it awaits `turn`
   *  between two. `gone`: nobody wants it any more; then it rejects with ApiError 'cancelled' as soon as it can. */
  at<T>(
    position: number,
    tell: (past: Past, turn: () => Promise<void>) => T | Promise<T>,
    gone?: () => boolean,
  ): Promise<T>;
  /** The same, but rejects with ApiError 'refused' and a sentence where the document isn't known. */
  known<T>(position: number, tell: (past: Past) => T): Promise<T>;
  about(rid: Rid): Promise<AboutNode>;
  /** What the log holds from an index on, read as it is asked for. */
  items(from: number): Iterable<HistoryItem>;
  /** Indices of the entries that concern a node, whatever its rid was before it came back. */
  indicesOf(rid: Rid): Promise<ReadonlySet<number>>;
  /** Replays the whole log and holds it against the states that are stored and the document as it is. */
  verify(): Promise<Verdict>;
  /** What was void between two positions, and why. */
  voids(from: number, to: number): Promise<HistoryVoids>;
  /** Leaves out the log before a position, or with `preview` says what that would drop. Rejects with ApiError 'refused' when there is
   *  nothing before it, 'cancelled' when it is closed meanwhile, and then nothing was left out. */
  fold(position: number, preview: boolean, progress?: (part: number) => void): Promise<HistoryFold>;
  /** Ends what is under way and gives back the memory. It can be used again. */
  close(): void;
}

/** What replaying a log came to. */
export interface Verdict {
  readonly entries: number;
  /** Entries that can't be read. */
  readonly lost: number;
  /** Positions at which a stored state says something else. */
  readonly contradicted: readonly number[];
  /** It leads to the document as it is now. */
  readonly same: boolean;
}

export interface BoardHistoryOptions {
  readonly board: string;
  readonly store: FoldOptions['store'];
  readonly replica: Pick<Replica, 'shown' | 'digest'> & FoldOptions['replica'];
  /** What people call an author. */
  readonly nameOf: (author: string) => string;
  /** Lets others have their turn. */
  readonly pause?: () => Promise<void>;
  /** Milliseconds, by any beginning. */
  readonly now?: () => number;
}

const cancelled = (): ApiError => new ApiError('cancelled', 'Somebody has stopped that. Ask again.');
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createBoardHistory(options: BoardHistoryOptions): BoardHistory {
  const { board, store, replica, nameOf, pause = nextTurn, now = () => performance.now() } = options;
  const read = (from: number, to: number): Iterable<HistoryItem> => store.history(board, from, to);
  let history: History | undefined;
  /** What is under way: one thing after the other, since there is one walk. */
  let last: Promise<unknown> = Promise.resolve();
  let closings = 0;

  function inTurn<T>(work: (walk: History, goOn: () => Promise<void>) => Promise<T>): Promise<T> {
    const begun = closings;
    const goOn = async (): Promise<void> => {
      await pause();
      if (closings !== begun) throw cancelled();
    };
    const result = last.then(async () => {
      await goOn();
      return work((history ??= new History(read)), goOn);
    });
    last = result.catch(() => undefined);
    return result;
  }

  /** Waits for others' turns when this one has taken long, or says so at once. */
  function turns(goOn: () => Promise<void>): () => Promise<void> | undefined {
    let begun = now();
    return () => {
      if (now() - begun < TURN_MS) return undefined;
      return goOn().then(() => {
        begun = now();
      });
    };
  }

  async function seek(
    walk: History,
    position: number,
    goOn: () => Promise<void>,
    gone: () => boolean = () => false,
  ): Promise<PastPlace> {
    const turn = turns(goOn);
    const steps = walk.seek(position);
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      // Left where it mustn't be, a walk is of no more use: only closing does that, and forgets it.
      await turn();
      if (step.value && gone()) throw cancelled();
    }
  }

  async function readOn(walk: History, goOn: () => Promise<void>, progress?: (part: number) => void): Promise<void> {
    await seek(walk, walk.length, goOn);
    let weight = 0;
    let told = 0;
    for (const item of store.history(board, walk.length)) {
      walk.add(item);
      weight += item.kind === 'entry' ? 2 + item.entry.edits.length : TURN;
      if (weight < TURN) continue;
      weight = 0;
      await goOn();
      const part = Math.floor((walk.length / Math.max(1, store.length(board))) * 50) / 50;
      if (part > told) progress?.((told = part));
    }
  }

  function entryBefore(position: number): LogEntry | undefined {
    for (const item of read(position - 1, position)) if (item.kind === 'entry') return item.entry;
    return undefined;
  }

  const at: BoardHistory['at'] = (position, tell, gone = () => false) =>
    inTurn(async (walk, goOn) => {
      const turn = turns(goOn);
      const onward = async (): Promise<void> => {
        await turn();
        if (gone()) throw cancelled();
      };
      await onward();
      if (position > walk.length) await readOn(walk, goOn);
      const place = await seek(walk, position, goOn, gone);
      const entry = place.at > 0 ? entryBefore(place.at) : undefined;
      const name = entry && nameOf(entry.author);
      return tell({ ...place, view: walk.view, selves: walk.selves, entry, name }, onward);
    });

  return {
    at,
    known: (position, tell) =>
      at(position, (past) => {
        if (past.gap !== undefined) throw new ApiError('refused', sentenceOfGap(past.gap));
        return tell(past);
      }),
    overview: (progress) =>
      inTurn(async (walk, goOn) => {
        await readOn(walk, goOn, progress);
        return {
          start: walk.start,
          ...(walk.folded ? { folded: walk.folded } : {}),
          length: walk.length,
          versions: walk.versions.map((version) => ({ ...version, name: nameOf(version.author) })),
          lost: walk.lost,
        };
      }),
    about: (rid) =>
      inTurn(async (walk, goOn) => {
        await readOn(walk, goOn);
        const all = walk.entriesOf(rid);
        const entries: AboutNode['entries'] = [];
        for (const { index, kinds } of all.slice(-TOLD).toReversed()) {
          const entry = entryBefore(index + 1);
          if (entry === undefined) continue;
          const { author, time } = entry;
          entries.push({ at: index + 1, author, name: nameOf(author), time, kinds: [...kinds] });
        }
        return { rid, ...claimsOf(replica.shown, rid), entries, count: all.length, selves: [...walk.selves.of(rid)] };
      }),
    items: (from) => read(from, Number.POSITIVE_INFINITY),
    indicesOf: (rid) =>
      inTurn(async (walk, goOn) => {
        await readOn(walk, goOn);
        return new Set(walk.entriesOf(rid).map(({ index }) => index));
      }),
    verify: () =>
      inTurn(async (_, goOn) => {
        const walk = new History(read, { verify: true });
        await readOn(walk, goOn);
        const { length, lost, contradicted } = walk;
        return { entries: length - walk.start - lost, lost, contradicted, same: walk.digest() === replica.digest() };
      }),
    voids: (from, to) =>
      inTurn(async (_, goOn) => {
        const edits: HistoryVoids['edits'] = [];
        let count = 0;
        for (let at = from; at < Math.min(to, store.length(board)); at += TURN) {
          for (const item of read(at, Math.min(to, at + TURN))) {
            if (item.kind !== 'entry') continue;
            const { author, time, edits: all } = item.entry;
            for (const { kind, rid, void: fault } of all) {
              if (fault === undefined || ++count > TOLD) continue;
              const { code, detail, reason } = fault;
              const rule = { code, detail: { ...detail } };
              edits.push({ at: item.index + 1, author, name: nameOf(author), time, kind, rid, rule, reason });
            }
          }
          await goOn();
        }
        return { edits, count };
      }),
    fold: (position, preview, progress) =>
      inTurn(async (walk, goOn) => {
        await readOn(walk, goOn);
        await seek(walk, walk.foldable(position), goOn);
        const done = await foldLog(walk, preview, { board, store, replica, goOn, progress });
        // The log is another now.
        if (!preview) history = undefined;
        return done;
      }),
    close() {
      closings++;
      history = undefined;
    },
  };
}

/** Why the board can't be shown as it was, and what to do. */
function sentenceOfGap(gap: Gap): string {
  switch (gap) {
    case 'lost':
      return 'Some edits before that could not be read from the disk, so what the board looked like then is not known. Choose another time.';
    case 'disorder':
      return 'The stored edits around that time contradict each other, so what the board looked like then is not known. Choose another time.';
    case 'elsewhere':
      return 'That was drawn by others while this board was away, on a drawing that is not known here. Choose another time.';
  }
}

/** Who made a node and who changed it or its attributes and texts last, by what its records say. */
function claimsOf(view: TreeView, rid: Rid): Pick<AboutNode, 'creator' | 'created' | 'lastModifiedBy' | 'modified'> {
  const own = view.get(rid);
  if (own === undefined) return {};
  const { creator, created } = own;
  let latest: NodeRecord | undefined;
  const parts = own.type === 'element' ? [...view.attributes(rid), ...view.children(rid)] : [];
  for (const part of [rid, ...parts]) {
    const record = view.get(part);
    if (record === undefined || (part !== rid && record.type === 'element')) continue;
    if (record.modified !== undefined && record.modified >= (latest?.modified ?? -Infinity)) latest = record;
  }
  const { lastModifiedBy, modified } = latest ?? {};
  return {
    ...(creator === undefined ? {} : { creator }),
    ...(created === undefined ? {} : { created }),
    ...(lastModifiedBy === undefined ? {} : { lastModifiedBy }),
    ...(modified === undefined ? {} : { modified }),
  };
}
