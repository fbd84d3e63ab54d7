/**
 * A document as bytes and back: what a store keeps, so that opening a board costs no more than making its records. Small numbers
 * come first, a row for each record; the texts follow in one piece, so that reading one is cutting it off. A format of our own
 * disk, not of the wire: whoever keeps it guards it with a checksum.
 */
import { ColumnReader, ColumnWriter } from './column-bytes.ts';
import { BaseLayer } from './layer.ts';
import { Node, recordOf } from './node.ts';
import type { StoredState } from './replica-port.ts';
import { load, nodesOf, recordsOf } from './state.ts';
import type { NodeRecord, NodeType, Rid } from './types.ts';

/** The first byte. Another layout gets another number, and this one stays readable. */
const VERSION = 1;
const TYPES: readonly NodeType[] = ['element', 'attr', 'text', 'comment', 'processinginstruction'];

// A record's first byte: its type, and what needn't be said.
const TYPE = 7;
/** Who made it and when: as the record before. */
const SAME_MAKER = 8;
/** Who changed it last and when: as the record before. */
const SAME_CHANGER = 16;
const UNCHANGED = 32;
/** What it has, or hasn't, otherwise than records of its type usually: a byte of HAS_ follows. */
const UNUSUAL = 64;
/** An attribute of the last element, or another record under the parent of the one of its kind before. */
const USUAL_PARENT = 128;

const HAS_NS = 1;
const HAS_NAME = 2;
const HAS_CHDATA = 4;
const HAS_PITARGET = 8;
const HAS_PIDATA = 16;
const INERT = 32;
const USUAL: readonly number[] = [HAS_NAME, HAS_NAME | HAS_CHDATA, HAS_CHDATA, HAS_CHDATA, HAS_PITARGET | HAS_PIDATA];

/** Puts the records of a state, however they are said, into an empty layer. @throws RangeError when they contradict themselves. */
export function loadState(layer: BaseLayer, state: StoredState): void {
  if ('records' in state) load(layer, state.records);
  else readColumns(state.columns, layer);
}

/** The records of a stored state, as plain ones. @throws RangeError when they contradict themselves. */
export function recordsIn(state: StoredState): readonly NodeRecord[] {
  if ('records' in state) return state.records;
  const layer = new BaseLayer(() => {});
  loadState(layer, state);
  return recordsOf(layer);
}

/** The place of a parent that is the document, or is named. */
const NOWHERE = -1;

/** The bytes of all records of a layer. */
export function writeColumns(layer: BaseLayer): Uint8Array {
  const nodes = nodesOf(layer);
  /** Of the elements so far. */
  const places = new Map<Rid, number>();
  const writer = new ColumnWriter();
  writer.byte(VERSION);
  writer.byte(layer.strays.size > 0 ? 1 : 0);
  writer.integer(nodes.length);
  for (const { rid } of nodes) writer.rid(rid);
  const usual = new UsualParents();
  let maker: Node | undefined;
  let changer: Node | undefined;
  for (const [place, node] of nodes.entries()) {
    const { type, name, chdata, pitarget, pidata, ns, version, chdataVersion } = node;
    const has =
      (ns === undefined ? 0 : HAS_NS) |
      (name === undefined ? 0 : HAS_NAME) |
      (chdata === undefined ? 0 : HAS_CHDATA) |
      (pitarget === undefined ? 0 : HAS_PITARGET) |
      (pidata === undefined ? 0 : HAS_PIDATA) |
      (node.inert ? INERT : 0);
    const code = TYPES.indexOf(type);
    const sameMaker = maker?.creator === node.creator && maker?.created === node.created;
    const sameChanger = changer?.lastModifiedBy === node.lastModifiedBy && changer?.modified === node.modified;
    const parent = node.parent === '' ? NOWHERE : places.get(node.parent);
    const expected = parent !== undefined && parent === usual.of(code);
    writer.byte(
      code |
        (sameMaker ? SAME_MAKER : 0) |
        (sameChanger ? SAME_CHANGER : 0) |
        (version === 0 && chdataVersion === 0 ? UNCHANGED : 0) |
        (has === USUAL[code] ? 0 : UNUSUAL) |
        (expected ? USUAL_PARENT : 0),
    );
    if (has !== USUAL[code]) writer.byte(has);
    if (!expected) {
      // Places count from the record back; what isn't there yet, or not at all, is named.
      const back = parent === undefined || parent === NOWHERE ? 0 : place - parent;
      writer.integer(back);
      if (back === 0) writer.text(node.parent);
    }
    usual.note(code, place, parent ?? NOWHERE);
    if (type === 'element') places.set(node.rid, place);
    writer.number(node.primaryWeight);
    if (version > 0 || chdataVersion > 0) {
      writer.integer(version);
      writer.integer(chdataVersion);
    }
    if (!sameMaker) {
      writer.optional(node.creator);
      writer.moment(node.created);
      maker = node;
    }
    if (!sameChanger) {
      writer.optional(node.lastModifiedBy);
      writer.moment(node.modified);
      changer = node;
    }
    for (const text of [ns, name, chdata, pitarget, pidata]) if (text !== undefined) writer.text(text);
  }
  return writer.finish();
}

