/** Opens the profile's database: its folder and file are the person's alone, one process at a time, and a damaged file is rescued. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import Libsql, { type Database } from 'libsql';
import { isDamage, sqliteCode, StorageError, WRITE_PROBLEM } from './errors.ts';
import { lockProfile } from './profile-lock.ts';
import { isSound, rescue } from './rescue.ts';
import { migrate } from './schema.ts';

export interface OpenedDatabase {
  readonly db: Database;
  /** Sentences about what could not be read; empty for a sound file. */
  readonly damage: string[];
  /** Closes the database and gives the profile back. */
  close(): void;
}

/** Opens or makes the database. Throws StorageError: 'locked' when another process has it, 'newer', 'full', 'unwritable'. */
export function openDatabase(file: string, now: number): OpenedDatabase {
  let unlock: (() => void) | undefined;
  try {
    const folder = path.dirname(file);
    if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(folder, 0o700);
    unlock = lockProfile(`${file}.lock`);
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
    let damage: string[] = [];
    let db = tryOpen(file);
    if (db === undefined) {
      damage = rescue(file, now).report;
      db = tryOpen(file);
    }
    if (db === undefined) throw new StorageError('unwritable', WRITE_PROBLEM);
    return { db, damage, close: closer(db, unlock) };
  } catch (error) {
    unlock?.();
    throw explain(error, file);
  }
}

function closer(db: Database, unlock: () => void): () => void {
  return () => {
    try {
      // By hand: libsql's close() leaves the log to be merged next time.
      db.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      // A full disk: what is in the log stays there, as safe as before.
      if (sqliteCode(error) === '') throw error;
    } finally {
      db.close();
      unlock();
    }
  };
}

/** Undefined when the file is damaged. */
function tryOpen(file: string): Database | undefined {
  let db: Database | undefined;
  try {
    db = new Libsql(file, { timeout: 0 });
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL'); // Each commit survives a power cut, not only a kill.
    db.exec('BEGIN IMMEDIATE');
    db.exec('COMMIT');
    if (!isSound(db)) {
      db.close();
      return undefined;
    }
    migrate(db);
    return db;
  } catch (error) {
    db?.close();
    if (isDamage(error)) return undefined;
    throw error;
  }
}

function explain(error: unknown, file: string): unknown {
  if (error instanceof StorageError) return error;
  const code = sqliteCode(error);
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') {
    return new StorageError('full', `The disk is full. Make room on it, then start Limn again (${file}).`, error);
  }
  if (code.startsWith('SQLITE_') || /^E[A-Z]+$/.test(code)) {
    return new StorageError(
      'unwritable',
      `Limn can't write to ${file}. Check its permissions, or choose another profile.`,
      error,
    );
  }
  return error;
}
