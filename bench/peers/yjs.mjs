/** Yjs: a map of maps with app-side order, the model that costs it least. */
import { readFileSync } from 'node:fs';
import * as Y from 'yjs';
import { Order, parsePosition, sortShapes } from './order.mjs';

const { version: number } = JSON.parse(readFileSync(new URL('../node_modules/yjs/package.json', import.meta.url)));
export const version = `yjs ${number}`;
const CLIENTS = [0, 3735928559, 2882400001, 3203386110, 3405691582, 0, 0, 0, 0, 4277009102];

class Replica {
  constructor(n) {
    this.doc = new Y.Doc();
    this.doc.clientID = CLIENTS[n] || n;
    this.root = this.doc.getMap('shapes');
    this.order = new Order();
    this.update = new Uint8Array([0, 0]);
    this.doc.on('update', (update, origin) => {
      if (origin !== 'remote') this.update = update;
    });
  }
  init(ops) {
    return this.transact(() => {
      for (const { shape, group, index } of ops) this.add(shape, group, index);
    });
  }
  transact(work) {
    this.doc.transact(work);
    return this.update;
  }
  add(shape, group, index) {
    const map = new Y.Map();
    map.set('type', shape.type);
    map.set('pos', `${group}|${this.order.insert(group, index)}`);
    for (const name in shape.attrs) {
      map.set(name, shape.stroke && name === 'd' ? new Y.Text(shape.attrs.d) : shape.attrs[name]);
    }
    this.root.set(shape.id, map);
  }
  set(id, name, value) {
    this.root.get(id).set(name, value);
  }
  append(id, text) {
    const d = this.root.get(id).get('d');
    d.insert(d.length, text);
  }
  move(id, fromGroup, from, group, index) {
    this.order.removeAt(fromGroup, from);
    this.set(id, 'pos', `${group}|${this.order.insert(group, index)}`);
  }
  remove(id, fromGroup, from) {
    this.order.removeAt(fromGroup, from);
    this.root.delete(id);
  }
  apply(update) {
    Y.applyUpdate(this.doc, update, 'remote');
  }
  shapes() {
    return [...this.root].map(([id, map]) => ({ id, ...parsePosition(map.get('pos')), map }));
  }
  reindex() {
    this.order.reset(this.shapes());
  }
  goOffline() {
    this.vector = Y.encodeStateVector(this.doc);
  }
  offlineUpdate() {
    return Y.encodeStateAsUpdate(this.doc, this.vector);
  }
  merge(update) {
    this.apply(update);
  }
  save() {
    return Y.encodeStateAsUpdate(this.doc);
  }
  forms() {
    return { v2: Y.encodeStateAsUpdateV2(this.doc) };
  }
  tree() {
    return sortShapes(this.shapes()).map((group) =>
      group.map(({ id, map }) => {
        const { type, pos: _, ...attrs } = map.toJSON();
        return { id, type, attrs };
      }),
    );
  }
}

export const create = (n) => new Replica(n);
export function load(bytes, form) {
  const replica = new Replica(9);
  if (form === 'v2') Y.applyUpdateV2(replica.doc, bytes, 'remote');
  else replica.apply(bytes);
  return replica;
}
