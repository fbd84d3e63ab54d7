import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import Libsql from 'libsql';
import { expect, test } from 'vitest';
import { openStore } from '#store/open-store.ts';
import { board, entry, manualClock, pendingStanza, state, temporaryFolder } from './fixtures.ts';

const COUNT = 400;
const PAGE = 4096;

/** A sound database of one board with a log of about 100 pages, closed. */
function soundFile(): string {
  const file = path.join(temporaryFolder(), 'limn.db');
  const { boards, settings } = openStore(file, { clock: manualClock() });
  boards.put(board('b1', 'Plan'));
  settings.set('theme', 'dark');
  boards.append(
    'b1',
    Array.from({ length: COUNT }, (_, n) => entry(n + 1, `${n} `.repeat(250))),
  );
  boards.setPending('b1', [pendingStanza(1)]);
  boards.close();
  return file;
}

function overwrite(file: string, at: number, bytes: Uint8Array): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
}

/** Opens a damaged file; checks that a sentence tells of it and that the damaged bytes are kept. */
function reopen(file: string) {
  const damaged = readFileSync(file);
  const store = openStore(file, { clock: manualClock() });
  expect(store.damage).toHaveLength(1);
  expect(store.damage[0]).toContain('was damaged');
  const aside = readdirSync(path.dirname(file)).filter((name) => /\.damaged-.*Z$/.test(name));
  expect(aside).toHaveLength(1);
  const kept = path.join(path.dirname(file), aside[0] ?? '');
  expect(readFileSync(kept).equals(damaged)).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  return store;
}

const seqs = (entries: Iterable<{ place: { seq: number } }>): number[] => [...entries].map(({ place }) => place.seq);

test('a damaged page: all edits but those on it are read', () => {
  const file = soundFile();
  const page = Math.floor(statSync(file).size / PAGE / 2);
  overwrite(file, page * PAGE, Buffer.alloc(PAGE, 0xff));
  const { boards, settings } = reopen(file);
  const read = seqs(boards.log('b1'));
  expect(read.length).toBeGreaterThan(COUNT - 20);
  expect(read.length).toBeLessThan(COUNT);
  expect(read).toEqual([...read].sort((a, b) => a - b));
  expect(boards.list()).toEqual([board('b1', 'Plan')]);
  expect(settings.get('theme')).toBe('dark');
  expect(boards.load('b1').pending).toEqual([pendingStanza(1)]);
  // And it goes on: what is written now is there next time, without another report.
  boards.append('b1', [entry(COUNT + 1)]);
  boards.close();
  const again = openStore(file, { clock: manualClock() });
  expect(again.damage).toEqual([]);
  expect(seqs(again.boards.log('b1')).at(-1)).toBe(COUNT + 1);
  again.boards.close();
});

test('a file cut short: what lies before the cut is read', () => {
  const file = soundFile();
  truncateSync(file, Math.floor(statSync(file).size / 2) + 100);
  const { boards } = reopen(file);
  const read = seqs(boards.log('b1'));
  expect(read.length).toBeGreaterThan(COUNT / 4);
  expect(boards.list()).toEqual([board('b1', 'Plan')]);
  boards.close();
});

test('a first page that is gone: the rest is read', () => {
  const file = soundFile();
  overwrite(file, 0, Buffer.alloc(PAGE, 0x55));
  const { boards } = reopen(file);
  expect(seqs(boards.log('b1')).length).toBe(COUNT);
  expect(boards.list()).toEqual([board('b1', 'Plan')]);
  boards.close();
});

test('a file that is no database at all is kept aside, and Limn begins anew', () => {
  const file = path.join(temporaryFolder(), 'limn.db');
  writeFileSync(file, 'This was never a database. '.repeat(1000));
  const { boards } = reopen(file);
  expect(boards.list()).toEqual([]);
  boards.put(board('b2'));
  boards.close();
});

test('damaged rows are left out and counted in a sentence; an older snapshot stands in for a damaged one', () => {
  const file = path.join(temporaryFolder(), 'limn.db');
  const { boards } = openStore(file, { clock: manualClock() });
  boards.put(board('b1'));
  for (let n = 1; n <= 6; n++) {
    boards.append('b1', [entry(n)]);
    if (n === 2 || n === 4) {
      boards.snapshot('b1', state(n));
      void boards.flushed();
    }
  }
  boards.setPending('b1', [pendingStanza(1), pendingStanza(2)]);
  boards.close();
  const db = new Libsql(file);
  // The last byte, and none of those that say how long its parts are.
  db.exec("UPDATE snapshots SET state = CAST(substr(state, 1, length(state) - 1) || 'h' AS BLOB) WHERE idx = 4");
  db.exec("UPDATE log SET edits = replace(edits, 'value 5', 'value 7') WHERE idx = 4");
  db.exec("UPDATE outbox SET edits = '{' WHERE n = 1");
  db.close();
  const again = openStore(file, { clock: manualClock() }).boards;
  const loaded = again.load('b1');
  expect(loaded.state).toEqual(state(2));
  expect(seqs(loaded.log)).toEqual([3, 4, 6]);
  expect(loaded.pending).toEqual([pendingStanza(2)]);
  expect(loaded.damage).toEqual([
    'A saved state of the board is damaged. It was made anew from the edits before it.',
    '1 edit of the board could not be read. Look whether something is missing.',
    '1 unsent edit could not be read. Look whether something is missing.',
  ]);
  again.close();
});

test('a damaged file of the first schema, without associations and kinds, is read all the same', () => {
  const file = soundFile();
  const db = new Libsql(file);
  db.exec('DROP TABLE associations; ALTER TABLE boards DROP COLUMN kind; PRAGMA user_version = 1');
  db.close();
  overwrite(file, Math.floor(statSync(file).size / PAGE / 2) * PAGE, Buffer.alloc(PAGE, 0xff));
  const { boards } = reopen(file);
  expect(boards.list()).toEqual([board('b1', 'Plan')]);
  expect(boards.associations('b1')).toEqual([]);
  expect(seqs(boards.log('b1')).length).toBeGreaterThan(COUNT - 20);
  boards.close();
});
