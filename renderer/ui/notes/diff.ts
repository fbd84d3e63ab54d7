/** What two texts have in common (Myers, "An O(ND) Difference Algorithm"), so that what stayed keeps its identity. */

/** `a` from `from` to `to` became `b` from `start` to `end`. */
export interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
}

/** Beyond this many changes what lies between the common ends is one hunk. */
const MOST_CHANGES = 300;

/** The hunks that turn `a` into `b`, in order, in UTF-16 units; none cuts a surrogate pair. */
export function hunksOf(a: string, b: string): Hunk[] {
  let start = 0;
  const most = Math.min(a.length, b.length);
  while (start < most && a[start] === b[start]) start++;
  if (isLow(a, start) || isLow(b, start)) start--;
  let tail = 0;
  while (tail < most - start && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  if (isLow(a, a.length - tail) || isLow(b, b.length - tail)) tail--;
  const [to, end] = [a.length - tail, b.length - tail];
  if (start === to && start === end) return [];
  const whole = [{ from: start, to, start, end }];
  if (start === to || start === end) return whole;
  const hunks = myers(a.slice(start, to), b.slice(start, end))?.map((hunk) => ({
    ...{ from: hunk.from + start, to: hunk.to + start, start: hunk.start + start, end: hunk.end + start },
  }));
  const cuts = (hunk: Hunk): boolean =>
    isLow(a, hunk.from) || isLow(a, hunk.to) || isLow(b, hunk.start) || isLow(b, hunk.end);
  return hunks === undefined || hunks.some(cuts) ? whole : hunks;
}

/** For each unit of `b` the unit of `a` that it is, or -1. */
export function sourcesOf(a: string, b: string): number[] {
  const sources: number[] = [];
  let at = 0;
  for (const { from, to, start, end } of [...hunksOf(a, b), { from: a.length, to: 0, start: b.length, end: 0 }]) {
    while (sources.length < start) sources.push(at++);
    while (sources.length < end) sources.push(-1);
    at = from < to ? to : at;
  }
  return sources;
}

function isLow(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function myers(a: string, b: string): Hunk[] | undefined {
  const traces: Map<number, number>[] = [];
  let reached = new Map<number, number>([[1, 0]]);
  const limit = Math.min(a.length + b.length, MOST_CHANGES);
  for (let d = 0; d <= limit; d++) {
    traces.push(reached);
    reached = new Map(reached);
    for (let k = -d; k <= d; k += 2) {
      let x = below(reached, d, k) ? (reached.get(k + 1) ?? 0) : (reached.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reached.set(k, x);
      if (x >= a.length && x - k >= b.length) return follow(traces, a.length, b.length);
    }
  }
  return undefined;
}

function below(reached: ReadonlyMap<number, number>, d: number, k: number): boolean {
  return k === -d || (k !== d && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1));
}

function follow(traces: readonly ReadonlyMap<number, number>[], endX: number, endY: number): Hunk[] {
  const hunks: { from: number; to: number; start: number; end: number }[] = [];
  let [x, y] = [endX, endY];
  for (let d = traces.length - 1; d > 0; d--) {
    const reached = traces[d] as ReadonlyMap<number, number>;
    const k = x - y;
    const down = below(reached, d, k);
    const fromX = reached.get(down ? k + 1 : k - 1) ?? 0;
    const fromY = fromX - (down ? k + 1 : k - 1);
    const last = hunks[0];
    const [to, end] = [down ? fromX : fromX + 1, down ? fromY + 1 : fromY];
    // Changes that touch are one hunk.
    if (last && last.from === to && last.start === end) [last.from, last.start] = [fromX, fromY];
    else hunks.unshift({ from: fromX, to, start: fromY, end });
    [x, y] = [fromX, fromY];
  }
  return hunks;
}
