import { isMark } from '#core/complete.ts';
import type { ElementTree, NodeTree } from '#core/types.ts';
import type { NodeInput } from '#api/contract.ts';

/** What of a cleaned fragment can be put on a board: its elements, with the texts in them. */
export function pasteable(nodes: readonly NodeTree[]): NodeInput[] {
  return nodes.flatMap((node) => (node.type === 'element' ? [input(node)] : []));
}

function input(element: ElementTree): NodeInput {
  return {
    type: 'element',
    ...(element.ns === undefined ? {} : { ns: element.ns }),
    name: element.name,
    // A copy of something complete is open.
    attrs: element.attrs.filter((attr) => !isMark({ type: 'attr', ...attr })).map((attr) => ({ ...attr })),
    children: element.children.flatMap((child): (NodeInput | { type: 'text'; chdata: string })[] => {
      if (child.type === 'element') return [input(child)];
      return child.type === 'text' ? [{ type: 'text', chdata: child.chdata }] : [];
    }),
  };
}
