/**
 * The database's tables, as a list of migrations: `user_version` counts those that were run. Never change an entry that
 * was released; append one. Every table has a plain integer rowid, so that a damaged one can be walked row by row
 * (rescue.ts), and rows whose content matters carry a checksum, since SQLite keeps none per page.
 */
import type { Database } from 'libsql';
import { StorageError } from './errors.ts';

/** `sum` is rowSum() of the columns before it, in their order. Times are milliseconds since 1970. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE boards (
     row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
     created REAL NOT NULL, modified REAL NOT NULL, room TEXT);
   CREATE TABLE log (
     row INTEGER PRIMARY KEY, board TEXT NOT NULL, idx INTEGER NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL,
     author TEXT NOT NULL, prefix TEXT NOT NULL, n INTEGER NOT NULL, time REAL NOT NULL, edits TEXT NOT NULL,
     sum TEXT NOT NULL, UNIQUE (board, idx));
   CREATE TABLE outbox (
     row INTEGER PRIMARY KEY, board TEXT NOT NULL, pos INTEGER NOT NULL, author TEXT NOT NULL, prefix TEXT NOT NULL,
     n INTEGER NOT NULL, time REAL NOT NULL, edits TEXT NOT NULL, sum TEXT NOT NULL);
   CREATE INDEX outbox_order ON outbox (board, pos);
   CREATE TABLE snapshots (
     row INTEGER PRIMARY KEY, board TEXT NOT NULL, idx INTEGER NOT NULL, state TEXT NOT NULL, sum TEXT NOT NULL);
   CREATE INDEX snapshots_order ON snapshots (board, idx);
   CREATE TABLE settings (row INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, value TEXT NOT NULL);`,
  `ALTER TABLE boards ADD COLUMN kind TEXT;
   CREATE TABLE associations (
     row INTEGER PRIMARY KEY, source TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL, title TEXT NOT NULL,
     UNIQUE (source, kind, target));`,
  // `more`: what only some entries have, as JSON. `since`: the first entry that came along with the state taken over at idx.
  `ALTER TABLE log ADD COLUMN more TEXT;
   CREATE TABLE jumps (
     row INTEGER PRIMARY KEY, board TEXT NOT NULL, idx INTEGER NOT NULL, since INTEGER NOT NULL, jump TEXT NOT NULL,
     sum TEXT NOT NULL);
   CREATE INDEX jumps_order ON jumps (board, idx);`,
  `CREATE INDEX log_places ON log (board, epoch, seq);`,
  // From here on a snapshot's state is bytes (saved-state.ts), which earlier versions of Limn can't read.
  '',
  // `bases`: the document at `idx`, before which the log was folded. `folded`: what is left of the entries before `base`.
  `CREATE TABLE bases (
     row INTEGER PRIMARY KEY, board TEXT NOT NULL UNIQUE, idx INTEGER NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL,
     base BLOB NOT NULL, sum TEXT NOT NULL);
   CREATE TABLE folded (
     row INTEGER PRIMARY KEY, board TEXT NOT NULL, base INTEGER NOT NULL, idx INTEGER NOT NULL, epoch TEXT NOT NULL,
     seq INTEGER NOT NULL, author TEXT NOT NULL, prefix TEXT NOT NULL, n INTEGER NOT NULL, time REAL NOT NULL,
     edits TEXT NOT NULL, sum TEXT NOT NULL, more TEXT);
   CREATE INDEX folded_order ON folded (board, base, idx);`,
];

/** The columns that a rescue copies, a table a line; `row` is kept. */
export const TABLES = {
  settings: ['key', 'value'],
  boards: ['id', 'name', 'created', 'modified', 'room', 'kind'],
  associations: ['source', 'kind', 'target', 'title'],
  snapshots: ['board', 'idx', 'state', 'sum'],
  outbox: ['board', 'pos', 'author', 'prefix', 'n', 'time', 'edits', 'sum'],
  log: ['board', 'idx', 'epoch', 'seq', 'author', 'prefix', 'n', 'time', 'edits', 'sum', 'more'],
  jumps: ['board', 'idx', 'since', 'jump', 'sum'],
  bases: ['board', 'idx', 'epoch', 'seq', 'base', 'sum'],
  folded: ['board', 'base', 'idx', 'epoch', 'seq', 'author', 'prefix', 'n', 'time', 'edits', 'sum', 'more'],
} as const;

/** The tables of the first schema. */
export const FIRST_TABLES: readonly string[] = ['settings', 'boards', 'snapshots', 'outbox', 'log'];

/** Brings a database to the newest schema. Throws StorageError 'newer' when a later Limn wrote it. */
export function migrate(db: Database): void {
  const row = db.prepare('PRAGMA user_version').get() as { user_version: number };
  const from = row.user_version;
  if (from > MIGRATIONS.length) {
    throw new StorageError('newer', 'A newer Limn wrote this profile. Update Limn, or choose another profile.');
  }
  for (let at = from; at < MIGRATIONS.length; at++) {
    db.exec('BEGIN IMMEDIATE');
    try {
      db.exec(MIGRATIONS[at] ?? '');
      db.exec(`PRAGMA user_version = ${at + 1}`);
      db.exec('COMMIT');
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
}