/** Puts the records that `writeColumns` wrote into an empty layer. @throws RangeError when they contradict themselves. */
function readColumns(bytes: Uint8Array, layer: BaseLayer): void {
  const reader = new ColumnReader(bytes);
  if (reader.byte() !== VERSION) throw new RangeError('a saved state of another version');
  const strays = reader.byte() === 1;
  const count = reader.integer();
  reader.readRids(count);
  const nodes = readNodes(reader, count);
  if (!reader.atEnd) throw new RangeError('a saved state that does not end where it should');
  if (strays) load(layer, nodes.map(recordOf));
  else place(layer, nodes);
}

function readNodes(reader: ColumnReader, count: number): Node[] {
  const nodes: Node[] = [];
  const usual = new UsualParents();
  let creator: string | undefined;
  let created: number | undefined;
  let lastModifiedBy: string | undefined;
  let modified: number | undefined;
  for (let place = 0; place < count; place++) {
    const head = reader.byte();
    const code = head & TYPE;
    const type = TYPES[code];
    if (type === undefined) throw new RangeError('a saved record of an unknown type');
    const has = head & UNUSUAL ? reader.byte() : (USUAL[code] as number);
    let at = head & USUAL_PARENT ? usual.of(code) : NOWHERE;
    let parent = '';
    if ((head & USUAL_PARENT) === 0) {
      const back = reader.integer();
      if (back === 0) parent = reader.text();
      else at = place - back;
    }
    if (at >= 0) parent = (nodes[at] as Node).rid;
    else if (at !== NOWHERE) throw new RangeError('a saved record under one that is not there');
    usual.note(code, place, at);
    const primaryWeight = reader.number();
    const node = new Node(reader.rid(place), type, parent, primaryWeight);
    if ((head & UNCHANGED) === 0) {
      node.version = reader.integer();
      node.chdataVersion = reader.integer();
    }
    if ((head & SAME_MAKER) === 0) {
      creator = reader.optional();
      created = reader.moment();
    }
    if ((head & SAME_CHANGER) === 0) {
      lastModifiedBy = reader.optional();
      modified = reader.moment();
    }
    if (creator !== undefined) node.creator = creator;
    if (created !== undefined) node.created = created;
    if (lastModifiedBy !== undefined) node.lastModifiedBy = lastModifiedBy;
    if (modified !== undefined) node.modified = modified;
    if (has & HAS_NS) node.ns = reader.text();
    if (has & HAS_NAME) node.name = reader.text();
    if (has & HAS_CHDATA) node.chdata = reader.text();
    if (has & HAS_PITARGET) node.pitarget = reader.text();
    if (has & HAS_PIDATA) node.pidata = reader.text();
    if (has & INERT) node.inert = true;
    nodes.push(node);
  }
  return nodes;
}

/** Puts records where their fields say: the root first, parents before children, siblings in order, and no strays. */
function place(layer: BaseLayer, nodes: readonly Node[]): void {
  layer.useJournal(undefined);
  let parent: Node | undefined;
  for (const node of nodes) {
    layer.add(node);
    if (node.inert) continue;
    if (layer.root() === undefined && node.type === 'element') {
      layer.setRoot(node.rid);
      layer.attach(node, '');
      continue;
    }
    if (parent?.rid !== node.parent) parent = layer.get(node.parent);
    if (parent === undefined ? !isTop(node) : parent.type !== 'element' || parent.inert)
      throw new RangeError(`the state has no place for the record ${node.rid}`);
    layer.attach(node, node.parent, parent);
  }
  if (layer.records.size !== nodes.length) throw new RangeError('the state holds a record twice');
  layer.startJournal();
}

function isTop({ parent, type }: Node): boolean {
  return parent === '' && (type === 'comment' || type === 'processinginstruction');
}

/** Where records mostly hang: attributes at the last element, others beside the last one that was no attribute. By place. */
class UsualParents {
  #element = NOWHERE;
  #parent = NOWHERE;

  of(code: number): number {
    return code === 1 ? this.#element : this.#parent;
  }

  note(code: number, place: number, parent: number): void {
    if (code === 1) return;
    this.#parent = parent;
    if (code === 0) this.#element = place;
  }
}
