/** Automerge through its wasm handle (`getBackend`, not the documented API): the engine alone, without a materialised document. */
import { readFileSync } from 'node:fs';
import * as Automerge from '@automerge/automerge';
import { Order, parsePosition, sortShapes } from './order.mjs';

const file = new URL('../node_modules/@automerge/automerge/package.json', import.meta.url);
export const version = `@automerge/automerge ${JSON.parse(readFileSync(file)).version}`;
// Applying a remote change that appends text or makes an object takes some 2 ms: the edit rows are samples of a tenth.
export const config = { sets: 10000, strokes: 20, points: 500, moves: 1000 };
const actorOf = (n) => `${n}f3a9c1d2e4b5a69788796a5b4c3d2e1f`.slice(0, 32);

class Replica {
  constructor(n, bytes) {
    const actor = actorOf(n);
    this.engine = Automerge.getBackend(bytes ? Automerge.load(bytes, { actor }) : Automerge.init({ actor }));
    this.order = new Order();
    this.objects = new Map();
  }
  init(ops) {
    return this.transact(() => {
      this.shapesObject = this.engine.putObject('_root', 'shapes', {});
      for (const { shape, group, index } of ops) this.add(shape, group, index);
    });
  }
  root() {
    this.shapesObject ??= this.engine.getWithType('_root', 'shapes')[1];
    return this.shapesObject;
  }
  transact(work) {
    work();
    this.engine.commit();
    return this.engine.getLastLocalChange();
  }
  add(shape, group, index) {
    const object = this.engine.putObject(this.root(), shape.id, {});
    this.engine.put(object, 'type', shape.type, 'str');
    this.engine.put(object, 'pos', `${group}|${this.order.insert(group, index)}`, 'str');
    let d;
    let length = 0;
    for (const name in shape.attrs) {
      if (shape.stroke && name === 'd') {
        d = this.engine.putObject(object, 'd', shape.attrs.d);
        length = shape.attrs.d.length;
      } else this.engine.put(object, name, shape.attrs[name], 'str');
    }
    this.objects.set(shape.id, { object, d, length });
  }
  set(id, name, value) {
    this.engine.put(this.objects.get(id).object, name, value, 'str');
  }
  append(id, text) {
    const entry = this.objects.get(id);
    this.engine.splice(entry.d, entry.length, 0, text);
    entry.length += text.length;
  }
  move(id, fromGroup, from, group, index) {
    this.order.removeAt(fromGroup, from);
    this.set(id, 'pos', `${group}|${this.order.insert(group, index)}`);
  }
  remove(id, fromGroup, from) {
    this.order.removeAt(fromGroup, from);
    this.engine.delete(this.root(), id);
    this.objects.delete(id);
  }
  apply(update) {
    this.engine.applyChanges([update]);
  }
  shapes() {
    const all = Object.entries(this.engine.materialize('_root').shapes);
    return all.map(([id, fields]) => ({ id, ...parsePosition(String(fields.pos)), fields }));
  }
  reindex() {
    this.shapesObject = undefined;
    this.order.reset(this.shapes());
    const root = this.root();
    for (const id of this.engine.keys(root)) this.objects.set(id, { object: this.engine.getWithType(root, id)[1] });
  }
  goOffline() {
    this.since = this.engine.getHeads();
  }
  offlineUpdate() {
    this.engine.commit();
    return this.engine.saveSince(this.since);
  }
  merge(update) {
    this.engine.loadIncremental(update);
  }
  save() {
    return this.engine.save();
  }
  tree() {
    return sortShapes(this.shapes()).map((group) =>
      group.map(({ id, fields }) => {
        const { type, pos: _, ...attrs } = fields;
        const strings = Object.entries(attrs).map(([name, value]) => [name, String(value)]);
        return { id, type: String(type), attrs: Object.fromEntries(strings) };
      }),
    );
  }
}

export const create = (n) => new Replica(n);
export const load = (bytes) => new Replica(9, bytes);
