/** The drawing as it was, told piece by piece, so that no piece takes long to make, to carry or to read. */
import type { Rid, TreeView } from '#core/types.ts';
import type { ViewNode } from '#api/contract.ts';
import type { DocumentType } from './document-types.ts';

/** A node with all it holds, or without its children where these follow. */
export interface Part {
  readonly parent: Rid;
  readonly node: ViewNode;
}

/** Elements, attributes and texts in a part; one that holds more is told apart from its children. */
const LARGE = 400;

/** What is shown under `root`, itself left out, in document order: a parent before its children. */
export function* partsOf(type: DocumentType, view: TreeView, root: Rid): Generator<Part> {
  for (const rid of view.children(root)) {
    const large = isLarge(view, rid);
    const node = large ? shallow(type, view, rid) : type.shown.tree(view, rid);
    if (node === undefined) continue;
    yield { parent: root, node };
    if (large) yield* partsOf(type, view, rid);
  }
}

/** An element as it is shown, without what is in it; undefined when it isn't shown. */
export function shallow(type: DocumentType, view: TreeView, rid: Rid): ViewNode | undefined {
  return type.shown.tree(childless(view, rid), rid);
}

/** Whether a node is large and of elements: texts and style sheets are told as a whole. */
function isLarge(view: TreeView, top: Rid): boolean {
  const stack = [top];
  for (let seen = 0; stack.length > 0; ) {
    const rid = stack.pop() as Rid;
    const children = view.children(rid);
    seen += 1 + view.attributes(rid).length;
    if (seen + children.length > LARGE) return view.children(top).some((child) => view.get(child)?.type === 'element');
    for (const child of children) stack.push(child);
  }
  return false;
}

function childless(view: TreeView, parent: Rid): TreeView {
  return {
    get: (rid) => view.get(rid),
    root: () => view.root(),
    children: (rid) => (rid === parent ? [] : view.children(rid)),
    nextSibling: (rid) => view.nextSibling(rid),
    attributes: (rid) => view.attributes(rid),
    attribute: (rid, ns, name) => view.attribute(rid, ns, name),
    parentOf: (rid) => view.parentOf(rid),
  };
}
