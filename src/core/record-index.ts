/**
 * Records by rid. Limn's own rids are `<replica prefix>.<counter>` in base 36 (types.ts), and a replica counts up: its records stand in an
 * array, which takes a third of the memory of a hash table and no hashing of rids that have just been read from the wire. Rids
 * of any other form, and counters far from the others, are in a table.
 */
import type { Rid } from './types.ts';

/** Longer counters are not those of records that stand side by side. */
const MAX_DIGITS = 6;
const DOT = 46;
/** An array has at most so many empty places for each that is taken, and some to begin with: a hostile peer counts as it likes. */
const SPARSE = 4;
const SLACK = 64;
/** So many prefixes have arrays: replicas that start anew each day for years. The rids of others are in the table. */
const MOST_PREFIXES = 4096;

interface Run<T> {
  /** With its dot. */
  readonly prefix: string;
  readonly items: (T | undefined)[];
  taken: number;
}

/** A map from rids that is small and quick for those that Limn gives. It is iterated by prefix, in the order of counters. */
export class RecordIndex<T extends { readonly rid: Rid }> {
  readonly #runs = new Map<string, Run<T>>();
  readonly #others = new Map<Rid, T>();
  /** The two runs asked for last: mine and somebody's, as often as not. */
  #last: Run<T> | undefined;
  #other: Run<T> | undefined;
  /** Where the counter begins in the rid that was looked at last. */
  #behindDot = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(rid: Rid): T | undefined {
    const counter = this.#counterOf(rid);
    const found = counter < 0 ? undefined : this.#runOf(rid)?.items[counter];
    if (found !== undefined || this.#others.size === 0) return found;
    return this.#others.get(rid);
  }

  has(rid: Rid): boolean {
    return this.get(rid) !== undefined;
  }

  /** Puts a record in the place of what has its rid. */
  set(rid: Rid, item: T): void {
    const counter = this.#counterOf(rid);
    const run = counter < 0 ? undefined : (this.#runOf(rid) ?? this.#begin(rid));
    const isTaken = run?.items[counter] !== undefined;
    if (run === undefined || (!isTaken && (counter > (run.taken + 1) * SPARSE + SLACK || this.#others.has(rid)))) {
      if (!this.#others.has(rid)) this.#size++;
      this.#others.set(rid, item);
      return;
    }
    const { items } = run;
    while (items.length < counter) items.push(undefined);
    if (!isTaken) {
      run.taken++;
      this.#size++;
    }
    items[counter] = item;
  }

  delete(rid: Rid): void {
    const counter = this.#counterOf(rid);
    const run = counter < 0 ? undefined : this.#runOf(rid);
    if (run?.items[counter] !== undefined) {
      run.items[counter] = undefined;
      run.taken--;
      this.#size--;
    } else if (this.#others.delete(rid)) this.#size--;
  }

  *values(): IterableIterator<T> {
    for (const { items } of this.#runs.values()) for (const item of items) if (item !== undefined) yield item;
    yield* this.#others.values();
  }

  *keys(): IterableIterator<Rid> {
    for (const { rid } of this.values()) yield rid;
  }

  /** The number behind a rid's last dot, in its only spelling; -1 when there is none. */
  #counterOf(rid: Rid): number {
    let value = 0;
    let unit = 1;
    const first = Math.max(0, rid.length - MAX_DIGITS - 1);
    for (let at = rid.length - 1; at >= first; at--) {
      const code = rid.charCodeAt(at);
      if (code === DOT) {
        this.#behindDot = at + 1;
        return unit === 1 || (unit > 36 && rid.charCodeAt(at + 1) === 48) ? -1 : value;
      }
      if (code >= 48 && code <= 57) value += (code - 48) * unit;
      else if (code >= 97 && code <= 122) value += (code - 87) * unit;
      else return -1;
      unit *= 36;
    }
    return -1;
  }

  /** The array where the rid that was just looked at belongs, if it is begun. */
  #runOf(rid: Rid): Run<T> | undefined {
    const last = this.#last;
    if (last !== undefined && this.#isOf(last, rid)) return last;
    const other = this.#other;
    const run = other && this.#isOf(other, rid) ? other : this.#runs.get(rid.slice(0, this.#behindDot));
    if (run === undefined) return undefined;
    this.#other = last;
    return (this.#last = run);
  }

  #isOf({ prefix }: Run<T>, rid: Rid): boolean {
    return prefix.length === this.#behindDot && rid.startsWith(prefix);
  }

  #begin(rid: Rid): Run<T> | undefined {
    if (this.#runs.size >= MOST_PREFIXES) return undefined;
    const prefix = rid.slice(0, this.#behindDot);
    const run: Run<T> = { prefix, items: [], taken: 0 };
    this.#runs.set(prefix, run);
    return run;
  }
}
