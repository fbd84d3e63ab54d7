/** What becomes different when another state is taken over, for the history to follow. */
import type { BaseLayer } from './layer.ts';
import { recordOf, type Node } from './node.ts';
import type { Jump } from './replica-port.ts';
import type { Place, Rid } from './types.ts';

/** From one confirmed document to another: costs a look at each record. */
export function jumpBetween(old: BaseLayer, now: BaseLayer, place: Place, digest: string): Jump {
  const records = [];
  for (const node of now.records.values()) {
    const was = old.get(node.rid);
    if (was === undefined || !sameRecord(was, node)) records.push(recordOf(node));
  }
  const removed: Rid[] = [];
  for (const rid of old.records.keys()) if (!now.get(rid)) removed.push(rid);
  const root = now.root();
  return {
    ...{ place, digest, records, removed },
    ...(root === undefined ? {} : { root }),
    ...(now.strays.size > 0 ? { strays: true as const } : {}),
  };
}

const FIELDS = [
  'type',
  'version',
  'parent',
  'primaryWeight',
  'ns',
  'name',
  'chdata',
  'pitarget',
  'pidata',
  'creator',
  'created',
  'lastModifiedBy',
  'modified',
  'chdataVersion',
  'inert',
] as const satisfies readonly (keyof Node)[];

const sameRecord = (one: Node, other: Node): boolean => FIELDS.every((field) => one[field] === other[field]);
