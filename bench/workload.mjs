/**
 * The workload that every engine performs: a whiteboard of 50 groups with shapes in order, edited, drawn on, re-ordered
 * and merged after both sides were offline. Deterministic; `Model` is the plain reference that replicas are compared with.
 */
import { Buffer } from 'node:buffer';

export const GROUPS = 50;

/** Mulberry32: a small generator of numbers in [0, 1), the same everywhere. */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const COLOURS = ['#e03131', '#1971c2', '#2f9e44', '#f08c00', '#1e1e1e', '#ffffff', 'none'];
const KINDS = ['rect', 'ellipse', 'path', 'text'];
const oneDigit = (x) => (Math.round(x * 10) / 10).toString();

function shapeOf(id, index, next) {
  const type = KINDS[index % 4];
  const colour = () => COLOURS[(next() * COLOURS.length) | 0];
  const length = (max = 4000) => oneDigit(next() * max);
  if (type === 'rect') {
    const attrs = {
      x: length(),
      y: length(),
      width: length(300),
      height: length(300),
      fill: colour(),
      stroke: colour(),
    };
    return { id, type, attrs };
  }
  if (type === 'ellipse') {
    const attrs = { cx: length(), cy: length(), rx: length(150), ry: length(150), fill: colour(), stroke: colour() };
    return { id, type, attrs };
  }
  if (type === 'path') {
    let d = `M${length()} ${length()}`;
    while (d.length < 200) d += `L${length()} ${length()}`;
    d = d.slice(0, 200);
    const attrs = { d, fill: 'none', stroke: colour(), 'stroke-width': '2', transform: 'translate(0 0)', opacity: '1' };
    return { id, type, attrs };
  }
  const attrs = { x: length(), y: length(), 'font-size': '16', fill: colour() };
  return { id, type, attrs: { ...attrs, 'font-family': 'sans-serif', label: `Label ${index}` } };
}

/** The reference: groups of ordered shapes, changed in place. */
export class Model {
  groups = Array.from({ length: GROUPS }, () => []);
  shapes = new Map();
  ids = [];
  #positions = new Map();

  fork() {
    const copy = new Model();
    copy.groups = this.groups.map((group) => group.slice());
    for (const [id, shape] of this.shapes) copy.shapes.set(id, { ...shape, attrs: { ...shape.attrs } });
    copy.ids = this.ids.slice();
    copy.#positions = new Map(this.#positions);
    return copy;
  }

  add(shape, group, index) {
    this.groups[group].splice(index, 0, shape.id);
    this.shapes.set(shape.id, { id: shape.id, type: shape.type, attrs: { ...shape.attrs }, group });
    this.#positions.set(shape.id, this.ids.length);
    this.ids.push(shape.id);
  }

  set(id, name, value) {
    this.shapes.get(id).attrs[name] = value;
  }

  append(id, text) {
    this.shapes.get(id).attrs.d += text;
  }

  /** Answers with the group and index that the shape left. */
  move(id, group, index) {
    const shape = this.shapes.get(id);
    const fromGroup = shape.group;
    const from = this.groups[fromGroup].indexOf(id);
    this.groups[fromGroup].splice(from, 1);
    this.groups[group].splice(index, 0, id);
    shape.group = group;
    return { fromGroup, from };
  }

  remove(id) {
    const fromGroup = this.shapes.get(id).group;
    const from = this.groups[fromGroup].indexOf(id);
    this.groups[fromGroup].splice(from, 1);
    this.shapes.delete(id);
    const position = this.#positions.get(id);
    const last = this.ids.pop();
    if (last !== id) {
      this.ids[position] = last;
      this.#positions.set(last, position);
    }
    this.#positions.delete(id);
    return { fromGroup, from };
  }

  tree() {
    return this.groups.map((group) =>
      group.map((id) => {
        const { type, attrs } = this.shapes.get(id);
        return { id, type, attrs: { ...attrs } };
      }),
    );
  }
}

/** One string per tree, equal exactly when shapes, order and attributes are. */
export function canonical(tree) {
  const attributes = (attrs) =>
    Object.entries(attrs)
      .map(([name, value]) => [name, String(value)])
      .sort((a, b) => (a[0] < b[0] ? -1 : 1));
  return JSON.stringify(tree.map((group) => group.map((shape) => [shape.id, shape.type, attributes(shape.attrs)])));
}

