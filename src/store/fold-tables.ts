/** The statements of folded logs: the document that a log begins with, and what is left of the entries before it. */
import type { Database } from 'libsql';
import type { Base } from '#core/history-port.ts';
import type { LogEntry } from '#core/replica-port.ts';
import type { Place } from '#core/types.ts';
import { type BaseRow, fromBaseRow, fromLogRow, type LogRow, toBaseRow, toLogRow } from './rows.ts';

/** Rows read, and removed, at a time. */
const PAGE = 256;

export type FoldTables = ReturnType<typeof createFoldTables>;

/** Binds the statements to a database. All throw SQLite's errors. */
export function createFoldTables(db: Database) {
  const sql = {
    bases: db.prepare('SELECT board, idx, epoch, seq FROM bases'),
    base: db.prepare('SELECT idx, epoch, seq, base, sum FROM bases WHERE board = ?'),
    putBase: db.prepare(
      'INSERT INTO bases (board, idx, epoch, seq, base, sum) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (board) DO UPDATE SET idx = excluded.idx, epoch = excluded.epoch, seq = excluded.seq, base = excluded.base, sum = excluded.sum',
    ),
    dropJumps: db.prepare('DELETE FROM jumps WHERE board = ? AND idx < ?'),
    left: db.prepare('SELECT * FROM folded WHERE board = ? AND base = ? AND idx < ? ORDER BY idx DESC LIMIT ?'),
    leftOn: db.prepare('SELECT * FROM folded WHERE board = ? AND base = ? AND idx > ? ORDER BY idx LIMIT ?'),
    putLeft: db.prepare(
      'INSERT INTO folded (board, base, idx, epoch, seq, author, prefix, n, time, edits, sum, more) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    dropLeft: db.prepare('DELETE FROM folded WHERE board = ? AND base = ?'),
    boards: db.prepare('SELECT board FROM bases UNION SELECT board FROM folded'),
    sweeps: [
      'folded WHERE board = ?1 AND base <> ?2',
      'log WHERE board = ?1 AND idx < ?2',
      'snapshots WHERE board = ?1 AND idx < ?2',
    ].map((where) => {
      const table = where.slice(0, where.indexOf(' '));
      return db.prepare(`DELETE FROM ${table} WHERE row IN (SELECT row FROM ${where} LIMIT ${PAGE})`);
    }),
  };
  return {
    /** Where each log that was folded begins. */
    bases(): { board: string; index: number; place: Place }[] {
      const rows = sql.bases.all() as { board: string; idx: number; epoch: string; seq: number }[];
      return rows.map(({ board, idx, epoch, seq }) => ({ board, index: idx, place: { epoch, seq } }));
    },
    /** Boards of which something was folded, or was to be. */
    boards(): string[] {
      return (sql.boards.all() as { board: string }[]).map(({ board }) => board);
    },
    /** Undefined when it is damaged, or nothing was folded. */
    base(board: string): Base | undefined {
      const row = sql.base.get(board) as BaseRow | undefined;
      return row && fromBaseRow(board, row);
    },
    putBase(board: string, index: number, value: Base): void {
      const { idx, epoch, seq, base, sum } = toBaseRow(board, index, value);
      sql.putBase.run(board, idx, epoch, seq, Buffer.from(base.buffer, base.byteOffset, base.length), sum);
      // At once, since they are counted. Those at the index itself lead to the base, or away from it later.
      sql.dropJumps.run(board, idx);
    },
    putLeft(board: string, base: number, index: number, entry: LogEntry): void {
      const { idx, epoch, seq, author, prefix, n, time, edits, sum, more } = toLogRow(board, index, entry);
      sql.putLeft.run(board, base, idx, epoch, seq, author, prefix, n, time, edits, sum, more);
    },
    /** What is left of the entries before a base, damaged rows aside; oldest first, or newest first. */
    *left(board: string, base: number, newestFirst = false): Generator<{ index: number; entry: LogEntry }> {
      for (let at = newestFirst ? base : -1; ; ) {
        const rows = (newestFirst ? sql.left : sql.leftOn).all(board, base, at, PAGE) as LogRow[];
        for (const row of rows) {
          const entry = fromLogRow(board, row);
          if (entry) yield { index: row.idx, entry };
        }
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) return;
        at = last.idx;
      }
    },
    dropLeft(board: string, base: number): void {
      sql.dropLeft.run(board, base);
    },
    /** Removes some of what a base stands for, or was to stand for; false when nothing is left of it. */
    sweep(board: string, base: number): boolean {
      return sql.sweeps.reduce((removed, statement) => removed + statement.run(board, base).changes, 0) > 0;
    },
  };
}
