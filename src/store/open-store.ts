/**
 * The durable store of a profile: one SQLite file, written behind. A write is queued, and a moment later all that is
 * queued goes to the disk in one transaction, so an entry that moves from the outbox to the log is never in both or in
 * neither. While the disk refuses, the queue stays in memory, reads see it, and writing is tried again.
 */
import type { BoardStore, Clock, SettingStore } from '#app/ports.ts';
import { createAssociations } from './associations.ts';
import { type BoardTables, createBoardTables } from './board-tables.ts';
import { StorageError, WRITE_PROBLEM } from './errors.ts';
import { createFoldTables } from './fold-tables.ts';
import { createFolds } from './folds.ts';
import { loadBoard, type Queue } from './load-board.ts';
import { openDatabase } from './open-database.ts';
import { readHistory } from './read-history.ts';
import { encodeState } from './saved-state.ts';
import { planOutbox, type StoredStanza } from './outbox-plan.ts';

/** How long a write may wait for others, in milliseconds. With the commit it stays far below the promised 100 ms. */
const WRITE_BEHIND = 20;
/** How long until a refused write is tried again, in milliseconds. */
const RETRY = 1000;

export interface Store {
  readonly boards: BoardStore;
  readonly settings: SettingStore;
  /** Sentences about a damaged file that was rescued when the store was opened. */
  readonly damage: readonly string[];
}

