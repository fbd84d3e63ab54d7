/**
 * What views are told while others are in the middle of a gesture of several stanzas: all that is shown, but what such a gesture
 * touched as it was before. So it comes whole. Whatever else meets what is held ends the holding: nobody works on what isn't so.
 */
import type { Journal, Layer } from './layer.ts';
import { isCalled, type Node } from './node.ts';
import { compareSiblings } from './order.ts';
import type { Rid, TreeView } from './types.ts';

/** So many gestures are held at once, and so many records; beyond, what came is told as it comes. */
const MOST_GESTURES = 8;
const MOST_RECORDS = 200_000;

/** What a gesture under way has touched, as it was before, and where that was. */
interface Part {
  readonly records: Journal;
  readonly homes: Set<Rid>;
}

/** Records that gestures under way have touched, as they were before. */
export class Held {
  readonly #parts = new Map<string, Part>();
  #view: SeenView | undefined;

  get empty(): boolean {
    return this.#parts.size === 0;
  }

  /** Keeps what `before` says of the records in `journal`, under a gesture's name; answers the rest of it. */
  keep(name: string, before: Journal, journal: Journal): Journal {
    const rest: Journal = new Map();
    const part = this.#parts.get(name) ?? { records: new Map(), homes: new Set() };
    for (const [rid, was] of before) {
      if (!journal.has(rid)) rest.set(rid, was);
      else if (!part.records.has(rid)) {
        part.records.set(rid, was);
        if (was?.home) part.homes.add(was.home);
      }
    }
    this.#parts.set(name, part);
    this.#view = undefined;
    const size = [...this.#parts.values()].reduce((sum, { records }) => sum + records.size, 0);
    if (this.#parts.size > MOST_GESTURES || size > MOST_RECORDS)
      for (const [rid, was] of this.release(name)) rest.set(rid, was);
    return rest;
  }

  /** Whether any of these records, or one above them in `layer`, is held, or held something, other than under `own`. */
  meets(rids: Iterable<Rid>, layer: Layer, own?: string): boolean {
    const others = [...this.#parts].flatMap(([name, part]) => (name === own ? [] : [part]));
    if (others.length === 0) return false;
    const free = new Set<Rid>();
    for (const rid of rids) {
      if (others.some(({ homes }) => homes.has(rid))) return true;
      for (let at: Rid | null = rid; at !== null && at !== '' && !free.has(at); at = layer.get(at)?.home ?? null) {
        if (others.some(({ records }) => records.has(at as Rid))) return true;
        free.add(at);
      }
    }
    return false;
  }

  /** Lets go of a gesture, or of all: what views were told of its records. */
  release(name?: string): Journal {
    const told: Journal = new Map();
    for (const [held, part] of this.#parts) {
      if (name !== undefined && held !== name) continue;
      for (const [rid, was] of part.records) told.set(rid, was);
      this.#parts.delete(held);
      this.#view = undefined;
    }
    return told;
  }

  view(layer: Layer): SeenView {
    this.#view ??= new SeenView(layer, new Map([...this.#parts.values()].flatMap(({ records }) => [...records])));
    return this.#view;
  }
}

/** A layer with some records as they were; null where they weren't. */
export class SeenView implements TreeView {
  readonly #layer: Layer;
  readonly #held: Journal;
  /** Those that were in the tree, by where, in order. */
  readonly #under = new Map<Rid, Node[]>();

  constructor(layer: Layer, held: Journal) {
    this.#layer = layer;
    this.#held = held;
    for (const was of held.values()) {
      if (was === null || was.home === null) continue;
      const siblings = this.#under.get(was.home);
      if (siblings) siblings.push(was);
      else this.#under.set(was.home, [was]);
    }
    for (const siblings of this.#under.values()) siblings.sort(compareSiblings);
  }

  get(rid: Rid): Node | undefined {
    const was = this.#held.get(rid);
    return was === undefined ? this.#layer.get(rid) : (was ?? undefined);
  }

  root(): Rid | undefined {
    const root = this.#layer.root();
    const was = this.#under.get('')?.find(({ type }) => type === 'element');
    return was?.rid ?? (root !== undefined && this.#held.has(root) ? undefined : root);
  }

  children(parent: Rid): readonly Rid[] {
    return this.#listed(this.#layer.kids(parent) ?? [], parent, false).map(({ rid }) => rid);
  }

  attributes(element: Rid): readonly Rid[] {
    return this.#attrs(element).map(({ rid }) => rid);
  }

  attribute(element: Rid, ns: string, name: string): Rid | undefined {
    return this.#attrs(element).find((attr) => isCalled(attr, ns, name))?.rid;
  }

  parentOf(rid: Rid): Rid | undefined {
    return this.get(rid)?.home ?? undefined;
  }

  nextSibling(rid: Rid): Rid | undefined {
    const node = this.get(rid);
    return node === undefined || node.home === null || node.type === 'attr'
      ? undefined
      : (this.following(node) ?? undefined);
  }

  /** The content sibling that follows a shown record. */
  following(node: Node): Rid | null {
    const kids = this.#layer.kids(node.home as Rid);
    let next = kids?.after(node);
    while (next && this.#held.has(next.rid)) next = kids?.after(next);
    const was = this.#under.get(node.home as Rid)?.find((one) => one.type !== 'attr' && compareSiblings(one, node) > 0);
    if (was && (!next || compareSiblings(was, next) < 0)) return was.rid;
    return next?.rid ?? null;
  }

  #attrs(element: Rid): readonly Node[] {
    return this.#listed(this.#layer.attrs(element), element, true);
  }

  #listed(now: Iterable<Node>, home: Rid, attrs: boolean): Node[] {
    const was = (this.#under.get(home) ?? []).filter(({ type }) => (type === 'attr') === attrs);
    const rest = [...now].filter(({ rid }) => !this.#held.has(rid));
    return was.length === 0 ? rest : [...rest, ...was].sort(compareSiblings);
  }
}
