/** For engines without an ordered tree: one last-writer-wins value `group|key` with a fractional index as the key. */
import { generateKeyBetween } from 'fractional-indexing';
import { GROUPS } from '../workload.mjs';

const emptyGroups = () => Array.from({ length: GROUPS }, () => []);

/** The writer's index of keys; readers sort instead. */
export class Order {
  #keys = emptyGroups();

  /** The value for a shape that is put at an index of a group. */
  insert(group, index) {
    const keys = this.#keys[group];
    const key = generateKeyBetween(keys[index - 1] ?? null, keys[index] ?? null);
    keys.splice(index, 0, key);
    return key;
  }

  removeAt(group, index) {
    this.#keys[group].splice(index, 1);
  }

  reset(shapes) {
    this.#keys = sortShapes(shapes).map((group) => group.map((shape) => shape.key));
  }
}

/** Shapes with `group`, `key` and `id`, as ordered groups. */
export function sortShapes(shapes) {
  const groups = emptyGroups();
  for (const shape of shapes) groups[shape.group].push(shape);
  const compare = (x, y) => (x < y ? -1 : x > y ? 1 : 0);
  for (const group of groups) group.sort((x, y) => compare(x.key, y.key) || compare(x.id, y.id));
  return groups;
}

export function parsePosition(position) {
  const bar = position.indexOf('|');
  return { group: Number(position.slice(0, bar)), key: position.slice(bar + 1) };
}