/** Opens the profile's database at `file`, making it if it isn't there. Throws StorageError (errors.ts). */
export function openStore(file: string, { clock }: { clock: Clock }): Store {
  const { db, damage, close } = openDatabase(file, clock.now());
  const tables = createBoardTables(db);
  const boards = new Map(tables.boards().map((board) => [board.id, board]));
  const queues = new Map<string, Queue>();
  const associations = createAssociations(tables);
  const folds = createFolds(tables, createFoldTables(db), clock.after.bind(clock));
  const settings = new Map<string, string | null>();
  const nextIndex = new Map<string, number>();
  const outboxes = new Map<string, StoredStanza[]>();
  const listeners = new Set<(dirty: boolean, problem?: string) => void>();
  let cancelTimer: (() => void) | undefined;
  let dirty = false;
  let problem: string | undefined;
  let closed = false;

  const tell = (): void => {
    for (const listener of listeners) {
      if (problem === undefined) listener(dirty);
      else listener(dirty, problem);
    }
  };
  const schedule = (ms: number): void => {
    if (closed) throw new RangeError('The store is closed.');
    if (!dirty) {
      dirty = true;
      tell();
    }
    cancelTimer ??= clock.after(ms, () => {
      cancelTimer = undefined;
      flush();
    });
  };
  const queue = (id: string): Queue => {
    let found = queues.get(id);
    if (found === undefined) queues.set(id, (found = { entries: [] }));
    schedule(WRITE_BEHIND);
    return found;
  };
  const indexOf = (id: string): number => {
    let index = nextIndex.get(id);
    if (index === undefined) nextIndex.set(id, (index = Math.max(folds.begin(id), tables.nextIndex(id))));
    return index;
  };
  const storedOutbox = (id: string): StoredStanza[] => {
    let stored = outboxes.get(id);
    if (stored === undefined) {
      stored = tables.outbox(id).map(({ pos, stanza }) => ({ pos, stanza }));
      outboxes.set(id, stored);
    }
    return stored;
  };

  /** Writes all that is queued in one transaction; on failure keeps it, says so and tries again later. */
  function flush(): unknown {
    cancelTimer?.();
    cancelTimer = undefined;
    if (queues.size === 0 && settings.size === 0 && !associations.waiting()) return undefined;
    const written = new Map<string, StoredStanza[]>();
    try {
      tables.atomically(() => {
        for (const [key, value] of settings) tables.putSetting(key, value);
        for (const [id, waiting] of queues) writeBoard(tables, id, waiting, storedOutbox, written);
        associations.write();
      });
    } catch (error) {
      problem = WRITE_PROBLEM;
      tell();
      if (!closed) schedule(RETRY);
      return error;
    }
    for (const [id, stanzas] of written) outboxes.set(id, stanzas);
    queues.clear();
    settings.clear();
    associations.written();
    dirty = false;
    problem = undefined;
    tell();
    return undefined;
  }

  for (const id of damage.length > 0 ? tables.orphans() : []) {
    const now = clock.now();
    const board = { id, name: 'Rescued board', created: now, modified: now };
    boards.set(id, board);
    queue(id).meta = board;
  }

  folds.sweep();

  const boardStore: BoardStore = {
    list: () => [...boards.values()].sort((a, b) => b.modified - a.modified),
    get: (id) => boards.get(id),
    put(board) {
      boards.set(board.id, board);
      queue(board.id).meta = board;
    },
    remove(id) {
      boards.delete(id);
      associations.forget(id);
      folds.forget(id);
      nextIndex.set(id, 0);
      queue(id);
      queues.set(id, { entries: [], removed: true });
    },

    load: (id) => loadBoard(tables, folds, id, queues.get(id) ?? { entries: [] }),
    append(id, entries) {
      if (entries.length === 0) return;
      let index = indexOf(id);
      const waiting = queue(id);
      for (const entry of entries) waiting.entries.push({ index: index++, entry });
      nextIndex.set(id, index);
    },
    jump(id, jump, along) {
      const index = indexOf(id);
      const waiting = queue(id);
      (waiting.jumps ??= []).push({ index, since: index - along, jump });
    },
    *history(id, from = 0, to = Number.POSITIVE_INFINITY) {
      yield* readHistory(tables, folds, id, queues.get(id), { from, to, end: indexOf(id) });
    },
    length: (id) => indexOf(id),
    indexOf(id, place) {
      const waiting = queues.get(id);
      const queued = waiting?.entries.findLast(
        ({ entry }) => entry.place.seq === place.seq && entry.place.epoch === place.epoch,
      );
      if (queued || waiting?.removed) return queued?.index;
      const index = tables.indexOf(id, place);
      if (index !== undefined && index >= folds.begin(id)) return index;
      return folds.endsAt(id, place) ? folds.begin(id) - 1 : undefined;
    },
    setPending(id, pending, atOnce = false) {
      queue(id).outbox = [...pending];
      if (atOnce) flush();
    },
    snapshot(id, state) {
      const index = indexOf(id);
      queue(id).snapshot = { index, state: encodeState(state) };
    },
    *log(id, sinceIndex = 0) {
      const waiting = queues.get(id);
      const queued = [...(waiting?.entries ?? [])];
      if (waiting?.removed === undefined) {
        // A damaged row is left out here; load() and the rescue at opening tell the person.
        for (const { entry } of tables.log(id, Math.max(sinceIndex, folds.begin(id))))
          if (entry !== undefined) yield entry;
      }
      for (const { index, entry } of queued) if (index >= sinceIndex) yield entry;
    },

    folded: (id, newestFirst = false) => folds.left(id, newestFirst),
    foldSome: (id, index, entries) => refusedWhenFull(() => folds.put(id, index, entries)),
    fold(id, index, base) {
      const error = flush();
      if (error !== undefined) throw new StorageError('full', WRITE_PROBLEM, error);
      refusedWhenFull(() => folds.finish(id, index, base));
    },
    leaveFold: (id) => folds.leave(id),

    associations: (source) => associations.of(source),
    associate(association) {
      associations.put(association);
      schedule(WRITE_BEHIND);
    },
    dissociate(association) {
      associations.drop(association);
      schedule(WRITE_BEHIND);
    },

    flushed() {
      const error = flush();
      return error === undefined ? Promise.resolve() : Promise.reject(new StorageError('full', WRITE_PROBLEM, error));
    },
    onDirty(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    close() {
      if (closed) return;
      const error = flush();
      closed = true;
      folds.close();
      cancelTimer?.();
      close();
      if (error !== undefined) throw new StorageError('full', WRITE_PROBLEM, error);
    },
  };

  return {
    damage,
    boards: boardStore,
    settings: {
      get: (key) => settings.get(key) ?? (settings.has(key) ? null : tables.setting(key)),
      set(key, value) {
        settings.set(key, value);
        schedule(WRITE_BEHIND);
      },
    },
  };
}

/** @throws StorageError when the disk refuses; nothing was written then. */
function refusedWhenFull(write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new StorageError('full', WRITE_PROBLEM, error);
  }
}

function writeBoard(
  tables: BoardTables,
  id: string,
  waiting: Queue,
  stored: (id: string) => StoredStanza[],
  written: Map<string, StoredStanza[]>,
): void {
  if (waiting.removed) {
    tables.removeBoard(id);
    written.set(id, []);
  }
  if (waiting.meta !== undefined) tables.putBoard(waiting.meta);
  for (const { index, entry } of waiting.entries) tables.append(id, index, entry);
  for (const { index, since, jump } of waiting.jumps ?? []) tables.putJump(id, index, since, jump);
  if (waiting.outbox !== undefined) {
    const plan = planOutbox(waiting.removed ? [] : stored(id), waiting.outbox);
    for (const pos of plan.drop) tables.dropOutbox(id, pos);
    for (const { pos, stanza } of plan.put) tables.putOutbox(id, pos, stanza);
    written.set(id, plan.result);
  }
  if (waiting.snapshot !== undefined) tables.putSnapshot(id, waiting.snapshot.index, waiting.snapshot.state);
}