export const byteLength = (update) => (typeof update === 'string' ? Buffer.byteLength(update) : update.length);

function setOp(model, id, next, counter) {
  let name = 'transform';
  let value;
  const { type } = model.shapes.get(id);
  if (type === 'path') {
    value = `translate(${oneDigit(next() * 4000)} ${oneDigit(next() * 4000)})`;
  } else {
    name = (type === 'ellipse' ? 'c' : '') + (counter & 1 ? 'y' : 'x');
    value = oneDigit(next() * 4000);
  }
  model.set(id, name, value);
  return { op: 'set', id, name, value };
}

function moveOp(model, next, counter) {
  const id = model.ids[(next() * model.ids.length) | 0];
  const current = model.shapes.get(id).group;
  const group = counter & 1 ? (next() * GROUPS) | 0 : current;
  const length = model.groups[group].length - (group === current ? 1 : 0);
  const index = (next() * (length + 1)) | 0;
  return { op: 'move', id, ...model.move(id, group, index), group, index };
}

/** What one side does while offline: half sets, a fifth adds, a fifth moves, a tenth removes. */
function offline(base, tag, seed, count) {
  const model = base.fork();
  const next = random(seed);
  const ops = [];
  let added = 0;
  for (let i = 0; i < count; i++) {
    const dice = next();
    if (dice < 0.5) {
      ops.push(setOp(model, model.ids[(next() * model.ids.length) | 0], next, i));
    } else if (dice < 0.7) {
      const id = tag + added++;
      const shape = shapeOf(id, added, next);
      const group = (next() * GROUPS) | 0;
      const index = (next() * (model.groups[group].length + 1)) | 0;
      model.add(shape, group, index);
      ops.push({ op: 'add', shape, group, index });
    } else if (dice < 0.9) {
      ops.push(moveOp(model, next, i));
    } else {
      const id = model.ids[(next() * model.ids.length) | 0];
      ops.push({ op: 'remove', id, ...model.remove(id) });
    }
  }
  return ops;
}

/**
 * W1 adds shapes, W2 sets attributes, W3 draws strokes point by point, W4 moves; `left` and `right` are what two replicas
 * do offline after that; `base` is the model after W4. Sizes can be cut for engines that would take hours.
 */
export function generate({
  shapes = 10000,
  sets = 100000,
  strokes = 200,
  points = 500,
  moves = 10000,
  offlineOps = 5000,
} = {}) {
  const next = random(42);
  const model = new Model();
  const work = { W1: [], W2: [], W3: [], W4: [] };
  for (let i = 0; i < shapes; i++) {
    const shape = shapeOf(`s${i}`, i, next);
    const group = i % GROUPS;
    const index = model.groups[group].length;
    model.add(shape, group, index);
    work.W1.push({ op: 'add', shape, group, index });
  }
  for (let i = 0; i < sets; i++) work.W2.push(setOp(model, model.ids[(next() * model.ids.length) | 0], next, i));
  for (let i = 0; i < strokes; i++) {
    const group = (next() * GROUPS) | 0;
    const index = model.groups[group].length;
    let x = next() * 4000;
    let y = next() * 4000;
    const attrs = { d: `M${oneDigit(x)} ${oneDigit(y)}`, fill: 'none', stroke: '#1e1e1e', 'stroke-width': '2' };
    const shape = {
      id: `k${i}`,
      type: 'path',
      attrs: { ...attrs, transform: 'translate(0 0)', opacity: '1' },
      stroke: true,
    };
    model.add(shape, group, index);
    work.W3.push({ op: 'add', shape, group, index });
    for (let point = 0; point < points; point++) {
      x += next() * 8 - 4;
      y += next() * 8 - 4;
      const text = `L${oneDigit(x)} ${oneDigit(y)}`;
      model.append(shape.id, text);
      work.W3.push({ op: 'append', id: shape.id, text });
    }
  }
  for (let i = 0; i < moves; i++) work.W4.push(moveOp(model, next, i));
  const left = offline(model, 'a', 7, offlineOps);
  const right = offline(model, 'b', 11, offlineOps);
  return { ...work, base: model, left, right };
}
