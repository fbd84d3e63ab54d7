/**
 * Completed documents and parts (XEP-0228, section 5.4 and 5.5; DESIGN section 2, "A completed document or subtree"): an
 * attribute in a namespace of our own marks an element, and what lies in it stays as it is until an owner takes the mark away.
 * The mark is a record like any other, so it travels with every state and meets concurrent edits in the session's order.
 */
import type { Edit, Fault, NodeRecord, NodeType, Rid, Role, TreeView } from './types.ts';
import { localName } from './xml-chars.ts';

/** The namespace and local name of the mark. Its value is a claim of who declared it and when; nothing depends on it. */
export const COMPLETE_NS = 'urn:x-limn:complete:0';
export const COMPLETE_NAME = 'complete';

/** Deeper than this nobody looks for a mark: an edit there can't be told to be allowed, so it isn't. Imports end at 250. */
const MAX_CLIMB = 1024;

/** Whether a record, or the fields of a New, are the mark of a completed part. */
export function isMark({ type, ns, name }: Pick<NodeRecord, 'type' | 'ns' | 'name'>): boolean {
  return type === 'attr' && ns === COMPLETE_NS && name !== undefined && localName(name) === COMPLETE_NAME;
}

/**
 * The element that holds a node and is marked as complete: the nearest one, the node itself included; undefined when there is none.
 * `''` asks for what stands beside the root, which is complete when the root is.
 */
export function completedPart(view: TreeView, rid: Rid): Rid | undefined {
  const found = climb(view, rid);
  return found === TOO_DEEP ? undefined : found;
}

const TOO_DEEP = Symbol('too deep');

function climb(view: TreeView, rid: Rid | undefined): Rid | typeof TOO_DEEP | undefined {
  let at = rid;
  for (let steps = 0; at !== undefined; steps++) {
    if (steps > MAX_CLIMB) return TOO_DEEP;
    const element: Rid | undefined = at === '' ? view.root() : at;
    if (element === undefined) return undefined;
    if (view.attribute(element, COMPLETE_NS, COMPLETE_NAME) !== undefined) return element;
    at = at === '' ? undefined : view.parentOf(at);
  }
  return undefined;
}

/**
 * Why an edit may not be done, just before it would be: it changes something inside a completed part, moves something in or
 * out, takes such a part away, or it is somebody's who isn't an owner and concerns a mark. Undefined when it may be, or does nothing anyway.
 */
export function completenessFault(view: TreeView, edit: Edit, role: Role): Fault | undefined {
  if (edit.kind === 'new') {
    if (view.get(edit.rid) !== undefined) return undefined;
    if (edit.parent !== '' && view.get(edit.parent) === undefined) return undefined;
    return isMark(edit) ? markFault(view, edit.parent, role) : placeFault(view, edit.parent, edit.type);
  }
  const node = view.get(edit.rid);
  if (node === undefined || node.inert) return undefined;
  if (edit.fix) return undefined;
  const home = view.parentOf(edit.rid);
  if (edit.kind === 'remove') {
    if (isMark(node)) return markFault(view, home, role);
    return partFault(view, edit.rid) ?? heldPartFault(view, edit.rid);
  }
  const { fields } = edit;
  const moved = fields.parent !== undefined && fields.parent !== home ? fields.parent : undefined;
  if (isMark(node) || isMark({ ...node, ...fields }))
    return markFault(view, home, role) ?? (moved === undefined ? undefined : markFault(view, moved, role));
  return partFault(view, edit.rid) ?? (moved === undefined ? undefined : placeFault(view, moved, node.type));
}

/** An edit that puts something under `parent`. What is no place for it leaves it shown under the root (DESIGN section 2, The tree). */
function placeFault(view: TreeView, parent: Rid, type: NodeType): Fault | undefined {
  const holder = view.get(parent);
  const holds = parent === '' || (holder?.type === 'element' && !holder.inert);
  return partFault(view, parent) ?? (holds || type === 'attr' ? undefined : partFault(view, ''));
}

/** An edit at or under `rid`. */
function partFault(view: TreeView, rid: Rid): Fault | undefined {
  const part = climb(view, rid);
  if (part === undefined) return undefined;
  return part === TOO_DEEP ? tooDeep : complete(view, part);
}

/** An edit of the mark of `element`. The mark itself is no hindrance to it, one further up is. */
function markFault(view: TreeView, element: Rid | undefined, role: Role): Fault | undefined {
  if (role !== 'owner') return notOwner;
  const above = element === undefined ? undefined : view.parentOf(element);
  return above === undefined || above === '' ? undefined : partFault(view, above);
}

/** Removing `top` would take a completed part with it. */
function heldPartFault(view: TreeView, top: Rid): Fault | undefined {
  const stack = [top];
  for (let rid = stack.pop(); rid !== undefined; rid = stack.pop()) {
    if (view.attribute(rid, COMPLETE_NS, COMPLETE_NAME) !== undefined) return holdsComplete(rid);
    for (const child of view.children(rid)) stack.push(child);
  }
  return undefined;
}

function complete(view: TreeView, part: Rid): Fault {
  const whole = part === view.root();
  return {
    code: 'complete',
    detail: { part },
    reason: `This ${whole ? 'document' : 'part'} is complete, so it stays as it is. An owner can reopen it.`,
  };
}

const holdsComplete = (part: Rid): Fault => ({
  code: 'complete',
  detail: { part },
  reason: 'It holds a part that is complete, so it stays. An owner can reopen that part.',
});

const notOwner: Fault = {
  code: 'not-owner',
  detail: {},
  reason: 'Only an owner of the room can declare something complete or reopen it. Ask one of them.',
};

const tooDeep: Fault = {
  code: 'too-deep',
  detail: {},
  reason: 'It is nested too deeply to be changed. Change or remove what holds it.',
};
