/** The statements of the store: every read and write of boards, logs, outboxes, snapshots and settings. */
import type { Database } from 'libsql';
import type { Place } from '#core/types.ts';
import type { Jump, LogEntry, PendingStanza, StoredState } from '#core/replica-port.ts';
import type { Association, DocumentKind, StoredBoard } from '#app/ports.ts';
import { isDamage } from './errors.ts';
import {
  fromLogRow,
  fromJumpRow,
  fromOutboxRow,
  fromSnapshotRow,
  type JumpRow,
  type LogRow,
  type OutboxRow,
  rowSum,
  snapshotSum,
  type SnapshotRow,
  toLogRow,
  toOutboxRow,
} from './rows.ts';

interface BoardRow {
  id: string;
  name: string;
  created: number;
  modified: number;
  room: string | null;
  kind: DocumentKind | null;
}

/** How many snapshots of a board are kept: the newest, and one to fall back on when it is damaged. */
const KEPT_SNAPSHOTS = 2;
const LOG_PAGE = 500;

export type BoardTables = ReturnType<typeof createBoardTables>;

/** Binds the statements to a database. All throw SQLite's errors. */
export function createBoardTables(db: Database) {
  const sql = {
    boards: db.prepare('SELECT id, name, created, modified, room, kind FROM boards'),
    putBoard: db.prepare(
      'INSERT INTO boards (id, name, created, modified, room, kind) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, created = excluded.created, modified = excluded.modified, room = excluded.room, kind = excluded.kind',
    ),
    associations: db.prepare('SELECT source, kind, target, title FROM associations ORDER BY row'),
    associate: db.prepare(
      'INSERT INTO associations (source, kind, target, title) VALUES (?, ?, ?, ?) ON CONFLICT (source, kind, target) DO UPDATE SET title = excluded.title',
    ),
    dissociate: db.prepare('DELETE FROM associations WHERE source = ? AND kind = ? AND target = ?'),
    removals: [
      'boards WHERE id',
      'log WHERE board',
      'outbox WHERE board',
      'snapshots WHERE board',
      'jumps WHERE board',
      'bases WHERE board',
      'folded WHERE board',
    ].map((where) => db.prepare(`DELETE FROM ${where} = ?`)),
    lastIndex: db.prepare('SELECT max(idx) AS last FROM log WHERE board = ?'),
    placed: db.prepare('SELECT max(idx) AS idx FROM log WHERE board = ? AND epoch = ? AND seq = ?'),
    append: db.prepare(
      'INSERT INTO log (board, idx, epoch, seq, author, prefix, n, time, edits, sum, more) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    log: db.prepare('SELECT * FROM log WHERE board = ? AND idx >= ? ORDER BY idx LIMIT ?'),
    outbox: db.prepare('SELECT * FROM outbox WHERE board = ? ORDER BY pos'),
    putOutbox: db.prepare(
      'INSERT INTO outbox (board, pos, author, prefix, n, time, edits, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    dropOutbox: db.prepare('DELETE FROM outbox WHERE board = ? AND pos = ?'),
    snapshots: db.prepare('SELECT * FROM snapshots WHERE board = ? ORDER BY idx DESC, row DESC'),
    snapshotIndices: db.prepare('SELECT row, idx FROM snapshots WHERE board = ? ORDER BY idx, row'),
    snapshot: db.prepare('SELECT * FROM snapshots WHERE row = ?'),
    putSnapshot: db.prepare('INSERT INTO snapshots (board, idx, state, sum) VALUES (?, ?, ?, ?)'),
    trimSnapshots: db.prepare(
      `DELETE FROM snapshots WHERE board = ?1 AND row NOT IN (SELECT row FROM snapshots WHERE board = ?1 ORDER BY idx DESC, row DESC LIMIT ${KEPT_SNAPSHOTS})`,
    ),
    jumps: db.prepare('SELECT row, idx, since FROM jumps WHERE board = ? ORDER BY row'),
    jump: db.prepare('SELECT * FROM jumps WHERE row = ?'),
    putJump: db.prepare('INSERT INTO jumps (board, idx, since, jump, sum) VALUES (?, ?, ?, ?, ?)'),
    setting: db.prepare('SELECT value FROM settings WHERE key = ?'),
    putSetting: db.prepare(
      'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ),
    dropSetting: db.prepare('DELETE FROM settings WHERE key = ?'),
    orphans: db.prepare(
      'SELECT board FROM log UNION SELECT board FROM outbox UNION SELECT board FROM snapshots UNION SELECT board FROM bases EXCEPT SELECT id FROM boards',
    ),
  };

  return {
    boards(): StoredBoard[] {
      return (sql.boards.all() as BoardRow[]).map(({ room, kind, ...board }) => {
        const { id, name, created, modified } = board;
        const value = { id, name, created, modified, ...(kind === null ? {} : { kind }) };
        return room === null ? value : { ...value, room: JSON.parse(room) as NonNullable<StoredBoard['room']> };
      });
    },
    /** Boards that have content but, after a rescue, no row of their own. */
    orphans(): string[] {
      return (sql.orphans.all() as { board: string }[]).map(({ board }) => board);
    },
    putBoard(board: StoredBoard): void {
      const room = board.room === undefined ? null : JSON.stringify(board.room);
      sql.putBoard.run(board.id, board.name, board.created, board.modified, room, board.kind ?? null);
    },
    associations(): Association[] {
      const rows = sql.associations.all() as unknown as Association[];
      return rows.map(({ source, kind, target, title }) => ({ source, kind, target, title }));
    },
    associate({ source, kind, target, title }: Association): void {
      sql.associate.run(source, kind, target, title);
    },
    dissociate({ source, kind, target }: Omit<Association, 'title'>): void {
      sql.dissociate.run(source, kind, target);
    },
    removeBoard(id: string): void {
      for (const statement of sql.removals) statement.run(id);
    },

    /** The index that the next log entry of a board gets, from 0. */
    nextIndex(board: string): number {
      const { last } = sql.lastIndex.get(board) as { last: number | null };
      return last === null ? 0 : last + 1;
    },
    /** The last index that has this place. */
    indexOf(board: string, { epoch, seq }: Place): number | undefined {
      const { idx } = sql.placed.get(board, epoch, seq) as { idx: number | null };
      return idx ?? undefined;
    },
    append(board: string, index: number, entry: LogEntry): void {
      const { idx, epoch, seq, author, prefix, n, time, edits, sum, more } = toLogRow(board, index, entry);
      sql.append.run(board, idx, epoch, seq, author, prefix, n, time, edits, sum, more);
    },
    /** Entries from an index on; `undefined` stands for a damaged row. Reads in pages, so a long log isn't held in memory. */
    *log(board: string, since: number, page = LOG_PAGE): Generator<{ index: number; entry: LogEntry | undefined }> {
      for (let from = since; ; ) {
        const rows = sql.log.all(board, from, page) as LogRow[];
        for (const row of rows) yield { index: row.idx, entry: fromLogRow(board, row) };
        const last = rows.at(-1);
        if (last === undefined || rows.length < page) return;
        from = last.idx + 1;
      }
    },

    outbox(board: string): { pos: number; stanza: PendingStanza | undefined }[] {
      const rows = sql.outbox.all(board) as OutboxRow[];
      return rows.map((row) => ({ pos: row.pos, stanza: fromOutboxRow(board, row) }));
    },
    putOutbox(board: string, pos: number, stanza: PendingStanza): void {
      const { author, prefix, n, time, edits, sum } = toOutboxRow(board, pos, stanza);
      sql.putOutbox.run(board, pos, author, prefix, n, time, edits, sum);
    },
    dropOutbox(board: string, pos: number): void {
      sql.dropOutbox.run(board, pos);
    },

    /** Newest first; `state` is undefined for a damaged row. Lazy: the second is parsed only when asked for. */
    *snapshots(board: string): Generator<{ idx: number; state: StoredState | undefined }> {
      const rows = sql.snapshots.all(board) as SnapshotRow[];
      for (const row of rows) yield { idx: row.idx, state: fromSnapshotRow(board, row) };
    },
    snapshotIndices(board: string): { row: number; idx: number }[] {
      return sql.snapshotIndices.all(board) as { row: number; idx: number }[];
    },
    /** One of them; undefined when it is damaged or gone by now. */
    snapshot(board: string, row: number): StoredState | undefined {
      const found = sql.snapshot.get(row) as SnapshotRow | undefined;
      return found && fromSnapshotRow(board, found);
    },
    putSnapshot(board: string, idx: number, state: Uint8Array): void {
      sql.putSnapshot.run(
        board,
        idx,
        Buffer.from(state.buffer, state.byteOffset, state.length),
        snapshotSum(board, idx, state),
      );
      sql.trimSnapshots.run(board);
    },

    /** In the order in which they happened. */
    jumps(board: string): { row: number; idx: number; since: number }[] {
      return sql.jumps.all(board) as { row: number; idx: number; since: number }[];
    },
    /** One of them; undefined when it is damaged. */
    jump(board: string, row: number): Jump | undefined {
      const found = sql.jump.get(row) as JumpRow | undefined;
      return found && fromJumpRow(board, found);
    },
    putJump(board: string, index: number, since: number, jump: Jump): void {
      const text = JSON.stringify(jump);
      sql.putJump.run(board, index, since, text, rowSum([board, index, since, text]));
    },

    setting(key: string): string | null {
      const row = sql.setting.get(key) as { value?: string } | undefined;
      return row?.value ?? null;
    },
    putSetting(key: string, value: string | null): void {
      if (value === null) sql.dropSetting.run(key);
      else sql.putSetting.run(key, value);
    },

    /** Runs `write` in one transaction: all of it or nothing. */
    atomically(write: () => void): void {
      db.exec('BEGIN IMMEDIATE');
      try {
        write();
        db.exec('COMMIT');
      } catch (error) {
        try {
          if (db.inTransaction) db.exec('ROLLBACK');
        } catch (rollback) {
          if (!isDamage(rollback)) throw new AggregateError([error, rollback], 'The transaction could not be undone.');
        }
        throw error;
      }
    },
  };
}
