/** From the document as it is shown to a past state of it: the fewest edits, record by record, that are ordinary for everyone. */
import { isMark } from './complete.ts';
import type { Layer } from './layer.ts';
import { attributeKey, type Node } from './node.ts';
import { compareSiblings, spread } from './order.ts';
import type { Edit, MutableFields, NodeRecord, Rid, TreeView } from './types.ts';

const VALUES = ['ns', 'name', 'chdata', 'pitarget', 'pidata'] as const;

export interface RestoreOptions {
  readonly layer: Layer;
  readonly past: TreeView;
  /** Every rid under which a past node was known at any time, the earlier ones first. */
  readonly selves: (rid: Rid) => readonly Rid[];
  readonly nextRid: () => Rid;
  /** Takes each edit as it is made; the layer shows it from then on. */
  readonly apply: (edit: Edit) => void;
}

/** Makes what `layer` shows equal to `past` in structure and values. What isn't there any more comes back with fresh rids. */
export function restoreInto(options: RestoreOptions): void {
  new Restore(options).run();
}

class Restore {
  readonly #o: RestoreOptions;
  /** From a past rid to the one that stands for it now. */
  readonly #now = new Map<Rid, Rid>();
  readonly #kept = new Set<Rid>();

  constructor(options: RestoreOptions) {
    this.#o = options;
  }

  run(): void {
    const { layer, past } = this.#o;
    const tops = past.children('');
    const root = past.root();
    const standing = layer.root();
    // There is one root, whatever its name in either state.
    if (root !== undefined && standing !== undefined) this.#match(root, standing);
    this.#matchUnder('');
    this.#place('', tops);
    for (const rid of this.#walk()) {
      this.#attributes(rid);
      this.#place(this.#now.get(rid) as Rid, past.children(rid));
    }
    this.#sweep();
  }

