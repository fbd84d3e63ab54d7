import type { Rid, TreeView } from '#core/types.ts';

/** A node as programs read it: everything of it, in order. Plain JSON. */
export type BoardNode =
  | {
      readonly rid: Rid;
      readonly type: 'element';
      readonly ns?: string;
      readonly name: string;
      readonly attrs: readonly {
        readonly rid: Rid;
        readonly ns?: string;
        readonly name: string;
        readonly value: string;
      }[];
      readonly children: readonly BoardNode[];
    }
  | { readonly rid: Rid; readonly type: 'text' | 'comment'; readonly data: string }
  | { readonly rid: Rid; readonly type: 'processinginstruction'; readonly target: string; readonly data: string };

/** What lies deeper is left out: no drawing is so deep, and JSON that is can't be written. */
const MAX_LEVELS = 1000;

/** The tree under a node, itself included; null when it isn't there. */
export function boardTree(view: TreeView, rid: Rid | undefined, levels = MAX_LEVELS): BoardNode | null {
  if (levels === 0) return null;
  const record = rid === undefined ? undefined : view.get(rid);
  if (rid === undefined || record === undefined || record.type === 'attr') return null;
  if (record.type === 'processinginstruction') {
    return { rid, type: record.type, target: record.pitarget ?? '', data: record.pidata ?? '' };
  }
  if (record.type !== 'element') return { rid, type: record.type, data: record.chdata ?? '' };
  return {
    rid,
    type: 'element',
    ...(record.ns === undefined ? {} : { ns: record.ns }),
    name: record.name ?? '',
    attrs: view.attributes(rid).flatMap((attr) => {
      const node = view.get(attr);
      if (node === undefined) return [];
      const value = { rid: attr, name: node.name ?? '', value: node.chdata ?? '' };
      return [node.ns === undefined || node.ns === '' ? value : { ...value, ns: node.ns }];
    }),
    children: view.children(rid).flatMap((child) => boardTree(view, child, levels - 1) ?? []),
  };
}
