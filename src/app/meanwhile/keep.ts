/** Shapes that are gone, as plain data: to be drawn faintly where they were, and to be put back. */
import type { ElementTree, NodeTree, Rid, TreeView } from '#core/types.ts';
import type { ViewNode } from '#api/contract.ts';
import { drawableTree } from '#svg/view.ts';
import { localName } from '#xml/names.ts';

/** A shape to be put back, and where it lay: the elements around it, nearest first, with their own maps. */
export interface KeptShape {
  readonly node: ElementTree;
  readonly homes: readonly { readonly rid: Rid; readonly transform: string }[];
}

/** The element and all in it; undefined when it has more than `most` nodes. */
export function keptShape(view: TreeView, rid: Rid, most: number): KeptShape | undefined {
  let left = most;
  const tree = (at: Rid): NodeTree | undefined => {
    const record = view.get(at);
    if (record === undefined || --left < 0) return undefined;
    if (record.type === 'processinginstruction')
      return { type: record.type, pitarget: record.pitarget ?? '', pidata: record.pidata ?? '' };
    if (record.type === 'text' || record.type === 'comment') return { type: record.type, chdata: record.chdata ?? '' };
    return {
      type: 'element',
      name: record.name ?? '',
      ...(record.ns === undefined || record.ns === '' ? {} : { ns: record.ns }),
      attrs: view.attributes(at).flatMap((attribute) => {
        const { name = '', ns, chdata = '' } = view.get(attribute) ?? {};
        left--;
        return name === '' ? [] : [{ name, value: chdata, ...(ns === undefined || ns === '' ? {} : { ns }) }];
      }),
      children: view.children(at).flatMap((child) => tree(child) ?? []),
    };
  };
  const node = tree(rid);
  if (node?.type !== 'element' || left < 0) return undefined;
  const homes: { rid: Rid; transform: string }[] = [];
  for (let at = view.parentOf(rid); at !== undefined && at !== ''; at = view.parentOf(at)) {
    homes.push({ rid: at, transform: attribute(view, at, 'transform') });
  }
  return { node, homes };
}

/** A shape with the maps of those around it that are gone, and the nearest one that stands; undefined when none does. */
export function placed({ node, homes }: KeptShape, shown: TreeView): { parent: Rid; node: ElementTree } | undefined {
  const at = homes.findIndex(({ rid }) => shown.parentOf(rid) !== undefined && shown.get(rid)?.type === 'element');
  const home = homes[at];
  if (home === undefined) return undefined;
  const gone = homes.slice(0, at).map(({ transform }) => transform);
  const own = node.attrs.find(({ name }) => name === 'transform');
  const transform = [...gone.toReversed(), own?.value ?? ''].filter((part) => part !== '').join(' ');
  if (transform === (own?.value ?? '')) return { parent: home.rid, node };
  const attrs = [...node.attrs.filter((attr) => attr !== own), { name: 'transform', value: transform }];
  return { parent: home.rid, node: { ...node, attrs } };
}

/** The shape as it was drawn, with the maps around it; nothing when it weren't drawn or would be long to tell. */
export function ghostOf(view: TreeView, rid: Rid, most: number): { ghost?: ViewNode; around?: string } {
  const ghost = drawableTree(view, rid);
  if (ghost === undefined || JSON.stringify(ghost).length > most) return {};
  const maps: string[] = [];
  for (let at = view.parentOf(rid); at !== undefined && at !== ''; at = view.parentOf(at)) {
    const map = at === view.root() ? '' : attribute(view, at, 'transform');
    if (map !== '') maps.unshift(map);
  }
  return { ghost, ...(maps.length === 0 ? {} : { around: maps.join(' ') }) };
}

/** The words of a shape, as one line; empty when it has none, or more than anybody reads in a list. */
export function wordsOf(view: TreeView, rid: Rid): string {
  const words: string[] = [];
  let seen = 0;
  const stack = [rid];
  for (let at = stack.pop(); at !== undefined && seen < 50 && words.length < 10; at = stack.pop()) {
    seen++;
    const record = view.get(at);
    if (record?.type === 'text') words.push(record.chdata ?? '');
    else if (record?.type === 'element' && localName(record.name ?? '') !== 'style') {
      stack.push(...view.children(at).slice(0, 50).toReversed());
    }
  }
  return words.join(' ').replace(/\s+/g, ' ').trim().slice(0, 60);
}

function attribute(view: TreeView, element: Rid, name: string): string {
  const rid = view.attribute(element, '', name);
  return (rid === undefined ? undefined : view.get(rid)?.chdata) ?? '';
}
