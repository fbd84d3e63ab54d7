import type { EventData, ViewNode } from '#api/contract.ts';

export type Parts = EventData<'past'>['parts'];

/** A drawing that came in parts, each behind what it is in. */
export function whole(root: ViewNode | null, parts: Parts): ViewNode | null {
  if (root?.type !== 'element') return root;
  const nodes = new Map([[root.rid, root]]);
  for (const { parent, node } of parts) {
    nodes.get(parent)?.children.push(node);
    if (node.type === 'element') nodes.set(node.rid, node);
  }
  return root;
}
