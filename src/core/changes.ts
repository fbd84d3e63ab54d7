/** The DOM-level changes between what records were and what they are now. */
import type { Journal, Layer } from './layer.ts';
import type { Node } from './node.ts';
import { compareSiblings } from './order.ts';
import type { Change, Rid } from './types.ts';
import { localName } from './xml-chars.ts';

/** What is looked at of a tree: a layer, or what views are told of one (seen.ts). */
export type Seen = Pick<Layer, 'get' | 'following' | 'attribute'>;

/**
 * What a DOM must do to follow: moves and insertions from the back of each parent, so that every `before` is in place
 * already, then removals (a subtree once, by its top), then values. A `removed` may name what an earlier one took along.
 *
 * @param before what each record that may have changed was shown as; null: not at all
 * @param now the tree as it is shown now
 */
export function changesBetween(before: Journal, now: Seen): Change[] {
  const intoNew: Change[] = [];
  const placed: Node[] = [];
  const removed: Change[] = [];
  const values: Change[] = [];
  for (const [rid, was] of before) {
    const is = now.get(rid);
    if (was && is && isRetyped(before, now, rid)) {
      // Another node has the removed one's rid: that leaves before this one comes.
      if (was.type === 'attr') attributeChanges(before, was, undefined, now, values);
      else if (was.home !== null) intoNew.push({ kind: 'removed', rid, parent: was.home });
      if (is.type === 'attr') attributeChanges(before, null, is, now, values);
      else if (is.home !== null && !comesWithParent(before, is, now)) placed.push(is);
      continue;
    }
    const wasShown = was !== null && was.home !== null;
    const isShown = is !== undefined && is.home !== null;
    if ((was?.type ?? is?.type) === 'attr') {
      attributeChanges(before, was, is, now, values);
    } else if (wasShown && !isShown) {
      if (!goesWithParent(before, now, was)) removed.push({ kind: 'removed', rid, parent: was.home as Rid });
    } else if (isShown && is) {
      if (!wasShown || was.home !== is.home || was.primaryWeight !== is.primaryWeight) {
        if (!comesWithParent(before, is, now)) placed.push(is);
        else if (wasShown) intoNew.push({ kind: 'removed', rid, parent: was.home as Rid });
      }
      if (wasShown) nodeChanges(was, is, values);
    }
  }
  // What moves into a subtree that is new comes with it, and may take along what moves elsewhere: then all is placed anew.
  const anew = intoNew.length > 0;
  const again = new Set(anew ? placed.map(({ rid }) => rid) : []);
  const placings: Change[] = [];
  for (const node of inPlacingOrder(placed, now)) {
    const parent = node.home as Rid;
    const next = now.following(node);
    const was = before.get(node.rid);
    const moves = was !== undefined && was !== null && was.home !== null && !isRetyped(before, now, node.rid);
    if (moves && anew) intoNew.push({ kind: 'removed', rid: node.rid, parent: was.home as Rid });
    if (anew && climbs(now, parent, (rid) => again.has(rid))) continue;
    placings.push({ kind: moves && !anew ? 'moved' : 'inserted', rid: node.rid, parent, before: next });
  }
  return [...intoNew, ...placings, ...removed, ...values];
}

/** Parents before their children, later siblings first: a `before` always names a node that is in place. */
function inPlacingOrder(placed: Node[], now: Seen): Node[] {
  if (placed.length < 2) return placed;
  const depths = new Map<Node, number>();
  for (const node of placed) {
    let depth = 0;
    for (let rid = node.home; rid !== null && rid !== ''; rid = now.get(rid)?.home ?? null) depth++;
    depths.set(node, depth);
  }
  return placed.sort((a, b) => (depths.get(a) as number) - (depths.get(b) as number) || compareSiblings(b, a));
}

function goesWithParent(before: Journal, now: Seen, was: Node): boolean {
  const home = was.home;
  if (home === null || home === '') return false;
  if (isRetyped(before, now, home)) return true;
  const parent = now.get(home);
  const parentWas = before.get(home);
  return (
    (parent === undefined || parent.home === null) &&
    parentWas !== null &&
    parentWas !== undefined &&
    parentWas.home !== null
  );
}

/** An inserted subtree is announced by its top alone: whether one of its ancestors comes as it does, or comes in its place. */
function comesWithParent(before: Journal, is: Node, now: Seen): boolean {
  return climbs(now, is.home, (rid) => {
    const was = before.get(rid);
    return was === null || (was !== undefined && was.home === null) || isRetyped(before, now, rid);
  });
}

/** Whether `fits` says so of an element or one of its ancestors. */
function climbs(layer: Seen, from: Rid | null, fits: (rid: Rid) => boolean): boolean {
  for (let rid = from; rid !== null && rid !== ''; rid = layer.get(rid)?.home ?? null) if (fits(rid)) return true;
  return false;
}

/** Whether a rid names a node of another type than before: removed, and taken for a new one, at once. */
function isRetyped(before: Journal, now: Seen, rid: Rid): boolean {
  const was = before.get(rid);
  const is = now.get(rid);
  return was !== undefined && was !== null && is !== undefined && was.type !== is.type;
}

function nodeChanges(was: Node, is: Node, out: Change[]): void {
  if (was.name !== is.name || was.ns !== is.ns) out.push({ kind: 'renamed', rid: is.rid });
  if (was.chdata !== is.chdata || was.pitarget !== is.pitarget || was.pidata !== is.pidata)
    out.push({ kind: 'data', rid: is.rid });
}

function attributeChanges(before: Journal, was: Node | null, is: Node | undefined, now: Seen, out: Change[]): void {
  const wasOn = was?.home ?? null;
  const isOn = is?.home ?? null;
  const same = was && is && wasOn === isOn && was.name === is.name && was.ns === is.ns;
  if (was && wasOn !== null && !same && staysShown(before, now, wasOn)) {
    const ns = was.ns ?? '';
    // Unless another record gives the element that attribute now: then its own change says so.
    const successor = now.attribute(wasOn, ns, ns ? localName(was.name ?? '') : (was.name ?? ''));
    if (successor === undefined)
      out.push({ kind: 'attr', rid: wasOn, attr: was.rid, ns, name: was.name ?? '', value: null });
  }
  if (is && isOn !== null && (!same || was.chdata !== is.chdata) && staysShown(before, now, isOn)) {
    out.push({ kind: 'attr', rid: isOn, attr: is.rid, ns: is.ns ?? '', name: is.name ?? '', value: is.chdata ?? '' });
  }
}

/** Whether an element was shown and still is: those that came or went tell of their attributes themselves. */
function staysShown(before: Journal, now: Seen, element: Rid): boolean {
  const is = now.get(element);
  if (is === undefined || is.home === null) return false;
  const was = before.get(element);
  if (isRetyped(before, now, element)) return false;
  return was === undefined || (was !== null && was.home !== null);
}
