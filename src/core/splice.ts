/** Splices of text: applying, inverting, and rebasing one over another so that both authors' letters survive. */
import { splitsPair } from './xml-chars.ts';

/** Replace `count` UTF-16 units from `from` by `insert`. */
export interface Splice {
  readonly from: number;
  readonly count: number;
  readonly insert: string;
}

/** The text after the splice, or undefined when it is out of range or would cut a surrogate pair (a void edit). */
export function applySplice(text: string, { from, count, insert }: Splice): string | undefined {
  const end = from + count;
  if (!(Number.isInteger(from) && Number.isInteger(count) && from >= 0 && count >= 0 && end <= text.length))
    return undefined;
  if (splitsPair(text, from) || splitsPair(text, end)) return undefined;
  return flattened(text.slice(0, from) + insert + text.slice(end), text.length);
}

/**
 * The engine keeps what is put together as a rope until somebody reads a letter of it: a stroke of 500 points would be 500 pieces
 * for ever, six times its size. So a letter is read whenever a text has grown by an eighth.
 */
function flattened(text: string, before: number): string {
  const { length } = text;
  const step = Math.max(512, 1 << (28 - Math.clz32(length)));
  const grown = Math.floor(length / step) > Math.floor(before / step);
  return grown && text.charCodeAt(length - 1) === 0 ? text.slice(0) : text;
}

/** The splice that takes `splice` back, given the text before it. */
export function invertSplice(before: string, { from, count, insert }: Splice): Splice {
  return { from, count: insert.length, insert: before.slice(from, from + count) };
}

/** Beyond this many changed units two texts are told apart by one replacement. */
const MOST_CHANGES = 400;

/**
 * Splices that turn `before` into `after`, one after the other from the back, so that each position is one in `before`. What
 * both texts hold stays untouched, so that edits inside it can be rebased (Myers, "An O(ND) Difference Algorithm").
 */
export function diffTexts(before: string, after: string): readonly Splice[] {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  if (splitsPair(before, start) || splitsPair(after, start)) start--;
  let tail = 0;
  while (
    tail < most - start &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail++;
  if (splitsPair(before, before.length - tail) || splitsPair(after, after.length - tail)) tail--;
  const old = before.slice(start, before.length - tail);
  const now = after.slice(start, after.length - tail);
  if (old === '' && now === '') return [];
  const whole = [{ from: start, count: old.length, insert: now }];
  if (old === '' || now === '') return whole;
  const hunks = myers(old, now)?.map((hunk) => ({ ...hunk, from: hunk.from + start }));
  return hunks === undefined || hunks.some((hunk) => cutsPair(before, hunk)) ? whole : hunks;
}

function cutsPair(before: string, { from, count, insert }: Splice): boolean {
  const cut = splitsPair(before, from) || splitsPair(before, from + count);
  return cut || /^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/.test(insert);
}

/** The hunks of a shortest script from `a` to `b`, the last first; undefined when it is longer than `MOST_CHANGES`. */
function myers(a: string, b: string): Splice[] | undefined {
  const traces: Map<number, number>[] = [];
  let reached = new Map<number, number>([[1, 0]]);
  const limit = Math.min(a.length + b.length, MOST_CHANGES);
  for (let d = 0; d <= limit; d++) {
    traces.push(new Map(reached));
    for (let k = -d; k <= d; k += 2) {
      let x = startOf(reached, d, k);
      while (x < a.length && x - k < b.length && a.charCodeAt(x) === b.charCodeAt(x - k)) x++;
      reached.set(k, x);
      if (x >= a.length && x - k >= b.length) return hunksOf(traces, a, b);
    }
    reached = new Map(reached);
  }
  return undefined;
}

/** Where diagonal `k` begins after `d` changes: below a deletion or beside an insertion, whichever reaches further. */
function startOf(reached: ReadonlyMap<number, number>, d: number, k: number): number {
  const left = reached.get(k - 1) ?? -1;
  const above = reached.get(k + 1) ?? -1;
  return k === -d || (k !== d && left < above) ? above : left + 1;
}

function hunksOf(traces: readonly ReadonlyMap<number, number>[], a: string, b: string): Splice[] {
  const hunks: { from: number; count: number; insert: string }[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = traces.length - 1; d > 0; d--) {
    const reached = traces[d] as ReadonlyMap<number, number>;
    const k = x - y;
    const down = k === -d || (k !== d && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1));
    const fromX = reached.get(down ? k + 1 : k - 1) ?? 0;
    const fromY = fromX - (down ? k + 1 : k - 1);
    const last = hunks.at(-1);
    const deleted = down ? 0 : 1;
    const inserted = down ? (b[fromY] as string) : '';
    // Changes that touch are one hunk.
    if (last && last.from === fromX + deleted) {
      last.from = fromX;
      last.count += deleted;
      last.insert = inserted + last.insert;
    } else hunks.push({ from: fromX, count: deleted, insert: inserted });
    x = fromX;
    y = fromY;
  }
  return hunks;
}

