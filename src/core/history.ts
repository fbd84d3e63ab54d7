/**
 * The past of a board: its log replayed once, from then on walked both ways. Along the way every block of entries leaves what it
 * takes to step over it, in either direction, so that a slider over 100,000 entries costs what differs, not what happened.
 */
import { changesBetween } from './changes.ts';
import { loadState, writeColumns } from './columns.ts';
import { replayEntry } from './confirm.ts';
import { step, stepping, type Delta } from './delta.ts';
import { Digest } from './digest.ts';
import type { Base, Folded, Gap, HistoryItem, NodeEntry, PastPlace, Version } from './history-port.ts';
import { BaseLayer, type Journal } from './layer.ts';
import { cloneNode, nodeOf, recordOf, type Node } from './node.ts';
import { NodeLog } from './node-log.ts';
import type { Jump, Known, LogEntry, Selves, StoredState } from './replica-port.ts';
import { load } from './state.ts';
import type { NodeRecord, Place, Rid, TreeView } from './types.ts';
import { Versions } from './versions.ts';

/** So many entries make a block: this many are replayed at most to reach a position within one. */
const BLOCK = 128;
/** For each entry of a block, so many edits are replayed between two turns, and so many records stepped over. */
const EDITS = 4;
const RECORDS = 16;

export interface HistoryOptions {
  /** Stored states are held against what the log leads to (`contradicted`). */
  readonly verify?: boolean;
  /** Entries in a block: 128 unless given. */
  readonly block?: number;
}

/** Entries from `from` to before `to`, and how to step over them: away from the side where the walk stands. */
interface Block {
  readonly from: number;
  readonly to: number;
  over: Delta;
  gap: Gap | undefined;
  /** The last entry's place, or that of the state that was taken over. */
  readonly place: Place | undefined;
}

/** The block that is being read. */
interface OpenBlock {
  readonly from: number;
  /** What the document was at its beginning. */
  readonly was: Delta & { readonly nodes: Journal };
}

/** Entries that came along with a state, while they are read. */
interface Aside {
  /** Its first block, and its first index. */
  readonly block: number;
  readonly from: number;
  readonly gap: Gap | undefined;
  begun: boolean;
}

/** A walk through a board's past. It begins before the first entry, with an empty document. */
export class History {
  readonly #read: (from: number, to: number) => Iterable<HistoryItem>;
  readonly #options: HistoryOptions;
  readonly #digest = new Digest();
  readonly #layer = new BaseLayer(this.#digest.touch);
  readonly #nodes = new NodeLog();
  readonly #versions = new Versions();
  readonly #blocks: Block[] = [];
  readonly #contradicted: number[] = [];
  /** Where entries came along with a state: from the first of them to the state. */
  readonly #asides: (readonly [from: number, to: number])[] = [];
  #start = 0;
  #folded: Folded | undefined;
  #length = 0;
  #lost = 0;
  /** Where the walk stands: so many blocks lie before it, and, within one, what the document was at that block's beginning. */
  #before = 0;
  #inside: { readonly root: Rid | undefined; readonly strays: readonly Rid[] } | undefined;
  #at = 0;
  /** Whether the last walk hasn't arrived: where several states share a position, the document may be none of its own. */
  #left = false;
  /** While reading on. */
  #place: Place | undefined;
  #gap: Gap | undefined;
  #aside: Aside | undefined;
  #open: OpenBlock | undefined;
  /** How many jumps came so far, and where the last one happened. */
  #jumps = 0;
  #jumpedAt: number | undefined;

  /** @param read the log's items of these indices again, whenever a position within a block is sought */
  constructor(read: (from: number, to: number) => Iterable<HistoryItem>, options: HistoryOptions = {}) {
    this.#read = read;
    this.#options = options;
  }

