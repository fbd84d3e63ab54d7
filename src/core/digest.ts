/** A running digest of the confirmed records: the sum of their hashes, brought up to date only when somebody asks. */
import type { BaseLayer } from './layer.ts';
import type { Node } from './node.ts';

/**
 * Two replicas with equal records have equal digests. It finds differences that bugs make, not forgeries: a hostile peer
 * could lie about its digest anyway. Times and creators don't count (DESIGN section 2, History).
 */
export class Digest {
  #a = 0;
  #b = 0;
  #dirty: Node[] = [];

  /** Call before a record changes or goes, and after it came. */
  readonly touch = (node: Node): void => {
    if (node.dirty) return;
    node.dirty = true;
    this.#a = (this.#a - node.hashA) | 0;
    this.#b = (this.#b - node.hashB) | 0;
    this.#dirty.push(node);
  };

  /** Sixteen hex digits. Costs what has changed since it was asked last. */
  read(layer: BaseLayer): string {
    for (const node of this.#dirty) {
      node.dirty = false;
      if (layer.get(node.rid) !== node) continue;
      hash(node);
      this.#a = (this.#a + node.hashA) | 0;
      this.#b = (this.#b + node.hashB) | 0;
    }
    this.#dirty = [];
    return hex(this.#a) + hex(this.#b);
  }
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0');
}

function hash(node: Node): void {
  const { rid, type, version, parent, primaryWeight, ns, name, chdata, pitarget, pidata } = node;
  const text = [
    rid,
    type,
    version,
    parent,
    primaryWeight,
    ns,
    name,
    pitarget,
    pidata,
    node.chdataVersion,
    node.inert ? 1 : 0,
    chdata,
  ]
    .map((part) => (part === undefined ? '' : `=${part}`))
    .join('\u0001');
  // Two multiply-xor lanes over the UTF-16 units, then mixed so that sums of many stay spread.
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995);
  }
  node.hashA = mix(a ^ (b >>> 15));
  node.hashB = mix(b ^ (a >>> 13));
}

function mix(lane: number): number {
  let h = Math.imul(lane ^ (lane >>> 16), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) | 0;
}
