/**
 * Our own intents before they reach the document: `root` is resolved, and what no use of the document may have is
 * refused with a reason, so that a person never draws what nobody would see (DESIGN section 2, Void: ours are refused).
 */
import type { Intent } from '#core/replica-port.ts';
import type { ElementTree, NodeTree, Rid, TreeView } from '#core/types.ts';
import { ApiError } from '#api/errors.ts';
import { localName, SVG_NS } from '#xml/names.ts';
import { cleanTrees, safeAttribute } from '#svg/safe.ts';
import { namespaceOf } from '#svg/view.ts';

/** An intent as the API's schema reads it: optional fields may be present and undefined. */
export type LooseIntent =
  | { do: 'add'; parent: Rid; before: Rid | null; node: LooseNode }
  | { do: 'set'; rid: Rid; ns?: string | undefined; name: string; value: string | null }
  | {
      do: 'text';
      rid: Rid;
      from: number;
      count: number;
      insert: string;
      ns?: string | undefined;
      name?: string | undefined;
    }
  | { do: 'move'; rid: Rid; parent: Rid; before: Rid | null }
  | { do: 'remove'; rid: Rid };

interface LooseElement {
  readonly type: 'element';
  readonly ns?: string | undefined;
  readonly name: string;
  readonly attrs: readonly { readonly ns?: string | undefined; readonly name: string; readonly value: string }[];
  readonly children: readonly LooseNode[];
}
type LooseNode = LooseElement | Exclude<NodeTree, ElementTree>;

/** Resolves and checks intents against what is shown. Throws ApiError 'refused' with a sentence. */
export function checkIntents(view: TreeView, intents: readonly LooseIntent[]): Intent[] {
  return intents.map((intent) => check(view, intent));
}

function check(view: TreeView, intent: LooseIntent): Intent {
  switch (intent.do) {
    case 'add': {
      const parent = resolve(view, intent.parent);
      const node = tidy(intent.node);
      const [removed] = cleanTrees([node], namespaceOf(view, parent)).removed;
      if (removed !== undefined) {
        throw new ApiError(
          'refused',
          `That can't be put on a board: ${removed.replace(/ (?:was|were) taken out\.$/, '')}. Take it out first.`,
        );
      }
      return { do: 'add', parent, before: intent.before, node };
    }
    case 'set': {
      const rid = resolve(view, intent.rid);
      if (intent.value !== null) checkValue(view, rid, intent.ns, intent.name, intent.value);
      return { do: 'set', rid, name: intent.name, value: intent.value, ...ns(intent.ns) };
    }
    case 'text': {
      const rid = resolve(view, intent.rid);
      const { from, count, insert, name } = intent;
      if (name === undefined) return { do: 'text', rid, from, count, insert };
      const attr = view.attribute(rid, intent.ns ?? '', localName(name));
      const value = (attr === undefined ? undefined : view.get(attr)?.chdata) ?? '';
      checkValue(view, rid, intent.ns, name, value.slice(0, from) + insert + value.slice(from + count));
      return { do: 'text', rid, from, count, insert, name, ...ns(intent.ns) };
    }
    case 'move': {
      const rid = resolve(view, intent.rid);
      if (rid === view.root())
        throw new ApiError('refused', 'The board itself can not be moved. Choose a shape on it.');
      return { do: 'move', rid, parent: resolve(view, intent.parent), before: intent.before };
    }
    case 'remove': {
      const rid = resolve(view, intent.rid);
      if (rid === view.root())
        throw new ApiError('refused', 'The board itself can not be removed. Choose a shape on it.');
      return { do: 'remove', rid };
    }
  }
}

/** The rid that is meant: `root` names the root element unless a node has that very rid. */
function resolve(view: TreeView, rid: Rid): Rid {
  const target = rid === 'root' && view.get('root') === undefined ? view.root() : rid;
  if (target !== undefined && view.get(target) !== undefined) return target;
  if (rid === 'root') throw new ApiError('refused', 'This board has no drawing yet. Wait until it has been fetched.');
  throw new ApiError('refused', `There is no node ${rid} on this board any more. Look again and repeat it.`);
}

function checkValue(view: TreeView, rid: Rid, attrNs: string | undefined, name: string, value: string): void {
  const element = view.get(rid);
  if (element?.type !== 'element') throw new ApiError('refused', `Node ${rid} is no element, so it has no attributes.`);
  const safe = safeAttribute('record', namespaceOf(view, rid), element.name ?? '', attrNs, name, value);
  if (safe !== value) {
    throw new ApiError(
      'refused',
      `The attribute ${name} can't have that value: it could run a program or reach outside the drawing.`,
    );
  }
}

const ns = (value: string | undefined): { ns?: string } => (value === undefined || value === '' ? {} : { ns: value });

function tidy(node: LooseNode): NodeTree {
  if (node.type !== 'element') return node;
  return {
    type: 'element',
    name: node.name,
    ...(node.ns === undefined ? {} : { ns: node.ns }),
    attrs: node.attrs.map((attr) => ({ name: attr.name, value: attr.value, ...ns(attr.ns) })),
    children: node.children.map(tidy),
  };
}

/** The root of a new board: an empty drawing whose unit is a CSS pixel. */
export const EMPTY_ROOT: ElementTree = {
  type: 'element',
  ns: SVG_NS,
  name: 'svg',
  attrs: [{ name: 'viewBox', value: '0 0 1600 1000' }],
  children: [],
};
