/**
 * One process at a time may have a profile. The lock is SQLite's own, on an empty database beside the real one: the
 * system drops it when a process ends in whatever way, and it can be given back at once. (The real database's own
 * exclusive mode can't: libsql keeps a closed connection alive until its statements are collected.)
 */
import { closeSync, openSync } from 'node:fs';
import Libsql from 'libsql';
import { sqliteCode, StorageError } from './errors.ts';

/** Takes the lock; returns its release. Throws StorageError 'locked' when another process, or this one, holds it. */
export function lockProfile(file: string): () => void {
  try {
    // Never opened a second time by file descriptor: closing one would drop this process's POSIX locks.
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const db = new Libsql(file, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!/^SQLITE_(BUSY|LOCKED)/.test(sqliteCode(error))) throw error;
    throw new StorageError(
      'locked',
      'Limn is already running with this profile. Use its window, or choose another profile.',
      error,
    );
  }
  return () => {
    db.exec('ROLLBACK');
    db.close();
  };
}
