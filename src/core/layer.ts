/**
 * The two layers of a document: the confirmed base with its index, and an overlay that holds only what my pending edits
 * change. Both keep children sorted, know strays, and journal what a record was before it was first written.
 */
import { isMark } from './complete.ts';
import { cloneNode, isCalled, type Node, writeFields } from './node.ts';
import { compareSiblings } from './order.ts';
import { RecordIndex } from './record-index.ts';
import { SortedList } from './sorted-list.ts';
import type { Rid, TreeView } from './types.ts';

/** What a record was before the first write since `startJournal`: a copy, or null when it wasn't there. */
export type Journal = Map<Rid, Node | null>;

/** Reading and writing a layer. Rules (rules.ts) are written once, against this. */
export abstract class Layer implements TreeView {
  journal: Journal = new Map();
  /** Whether the journal is kept: not where nobody would read it. */
  protected recording = true;
  protected rootRid: Rid | undefined;
  /** The marks of completed parts that were put into this layer. */
  protected readonly marks = new Set<Rid>();

  /** False when no part of the document is complete, so that nobody has to climb a tree to know. */
  abstract readonly hasComplete: boolean;

  abstract get(rid: Rid): Node | undefined;
  abstract kids(parent: Rid): SortedList<Node> | undefined;
  /** The attributes of an element; `element` is its record, if it is at hand. */
  abstract attrs(rid: Rid, element?: Node): readonly Node[];
  /** Records whose field parent isn't where the tree shows them; to be looked at again when the structure changes. */
  abstract readonly strays: ReadonlySet<Rid>;
  abstract setStray(rid: Rid, stray: boolean): void;
  /** Puts a new record into the layer, outside the tree. */
  abstract add(node: Node): void;
  /** The record for writing, its journal entry made; undefined when there is none. */
  abstract editable(rid: Rid): Node | undefined;
  /** Takes a record (already detached) out. */
  abstract drop(node: Node): void;
  protected abstract writableKids(rid: Rid, parent: Node | undefined): SortedList<Node>;
  protected abstract writableAttrs(rid: Rid, element: Node | undefined): Node[];
  /** Inert records whose parent this is: they go when it goes. */
  abstract inertUnder(parent: Rid): readonly Rid[];

  /** Everything that goes when this record is removed, itself apart: children, attributes, inert records; one level. */
  under(rid: Rid): readonly Rid[] {
    return [...this.inertUnder(rid), ...this.attributes(rid), ...this.children(rid)];
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
    this.useJournal(new Map());
  }

  /** Goes on with a journal, or until the next one without any. */
  useJournal(journal: Journal | undefined): void {
    this.recording = journal !== undefined;
    this.journal = journal ?? new Map();
  }

  /** The record for writing. @throws RangeError when there is none. */
  edit(rid: Rid): Node {
    const node = this.editable(rid);
    if (node === undefined) throw new RangeError(`no record ${rid}`);
    return node;
  }

  root(): Rid | undefined {
    return this.rootRid;
  }

  setRoot(rid: Rid | undefined): void {
    this.rootRid = rid;
  }

  /** Shows a detached record under `home` (null: nowhere), by its present weight. `parent` is that record, if it is at hand. */
  attach(node: Node, home: Rid | null, parent?: Node): void {
    node.home = home;
    if (home === null) return;
    if (node.type === 'attr') {
      const attrs = this.writableAttrs(home, parent);
      let i = attrs.length;
      while (i > 0 && compareSiblings(attrs[i - 1] as Node, node) > 0) i--;
      if (i === attrs.length) attrs.push(node);
      else attrs.splice(i, 0, node);
      if (isMark(node)) this.marks.add(node.rid);
    } else {
      this.writableKids(home, parent).insert(node);
    }
  }

  /** Takes a record out of its parent's list, before its weight, name or home changes. */
  detach(node: Node): void {
    const { home } = node;
    if (home === null) return;
    if (node.type === 'attr') {
      const attrs = this.writableAttrs(home, undefined);
      const i = attrs.findIndex((attr) => attr.rid === node.rid);
      if (i >= 0) attrs.splice(i, 1);
      if (isMark(node)) this.marks.delete(node.rid);
    } else {
      this.writableKids(home, undefined).delete(node);
    }
    node.home = null;
  }

