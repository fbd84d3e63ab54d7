/** Siblings in order, in chunks, so that inserting among 200,000 costs no more than among 200. Copies share chunks until written. */
import { compareSiblings } from './order.ts';
import type { Rid } from './types.ts';

interface Item {
  readonly rid: Rid;
  readonly primaryWeight: number;
}

const CHUNK = 256;

/** Items sorted by weight and rid. The keys of an item must not change while it is in a list. */
export class SortedList<T extends Item> {
  #chunks: T[][];
  /** For each chunk, whether another list may hold it too: then it is copied before it is written. Undefined: none. */
  #shared: boolean[] | undefined;
  #size: number;

  constructor() {
    this.#chunks = [];
    this.#size = 0;
  }

  get size(): number {
    return this.#size;
  }

  /** A list of its own with the same items, at the cost of one pointer per 256 items. */
  copy(): SortedList<T> {
    const copy = new SortedList<T>();
    copy.#chunks = this.#chunks.slice();
    copy.#shared = this.#chunks.map(() => true);
    this.#shared = copy.#shared.slice();
    copy.#size = this.#size;
    return copy;
  }

  insert(item: T): void {
    const c = this.#chunkFor(item);
    const chunk = this.#chunks[c];
    if (chunk === undefined) {
      this.#chunks.push([item]);
      this.#shared?.push(false);
    } else {
      const own = this.#own(c, chunk);
      own.splice(lowerBound(own, item), 0, item);
      if (own.length > CHUNK) {
        this.#chunks.splice(c + 1, 0, own.splice(CHUNK >> 1));
        this.#shared?.splice(c + 1, 0, false);
      }
    }
    this.#size++;
  }

  /** Removes the item with the same weight and rid; false when it isn't here. */
  delete(item: Item): boolean {
    const c = this.#chunkFor(item);
    const chunk = this.#chunks[c];
    if (chunk === undefined) return false;
    const i = lowerBound(chunk, item);
    if (chunk[i]?.rid !== item.rid) return false;
    if (chunk.length === 1) {
      this.#chunks.splice(c, 1);
      this.#shared?.splice(c, 1);
    } else this.#own(c, chunk).splice(i, 1);
    this.#size--;
    return true;
  }

  first(): T | undefined {
    return this.#chunks[0]?.[0];
  }

  last(): T | undefined {
    return this.#chunks.at(-1)?.at(-1);
  }

  /** The item behind the given place (which needn't be taken). */
  after(item: Item): T | undefined {
    const c = this.#chunkFor(item);
    const chunk = this.#chunks[c];
    if (chunk === undefined) return undefined;
    let i = lowerBound(chunk, item);
    if (chunk[i]?.rid === item.rid) i++;
    return chunk[i] ?? this.#chunks[c + 1]?.[0];
  }

  /** The item before the given place (which needn't be taken). */
  before(item: Item): T | undefined {
    const c = this.#chunkFor(item);
    const chunk = this.#chunks[c];
    if (chunk === undefined) return undefined;
    return chunk[lowerBound(chunk, item) - 1] ?? this.#chunks[c - 1]?.at(-1);
  }

  /** The item at an index; linear in the number of chunks. */
  at(index: number): T | undefined {
    let rest = index;
    for (const chunk of this.#chunks) {
      if (rest < chunk.length) return chunk[rest];
      rest -= chunk.length;
    }
    return undefined;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  /** The chunk where the item is or belongs: the last whose first item isn't behind it. */
  #chunkFor(item: Item): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const first = this.#chunks[middle]?.[0];
      if (first !== undefined && compareSiblings(first, item) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #own(index: number, chunk: T[]): T[] {
    if (!this.#shared?.[index]) return chunk;
    const own = chunk.slice();
    this.#chunks[index] = own;
    this.#shared[index] = false;
    return own;
  }
}

function lowerBound(chunk: readonly Item[], item: Item): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareSiblings(chunk[middle] as Item, item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
