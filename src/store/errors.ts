/** The sentence for every write that the disk refuses, whatever the cause: the remedy is the same. */
export const WRITE_PROBLEM = 'Could not write to disk. Save a copy somewhere else.';

export type StorageErrorCode = 'locked' | 'newer' | 'unwritable' | 'full';

/** The profile's database can't be opened or written: a code, and a sentence for a person. */
export class StorageError extends Error {
  readonly code: StorageErrorCode;
  constructor(code: StorageErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StorageError';
    this.code = code;
  }
}

/** SQLite's symbolic result code of an error (`SQLITE_FULL`), or `''` for any other error. */
export function sqliteCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** Whether an error says that the file's content is wrong, rather than that it can't be reached. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}
