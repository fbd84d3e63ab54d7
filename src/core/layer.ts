/**
 * The two layers of a document: the confirmed base with its index, and an overlay that holds only what my pending edits
 * change. Both keep children sorted, know strays, and journal what a record was before it was first written.
 */
import { isMark } from './complete.ts';
import { attributeKey, cloneNode, type Node } from './node.ts';
import { compareSiblings } from './order.ts';
import { SortedList } from './sorted-list.ts';
import type { Rid, TreeView } from './types.ts';

/** What a record was before the first write since `startJournal`: a copy, or null when it wasn't there. */
export type Journal = Map<Rid, Node | null>;

/** Reading and writing a layer. Rules (rules.ts) are written once, against this. */
export abstract class Layer implements TreeView {
  journal: Journal = new Map();
  protected rootRid: Rid | undefined;
  /** The marks of completed parts that were put into this layer. */
  protected readonly marks = new Set<Rid>();

  /** False when no part of the document is complete, so that nobody has to climb a tree to know. */
  abstract readonly hasComplete: boolean;

  abstract get(rid: Rid): Node | undefined;
  abstract kids(parent: Rid): SortedList<Node> | undefined;
  abstract attrs(element: Rid): readonly Node[];
  /** Records whose field parent isn't where the tree shows them; to be looked at again when the structure changes. */
  abstract readonly strays: ReadonlySet<Rid>;
  abstract setStray(rid: Rid, stray: boolean): void;
  /** Puts a new record into the layer, outside the tree. */
  abstract add(node: Node): void;
  /** The record for writing; its journal entry is made. */
  abstract edit(rid: Rid): Node;
  /** Takes a record (already detached) out. */
  abstract drop(node: Node): void;
  protected abstract writableKids(parent: Rid): SortedList<Node>;
  protected abstract writableAttrs(element: Rid): Node[];
  /** Inert records whose parent this is: they go when it goes. */
  abstract inertUnder(parent: Rid): readonly Rid[];

  /** Everything that goes when this record is removed, itself apart: children, attributes, inert records; one level. */
  under(rid: Rid): readonly Rid[] {
    const rids = [...this.inertUnder(rid), ...this.attributes(rid)];
    for (const kid of this.kids(rid) ?? []) rids.push(kid.rid);
    return rids;
  }

  /** The elements that are marked as complete. */
  abstract completed(): readonly Rid[];

  /** The elements on which these marks are in this layer. */
  protected elementsOf(marks: Iterable<Rid>): Rid[] {
    return [...marks].flatMap((rid) => {
      const node = this.get(rid);
      return node?.home && isMark(node) ? [node.home] : [];
    });
  }

  startJournal(): void {
    this.journal = new Map();
  }

  root(): Rid | undefined {
    return this.rootRid;
  }

  setRoot(rid: Rid | undefined): void {
    this.rootRid = rid;
  }

  /** Shows a detached record under `home` (null: nowhere), by its present weight. */
  attach(node: Node, home: Rid | null): void {
    node.home = home;
    if (home === null) return;
    if (node.type === 'attr') {
      const attrs = this.writableAttrs(home);
      let i = attrs.length;
      while (i > 0 && compareSiblings(attrs[i - 1] as Node, node) > 0) i--;
      attrs.splice(i, 0, node);
      if (isMark(node)) this.marks.add(node.rid);
    } else {
      this.writableKids(home).insert(node);
    }
  }

  /** Takes a record out of its parent's list, before its weight, name or home changes. */
  detach(node: Node): void {
    const { home } = node;
    if (home === null) return;
    if (node.type === 'attr') {
      const attrs = this.writableAttrs(home);
      const i = attrs.findIndex((attr) => attr.rid === node.rid);
      if (i >= 0) attrs.splice(i, 1);
      if (isMark(node)) this.marks.delete(node.rid);
    } else {
      this.writableKids(home).delete(node);
    }
    node.home = null;
  }

  children(parent: Rid): readonly Rid[] {
    const rids: Rid[] = [];
    for (const kid of this.kids(parent) ?? []) rids.push(kid.rid);
    return rids;
  }

  nextSibling(rid: Rid): Rid | undefined {
    const node = this.get(rid);
    return node === undefined || node.home === null || node.type === 'attr'
      ? undefined
      : this.kids(node.home)?.after(node)?.rid;
  }

  attributes(element: Rid): readonly Rid[] {
    return this.attrs(element).map((attr) => attr.rid);
  }

  attribute(element: Rid, ns: string, localName: string): Rid | undefined {
    return this.attributeWithKey(element, attributeKey(ns, localName))?.rid;
  }

  attributeWithKey(element: Rid, key: string): Node | undefined {
    for (const attr of this.attrs(element)) if (attributeKey(attr.ns, attr.name ?? '') === key) return attr;
    return undefined;
  }

