/** json-joy: an object of objects with app-side order. */
import { createRequire } from 'node:module';
import { Order, parsePosition, sortShapes } from './order.mjs';

const require = createRequire(import.meta.url);
const { Model, Patch, s } = require('json-joy/lib/json-crdt');
export const version = `json-joy ${require('json-joy/package.json').version}`;
const SESSIONS = [0, 3735928559123, 2882400001123, 3203386110123, 3405691582123];

class Replica {
  constructor(n, model) {
    this.n = n;
    this.model = model;
    this.order = new Order();
  }
  init(ops) {
    this.model = Model.create(undefined, SESSIONS[this.n]);
    this.model.api.set(s.obj({ shapes: s.obj({}) }));
    const all = {};
    for (const { shape, group, index } of ops) all[shape.id] = this.node(shape, group, index);
    if (ops.length > 0) this.model.api.obj(['shapes']).set(all);
    return this.flush();
  }
  flush() {
    return this.model.api.flush().toBinary();
  }
  transact(work) {
    work();
    return this.flush();
  }
  node(shape, group, index) {
    const fields = { type: s.con(shape.type), pos: s.con(`${group}|${this.order.insert(group, index)}`) };
    for (const name in shape.attrs) {
      fields[name] = shape.stroke && name === 'd' ? s.str(shape.attrs.d) : s.con(shape.attrs[name]);
    }
    return s.obj(fields);
  }
  add(shape, group, index) {
    this.model.api.obj(['shapes']).set({ [shape.id]: this.node(shape, group, index) });
  }
  set(id, name, value) {
    this.model.api.obj(['shapes', id]).set({ [name]: s.con(value) });
  }
  append(id, text) {
    const d = this.model.api.str(['shapes', id, 'd']);
    d.ins(d.length(), text);
  }
  move(id, fromGroup, from, group, index) {
    this.order.removeAt(fromGroup, from);
    this.set(id, 'pos', `${group}|${this.order.insert(group, index)}`);
  }
  remove(id, fromGroup, from) {
    this.order.removeAt(fromGroup, from);
    this.model.api.obj(['shapes']).del([id]);
  }
  apply(update) {
    this.model ??= Model.create(undefined, SESSIONS[this.n]);
    this.model.applyPatch(Patch.fromBinary(update));
  }
  shapes() {
    const all = Object.entries(this.model.view().shapes);
    return all.map(([id, fields]) => ({ id, ...parsePosition(fields.pos), fields }));
  }
  reindex() {
    this.order.reset(this.shapes());
  }
  goOffline() {}
  offlineUpdate() {
    return this.flush();
  }
  merge(update) {
    this.apply(update);
  }
  save() {
    return this.model.toBinary();
  }
  tree() {
    return sortShapes(this.shapes()).map((group) =>
      group.map(({ id, fields }) => {
        const { type, pos: _, ...attrs } = fields;
        return { id, type, attrs };
      }),
    );
  }
}

export const create = (n) => new Replica(n);
export const load = (bytes) => new Replica(9, Model.fromBinary(bytes));
