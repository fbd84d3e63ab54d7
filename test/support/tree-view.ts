/** A document in memory for tests: NodeTrees as the records that a replica would make of them. */
import type { NodeRecord, NodeTree, Rid, TreeView } from '#core/types.ts';

export class MemoryTree implements TreeView {
  readonly records = new Map<Rid, NodeRecord>();
  readonly #content = new Map<Rid, Rid[]>();
  readonly #attributes = new Map<Rid, Rid[]>();
  #next = 0;

  /** The rid of the node made, under `parent` (`''`: the top level). */
  add(tree: NodeTree, parent: Rid = ''): Rid {
    if (tree.type === 'processinginstruction')
      return this.put({ type: tree.type, parent, pitarget: tree.pitarget, pidata: tree.pidata });
    if (tree.type !== 'element') return this.put({ type: tree.type, parent, chdata: tree.chdata });
    const rid = this.put({
      type: 'element',
      parent,
      name: tree.name,
      ...(tree.ns === undefined ? {} : { ns: tree.ns }),
    });
    for (const { ns, name, value } of tree.attrs)
      this.put({ type: 'attr', parent: rid, name, chdata: value, ...(ns === undefined ? {} : { ns }) });
    for (const child of tree.children) this.add(child, rid);
    return rid;
  }

  /** Any record at all, as a peer's stanza could make it. */
  put(fields: Omit<NodeRecord, 'rid' | 'version' | 'primaryWeight'>): Rid {
    const rid = `t.${this.#next++}`;
    this.records.set(rid, { ...fields, rid, version: 0, primaryWeight: this.#next });
    const lists = fields.type === 'attr' ? this.#attributes : this.#content;
    const list = lists.get(fields.parent);
    if (list === undefined) lists.set(fields.parent, [rid]);
    else list.push(rid);
    return rid;
  }

  get(rid: Rid): NodeRecord | undefined {
    return this.records.get(rid);
  }

  root(): Rid | undefined {
    return this.children('').find((rid) => this.records.get(rid)?.type === 'element');
  }

  children(parent: Rid): readonly Rid[] {
    return this.#content.get(parent) ?? [];
  }

  nextSibling(rid: Rid): Rid | undefined {
    const siblings = this.#content.get(this.records.get(rid)?.parent ?? '') ?? [];
    const at = siblings.indexOf(rid);
    return at < 0 ? undefined : siblings[at + 1];
  }

  attributes(element: Rid): readonly Rid[] {
    return this.#attributes.get(element) ?? [];
  }

  attribute(element: Rid, ns: string, localName: string): Rid | undefined {
    return this.attributes(element).find((rid) => {
      const record = this.records.get(rid);
      return (record?.ns ?? '') === ns && record?.name?.slice(record.name.indexOf(':') + 1) === localName;
    });
  }

  parentOf(rid: Rid): Rid | undefined {
    return this.records.get(rid)?.parent;
  }
}

/** A view of these trees. */
export function treeView(nodes: readonly NodeTree[]): MemoryTree {
  const view = new MemoryTree();
  for (const node of nodes) view.add(node);
  return view;
}