  parentOf(rid: Rid): Rid | undefined {
    return this.get(rid)?.home ?? undefined;
  }

  /** The namespace that an element shows: its own, else its nearest ancestor's that has one. */
  namespaceOf(element: Rid): string {
    let rid: Rid | null = element;
    while (rid !== null && rid !== '') {
      const node: Node | undefined = this.get(rid);
      if (node === undefined) break;
      if (node.ns !== undefined) return node.ns;
      rid = node.home;
    }
    return '';
  }
}

const NO_ATTRS: readonly Node[] = [];
const NONE: readonly Rid[] = [];

/** The confirmed document. */
export class BaseLayer extends Layer {
  readonly records = new Map<Rid, Node>();
  readonly strays = new Set<Rid>();
  readonly #top = new SortedList<Node>();
  readonly #inert = new Map<Rid, Set<Rid>>();
  /** Told of every record about to change or go, once per journal: the digest's hook. */
  readonly #touched: (node: Node) => void;

  constructor(touched: (node: Node) => void) {
    super();
    this.#touched = touched;
  }

  get hasComplete(): boolean {
    return this.marks.size > 0;
  }

  completed(): readonly Rid[] {
    return this.elementsOf(this.marks);
  }

  marksOf(): Iterable<Rid> {
    return this.marks;
  }

  get(rid: Rid): Node | undefined {
    return this.records.get(rid);
  }

  kids(parent: Rid): SortedList<Node> | undefined {
    return parent === '' ? this.#top : this.records.get(parent)?.kids;
  }

  attrs(element: Rid): readonly Node[] {
    return this.records.get(element)?.attrs ?? NO_ATTRS;
  }

  setStray(rid: Rid, stray: boolean): void {
    if (stray) this.strays.add(rid);
    else this.strays.delete(rid);
  }

  add(node: Node): void {
    if (!this.journal.has(node.rid)) this.journal.set(node.rid, null);
    this.records.set(node.rid, node);
    this.#touched(node);
    if (node.inert) {
      const set = this.#inert.get(node.parent);
      if (set) set.add(node.rid);
      else this.#inert.set(node.parent, new Set([node.rid]));
    }
  }

  edit(rid: Rid): Node {
    const node = this.records.get(rid);
    if (node === undefined) throw new RangeError(`no record ${rid}`);
    if (!this.journal.has(rid)) this.journal.set(rid, cloneNode(node));
    this.#touched(node);
    return node;
  }

  drop(node: Node): void {
    // Detached already: the journal was written by the edit() that came before.
    this.#touched(node);
    this.records.delete(node.rid);
    this.strays.delete(node.rid);
    this.marks.delete(node.rid);
    if (node.inert) {
      const set = this.#inert.get(node.parent);
      set?.delete(node.rid);
      if (set?.size === 0) this.#inert.delete(node.parent);
    }
  }

  inertUnder(parent: Rid): readonly Rid[] {
    const set = this.#inert.get(parent);
    return set ? [...set] : NONE;
  }

  /** Takes back all that the journal has seen, and begins it anew. `root` is the root that stood when it began. */
  rollBack(root: Rid | undefined): void {
    const { journal } = this;
    this.startJournal();
    for (const rid of journal.keys()) {
      const node = this.records.get(rid);
      if (node) this.detach(node);
    }
    this.rootRid = root;
    const back: [Node, Rid | null][] = [];
    for (const [rid, was] of journal) {
      const node = this.records.get(rid);
      if (node) this.drop(node);
      if (was === null) continue;
      // The journal's copy stays as it is: others may hold it.
      const own = cloneNode(was);
      // What is still below a record that stayed is below it again; what was below one that went was journaled, too.
      own.kids = node?.kids;
      own.attrs = node?.attrs;
      own.home = null;
      this.add(own);
      back.push([own, was.home]);
    }
    for (const [node, home] of back) {
      const fields = node.rid === root ? '' : node.parent;
      this.setStray(node.rid, !node.inert && home !== fields);
      this.attach(node, home);
    }
    this.startJournal();
  }

  protected writableKids(parent: Rid): SortedList<Node> {
    if (parent === '') return this.#top;
    const node = this.records.get(parent);
    if (node === undefined) throw new RangeError(`no record ${parent}`);
    return (node.kids ??= new SortedList<Node>());
  }

  protected writableAttrs(element: Rid): Node[] {
    const node = this.records.get(element);
    if (node === undefined) throw new RangeError(`no record ${element}`);
    return (node.attrs ??= []);
  }
}

