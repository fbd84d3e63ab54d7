/** A document as plain records and back: what a snapshot, a restart and a late joiner need. */
import type { BaseLayer } from './layer.ts';
import { nodeOf, recordOf, type Node } from './node.ts';
import { leastOfCycle } from './rules.ts';
import type { NodeRecord, Rid } from './types.ts';

/** Puts stored records into an empty layer: the root first, the rest as they come; what lacks its place becomes a stray. */
export function load(layer: BaseLayer, records: readonly NodeRecord[]): void {
  layer.useJournal(undefined);
  for (const record of records) {
    if (layer.get(record.rid)) throw new RangeError(`the state holds the record ${record.rid} twice`);
    const node = nodeOf(record);
    layer.add(node);
    if (!record.inert && layer.root() === undefined && record.type === 'element') layer.setRoot(record.rid);
  }
  const cycles = cyclesOf(layer, records);
  // Homes in a second pass, so that parents are there whatever the order.
  for (const record of records) {
    if (record.inert) continue;
    const parent = record.parent === '' ? undefined : layer.get(record.parent);
    const top =
      record.rid === layer.root() ||
      (record.parent === '' && record.type !== 'element' && record.type !== 'text' && record.type !== 'attr');
    const fits = top || (parent?.type === 'element' && !parent.inert);
    const node = layer.edit(record.rid);
    if (fits && !(cycles.has(node.rid) && leastOfCycle(layer, node) === node.rid))
      layer.attach(node, top ? '' : record.parent);
    else {
      layer.setStray(node.rid, true);
      layer.attach(node, node.type === 'attr' ? null : (layer.root() ?? null));
    }
  }
  layer.startJournal();
}

/** The elements that are part of a cycle of parents. Each parent is climbed once, however deep the tree. */
function cyclesOf(layer: BaseLayer, records: readonly NodeRecord[]): ReadonlySet<Rid> {
  const cycles = new Set<Rid>();
  const climbed = new Set<Rid>();
  for (const { rid: start } of records) {
    const path: Rid[] = [];
    let rid = start;
    for (; rid !== layer.root() && !climbed.has(rid); rid = layer.get(rid)?.parent ?? '') {
      if (layer.get(rid) === undefined) break;
      climbed.add(rid);
      path.push(rid);
    }
    const closes = path.indexOf(rid);
    if (closes >= 0) for (const one of path.slice(closes)) if (layer.get(one)?.type === 'element') cycles.add(one);
  }
  return cycles;
}

/** All records, the root first and parents before children, so that even a strict reader can take them one by one. */
export function recordsOf(layer: BaseLayer): NodeRecord[] {
  return nodesOf(layer).map(recordOf);
}

/** The records themselves, in that order: an element's attributes right behind it, siblings as they are shown. */
export function nodesOf(layer: BaseLayer): Node[] {
  const nodes: Node[] = [];
  const root = layer.root();
  const stack: Rid[] = root === undefined ? [] : [root];
  const done = new Set<Rid>();
  for (let rid = stack.pop(); rid !== undefined; rid = stack.pop()) {
    const node = layer.get(rid);
    if (node === undefined || done.has(rid)) continue;
    done.add(rid);
    nodes.push(node);
    for (const attr of layer.attrs(rid, node)) {
      done.add(attr.rid);
      nodes.push(attr);
    }
    for (const kid of [...(layer.kids(rid) ?? [])].toReversed()) stack.push(kid.rid);
  }
  if (nodes.length < layer.records.size)
    for (const node of layer.records.values()) if (!done.has(node.rid)) nodes.push(node);
  return nodes;
}
