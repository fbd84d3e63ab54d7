/**
 * Our own intents before they reach the document: `root` is resolved, and what no use of the document may have is
 * refused with a reason, so that a person never draws what nobody would see (DESIGN section 2, Void: ours are refused).
 */
import type { Intent } from '#core/replica-port.ts';
import { diffTexts, rebase, rebaseTaken } from '#core/splice.ts';
import type { ElementTree, NodeTree, Rid, TreeView } from '#core/types.ts';
import { ApiError } from '#api/errors.ts';
import { localName } from '#xml/names.ts';
import type { DocumentType } from './document-types.ts';

/** An intent as the API's schema reads it: optional fields may be present and undefined. */
export type LooseIntent =
  | { do: 'add'; parent: Rid; before: Rid | null; node: LooseNode; lean?: number | undefined }
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
  /** Makes a text node say `value` where it said `was`; what others wrote into it since stays. `moved`: letters of `was`, ascending,
   *  that stand in the `nth` text node of what `to` (`@n`) adds from now on, from `at` there. */
  | {
      do: 'write';
      rid: Rid;
      was: string;
      value: string;
      moved?: readonly { from: number; count: number; to: Rid; nth: number; at: number }[] | undefined;
    }
  | { do: 'rename'; rid: Rid; name: string }
  | { do: 'move'; rid: Rid; parent: Rid; before: Rid | null }
  | { do: 'remove'; rid: Rid };

interface LooseElement {
  readonly type: 'element';
  readonly ns?: string | undefined;
  readonly name: string;
  readonly attrs: readonly { readonly ns?: string | undefined; readonly name: string; readonly value: string }[];
  readonly children: readonly LooseNode[];
}
export type LooseNode = LooseElement | Exclude<NodeTree, ElementTree>;

/** Intents ready for the replica, and how many of them stand for each given one. */
export interface Prepared {
  readonly intents: Intent[];
  readonly spans: readonly number[];
}

/** Resolves and checks intents against what is shown. Throws ApiError 'refused' with a sentence. */
export function prepareIntents(type: DocumentType, view: TreeView, given: readonly LooseIntent[]): Prepared {
  const intents: Intent[] = [];
  const starts: number[] = [];
  /** `@n` names what the nth given intent adds; here it is what the intent made of that one adds. */
  const find = (rid: Rid): Rid => {
    const start = /^@\d+$/.test(rid) ? starts[Number(rid.slice(1))] : undefined;
    return start === undefined ? resolve(view, rid) : `@${start}`;
  };
  for (const intent of given) {
    const made = prepare(type, view, intent, find);
    starts.push(intents.length);
    intents.push(...made);
  }
  return { intents, spans: starts.map((start, i) => (starts[i + 1] ?? intents.length) - start) };
}

function prepare(type: DocumentType, view: TreeView, intent: LooseIntent, find: (rid: Rid) => Rid): Intent[] {
  switch (intent.do) {
    case 'add': {
      const parent = find(intent.parent);
      const node = tidy(intent.node);
      const fault = type.fault(view, parent, node);
      if (fault !== undefined) {
        throw new ApiError('refused', `That can't be put on a board: ${fault}. Take it out first.`);
      }
      const lean = intent.lean === undefined ? {} : { lean: intent.lean };
      return [{ do: 'add', parent, before: place(intent.before, find), node, ...lean }];
    }
    case 'set': {
      const rid = find(intent.rid);
      if (intent.value !== null) checkValue(type, view, rid, intent.ns, intent.name, intent.value);
      return [{ do: 'set', rid, name: intent.name, value: intent.value, ...ns(intent.ns) }];
    }
    case 'text': {
      const rid = find(intent.rid);
      const { from, count, insert, name } = intent;
      if (name === undefined) return [{ do: 'text', rid, from, count, insert }];
      const attr = view.attribute(rid, intent.ns ?? '', localName(name));
      const value = (attr === undefined ? undefined : view.get(attr)?.chdata) ?? '';
      checkValue(type, view, rid, intent.ns, name, value.slice(0, from) + insert + value.slice(from + count));
      return [{ do: 'text', rid, from, count, insert, name, ...ns(intent.ns) }];
    }
    case 'write': {
      const rid = find(intent.rid);
      const now = view.get(rid)?.type === 'text' ? view.get(rid)?.chdata : undefined;
      if (now === undefined) throw new ApiError('refused', `Node ${rid} is no text. Look again and repeat it.`);
      return written(rid, intent, now, find);
    }
    case 'rename': {
      const rid = find(intent.rid);
      if (rid === view.root() || !type.mayBeCalled(view, rid, intent.name)) {
        throw new ApiError('refused', `An element can't become <${intent.name}> here. Choose another name.`);
      }
      return [{ do: 'rename', rid, name: intent.name }];
    }
    case 'move': {
      const rid = find(intent.rid);
      if (rid === view.root())
        throw new ApiError('refused', 'The board itself can not be moved. Choose a shape on it.');
      return [{ do: 'move', rid, parent: find(intent.parent), before: place(intent.before, find) }];
    }
    case 'remove': {
      const rid = find(intent.rid);
      if (rid === view.root())
        throw new ApiError('refused', 'The board itself can not be removed. Choose a shape on it.');
      return [{ do: 'remove', rid }];
    }
  }
}

/** What makes a text that says `now` by now say what somebody wrote who knew `was`. */
function written(
  rid: Rid,
  write: Extract<LooseIntent, { do: 'write' }>,
  now: string,
  find: (rid: Rid) => Rid,
): Intent[] {
  const { was, value, moved = [] } = write;
  let theirs = diffTexts(was, now);
  let rest = was;
  const taken: Intent[] = [];
  for (const { to, nth, ...run } of moved.toReversed()) {
    const { left, lost, theirs: after } = rebaseTaken(run, theirs);
    if (lost.length > 0)
      throw new ApiError('refused', 'Somebody has just changed that text. Look again and repeat it.');
    theirs = after;
    rest = rest.slice(0, run.from) + rest.slice(run.from + run.count);
    for (const { from, count, at } of left)
      taken.push({ do: 'text', rid, from, count, insert: '', moved: { to: find(to), nth, at } });
  }
  const [mine] = rebase(diffTexts(rest, value), theirs);
  return [...taken, ...mine.map((splice): Intent => ({ do: 'text', rid, ...splice }))];
}

/** A sibling to stand before; one that is unknown is the replica's to refuse. */
function place(before: Rid | null, find: (rid: Rid) => Rid): Rid | null {
  return before === null || !before.startsWith('@') ? before : find(before);
}

/** The rid that is meant: `root` names the root element unless a node has that very rid. */
function resolve(view: TreeView, rid: Rid): Rid {
  const target = rid === 'root' && view.get('root') === undefined ? view.root() : rid;
  if (target !== undefined && view.get(target) !== undefined) return target;
  if (rid === 'root') throw new ApiError('refused', 'This board has no drawing yet. Wait until it has been fetched.');
  throw new ApiError('refused', `There is no node ${rid} on this board any more. Look again and repeat it.`);
}

function checkValue(
  type: DocumentType,
  view: TreeView,
  rid: Rid,
  attrNs: string | undefined,
  name: string,
  value: string,
): void {
  if (view.get(rid)?.type !== 'element')
    throw new ApiError('refused', `Node ${rid} is no element, so it has no attributes. Choose an element.`);
  if (!type.mayHave(view, rid, attrNs, name, value)) {
    throw new ApiError(
      'refused',
      `The attribute ${name} can't have that value: it could run a program or reach outside the drawing. Choose another one.`,
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