/**
 * Rebases two runs of splices of the same text over each other: `[mine after theirs, theirs after mine]`. Both lead to the
 * same text, what each inserted survives, what either deleted is gone, and neither repeats what the other wrote. At one
 * place theirs stands first: it was earlier.
 */
export function rebase(mine: readonly Splice[], theirs: readonly Splice[]): [readonly Splice[], readonly Splice[]] {
  if (mine.length === 0 || theirs.length === 0) return [mine, theirs];
  if (mine.length === 1 && theirs.length === 1) return rebaseOne(mine[0] as Splice, theirs[0] as Splice);
  if (mine.length > 1) {
    const [head, rest] = rebase(mine.slice(0, 1), theirs);
    const [tail, end] = rebase(mine.slice(1), rest);
    return [[...head, ...tail], end];
  }
  const [moved, head] = rebase(mine, theirs.slice(0, 1));
  const [end, tail] = rebase(moved, theirs.slice(1));
  return [end, [...head, ...tail]];
}

/** Letters that are taken away and stand elsewhere from `at` on. */
export interface Taken {
  readonly from: number;
  readonly count: number;
  readonly at: number;
}

/**
 * As `rebase`, for letters that I take away because they stand elsewhere now: what of them is left to be taken away, which of
 * them others have taken away themselves (from `at`, in ascending order), and theirs after mine.
 */
export function rebaseTaken(
  { from, count, at }: Taken,
  theirs: readonly Splice[],
): { left: readonly Taken[]; lost: readonly Omit<Taken, 'from'>[]; theirs: readonly Splice[] } {
  /** The letters of mine that are there still: where, and which. */
  let there = [{ from, count, at }];
  for (const { from: start, count: gone, insert } of theirs) {
    const end = start + gone;
    there = there.flatMap((run) => {
      const runEnd = run.from + run.count;
      const before = { ...run, count: Math.max(0, Math.min(runEnd, start) - run.from) };
      const skipped = Math.max(0, end - run.from);
      const after = {
        from: run.from + skipped + insert.length - gone,
        count: run.count - skipped,
        at: run.at + skipped,
      };
      return [before, after].filter((part) => part.count > 0);
    });
  }
  const lost: Omit<Taken, 'from'>[] = [];
  let next = at;
  for (const run of [...there, { at: at + count, count: 0 }]) {
    if (run.at > next) lost.push({ at: next, count: run.at - next });
    next = run.at + run.count;
  }
  // Done one after the other from the back, as all splices are.
  const left = there.toReversed();
  return { left, lost, theirs: rebase([{ from, count, insert: '' }], theirs)[1] };
}

/** The splices that take these letters out, the last first. */
export function takingOut(lost: readonly Omit<Taken, 'from'>[]): readonly Splice[] {
  return lost.map(({ at, count }) => ({ from: at, count, insert: '' })).toReversed();
}

function rebaseOne(mine: Splice, theirs: Splice): [readonly Splice[], readonly Splice[]] {
  const mineEnd = mine.from + mine.count;
  const theirsEnd = theirs.from + theirs.count;
  if (theirsEnd <= mine.from) return [[{ ...mine, from: mine.from + theirs.insert.length - theirs.count }], [theirs]];
  if (mineEnd <= theirs.from) return [[mine], [{ ...theirs, from: theirs.from + mine.insert.length - mine.count }]];
  return [rest(mine, theirs, mine.from < theirs.from), rest(theirs, mine, theirs.from <= mine.from)];
}

/** What is left to do of `one` after an overlapping `other`: its insertion, before or behind the other's, and what only it deletes. */
function rest(one: Splice, other: Splice, first: boolean): readonly Splice[] {
  const right = Math.max(0, one.from + one.count - other.from - other.count);
  if (!first) return [{ from: other.from + other.insert.length, count: right, insert: one.insert }];
  const left = other.from - one.from;
  const before = { from: one.from, count: left, insert: one.insert };
  if (right === 0) return [before];
  return [before, { from: one.from + one.insert.length + other.insert.length, count: right, insert: '' }];
}
