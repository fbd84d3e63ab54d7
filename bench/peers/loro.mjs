/** Loro: its movable tree, which keeps order and moves inside the engine. */
import { readFileSync } from 'node:fs';
import { LoroDoc, LoroText } from 'loro-crdt';
import { GROUPS } from '../workload.mjs';

const { version: number } = JSON.parse(
  readFileSync(new URL('../node_modules/loro-crdt/package.json', import.meta.url)),
);
export const version = `loro-crdt ${number}`;
const PEERS = [0n, 0x7123456789abcdefn, 0x6123456789abcdefn, 0x5123456789abcdefn, 0x4123456789abcdefn];
const NOTHING = new Uint8Array(0);

class Replica {
  constructor(n) {
    this.doc = new LoroDoc();
    this.doc.setPeerId(PEERS[n] ?? 99n);
    this.svg = this.doc.getTree('svg');
    this.nodes = new Map();
    this.doc.subscribeLocalUpdates((update) => {
      this.update = update;
    });
  }
  init(ops) {
    return this.transact(() => {
      for (let i = 0; i < GROUPS; i++) this.svg.createNode().data.set('id', `g${i}`);
      for (const { shape, group, index } of ops) this.add(shape, group, index);
    });
  }
  transact(work) {
    this.update = NOTHING;
    work();
    this.doc.commit();
    return this.update;
  }
  group(index) {
    this.groups ??= this.svg.roots();
    return this.groups[index];
  }
  add(shape, group, index) {
    const node = this.group(group).createNode(index);
    const data = node.data;
    data.set('id', shape.id);
    data.set('type', shape.type);
    let d;
    for (const name in shape.attrs) {
      if (shape.stroke && name === 'd') {
        d = data.setContainer('d', new LoroText());
        d.insert(0, shape.attrs.d);
      } else data.set(name, shape.attrs[name]);
    }
    this.nodes.set(shape.id, { node, data, d });
  }
  set(id, name, value) {
    this.nodes.get(id).data.set(name, value);
  }
  append(id, text) {
    const { d } = this.nodes.get(id);
    d.insert(d.length, text);
  }
  move(id, _fromGroup, _from, group, index) {
    this.nodes.get(id).node.move(this.group(group), index);
  }
  remove(id) {
    this.svg.delete(this.nodes.get(id).node.id);
    this.nodes.delete(id);
  }
  apply(update) {
    // A set to the same value is nothing to Loro and yields no update.
    if (update.length > 0) this.doc.import(update);
  }
  reindex() {
    this.groups = undefined;
    for (let i = 0; i < GROUPS; i++) {
      for (const node of this.group(i).children() ?? []) this.nodes.set(node.data.get('id'), { node, data: node.data });
    }
  }
  goOffline() {
    this.since = this.doc.version();
  }
  offlineUpdate() {
    this.doc.commit();
    return this.doc.export({ mode: 'update', from: this.since });
  }
  merge(update) {
    this.doc.import(update);
  }
  free() {
    this.doc.free();
  }
  save() {
    return this.doc.export({ mode: 'snapshot' });
  }
  forms() {
    return { shallow: this.doc.export({ mode: 'shallow-snapshot', frontiers: this.doc.oplogFrontiers() }) };
  }
  tree() {
    return this.svg.toJSON().map((group) =>
      group.children.map(({ meta }) => {
        const { id, type, ...attrs } = meta;
        return { id, type, attrs };
      }),
    );
  }
}

export const create = (n) => new Replica(n);
export function load(bytes) {
  const replica = new Replica(9);
  replica.doc.import(bytes);
  return replica;
}
