/** Which stanza ids have been applied, as ranges per prefix: small however long a board lives. */
import type { Known } from './replica-port.ts';
import type { StanzaId } from './types.ts';

type Range = [first: number, last: number];

/** The name of a replica's nth epoch without a session; a session's own epochs have no `~`. */
export const aloneEpoch = (prefix: string, n: number): string => `${prefix}~${n}`;
export const isAloneEpoch = (epoch: string): boolean => /^[^~]+~\d+$/.test(epoch);

/** A growing set of stanza ids. */
export class KnownIds {
  readonly #ranges = new Map<string, Range[]>();

  constructor(known: Known = {}) {
    for (const [prefix, ranges] of Object.entries(known)) {
      for (const [first, last] of ranges) this.#addRange(prefix, first, last);
    }
  }

  has({ prefix, n }: StanzaId): boolean {
    const ranges = this.#ranges.get(prefix);
    if (ranges === undefined) return false;
    const range = ranges[firstEndingAt(ranges, n)];
    return range !== undefined && range[0] <= n;
  }

  /** The first number above `n` that isn't in. */
  nextFree(prefix: string, n: number): number {
    const ranges = this.#ranges.get(prefix) ?? [];
    let free = n + 1;
    for (let i = firstEndingAt(ranges, free); (ranges[i]?.[0] ?? Infinity) <= free; i++)
      free = (ranges[i] as Range)[1] + 1;
    return free;
  }

  add({ prefix, n }: StanzaId): void {
    this.#addRange(prefix, n, n);
  }

  addAll(other: KnownIds): void {
    for (const [prefix, ranges] of other.#ranges)
      for (const [first, last] of ranges) this.#addRange(prefix, first, last);
  }

  /** Without those that another set holds. */
  without(other: KnownIds): KnownIds {
    const left = new KnownIds();
    for (const [prefix, ranges] of this.#ranges) {
      const taken = other.#ranges.get(prefix) ?? [];
      for (const [first, last] of ranges) {
        let from = first;
        for (let i = firstEndingAt(taken, first); from <= last; i++) {
          const [low, high] = taken[i] ?? [Infinity, Infinity];
          if (from < low) left.#addRange(prefix, from, Math.min(last, low - 1));
          from = high + 1;
        }
      }
    }
    return left;
  }

  toJSON(): Known {
    return Object.fromEntries(
      [...this.#ranges].map(([prefix, ranges]) => [prefix, ranges.map(([a, b]) => [a, b] as const)]),
    );
  }

  #addRange(prefix: string, first: number, last: number): void {
    if (!(Number.isSafeInteger(first) && Number.isSafeInteger(last) && first <= last))
      throw new RangeError('known: not a range');
    let ranges = this.#ranges.get(prefix);
    if (ranges === undefined) this.#ranges.set(prefix, (ranges = []));
    const latest = ranges.at(-1);
    if (latest && latest[1] + 1 === first) {
      latest[1] = last;
      return;
    }
    let at = firstEndingAt(ranges, first - 1);
    let low = first;
    let high = last;
    const start = at;
    for (let range = ranges[at]; range !== undefined && range[0] <= last + 1; range = ranges[++at]) {
      low = Math.min(low, range[0]);
      high = Math.max(high, range[1]);
    }
    ranges.splice(start, at - start, [low, high]);
  }
}

/** Index of the first range that ends at `n` or later. */
function firstEndingAt(ranges: readonly Range[], n: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle] as Range)[1] < n) low = middle + 1;
    else high = middle;
  }
  return low;
}
