/**
 * What some nodes were, kept while the document goes on. A log that catches us up is applied in place, so what it is about to
 * touch is copied first; nothing else is.
 */
import type { NodeRecord, Rid, TreeView } from '#core/types.ts';

/** Beyond so many nodes nothing more is kept: later ones are told of without what they were. */
const MAX_NODES = 20_000;

interface Kept {
  readonly record: NodeRecord | undefined;
  readonly parent: Rid | undefined;
  readonly attributes: readonly Rid[];
  /** Only where the node was kept with all it holds. */
  readonly children: readonly Rid[] | undefined;
}

export interface Capture {
  /** Keeps a node as `view` has it now, with its attributes and ancestors; `deep`: with all it holds. The first time counts. */
  keep(view: TreeView, rid: Rid, deep: boolean): void;
  /** What was kept of what lay in a node. */
  under(rid: Rid): Iterable<Rid>;
  /** What was kept, as a tree; for all else what `rest` says (absent: nothing). */
  over(rest: TreeView | undefined): TreeView;
}

export function createCapture(limit = MAX_NODES): Capture {
  const kept = new Map<Rid, Kept>();

  function put(view: TreeView, rid: Rid, deep: boolean): boolean {
    const there = kept.get(rid);
    if (there !== undefined && (!deep || there.children !== undefined || there.record === undefined)) return false;
    if (kept.size >= limit) return false;
    const record = view.get(rid);
    const isElement = record?.type === 'element';
    const attributes = isElement ? view.attributes(rid) : [];
    kept.set(rid, {
      record: there?.record ?? (record && { ...record }),
      parent: there?.parent ?? view.parentOf(rid),
      attributes: there?.attributes ?? attributes,
      children: deep && isElement ? view.children(rid) : undefined,
    });
    for (const attribute of attributes) put(view, attribute, false);
    return true;
  }

  return {
    keep(view, rid, deep) {
      const stack = [rid];
      for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
        put(view, at, deep);
        if (deep && kept.size < limit) stack.push(...(kept.get(at)?.children ?? []));
      }
      for (let at = view.parentOf(rid); at !== undefined && at !== ''; at = view.parentOf(at)) {
        if (!put(view, at, false)) break;
      }
    },
    *under(rid) {
      const stack = [...(kept.get(rid)?.children ?? [])];
      for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
        yield at;
        stack.push(...(kept.get(at)?.children ?? []));
      }
    },
    over: (rest) => ({
      get: (rid) => (kept.has(rid) ? kept.get(rid)?.record : rest?.get(rid)),
      parentOf: (rid) => (kept.has(rid) ? kept.get(rid)?.parent : rest?.parentOf(rid)),
      attributes: (rid) => kept.get(rid)?.attributes ?? rest?.attributes(rid) ?? [],
      children: (rid) => kept.get(rid)?.children ?? rest?.children(rid) ?? [],
      attribute(element, ns, localName) {
        const own = kept.get(element);
        if (own === undefined) return rest?.attribute(element, ns, localName);
        return own.attributes.find((rid) => {
          const record = kept.get(rid)?.record;
          const name = record?.name ?? '';
          return (record?.ns ?? '') === ns && name.slice(name.indexOf(':') + 1) === localName;
        });
      },
      root: () => rest?.root(),
      nextSibling: () => undefined,
    }),
  };
}
