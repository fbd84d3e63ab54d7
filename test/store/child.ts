/**
 * A process that the store's tests kill or starve. `write FILE`: writes edits and prints `safe N` for each that is older
 * than 100 ms. `fold FILE`: writes and folds the log again and again, and prints `kept N` and `folded N`. `fill FILE`: writes until the disk refuses, says so, and goes on until it is accepted again.
 */
import { openStore } from '#store/open-store.ts';
import { systemClock } from '#platform/clock.ts';
import { base, entry, left, pendingStanza, state } from './child-values.ts';

const [mode, file = ''] = process.argv.slice(2);
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
/** Resolves when a timer of the store has run. */
let ran = (): void => undefined;
const tick = (): Promise<void> => new Promise((resolve) => (ran = resolve));
const clock: typeof systemClock = {
  now: systemClock.now,
  after: (ms, run) =>
    systemClock.after(ms, () => {
      run();
      ran();
    }),
};
try {
  const { boards } = openStore(file, { clock });
  if (mode === 'write') write(boards);
  else if (mode === 'fill') fill(boards);
  else if (mode === 'fold') void fold(boards);
  else say('open');
} catch (error) {
  say(`error ${error instanceof Error && 'code' in error ? String(error.code) : ''} ${String(error)}`);
  process.exitCode = 3;
}

type Boards = ReturnType<typeof openStore>['boards'];

function write(boards: Boards): void {
  boards.put({ id: 'b1', name: 'b1', created: 1, modified: 1 });
  const loaded = boards.load('b1');
  const written: { n: number; at: number }[] = [];
  let n = loaded.pending.at(-1)?.id.n ?? 0;
  // Edit n waits in the outbox; edit n - 10 moves from there to the log: at any moment each is in exactly one of them.
  const pending = [...loaded.pending];
  setInterval(() => {
    for (let burst = 0; burst < 3; burst++) {
      n++;
      pending.push(pendingStanza(n));
      while (pending.length > 10) {
        const first = pending.shift();
        if (first !== undefined) boards.append('b1', [entry(first.id.n)]);
        if (first !== undefined && first.id.n % 50 === 0) boards.snapshot('b1', state(first.id.n));
      }
      boards.setPending('b1', pending);
      written.push({ n, at: performance.now() });
    }
    let safe = 0;
    while ((written[0]?.at ?? Infinity) < performance.now() - 100) safe = written.shift()?.n ?? safe;
    if (safe > 0) say(`safe ${safe}`);
  }, 2);
}

async function fold(boards: Boards): Promise<void> {
  boards.put({ id: 'b1', name: 'b1', created: 1, modified: 1 });
  for (;;) {
    const length = boards.length('b1') + 60;
    for (let n = boards.length('b1') + 1; n <= length; n++) boards.append('b1', [entry(n)]);
    await boards.flushed();
    say(`kept ${length}`);
    const index = length - 20;
    boards.snapshot('b1', state(length));
    const all = Array.from({ length: index }, (_, at) => ({ index: at, entry: left(at + 1) })).reverse();
    for (let at = 0; at < all.length; at += 16) {
      boards.foldSome('b1', index, all.slice(at, at + 16));
      say(`some ${index}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    boards.fold('b1', index, base(index));
    say(`folded ${index}`);
    // What was folded is swept away meanwhile, or not.
    if (length % 3 === 0) await tick();
  }
}

function fill(boards: Boards): void {
  let n = 0;
  let refused = false;
  boards.onDirty((dirty, problem) => {
    if (problem !== undefined && !refused) {
      refused = true;
      say(`refused ${n} ${problem}`);
    }
    if (!dirty && refused) {
      say(`accepted ${n}`);
      boards.close();
      process.exit(0);
    }
  });
  const timer = setInterval(() => {
    if (refused) {
      clearInterval(timer);
      // Still kept in memory while the disk refuses, and readable.
      boards.append('b1', [entry(++n, 'after the disk was full')]);
      say(`kept ${[...boards.log('b1')].length}`);
      return;
    }
    boards.append('b1', [entry(++n, 'x'.repeat(20_000))]);
  }, 5);
}