/** What my pending edits change, over the base. Reading falls through where nothing is pending. */
export class OverlayLayer extends Layer {
  readonly #base: BaseLayer;
  /** Shown records that differ from the confirmed ones; null where shown as removed. */
  readonly touched = new Map<Rid, Node | null>();
  readonly #kids = new Map<Rid, SortedList<Node>>();
  readonly #attrs = new Map<Rid, Node[]>();
  #strays: Set<Rid> | undefined;
  #ownRoot = false;

  constructor(base: BaseLayer) {
    super();
    this.#base = base;
  }

  /** Whether anything is pending here. */
  get empty(): boolean {
    return this.touched.size === 0;
  }

  get hasComplete(): boolean {
    return this.#base.hasComplete || this.marks.size > 0;
  }

  completed(): readonly Rid[] {
    return this.elementsOf(new Set([...this.#base.marksOf(), ...this.marks]));
  }

  /** Shows the confirmed document again. The journal keeps what was shown before. */
  clear(): void {
    this.touched.clear();
    this.#kids.clear();
    this.#attrs.clear();
    this.#strays = undefined;
    this.#ownRoot = false;
    this.marks.clear();
  }

  override root(): Rid | undefined {
    return this.#ownRoot ? this.rootRid : this.#base.root();
  }

  override setRoot(rid: Rid | undefined): void {
    this.#ownRoot = true;
    this.rootRid = rid;
  }

  get(rid: Rid): Node | undefined {
    const own = this.touched.get(rid);
    return own === undefined ? this.#base.get(rid) : (own ?? undefined);
  }

  kids(parent: Rid): SortedList<Node> | undefined {
    return this.#kids.get(parent) ?? this.#base.kids(parent);
  }

  attrs(element: Rid): readonly Node[] {
    const own = this.#attrs.get(element);
    if (own !== undefined) return own;
    const attrs = this.#base.attrs(element);
    return attrs.some((attr) => this.touched.has(attr.rid)) ? attrs.flatMap((attr) => this.get(attr.rid) ?? []) : attrs;
  }

  get strays(): ReadonlySet<Rid> {
    return this.#strays ?? this.#base.strays;
  }

  setStray(rid: Rid, stray: boolean): void {
    if (this.strays.has(rid) === stray) return;
    this.#strays ??= new Set(this.#base.strays);
    if (stray) this.#strays.add(rid);
    else this.#strays.delete(rid);
  }

  add(node: Node): void {
    if (!this.journal.has(node.rid)) this.journal.set(node.rid, null);
    this.touched.set(node.rid, node);
  }

  edit(rid: Rid): Node {
    const own = this.touched.get(rid);
    if (own) {
      if (!this.journal.has(rid)) this.journal.set(rid, cloneNode(own));
      return own;
    }
    const shared = own === undefined ? this.#base.get(rid) : undefined;
    if (shared === undefined) throw new RangeError(`no record ${rid}`);
    if (!this.journal.has(rid)) this.journal.set(rid, cloneNode(shared));
    const copy = cloneNode(shared);
    this.touched.set(rid, copy);
    // A list of attributes that was copied before holds the base's.
    const listed = copy.type === 'attr' && copy.home !== null ? this.#attrs.get(copy.home) : undefined;
    const at = listed?.indexOf(shared) ?? -1;
    if (at >= 0) listed?.splice(at, 1, copy);
    return copy;
  }

  drop(node: Node): void {
    const { rid } = node;
    this.touched.set(rid, null);
    this.setStray(rid, false);
    // One that comes back under its rid holds nothing of what it held.
    if (this.#attrs.has(rid) || this.#base.attrs(rid).length > 0) this.#attrs.set(rid, []);
    if ((this.kids(rid)?.size ?? 0) > 0) this.#kids.set(rid, new SortedList<Node>());
  }

  inertUnder(): readonly Rid[] {
    return NONE;
  }

  /** Whether a confirmed change of these records could show through or shift what is pending: then it is replayed. */
  meets(changed: Journal): boolean {
    for (const [rid, before] of changed) {
      if (this.touched.has(rid) || this.#kids.has(rid) || this.#attrs.has(rid)) return true;
      const now = this.#base.get(rid);
      const home = now?.home ?? before?.home ?? null;
      // A move can close a cycle with a pending one, far from both.
      if (before && now && before.home !== now.home) return true;
      if (home !== null && (this.#kids.has(home) || this.#attrs.has(home) || this.touched.has(home))) return true;
    }
    return false;
  }

  protected writableKids(parent: Rid): SortedList<Node> {
    const own = this.#kids.get(parent);
    if (own) return own;
    const kids = this.#base.kids(parent)?.copy() ?? new SortedList<Node>();
    this.#kids.set(parent, kids);
    return kids;
  }

  protected writableAttrs(element: Rid): Node[] {
    const own = this.#attrs.get(element);
    if (own) return own;
    const attrs = [...this.attrs(element)];
    this.#attrs.set(element, attrs);
    return attrs;
  }
}
