/** Stepping a document between two of its states: what differs, kept so that it leads either way. */
import type { BaseLayer, Journal } from './layer.ts';
import { cloneNode, type Node } from './node.ts';
import type { Rid } from './types.ts';

/** Records as they are in another state of the document (null: not there), its root and its strays. */
export interface Delta {
  readonly nodes: Journal;
  readonly root: Rid | undefined;
  readonly strays: readonly Rid[];
}

/** Brings the layer to the delta's other state; returns the way back. The layer's journal is started anew. */
export function step(layer: BaseLayer, delta: Delta): Delta {
  const parts = stepping(layer, delta, Number.POSITIVE_INFINITY);
  for (let part = parts.next(); ; part = parts.next()) if (part.done) return part.value;
}

/** The same in parts of so many records: the caller may do something else between two, but not look at the layer, nor leave it so. */
export function* stepping(layer: BaseLayer, delta: Delta, part: number): Generator<void, Delta> {
  let done = 0;
  layer.startJournal();
  const root = layer.root();
  const strays = [...layer.strays];
  for (const rid of delta.nodes.keys()) {
    if (layer.get(rid)) layer.edit(rid);
    if (++done % part === 0) yield;
  }
  // All leave their lists while their parents are still there, and come into others when those have come.
  for (const rid of delta.nodes.keys()) {
    const node = layer.get(rid);
    if (node) layer.detach(node);
    if (++done % part === 0) yield;
  }
  const placed: Node[] = [];
  for (const [rid, other] of delta.nodes) {
    if (++done % part === 0) yield;
    const node = layer.get(rid);
    if (node && (other === null || !staysItself(node, other))) layer.drop(node);
    if (other === null) continue;
    const there = layer.get(rid);
    if (there) overwrite(there, other);
    else layer.add(cloneNode(other));
    placed.push(other);
  }
  layer.setRoot(delta.root);
  for (const { rid, home } of placed) {
    const node = layer.get(rid);
    if (node) layer.attach(node, home);
    if (++done % part === 0) yield;
  }
  for (const rid of strays) layer.setStray(rid, false);
  for (const rid of delta.strays) layer.setStray(rid, true);
  return { nodes: layer.journal, root, strays };
}

/** Whether a record can be written over by another: void ones are listed by their parents. */
const staysItself = (node: Node, other: Node): boolean =>
  node.type === other.type && node.inert === other.inert && (!node.inert || node.parent === other.parent);

/** Makes a record's fields those of another state; its children and its share of the digest stay. */
function overwrite(node: Node, other: Node): void {
  const { kids, attrs, hashA, hashB, flags } = node;
  // Not deleted: that would make the record slow to read from then on.
  for (const field of ['ns', 'pitarget', 'pidata']) if (field in node) Object.assign(node, { [field]: undefined });
  Object.assign(node, cloneNode(other), { kids, attrs, hashA, hashB, flags, home: null });
}