  children(parent: Rid): readonly Rid[] {
    return Array.from(this.kids(parent) ?? [], ({ rid }) => rid);
  }

  nextSibling(rid: Rid): Rid | undefined {
    const node = this.get(rid);
    return node === undefined || node.home === null || node.type === 'attr'
      ? undefined
      : this.kids(node.home)?.after(node)?.rid;
  }

  /** The content sibling that follows a shown record. */
  following(node: Node): Rid | null {
    return this.kids(node.home as Rid)?.after(node)?.rid ?? null;
  }

  attributes(element: Rid): readonly Rid[] {
    return this.attrs(element).map((attr) => attr.rid);
  }

  attribute(element: Rid, ns: string, localName: string): Rid | undefined {
    return this.attributeCalled(element, ns, localName)?.rid;
  }

  /** The attribute that shares namespace and local name; without a namespace the whole name. */
  attributeCalled(rid: Rid, ns: string | undefined, name: string, element?: Node): Node | undefined {
    for (const attr of this.attrs(rid, element)) if (isCalled(attr, ns, name)) return attr;
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
  readonly records = new RecordIndex<Node>();
  readonly strays = new Set<Rid>();
  #top = new SortedList<Node>();
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

  attrs(rid: Rid, element = this.records.get(rid)): readonly Node[] {
    return element?.attrs ?? NO_ATTRS;
  }

  setStray(rid: Rid, stray: boolean): void {
    if (stray) this.strays.add(rid);
    else this.strays.delete(rid);
  }

  add(node: Node): void {
    if (this.recording && !this.journal.has(node.rid)) this.journal.set(node.rid, null);
    node.unconfirmed = false;
    this.records.set(node.rid, node);
    this.#touched(node);
    if (node.inert) {
      this.#inert.set(node.parent, (this.#inert.get(node.parent) ?? new Set()).add(node.rid));
    }
  }

  editable(rid: Rid): Node | undefined {
    const node = this.records.get(rid);
    if (node === undefined) return undefined;
    if (this.recording && !this.journal.has(rid)) this.journal.set(rid, cloneNode(node));
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
    return [...(this.#inert.get(parent) ?? NONE)];
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

  /** Takes over lists of children from an overlay. */
  setLists(kids: ReadonlyMap<Rid, SortedList<Node>>, attrs: ReadonlyMap<Rid, Node[]>): void {
    for (const [rid, list] of kids) {
      const parent = this.records.get(rid);
      if (rid === '') this.#top = list;
      else if (parent) parent.kids = list;
    }
    for (const [rid, list] of attrs) {
      const element = this.records.get(rid);
      // A copied list holds the overlay's copies of what only changed its value.
      if (element) element.attrs = list.map((attr) => this.records.get(attr.rid) ?? attr);
    }
  }

  protected writableKids(rid: Rid, parent = this.records.get(rid)): SortedList<Node> {
    if (rid === '') return this.#top;
    if (parent === undefined) throw new RangeError(`no record ${rid}`);
    return (parent.kids ??= new SortedList<Node>());
  }

  protected writableAttrs(rid: Rid, element = this.records.get(rid)): Node[] {
    if (element === undefined) throw new RangeError(`no record ${rid}`);
    return (element.attrs ??= []);
  }
}

/** What my pending edits change, over the base. Reading falls through where nothing is pending. */
export class OverlayLayer extends Layer {
  readonly #base: BaseLayer;
  /** Shown records that differ from the confirmed ones; null where shown as removed. */
  readonly touched = new Map<Rid, Node | null>();
  readonly #kids = new Map<Rid, SortedList<Node>>();
  readonly #attrs = new Map<Rid, Node[]>();
  /** Confirmed records whose copies here were put into a list. */
  readonly #relisted = new Set<Rid>();
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
    if (this.touched.size > 0) this.touched.clear();
    if (this.#kids.size > 0) this.#kids.clear();
    if (this.#attrs.size > 0) this.#attrs.clear();
    if (this.#relisted.size > 0) this.#relisted.clear();
    this.#strays = undefined;
    this.#ownRoot = false;
    if (this.marks.size > 0) this.marks.clear();
  }

  override attributeCalled(rid: Rid, ns: string | undefined, name: string, element?: Node): Node | undefined {
    const made = (element ?? this.touched.get(rid))?.unconfirmed;
    if (made || this.#attrs.has(rid)) return super.attributeCalled(rid, ns, name, element);
    // A copy outside any list of the overlay's differs from the confirmed attribute in its value alone.
    const attr = this.#base.attributeCalled(rid, ns, name);
    return attr && this.get(attr.rid);
  }

  override attach(node: Node, home: Rid | null, parent?: Node): void {
    super.attach(node, home, parent);
    if (!node.unconfirmed) this.#relisted.add(node.rid);
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
    if (this.touched.size === 0) return this.#base.kids(parent);
    const own = this.touched.get(parent);
    return own?.unconfirmed ? own.kids : (this.#kids.get(parent) ?? this.#base.kids(parent));
  }

  attrs(rid: Rid, element?: Node): readonly Node[] {
    if (this.touched.size === 0) return this.#base.attrs(rid, element);
    const node = element ?? this.touched.get(rid);
    if (node?.unconfirmed) return node.attrs ?? NO_ATTRS;
    const own = this.#attrs.get(rid);
    if (own !== undefined) return own;
    const attrs = this.#base.attrs(rid);
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
    if (this.recording && !this.journal.has(node.rid)) this.journal.set(node.rid, null);
    node.unconfirmed = true;
    this.touched.set(node.rid, node);
  }

  editable(rid: Rid): Node | undefined {
    const own = this.touched.get(rid);
    const node = own === undefined ? this.#base.get(rid) : own;
    if (!node) return undefined;
    if (this.recording && !this.journal.has(rid)) this.journal.set(rid, cloneNode(node));
    if (own) return own;
    const copy = cloneNode(node);
    this.touched.set(rid, copy);
    // A list of attributes that was copied before holds the base's.
    const listed = copy.type === 'attr' && copy.home !== null ? this.#attrs.get(copy.home) : undefined;
    const at = listed?.indexOf(node) ?? -1;
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

  /**
   * Moves all that is shown here into the base, which it must have been made of: what of it is new with what hangs under it, what
   * moved in place of what it was, and values. Versions are the caller's to write. False, and nothing done, when strays, marks of
   * completed parts, or void records are concerned: they are not shown, and yet go with their parent.
   */
  moveDown(): boolean {
    const base = this.#base;
    if (this.#strays !== undefined || base.strays.size > 0 || this.hasComplete) return false;
    if (this.#concernsInert()) return false;
    base.useJournal(undefined);
    for (const [rid, own] of this.touched) {
      const below = base.editable(rid);
      if (own?.unconfirmed) {
        if (below) base.drop(below);
        base.add(own);
      } else if (below === undefined) continue;
      else if (own === null) base.drop(below);
      else if (!this.#relisted.has(rid)) writeFields(below, own);
      else {
        own.kids = below.kids;
        own.attrs = below.attrs;
        own.version = below.version;
        own.chdataVersion = below.chdataVersion;
        base.add(own);
      }
    }
    base.setLists(this.#kids, this.#attrs);
    if (this.#ownRoot) base.setRoot(this.rootRid);
    this.clear();
    return true;
  }

  #concernsInert(): boolean {
    for (const [rid, own] of this.touched) {
      if (own === null ? this.#base.inertUnder(rid).length > 0 : own.inert) return true;
    }
    return false;
  }

  protected writableKids(rid: Rid, parent = this.touched.get(rid) ?? undefined): SortedList<Node> {
    if (parent?.unconfirmed) return (parent.kids ??= new SortedList<Node>());
    const own = this.#kids.get(rid);
    if (own) return own;
    const kids = this.#base.kids(rid)?.copy() ?? new SortedList<Node>();
    this.#kids.set(rid, kids);
    return kids;
  }

  protected writableAttrs(rid: Rid, element = this.touched.get(rid) ?? undefined): Node[] {
    if (element?.unconfirmed) return (element.attrs ??= []);
    const own = this.#attrs.get(rid);
    if (own) return own;
    const attrs = [...this.attrs(rid)];
    this.#attrs.set(rid, attrs);
    return attrs;
  }
}