  get #blockSize(): number {
    return this.#options.block ?? BLOCK;
  }

  /** The position after the last entry. */
  get length(): number {
    return this.#length;
  }

  get at(): number {
    return this.#at;
  }

  /** The first position: what lies before it was folded. */
  get start(): number {
    return this.#start;
  }

  /** What was folded; undefined when nothing was, or it can't be read. */
  get folded(): Folded | undefined {
    return this.#folded;
  }

  /** The document where the walk stands. */
  get view(): TreeView {
    return this.#layer;
  }

  /** What one author did without a long pause, oldest first. */
  get versions(): readonly Version[] {
    return this.#versions.all;
  }

  /** How many entries could not be read. */
  get lost(): number {
    return this.#lost;
  }

  /** Positions at which a stored state says something else than the log leads to. */
  get contradicted(): readonly number[] {
    return this.#contradicted;
  }

  /** The digest of the document where the walk stands. */
  digest(): string {
    return this.#digest.read(this.#layer);
  }

  /** What made, changed or removed a node, oldest first, whatever its rid was before it was brought back. */
  entriesOf(rid: Rid): readonly NodeEntry[] {
    return this.#nodes.of(rid);
  }

  /** Which nodes are the same, though they came back under other rids. */
  get selves(): Selves {
    return this.#nodes.selves;
  }

  /** Why the document at a position isn't known; undefined when it is. */
  gapAt(position: number): Gap | undefined {
    const block = this.#blocks[this.#blockAt(position)];
    if (block === undefined) return this.#open ? this.#gap : undefined;
    return position > block.from ? block.gap : undefined;
  }

  /** The last position, up to this one, before which the log can be folded: where the document is known, and not among entries
   *  that came along with a state. */
  foldable(position: number): number {
    let at = Math.max(this.#start, Math.min(this.#length, Math.floor(position)));
    for (;;) {
      const aside = this.#asides.find(([from, to]) => from < at && at < to);
      const lower = aside?.[0] ?? (this.gapAt(at) === undefined ? at : (this.#blocks[this.#blockAt(at)]?.from ?? at));
      if (lower === at) return at;
      at = lower;
    }
  }

  /** The document where the walk stands, for the log to go on from once all before it is folded.
   *  @param last the place of the entry before, if it is there */
  base(last: Place | undefined, known: Known, prolog: string, folded: Folded): Base {
    const layer = this.#layer;
    const block = this.#blocks[this.#blockAt(this.#at)];
    const place = block?.to === this.#at ? block.place : (last ?? this.#place);
    if (place === undefined) throw new RangeError('history: nothing lies before this position');
    const restored = this.#nodes.selves.links((rid) => layer.get(rid) !== undefined);
    return { state: { place, columns: writeColumns(layer), known, digest: this.digest(), prolog }, folded, restored };
  }

  /** Whether a record is there where the walk stands: for a `Fold`. */
  get layer(): Pick<BaseLayer, 'get'> {
    return this.#layer;
  }

  /** Reads on. @throws RangeError when the walk isn't at the end. */
  add(item: HistoryItem): void {
    if (this.#at !== this.#length || this.#left) throw new RangeError('history: the walk is not at the end');
    switch (item.kind) {
      case 'base':
        if (this.#length === 0) this.#begin(item.index, item.base());
        break;
      case 'entry':
        if (item.index > this.#length) this.#hole(item.index);
        this.#entry(item.index, item.entry);
        break;
      case 'damaged':
        this.#hole(item.index + 1);
        break;
      case 'aside':
        if (item.nth < this.#jumps || this.#aside) break;
        this.#close();
        this.#aside = { block: this.#blocks.length, from: this.#length, gap: this.#gap, begun: false };
        break;
      case 'jump':
        if (item.nth < this.#jumps) break;
        this.#jumps = item.nth + 1;
        this.#jump(item.jump());
        break;
      case 'snapshot':
        if (this.#gap !== undefined) this.#resume(item.state());
        else if (this.#options.verify) this.#compare(item.state());
    }
    this.#at = this.#length;
  }

  /** Walks to a position, kept within the log. Yields so that the caller can do something else meanwhile: true where the walk may be
   *  left and taken up again by another `seek`, false where it must go on first, and the document not be looked at. */
  *seek(position: number): Generator<boolean, PastPlace> {
    const target = Math.max(this.#start, Math.min(this.#length, Math.floor(position)));
    const before: Journal = new Map();
    if (target === this.#at && !this.#left) return this.#arrived(before);
    this.#close();
    this.#left = true;
    const block = this.#blockAt(target);
    const { from, to, gap } = this.#blocks[block] as Block;
    const goal = target === to ? block + 1 : block;
    yield* this.#leave(before);
    while (this.#before !== goal) {
      const back = this.#before > goal;
      if (back) this.#before--;
      const next = this.#blocks[this.#before] as Block;
      next.over = yield* this.#step(next.over, before);
      this.#at = back ? next.from : next.to;
      if (!back) this.#before++;
      yield true;
    }
    if (goal === block && target > from && gap === undefined) {
      this.#inside = { root: this.#layer.root(), strays: [...this.#layer.strays] };
      this.#layer.startJournal();
      let edits = 0;
      for (const item of this.#read(from, target)) {
        if (item.kind !== 'entry') continue;
        replayEntry(this.#layer, item.entry);
        edits += item.entry.edits.length;
        if (edits < EDITS * this.#blockSize) continue;
        edits = 0;
        yield true;
      }
      note(before, this.#layer.journal);
    }
    this.#at = target;
    this.#left = false;
    return this.#arrived(before);
  }

  #arrived(before: Journal): PastPlace {
    const gap = this.gapAt(this.#at);
    return { at: this.#at, changes: () => changesBetween(before, this.#layer), ...(gap === undefined ? {} : { gap }) };
  }

  /** The block that a position lies in or ends; where a jump happened, the jump. */
  #blockAt(position: number): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#blocks[middle] as Block).to < position) low = middle + 1;
      else high = middle;
    }
    while (this.#blocks[low + 1]?.to === position) low++;
    return low;
  }

  /** From within a block back to its beginning. */
  *#leave(before: Journal): Generator<boolean, void> {
    if (this.#inside === undefined) return;
    const inside = this.#inside;
    this.#inside = undefined;
    yield* this.#step({ nodes: this.#layer.journal, ...inside }, before);
    this.#at = this.#blocks[this.#before]?.from ?? this.#at;
  }

  *#step(delta: Delta, before: Journal): Generator<boolean, Delta> {
    const parts = stepping(this.#layer, delta, RECORDS * this.#blockSize);
    for (let part = parts.next(); ; part = parts.next()) {
      if (part.done) {
        note(before, part.value.nodes);
        return part.value;
      }
      yield false;
    }
  }

  #begin(index: number, base: Base | undefined): void {
    if (base === undefined) return this.#hole(index);
    const { state, folded, restored } = base;
    loadState(this.#layer, state);
    for (const [rid, earlier] of restored) this.#nodes.selves.link(rid, earlier);
    this.#place = state.place;
    this.#folded = folded;
    this.#start = this.#length = index;
  }

  #entry(index: number, entry: LogEntry): void {
    const gap = this.#gap ?? this.#follows(entry.place);
    if (gap !== this.#gap) {
      this.#close();
      this.#gap = gap;
    }
    const open = (this.#open ??= { from: this.#length, was: { nodes: new Map(), ...this.#ground() } });
    this.#layer.startJournal();
    if (this.#gap === undefined) replayEntry(this.#layer, entry);
    this.#place = entry.place;
    this.#nodes.note(index, entry, this.#layer);
    this.#versions.add(index, entry, this.#layer, this.#gap);
    note(open.was.nodes, this.#layer.journal);
    this.#length = index + 1;
    if (this.#length - open.from >= this.#blockSize) this.#close();
  }

  /** Why an entry can't come next, or undefined. */
  #follows({ epoch, seq }: Place): Gap | undefined {
    const next = this.#place?.epoch === epoch ? this.#place.seq + 1 : 1;
    const aside = this.#aside;
    if (aside && !aside.begun) {
      aside.begun = true;
      // An epoch that began elsewhere began with a document that we don't know, unless nothing was there.
      const ours = this.#place?.epoch === epoch || this.#layer.records.size === 0;
      return ours && seq === next ? undefined : 'elsewhere';
    }
    if (seq === next) return undefined;
    return aside ? 'elsewhere' : 'disorder';
  }

  /** Entries up to this index are lost. */
  #hole(to: number): void {
    this.#close();
    this.#lost += to - this.#length;
    this.#gap = 'lost';
    this.#open = { from: this.#length, was: { nodes: new Map(), ...this.#ground() } };
    this.#length = to;
  }

  #jump(jump: Jump | undefined): void {
    this.#close();
    const aside = this.#aside;
    this.#aside = undefined;
    if (jump === undefined) {
      this.#gap = 'lost';
      this.#place = undefined;
      return;
    }
    const { place, digest, root, records, removed, strays } = jump;
    if (aside) this.#asides.push([aside.from, this.#length]);
    const known = aside ? aside.gap === undefined : this.#gap === undefined;
    const target: Journal = new Map();
    if (aside) {
      const told = this.#gap === undefined && this.digest() === digest;
      if (aside.begun && !told) this.#versions.mark(this.#blocks[aside.block]?.from ?? this.#length, 'elsewhere');
      for (const block of this.#blocks.slice(aside.block)) {
        if (!told) block.gap = 'elsewhere';
        for (const [rid, was] of block.over.nodes) if (!target.has(rid)) target.set(rid, was);
      }
    }
    this.#place = place;
    this.#jumpedAt = this.#length;
    if (!known) {
      this.#gap = aside?.gap ?? this.#gap;
      return;
    }
    this.#gap = undefined;
    for (const record of records) target.set(record.rid, placed(record, root));
    for (const rid of removed) target.set(rid, null);
    if (!strays && this.#layer.strays.size === 0) return this.#become({ nodes: target, root, strays: [] });
    const all = new Map<Rid, NodeRecord>();
    for (const node of this.#layer.records.values()) if (!target.has(node.rid)) all.set(node.rid, recordOf(node));
    for (const [rid, node] of target) if (node) all.set(rid, recordOf(node));
    // What `load` takes for the root is what comes first.
    const first = root === undefined ? undefined : all.get(root);
    if (first) all.delete(first.rid);
    this.#take((layer) => load(layer, [...(first ? [first] : []), ...all.values()]));
  }

  /** After a hole: a stored state says what the document is. */
  #resume(state: StoredState | undefined): void {
    // One that was stored right before a jump is no more.
    if (state === undefined || (this.#jumpedAt === this.#length && !samePlace(state.place, this.#place))) return;
    this.#close();
    this.#gap = undefined;
    this.#place = state.place;
    this.#take((layer) => loadState(layer, state));
  }

  #compare(state: StoredState | undefined): void {
    if (state === undefined) return;
    if (this.#jumpedAt === this.#length && !samePlace(state.place, this.#place)) return;
    if (!samePlace(state.place, this.#place) || this.digest() !== state.digest) this.#contradicted.push(this.#length);
  }

  /** The document becomes another. */
  #take(fill: (layer: BaseLayer) => void): void {
    const other = new BaseLayer(() => {});
    fill(other);
    const nodes: Journal = new Map();
    for (const node of other.records.values()) nodes.set(node.rid, cloneNode(node));
    for (const rid of this.#layer.records.keys()) if (!nodes.has(rid)) nodes.set(rid, null);
    this.#become({ nodes, root: other.root(), strays: [...other.strays] });
  }

  /** Steps to another state in a block without entries. */
  #become(other: Delta): void {
    const over = step(this.#layer, other);
    this.#blocks.push({ from: this.#length, to: this.#length, over, gap: undefined, place: this.#place });
    this.#before = this.#blocks.length;
  }

  #close(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.#blocks.push({ from: open.from, to: this.#length, over: open.was, gap: this.#gap, place: this.#place });
    this.#before = this.#blocks.length;
  }

  #ground(): { root: Rid | undefined; strays: readonly Rid[] } {
    return { root: this.#layer.root(), strays: [...this.#layer.strays] };
  }
}

const samePlace = (one: Place, other: Place | undefined): boolean =>
  one.epoch === other?.epoch && one.seq === other.seq;

/** Remembers what records were before, as they were first. */
function note(before: Journal, journal: Journal): void {
  for (const [rid, was] of journal) if (!before.has(rid)) before.set(rid, was);
}

/** A record of a state without strays, where its fields put it. */
function placed(record: NodeRecord, root: Rid | undefined): Node {
  const node = nodeOf(record);
  node.home = record.inert ? null : record.rid === root ? '' : record.parent;
  return node;
}
