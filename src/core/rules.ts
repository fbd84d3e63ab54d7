/**
 * What a New, a Set and a Remove do, on either layer (DESIGN section 2; XEP-0284, "Processing" sections). Nothing is refused: a
 * forbidden edit is counted as every replica counts it, and writes nothing.
 */
import type { Layer } from './layer.ts';
import { fieldFault, isSound, nodeOf, type Node, writeFields } from './node.ts';
import { compareRids } from './order.ts';
import { applySplice } from './splice.ts';
import type { Edit, NewEdit, RemoveEdit, Rid, SetEdit } from './types.ts';

/** What became of an edit. `void`: counted, wrote nothing. `ignored`: of no consequence on any replica. */
export interface Outcome {
  readonly status: 'applied' | 'void' | 'ignored';
  /** A Set whose version wasn't the next one: strict peers undo it. */
  readonly outOfOrder: boolean;
  /** The attribute of the same name that stands instead of the one this edit made. */
  readonly twin?: Rid;
  /** A New that came too late for its parent. */
  readonly homeless?: true;
}

/** The stanza that an edit is part of: what its author knew of the records that it sets. Kept only where splices ask for it. */
export class StanzaContext {
  readonly author: string;
  readonly time: number;
  readonly #authors: Map<Rid, AuthorsCount> | undefined;

  constructor({ edits, author, time }: Stanza) {
    this.author = author;
    this.time = time;
    this.#authors = edits.some((edit) => edit.kind === 'set' && edit.splice) ? new Map() : undefined;
  }

  /** Notes who made a record, or wrote it. */
  sign(node: Node, edit: NewEdit | SetEdit): void {
    if (edit.kind === 'new') {
      node.creator = edit.creator ?? this.author;
      node.created = edit.created ?? this.time;
    } else {
      node.lastModifiedBy = this.author;
      node.modified = this.time;
    }
  }