  /** Past elements, parents first. */
  *#walk(): Generator<Rid> {
    const { past } = this.#o;
    const stack = [...past.children('')].reverse();
    for (let rid = stack.pop(); rid !== undefined; rid = stack.pop()) {
      if (past.get(rid)?.type !== 'element') continue;
      yield rid;
      stack.push(...[...past.children(rid)].reverse());
    }
  }

  /** Finds who stands for whom before anything is made. */
  #matchUnder(top: Rid): void {
    const { layer, past, selves } = this.#o;
    const stack = [...past.children(top)];
    for (let rid = stack.pop(); rid !== undefined; rid = stack.pop()) {
      stack.push(...past.children(rid));
      if (this.#now.has(rid)) continue;
      const self = selves(rid).findLast((one) => {
        const node = layer.get(one);
        return node !== undefined && node.home !== null && node.type === past.get(rid)?.type && !this.#kept.has(one);
      });
      if (self !== undefined && (self === layer.root()) === (rid === past.root())) this.#match(rid, self);
    }
  }

  #match(rid: Rid, self: Rid): void {
    this.#now.set(rid, self);
    this.#kept.add(self);
  }

  /** Puts the past children of a parent under it, in order: those that are there, elsewhere, or gone. */
  #place(home: Rid, children: readonly Rid[]): void {
    const { past, layer } = this.#o;
    const planned = children.map((rid) => {
      const record = past.get(rid) as NodeRecord;
      const self = this.#now.get(rid);
      const node = self === undefined ? undefined : layer.get(self);
      const stays = node !== undefined && node.home === home;
      const weight = stays ? node.primaryWeight : record.primaryWeight;
      return { record, node, stays, fresh: undefined as Rid | undefined, weight };
    });
    for (const one of planned) if (!one.node) one.fresh = this.#o.nextRid();
    const at = (one: (typeof planned)[number], primaryWeight: number) => ({
      rid: one.node?.rid ?? (one.fresh as Rid),
      primaryWeight,
    });
    const ascends = (weight: (one: (typeof planned)[number]) => number): boolean =>
      planned.every((one, i) => {
        const next = planned[i + 1];
        return next === undefined || compareSiblings(at(one, weight(one)), at(next, weight(next))) < 0;
      });
    // Where they stand now will often do; else where they stood; else they are spaced anew.
    let weights = planned.map(({ weight }) => weight);
    if (!ascends(({ weight }) => weight)) {
      weights = planned.map(({ record }) => record.primaryWeight);
      if (!ascends(({ record }) => record.primaryWeight))
        weights = spread(undefined, undefined, planned.length) ?? weights;
    }
    planned.forEach(({ record, node, fresh }, i) => {
      const primaryWeight = weights[i] as number;
      if (node) this.#set(node, record, home, primaryWeight);
      else this.#make(record, fresh as Rid, home, primaryWeight);
    });
  }

  #make(record: NodeRecord, rid: Rid, parent: Rid, primaryWeight: number): void {
    this.#match(record.rid, rid);
    const values = Object.fromEntries(
      VALUES.flatMap((field) => (record[field] === undefined ? [] : [[field, record[field]]])),
    );
    this.#o.apply({ kind: 'new', rid, type: record.type, parent, primaryWeight, restores: record.rid, ...values });
  }

  #set(node: Node, record: NodeRecord, home: Rid | undefined, primaryWeight: number): void {
    const fields: Partial<MutableFields> = {};
    for (const field of VALUES) {
      // A Set can't take a namespace away; none at all is said by an empty one.
      const value = record[field] ?? (field === 'ns' && node.ns !== undefined ? this.#inherited(record) : undefined);
      if (value !== undefined && value !== node[field]) fields[field] = value;
    }
    if (home !== undefined && node.home !== home) Object.assign(fields, { parent: home, primaryWeight });
    else if (node.primaryWeight !== primaryWeight) fields.primaryWeight = primaryWeight;
    if (Object.keys(fields).length > 0)
      this.#o.apply({ kind: 'set', rid: node.rid, version: node.version + 1, fields });
  }

  /** The namespace that a past element without one of its own had from those above it. */
  #inherited(record: NodeRecord): string {
    const { past } = this.#o;
    if (record.type !== 'element') return '';
    for (let at = past.parentOf(record.rid); at !== undefined && at !== ''; at = past.parentOf(at)) {
      const ns = past.get(at)?.ns;
      if (ns !== undefined) return ns;
    }
    return '';
  }

  /** Attributes are who they are by their names. */
  #attributes(rid: Rid): void {
    const { past, layer, nextRid } = this.#o;
    const element = this.#now.get(rid) as Rid;
    const wanted = new Map<string, NodeRecord>();
    for (const attr of past.attributes(rid)) {
      const record = past.get(attr);
      // What is complete is for owners to say, not for the past.
      if (record && !isMark(record)) wanted.set(attributeKey(record.ns, record.name ?? ''), record);
    }
    for (const node of [...layer.attrs(element)]) {
      if (!isMark(node) && !wanted.has(attributeKey(node.ns, node.name ?? '')))
        this.#o.apply({ kind: 'remove', rid: node.rid });
    }
    for (const record of wanted.values()) {
      const node = layer.attributeCalled(element, record.ns, record.name ?? '');
      if (node) {
        this.#kept.add(node.rid);
        if (node.chdata !== record.chdata || node.name !== record.name)
          this.#set(node, record, undefined, node.primaryWeight);
      } else this.#make(record, nextRid(), element, record.primaryWeight);
    }
  }

  /** Removes what wasn't there, by its tops. Whatever stays has left it by now. */
  #sweep(): void {
    const { layer } = this.#o;
    const stack = [...layer.children('')];
    const gone: Rid[] = [];
    for (let rid = stack.pop(); rid !== undefined; rid = stack.pop()) {
      if (!this.#kept.has(rid)) gone.push(rid);
      else stack.push(...layer.children(rid));
    }
    for (const rid of gone) this.#o.apply({ kind: 'remove', rid });
  }
}
