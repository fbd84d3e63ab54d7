/** What the page shows of notes, in the shape that the api's ViewNode has: what the allow-list lets through, as data. */
import type { NodeRecord, Rid, TreeView } from '#core/types.ts';
import { cleanText, localName } from '#xml/names.ts';
import { passageOf, safeAttribute } from './allow-list.ts';
import { MAX_NESTING, XHTML_NS } from './vocabulary.ts';

export interface ShownAttribute {
  name: string;
  value: string;
}
export type ShownNode =
  | { rid: Rid; type: 'element'; ns: string; name: string; attrs: ShownAttribute[]; children: ShownNode[] }
  | { rid: Rid; type: 'text'; data: string };

/** A node and all it holds; undefined when it isn't shown, or lies in something that isn't. A transparent element is a `div`. */
export function shownTree(view: TreeView, rid: Rid): ShownNode | undefined {
  const record = view.get(rid);
  if (record === undefined) return undefined;
  const path: NodeRecord[] = [];
  for (let at = view.parentOf(rid); at !== undefined && at !== ''; at = view.parentOf(at)) {
    const parent = view.get(at);
    if (parent === undefined || path.length >= MAX_NESTING) return undefined;
    path.push(parent);
  }
  let ns = XHTML_NS;
  for (const parent of path.toReversed()) {
    ns = parent.ns ?? ns;
    if (passageOf(ns, parent.name ?? '') === 'out') return undefined;
  }
  return node(view, record, ns, path.length + 1);
}

/** An attribute that changed, as it is shown; `value` null when it is gone or not let through; undefined for no element of ours. */
export function shownAttribute(
  view: TreeView,
  element: Rid,
  ns: string,
  name: string,
  value: string | null,
): { name: string; value: string | null } | undefined {
  const owner = view.get(element);
  if (owner?.type !== 'element' || ns !== '') return undefined;
  const safe = value === null ? null : safeAttribute(owner.name ?? '', ns, name, value);
  return { name, value: safe === null ? null : cleanText(safe) };
}

function node(view: TreeView, record: NodeRecord, parentNs: string, depth: number): ShownNode | undefined {
  const { rid } = record;
  if (record.type === 'text') return { rid, type: 'text', data: cleanText(record.chdata ?? '') };
  const ns = record.ns ?? parentNs;
  const name = record.name ?? '';
  if (record.type !== 'element' || depth > MAX_NESTING) return undefined;
  const passage = passageOf(ns, name);
  if (passage === 'out') return undefined;
  return {
    ...{ rid, type: 'element', ns, name: passage === 'through' ? localName(name) : 'div' },
    attrs: view.attributes(rid).flatMap((attr) => shown(view, name, attr)),
    children: view.children(rid).flatMap((child) => {
      const found = view.get(child);
      return (found && node(view, found, ns, depth + 1)) ?? [];
    }),
  };
}

function shown(view: TreeView, element: string, attr: Rid): ShownAttribute[] {
  const record = view.get(attr);
  if (record?.name === undefined || (record.ns ?? '') !== '') return [];
  const safe = safeAttribute(element, record.ns, record.name, record.chdata ?? '');
  return safe === null ? [] : [{ name: record.name, value: cleanText(safe) }];
}