  /** What the author knew of this record, whose Set has just been counted. */
  authorOf(node: Node, version: number): AuthorsCount | undefined {
    if (this.#authors === undefined) return undefined;
    let author = this.#authors.get(node.rid);
    if (author === undefined) {
      const knows = node.chdataVersion < version && version <= node.version;
      this.#authors.set(node.rid, (author = { ahead: node.version - version, knows }));
    }
    return author;
  }
}

/** Edits, who wrote them, and when (milliseconds since 1970). */
interface Stanza {
  readonly edits: readonly Edit[];
  readonly author: string;
  readonly time: number;
}

/** By how much a record's count ran ahead of the author's at the stanza's first Set of it, and whether the author knew the text
 *  that stands: nobody has written it since, or the stanza itself did. */
interface AuthorsCount {
  readonly ahead: number;
  knows: boolean;
}

const APPLIED: Outcome = { status: 'applied', outOfOrder: false };
const APPLIED_LATE: Outcome = { status: 'applied', outOfOrder: true };
const VOID: Outcome = { status: 'void', outOfOrder: false };
const VOID_LATE: Outcome = { status: 'void', outOfOrder: true };
const IGNORED: Outcome = { status: 'ignored', outOfOrder: false };
const HOMELESS: Outcome = { status: 'ignored', outOfOrder: false, homeless: true };

/** Applies one edit at its place in the order. Without a stanza it is my own, unconfirmed: it needs no version to fit. */
export function applyEdit(layer: Layer, edit: Edit, stanza?: StanzaContext): Outcome {
  if (edit.kind === 'set') return applySet(layer, edit, stanza);
  if (edit.kind === 'new') return applyNew(layer, edit, stanza);
  return edit.fix ? IGNORED : applyRemove(layer, edit);
}

/** Adds a record. An unknown parent deletes it, a used rid is ignored; a forbidden one becomes inert. */
function applyNew(layer: Layer, edit: NewEdit, stanza: StanzaContext | undefined): Outcome {
  if (layer.get(edit.rid)) return IGNORED;
  const parent = edit.parent === '' ? undefined : layer.get(edit.parent);
  if (edit.parent !== '' && parent === undefined) return HOMELESS;
  const stands =
    !edit.malformed && edit.void === undefined && isSound(edit) && placeFault(layer, edit, parent) === undefined;
  const node = nodeOf(edit);
  if (!stands) {
    if (!Number.isFinite(node.primaryWeight)) node.primaryWeight = 0;
    node.inert = true;
    layer.add(node);
    return VOID;
  }
  if (edit.type === 'attr') {
    const twin = layer.attributeCalled(edit.parent, edit.ns, edit.name ?? '', parent);
    if (twin) {
      if (compareRids(edit.rid, twin.rid) < 0) return { status: 'ignored', outOfOrder: false, twin: twin.rid };
      remove(layer, twin);
    }
  }
  stanza?.sign(node, edit);
  layer.add(node);
  if (edit.type === 'element' && edit.parent === '') layer.setRoot(edit.rid);
  if (parent && !parent.inert && layer.strays.size === 0) {
    // Nearly always: where it says it is a place, and nobody waits for it. One string names the parent for all its children.
    node.parent = parent.rid;
    layer.attach(node, parent.rid, parent);
    return APPLIED;
  }
  settle(layer, node, !isAwaited(layer, node.rid));
  return APPLIED;
}

/** Why a record may not stand where a New puts it, or undefined. A second root is inert; its children are strays. */
function placeFault(layer: Layer, edit: NewEdit, parent: Node | undefined): string | undefined {
  if (parent === undefined) {
    if (edit.type === 'element') return layer.root() === undefined ? undefined : 'a root stands';
    return edit.type === 'comment' || edit.type === 'processinginstruction'
      ? undefined
      : `no ${edit.type} outside the root`;
  }
  if (parent.type !== 'element') return `a ${parent.type} has no children`;
  // What a second root holds hangs under the first one. Were there none, it would hang nowhere, and be the root after a restart.
  const hangs = edit.type !== 'attr' && parent.parent === '' && layer.root() !== undefined;
  if (parent.inert && !hangs) return 'its parent is void';
  return undefined;
}

/**
 * Writes fields at the Set's place in the order: the last writer wins each. The version always rises by one, as SXE
 * counts; only a splice depends on it, since its positions mean nothing in another text.
 */
function applySet(layer: Layer, edit: SetEdit, stanza: StanzaContext | undefined): Outcome {
  const node = layer.editable(edit.rid);
  if (node === undefined) return IGNORED;
  node.version++;
  const late = stanza !== undefined && edit.version !== node.version;
  const author = stanza?.authorOf(node, edit.version);
  const applied = late ? APPLIED_LATE : APPLIED;
  const nothing = late ? VOID_LATE : VOID;
  if (edit.void) {
    // The stanza's further splices are of a text that this one should have made.
    if (author && edit.fields.chdata !== undefined) author.knows = false;
    return nothing;
  }
  if (edit.fix || edit.malformed || node.inert || fieldFault(node.type, edit.fields) !== undefined) return nothing;
  const { fields } = edit;
  let { chdata } = fields;
  if (edit.splice) {
    // Sets that wrote other fields, or nothing, are no hindrance; if they were, two authors who keep missing each other's void splices
    // would re-send for ever. A splice of what the author's own Sets before it in the stanza made is fine where those were.
    const fits = author === undefined || (author.knows && author.ahead === node.version - edit.version);
    if (!fits || chdata === undefined || node.chdata === undefined) return nothing;
    chdata = applySplice(node.chdata, { from: edit.splice.from, count: edit.splice.count, insert: chdata });
    if (chdata === undefined) return nothing;
  }
  if (chdata !== undefined) {
    node.chdataVersion = node.version;
    if (author) author.knows = true;
  }
  stanza?.sign(node, edit);
  const moves = fields.parent !== undefined || fields.primaryWeight !== undefined;
  const renames = node.type === 'attr' && (fields.name !== undefined || fields.ns !== undefined);
  if (!moves && !renames) {
    writeFields(node, fields);
    if (chdata !== undefined) node.chdata = chdata;
    return applied;
  }
  layer.detach(node);
  writeFields(node, fields);
  if (chdata !== undefined) node.chdata = chdata;
  if (node.type === 'attr' && losesToTwin(layer, node)) return applied;
  settle(layer, node);
  return applied;
}

/** Of two attributes of one name the lower rid goes. True when that is the one just written (and now removed). */
function losesToTwin(layer: Layer, attr: Node): boolean {
  const twin = layer.attributeCalled(attr.parent, attr.ns, attr.name ?? '');
  if (twin === undefined || twin.rid === attr.rid) return false;
  if (compareRids(attr.rid, twin.rid) > 0) {
    remove(layer, twin);
    return false;
  }
  remove(layer, attr);
  return true;
}

/** Removes a record and all that the tree shows under it. */
function applyRemove(layer: Layer, edit: RemoveEdit): Outcome {
  const node = layer.get(edit.rid);
  if (node === undefined) return IGNORED;
  if (edit.void) return VOID;
  remove(layer, node);
  recheckStrays(layer);
  return APPLIED;
}

function remove(layer: Layer, top: Node): void {
  const stack = [top.rid];
  const order: Rid[] = [];
  for (let rid = stack.pop(); rid !== undefined; rid = stack.pop()) {
    order.push(rid);
    for (const kid of layer.kids(rid) ?? []) stack.push(kid.rid);
    for (const attr of layer.attrs(rid)) stack.push(attr.rid);
    stack.push(...layer.inertUnder(rid));
  }
  // The journal keeps where each was; only the topmost has to leave a list that stays.
  for (const rid of order) layer.edit(rid);
  const first = layer.edit(top.rid);
  layer.detach(first);
  for (const rid of order) layer.drop(layer.edit(rid));
  if (top.rid === layer.root()) layer.setRoot(undefined);
}

/** Whether records name this one as their parent that came before it: then it may close a cycle. */
function isAwaited(layer: Layer, rid: Rid): boolean {
  for (const stray of layer.strays) if (layer.get(stray)?.parent === rid) return true;
  return false;
}

/** Shows a detached record where its fields say, or under the root when that is no place (DESIGN section 2, The tree).
 *  `childless`: no record names it as its parent, so there is no need to climb a tree that a hostile peer made deep. */
function settle(layer: Layer, node: Node, childless = false): void {
  const least = node.type === 'element' && !childless ? leastOfCycle(layer, node) : undefined;
  place(layer, node, least === node.rid);
  if (least !== undefined && least !== node.rid) {
    const other = layer.edit(least);
    // A void record on the way round is in no tree, and only elements have something under them.
    if (other.type === 'element' && !other.inert) {
      layer.detach(other);
      place(layer, other, true);
    }
  }
  // What nobody awaited changes no stray's place, unless it is the root under which they hang.
  if (!childless || node.rid === layer.root()) recheckStrays(layer);
}

function place(layer: Layer, node: Node, cutsCycle: boolean): void {
  const home = cutsCycle ? undefined : fieldHome(layer, node);
  layer.setStray(node.rid, home === undefined);
  layer.attach(node, home ?? (node.type === 'attr' ? null : (layer.root() ?? null)));
}

/** Where the fields put a record, cycles aside; undefined when that is no place for it. */
function fieldHome(layer: Layer, node: Node): Rid | undefined {
  if (node.rid === layer.root()) return '';
  if (node.parent === '') return node.type === 'comment' || node.type === 'processinginstruction' ? '' : undefined;
  const parent = layer.get(node.parent);
  return parent?.type === 'element' && !parent.inert ? node.parent : undefined;
}

/** The least rid of the cycle that a record's parent fields close, or undefined when they close none. */
export function leastOfCycle(layer: Layer, node: Node): Rid | undefined {
  const root = layer.root();
  let least = node.rid;
  // A mark that is moved up ever more rarely meets a cycle that the record only leads to (Brent's algorithm).
  let mark: Rid = '';
  let steps = 0;
  for (let rid = node.parent; rid !== node.rid; ) {
    const at = rid === '' || rid === root || rid === mark ? undefined : layer.get(rid);
    if (at === undefined) return undefined;
    if ((++steps & (steps - 1)) === 0) mark = rid;
    if (compareRids(rid, least) < 0) least = rid;
    rid = at.parent;
  }
  return node.rid === root ? undefined : least;
}

/** Strays whose place has come to be (a parent arrived, a cycle was opened) go there. Usually there are none. */
function recheckStrays(layer: Layer): void {
  if (layer.strays.size === 0) return;
  for (const rid of [...layer.strays]) {
    const node = layer.get(rid);
    if (node === undefined) {
      layer.setStray(rid, false);
      continue;
    }
    const cuts = node.type === 'element' && leastOfCycle(layer, node) === rid;
    const home = cuts ? undefined : fieldHome(layer, node);
    const shown = home ?? (node.type === 'attr' ? null : (layer.root() ?? null));
    if (shown === node.home && home === undefined) continue;
    const own = layer.edit(rid);
    layer.detach(own);
    if (own.type === 'attr' && home !== undefined && losesToTwin(layer, own)) continue;
    place(layer, own, cuts);
  }
}
