/** Real processes, really killed and really starved of disk. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import Libsql from 'libsql';
import { expect, test } from 'vitest';
import { openStore } from '#store/open-store.ts';
import { base, entry, left, manualClock, pendingStanza, temporaryFolder } from './fixtures.ts';

const CHILD = path.join(import.meta.dirname, 'child.ts');
const child = (mode: string, file: string): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', CHILD, mode, file], { stdio: ['ignore', 'pipe', 'inherit'] });

const lines = (process: ChildProcess) => {
  if (process.stdout === null) throw new RangeError('no output');
  return createInterface({ input: process.stdout });
};

test('kill -9 at random moments loses nothing older than 100 ms', { timeout: 60_000 }, async () => {
  const file = path.join(temporaryFolder(), 'limn.db');
  let written = 0;
  for (let round = 0; round < 5; round++) {
    const running = child('write', file);
    let safe = 0;
    // The moment of the kill: after a random number of reports, so each round ends at another point of a transaction.
    let reports = 2 + Math.floor(Math.random() * 120);
    for await (const line of lines(running)) {
      safe = Number(line.split(' ')[1]);
      if (--reports === 0) running.kill('SIGKILL');
    }
    if (running.exitCode === null && running.signalCode === null) await once(running, 'exit');
    expect(running.signalCode).toBe('SIGKILL');
    expect(safe).toBeGreaterThan(written);

    const { boards, damage } = openStore(file, { clock: manualClock() });
    expect(damage).toEqual([]);
    const { pending, damage: lost } = boards.load('b1');
    expect(lost).toEqual([]);
    const log = [...boards.log('b1')];
    written = log.length + pending.length;
    expect(written).toBeGreaterThanOrEqual(safe);
    expect(log).toEqual(log.map((_, index) => entry(index + 1)));
    expect(pending).toEqual(pending.map((_, index) => pendingStanza(log.length + index + 1)));
    boards.close();
  }
});

test('kill -9 while the log is folded leaves it as it was or folded, and nothing else', {
  timeout: 60_000,
}, async () => {
  const file = path.join(temporaryFolder(), 'limn.db');
  let kept = 0;
  let folded = 0;
  for (let round = 0; round < 4; round++) {
    const running = child('fold', file);
    let tried = folded;
    let reports = 2 + Math.floor(Math.random() * 60);
    for await (const line of lines(running)) {
      const [what, n] = line.split(' ');
      if (what === 'kept') kept = Number(n);
      else if (what === 'folded') folded = Number(n);
      tried = what === 'some' ? Number(n) : tried;
      if (--reports === 0) running.kill('SIGKILL');
    }
    if (running.exitCode === null && running.signalCode === null) await once(running, 'exit');
    expect(running.signalCode).toBe('SIGKILL');

    const clock = manualClock();
    const { boards, damage } = openStore(file, { clock });
    expect(damage).toEqual([]);
    const look = () => {
      const items = [...boards.history('b1')].filter(({ kind }) => kind !== 'snapshot');
      const first = items[0]?.kind === 'base' ? items[0] : undefined;
      return { begin: first?.index ?? 0, base: first?.base(), items, left: [...boards.folded('b1')] };
    };
    const { begin, base: found, items, left: some } = look();
    expect([folded, tried]).toContain(begin);
    expect(boards.length('b1')).toBeGreaterThanOrEqual(kept);
    expect(found).toEqual(begin === 0 ? undefined : base(begin));
    expect(items.flatMap((item) => (item.kind === 'entry' ? [item.entry] : []))).toEqual(
      Array.from({ length: boards.length('b1') - begin }, (_, at) => entry(begin + at + 1)),
    );
    expect(some).toEqual(Array.from({ length: begin }, (_, index) => ({ index, entry: left(index + 1) })));
    // What is of no more use is swept away, and nothing but that.
    for (let n = 0; n < 50; n++) clock.advance(10);
    expect(JSON.stringify(look())).toBe(JSON.stringify({ begin, base: found, items, left: some }));
    folded = begin;
    boards.close();
  }
  const db = new Libsql(file);
  const count = (what: string) => (db.prepare(`SELECT count(*) AS n FROM ${what}`).get() as { n: number }).n;
  expect(count(`log WHERE idx < ${folded}`)).toBe(0);
  expect(count(`folded WHERE base <> ${folded}`)).toBe(0);
  db.close();
});

test('a full disk is reported, loses nothing in memory, and is written to once there is room', {
  timeout: 60_000,
}, async () => {
  const file = path.join(temporaryFolder(), 'limn.db');
  const running = child('fill', file);
  const pid = String(running.pid);
  const limit = spawnSync('prlimit', ['--pid', pid, '--fsize=400000:unlimited']);
  expect(limit).toMatchObject({ status: 0 });
  const said: string[] = [];
  for await (const line of lines(running)) {
    said.push(line);
    if (line.startsWith('kept')) spawnSync('prlimit', ['--pid', pid, '--fsize=unlimited:unlimited']);
  }
  const refused = Number(said[0]?.split(' ')[1]);
  expect(said).toEqual([
    `refused ${refused} Could not write to disk. Save a copy somewhere else.`,
    `kept ${refused + 1}`,
    `accepted ${refused + 1}`,
  ]);
  const { boards, damage } = openStore(file, { clock: manualClock() });
  expect(damage).toEqual([]);
  expect([...boards.log('b1')].map(({ place }) => place.seq)).toEqual(
    Array.from({ length: refused + 1 }, (_, n) => n + 1),
  );
  boards.close();
});

test('a second process on one profile gets a clear error, and may have it once the first is gone', {
  timeout: 60_000,
}, () => {
  const file = path.join(temporaryFolder(), 'limn.db');
  const first = openStore(file, { clock: manualClock() });
  const run = () => spawnSync(process.execPath, ['--import', 'tsx', CHILD, 'open', file], { encoding: 'utf8' });
  const second = run();
  expect(second.stdout).toContain('error locked');
  expect(second.stdout).toContain('already running with this profile');
  first.boards.close();
  expect(run().stdout).toBe('open\n');
});
