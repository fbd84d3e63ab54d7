/**
 * What can be read of a damaged database, into a fresh one. The damaged files are moved aside and never written again.
 * Tables are walked by rowid; where a page can't be read the walk leaps over it. When even the first page (header and
 * schema) is gone, a fresh one is put in its place on a copy: the tables of the first schema always begin at the same
 * pages. Those that came later don't, so they are not read then.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import Libsql, { type Database } from 'libsql';
import { isDamage } from './errors.ts';
import { FIRST_TABLES, migrate, TABLES } from './schema.ts';

type Row = Record<string, string | number | Buffer | null>;

export interface Rescue {
  /** Where the damaged file lies now. */
  readonly aside: string;
  /** Sentences for the person. */
  readonly report: string[];
}

/** Whether SQLite finds the structure of the file sound. Reads all of it (about 1 ms per MB). */
export function isSound(db: Database): boolean {
  try {
    const rows = db.prepare('PRAGMA quick_check(1)').all() as { quick_check?: string }[];
    return rows.length === 1 && rows[0]?.quick_check === 'ok';
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}

/** Moves the database at `file` aside and puts one in its place that holds all rows that could be read. `file` must be closed. */
export function rescue(file: string, now: number): Rescue {
  const aside = freeName(`${file}.damaged-${new Date(now).toISOString().replace(/[:.]/g, '-')}`);
  const work = `${file}.rescue`;
  const fresh = `${file}.fresh`;
  for (const base of [work, fresh]) removeDatabase(base);
  copyFileSync(file, work);
  if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${work}-wal`);

  closeSync(openSync(fresh, 'wx', 0o600));
  const to = new Libsql(fresh);
  migrate(to);
  const from = openDamaged(work, fresh);
  const lost: string[] = [];
  for (const table of Object.keys(TABLES) as (keyof typeof TABLES)[]) {
    const readable = from !== undefined && (!from.repaired || FIRST_TABLES.includes(table));
    if (!readable || copyTable(from.db, to, table)) lost.push(table);
  }
  from?.db.close();
  to.close();

  renameSync(file, aside);
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${aside}-wal`);
  rmSync(`${file}-shm`, { force: true });
  renameSync(fresh, file);
  removeDatabase(work);
  return { aside, report: sentences(aside, lost) };
}

function sentences(aside: string, lost: readonly string[]): string[] {
  const words: Record<string, string> = {
    settings: 'settings',
    boards: 'names of boards',
    snapshots: 'saved states of boards',
    outbox: 'edits that waited to be sent',
    log: 'edits of boards',
    associations: 'relations of boards',
    jumps: 'parts of histories',
    bases: 'shortened histories',
    folded: 'shortened histories',
  };
  const what = lost.map((table) => words[table] ?? table).join(', ');
  const rest = what === '' ? 'Everything could be read.' : `Some ${what} could not be read.`;
  return [
    `The file of your boards was damaged. ${rest} Look through your boards; the damaged file is kept as ${aside}.`,
  ];
}

function freeName(name: string): string {
  let candidate = name;
  for (let n = 2; existsSync(candidate); n++) candidate = `${name}-${n}`;
  return candidate;
}

function removeDatabase(base: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(base + end, { force: true });
}

/** Opens the copy, with a new first page from `fresh` when its own is unreadable; undefined when even that fails. */
function openDamaged(work: string, fresh: string): { db: Database; repaired: boolean } | undefined {
  for (const repaired of [false, true]) {
    if (repaired) replaceFirstPage(work, fresh);
    let db: Database | undefined;
    try {
      db = new Libsql(work);
      db.exec('PRAGMA writable_schema = ON'); // Lets SQLite open a file that is shorter than its header says.
      db.prepare('SELECT count(*) AS n FROM sqlite_master').get();
      db.prepare('SELECT row FROM boards LIMIT 0').all();
      return { db, repaired };
    } catch {
      db?.close();
    }
  }
  return undefined;
}

const PAGE = 4096;

function replaceFirstPage(work: string, fresh: string): void {
  const size = statSync(work).size;
  const page = Buffer.alloc(PAGE);
  const source = openSync(fresh, 'r');
  readSync(source, page, 0, PAGE, 0);
  closeSync(source);
  page[18] = 2; // Journal mode WAL, so that what the log beside the copy holds is read too.
  page[19] = 2;
  page.writeUInt32BE(Math.max(1, Math.ceil(size / PAGE)), 28); // file size in pages (SQLite file format, 1.3)
  page.writeUInt32BE(0, 32); // the list of free pages is unknown
  page.writeUInt32BE(0, 36);
  const target = openSync(work, 'r+');
  writeSync(target, page, 0, PAGE, 0);
  closeSync(target);
  rmSync(`${work}-shm`, { force: true });
}

/** Copies every row that can be read; true when some could not. */
function copyTable(from: Database, to: Database, table: keyof typeof TABLES): boolean {
  // A file of an older schema lacks what came later, and then there is nothing to lose.
  const there = new Set((from.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name));
  if (there.size === 0) return false;
  const columns = ['row', ...TABLES[table].filter((column) => there.has(column))];
  const put = to.prepare(
    `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const copy = (row: Row): void => {
    put.run(...columns.map((column) => row[column] ?? null));
  };
  to.exec('BEGIN');
  const lost = walk(from, table, columns, copy);
  to.exec('COMMIT');
  return lost;
}

/** Calls back for each readable row. After an unreadable one it leaps by growing steps, then searches back to where reading works again. */
function walk(db: Database, table: string, columns: readonly string[], use: (row: Row) => void): boolean {
  const sql = `SELECT ${columns.join(', ')} FROM ${table} NOT INDEXED WHERE row >= ? ORDER BY row LIMIT 1`;
  let next = db.prepare(sql);
  const read = (at: number): Row | 'end' | 'unreadable' => {
    try {
      const row = next.get(at) as Row | undefined;
      return row === undefined || row.row === undefined || row.row === null ? 'end' : row;
    } catch {
      next = db.prepare(sql); // After an error libsql's statement is of no more use.
      return 'unreadable';
    }
  };
  let at = 0;
  let lost = false;
  for (;;) {
    let found = read(at);
    if (found === 'unreadable') {
      lost = true;
      const readable = leap(at, (candidate) => read(candidate) !== 'unreadable');
      if (readable === undefined) return lost;
      found = read(readable);
    }
    if (found === 'end' || found === 'unreadable') return lost;
    try {
      use(found);
    } catch {
      lost = true; // A damaged value that a constraint refuses: the next row may be sound.
    }
    at = Number(found.row) + 1;
  }
}

/** The least place after `bad`, as far as a doubling and a bisection can tell, from which reading works; undefined when none is found. */
function leap(bad: number, works: (at: number) => boolean): number | undefined {
  let low = bad;
  let step = 1;
  while (!works(low + step)) {
    low += step;
    step *= 2;
    if (step > 2 ** 40) return undefined;
  }
  let high = low + step;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (works(middle)) high = middle;
    else low = middle;
  }
  return high;
}
