/**
 * Siblings in order, in chunks, and chunks in pages, so that inserting among 200,000 costs no more than among 200. Copies share
 * both until written.
 */
import { compareSiblings } from './order.ts';
import type { Rid } from './types.ts';

interface Item {
  readonly rid: Rid;
  readonly primaryWeight: number;
}

/** Whoever holds the key may write; others copy first. */
interface Chunk<T> {
  readonly key: object;
  readonly items: T[];
}
interface Page<T> {
  readonly key: object;
  readonly chunks: Chunk<T>[];
}

/** Items in a chunk, and chunks in a page, at most. */
const CHUNK = 64;
const PAGE = 64;

/** Items sorted by weight and rid. The keys of an item must not change while it is in a list. */
export class SortedList<T extends Item> {
  readonly #pages: Page<T>[];
  /** Undefined until something is written. */
  #key: object | undefined;
  #size: number;

  constructor(pages: Page<T>[] = [], size = 0) {
    this.#pages = pages;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  /** A list of its own with the same items, at the cost of one pointer for some 3,000 items. */
  copy(): SortedList<T> {
    this.#key = undefined;
    return new SortedList(this.#pages.slice(), this.#size);
  }

  insert(item: T): void {
    const key = (this.#key ??= {});
    const p = this.#pageFor(item);
    this.#size++;
    if (this.#pages.length === 0) {
      this.#pages.push({ key, chunks: [{ key, items: [item] }] });
      return;
    }
    const { chunks } = this.#ownPage(p, key);
    const c = chunkFor(chunks, item);
    const { items } = ownChunk(chunks, c, key);
    items.splice(lowerBound(items, item), 0, item);
    if (items.length <= CHUNK) return;
    chunks.splice(c + 1, 0, { key, items: items.splice(CHUNK >> 1) });
    if (chunks.length > PAGE) this.#pages.splice(p + 1, 0, { key, chunks: chunks.splice(PAGE >> 1) });
  }

  /** Removes the item with the same weight and rid; false when it isn't here. */
  delete(item: Item): boolean {
    const p = this.#pageFor(item);
    const c = chunkFor(this.#pages[p]?.chunks ?? [], item);
    const found = this.#chunk(p, c);
    const i = found === undefined ? 0 : lowerBound(found.items, item);
    if (found?.items[i]?.rid !== item.rid) return false;
    const key = (this.#key ??= {});
    this.#size--;
    const { chunks } = this.#ownPage(p, key);
    if (found.items.length > 1) ownChunk(chunks, c, key).items.splice(i, 1);
    else if (chunks.length > 1) chunks.splice(c, 1);
    else this.#pages.splice(p, 1);
    return true;
  }

  first(): T | undefined {
    return this.#chunk(0, 0)?.items[0];
  }

  last(): T | undefined {
    return this.#pages.at(-1)?.chunks.at(-1)?.items.at(-1);
  }

  /** The item behind the given place (which needn't be taken). */
  after(item: Item): T | undefined {
    const p = this.#pageFor(item);
    const c = chunkFor(this.#pages[p]?.chunks ?? [], item);
    const chunk = this.#chunk(p, c);
    if (chunk === undefined) return undefined;
    let i = lowerBound(chunk.items, item);
    if (chunk.items[i]?.rid === item.rid) i++;
    return chunk.items[i] ?? (this.#chunk(p, c + 1) ?? this.#chunk(p + 1, 0))?.items[0];
  }

  /** The item before the given place (which needn't be taken). */
  before(item: Item): T | undefined {
    const p = this.#pageFor(item);
    const c = chunkFor(this.#pages[p]?.chunks ?? [], item);
    const chunk = this.#chunk(p, c);
    if (chunk === undefined) return undefined;
    const own = chunk.items[lowerBound(chunk.items, item) - 1];
    return own ?? (this.#chunk(p, c - 1) ?? this.#pages[p - 1]?.chunks.at(-1))?.items.at(-1);
  }

  /** The item at an index; linear in the number of chunks. */
  at(index: number): T | undefined {
    let rest = index;
    for (const { chunks } of this.#pages) {
      for (const { items } of chunks) {
        if (rest < items.length) return items[rest];
        rest -= items.length;
      }
    }
    return undefined;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const { chunks } of this.#pages) for (const { items } of chunks) yield* items;
  }

  #pageFor(item: Item): number {
    return placeFor(this.#pages.length, (page) => this.#chunk(page, 0)?.items[0], item);
  }

  #chunk(page: number, chunk: number): Chunk<T> | undefined {
    return this.#pages[page]?.chunks[chunk];
  }

  #ownPage(index: number, key: object): Page<T> {
    const page = this.#pages[index] as Page<T>;
    if (page.key === key) return page;
    const own = { key, chunks: page.chunks.slice() };
    this.#pages[index] = own;
    return own;
  }
}

function chunkFor(chunks: readonly Chunk<Item>[], item: Item): number {
  return placeFor(chunks.length, (chunk) => chunks[chunk]?.items[0], item);
}

/** Where among `count` parts in order an item is or belongs: the last whose first item isn't behind it, or the first. */
function placeFor(count: number, firstOf: (part: number) => Item | undefined, item: Item): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const first = firstOf(middle);
    if (first !== undefined && compareSiblings(first, item) <= 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

function ownChunk<T>(chunks: Chunk<T>[], index: number, key: object): Chunk<T> {
  const chunk = chunks[index] as Chunk<T>;
  if (chunk.key === key) return chunk;
  const own = { key, items: chunk.items.slice() };
  chunks[index] = own;
  return own;
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
