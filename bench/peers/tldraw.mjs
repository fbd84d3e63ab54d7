/** @tldraw/store with @tldraw/sync-core's network diffs: a server orders whole records, so there is no merge of two peers (no W5). */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Order, sortShapes } from './order.mjs';

const require = createRequire(import.meta.url);
const { Store, StoreSchema, createRecordType } = require('@tldraw/store');
const { getNetworkDiff, applyObjectDiff } = require('@tldraw/sync-core');
const file = new URL('../node_modules/@tldraw/store/package.json', import.meta.url);
export const version = `@tldraw/store ${JSON.parse(readFileSync(file)).version}`;
export const text = true;
const SHAPE = createRecordType('shape', { scope: 'document' });
const idOf = (id) => `shape:${id}`;

class Replica {
  constructor() {
    this.store = new Store({ schema: StoreSchema.create({ shape: SHAPE }, {}), props: {} });
    this.order = new Order();
  }
  init(ops) {
    return this.transact(() => this.store.put(ops.map(({ shape, group, index }) => this.record(shape, group, index))));
  }
  transact(work) {
    return JSON.stringify(getNetworkDiff(this.store.extractingChanges(work)) ?? {});
  }
  record(shape, group, index) {
    const place = { parentId: `g${group}`, index: this.order.insert(group, index) };
    return { id: idOf(shape.id), typeName: 'shape', type: shape.type, ...place, props: { ...shape.attrs } };
  }
  add(shape, group, index) {
    this.store.put([this.record(shape, group, index)]);
  }
  set(id, name, value) {
    this.store.update(idOf(id), (record) => ({ ...record, props: { ...record.props, [name]: value } }));
  }
  append(id, text) {
    this.store.update(idOf(id), (record) => ({ ...record, props: { ...record.props, d: record.props.d + text } }));
  }
  move(id, fromGroup, from, group, index) {
    this.order.removeAt(fromGroup, from);
    const place = { parentId: `g${group}`, index: this.order.insert(group, index) };
    this.store.update(idOf(id), (record) => ({ ...record, ...place }));
  }
  apply(update) {
    const diff = JSON.parse(update);
    this.store.mergeRemoteChanges(() => {
      for (const [id, [kind, value]] of Object.entries(diff)) {
        if (kind === 'put') this.store.put([value]);
        else if (kind === 'patch') this.store.put([applyObjectDiff(this.store.get(id), value)]);
        else this.store.remove([id]);
      }
    });
  }
  save() {
    return JSON.stringify(this.store.getStoreSnapshot());
  }
  tree() {
    const shapes = this.store.allRecords().map((record) => {
      return {
        id: record.id.slice('shape:'.length),
        group: Number(record.parentId.slice(1)),
        key: record.index,
        record,
      };
    });
    return sortShapes(shapes).map((group) =>
      group.map(({ id, record }) => ({ id, type: record.type, attrs: { ...record.props } })),
    );
  }
}

export const create = () => new Replica();
export function load(text) {
  const replica = new Replica();
  replica.store.loadStoreSnapshot(JSON.parse(text));
  return replica;
}
