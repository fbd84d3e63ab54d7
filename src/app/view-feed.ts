/**
 * What a renderer must do to follow the shown document: core's changes, through the allow-list, once a frame. The feed
 * remembers which nodes the renderers have, so that a node which becomes drawable or stops being so (its parent moved,
 * its name changed) is inserted or removed as a whole, and nothing is ever named that they don't have.
 */
import type { ViewChange, ViewNode } from '#api/contract.ts';
import type { Change, Rid, TreeView } from '#core/types.ts';
import type { DocumentView } from './document-types.ts';
import type { Clock } from './ports.ts';

/** One frame of a 60 Hz screen, milliseconds. */
const FRAME = 16;
/** With more than this waiting, drawing the board anew is cheaper than following. */
const MAX_WAITING = 5000;

interface Drawn {
  parent: Rid | null;
  readonly children: Set<Rid>;
}

/** `by`: the one person, not oneself, of whom all the changes are. */
export type EmitChanges = (changes: ViewChange[], by: string | undefined) => void;

export interface ViewFeed {
  /** Changes as core tells them, already part of `view`. `by` is a person's id, undefined for oneself. */
  push(changes: readonly Change[], by: string | undefined): void;
  /** Everything is to be drawn anew. */
  reset(): void;
  /** Sends what waits at once. */
  flush(): void;
  /** Sends what waits and answers with the whole drawing as it is: for a renderer that begins now. */
  open(): ViewNode | null;
  /** Nobody looks any more. */
  close(): void;
}

/** Makes a feed over what `view()` gives at each time; `shown` says what of it renderers are told. */
export function createViewFeed(view: () => TreeView, shown: DocumentView, clock: Clock, emit: EmitChanges): ViewFeed {
  const drawn = new Map<Rid, Drawn>();
  let root: Rid | undefined;
  /** The style sheet that each of its nodes, drawn or not, was part of when the sheet was drawn. */
  const sheets = new Map<Rid, Rid>();
  /** Changes in order; those that a later one replaces are deleted. */
  const waiting = new Map<string, ViewChange>();
  let serial = 0;
  let authors = new Set<string | undefined>();
  let whole = false;
  let opened = false;
  let cancel: (() => void) | undefined;

  const add = (change: ViewChange, key = `#${++serial}`): void => {
    waiting.delete(key);
    waiting.set(key, change);
    if (waiting.size > MAX_WAITING) askReset();
  };

  function askReset(): void {
    whole = true;
    waiting.clear();
  }

  function note(node: ViewNode, parent: Rid | null): void {
    drawn.set(node.rid, { parent, children: new Set() });
    if (parent !== null) drawn.get(parent)?.children.add(node.rid);
    if (parent === null) root = node.rid;
    if (node.type !== 'element') return;
    for (const child of node.children) note(child, node.rid);
    if (node.name === 'style') for (const rid of view().children(node.rid)) sheets.set(rid, node.rid);
  }

  function forget(rid: Rid): void {
    const known = drawn.get(rid);
    if (known === undefined) return;
    if (known.parent !== null) drawn.get(known.parent)?.children.delete(rid);
    const stack = [rid];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      stack.push(...(drawn.get(at)?.children ?? []));
      drawn.delete(at);
    }
  }

  function remove(rid: Rid): void {
    if (!drawn.has(rid)) return;
    forget(rid);
    add({ op: 'remove', rid });
  }

  /** The nearest following sibling that the renderers have in its place. */
  function drawnBefore(parent: Rid, rid: Rid, before: Rid | null, moving: ReadonlySet<Rid>): Rid | null {
    if (before === null) return null;
    const home = parent === '' ? null : parent;
    const usable = (sibling: Rid): boolean =>
      !moving.has(sibling) && drawn.get(sibling)?.parent === home && drawn.has(sibling);
    if (usable(before)) return before;
    for (let at = view().nextSibling(rid); at !== undefined; at = view().nextSibling(at)) if (usable(at)) return at;
    return null;
  }

  /** A style sheet holds text alone: an element in one isn't drawn. */
  function drawableIn(parent: Rid, rid: Rid): ViewNode | undefined {
    const node = shown.tree(view(), rid);
    return node?.type === 'element' && shown.whole(view(), parent) === parent ? undefined : node;
  }

  function removeAll(node: ViewNode): void {
    remove(node.rid);
    if (node.type === 'element') for (const child of node.children) removeAll(child);
  }

  function insert(rid: Rid, parent: Rid, before: Rid | null, moving: ReadonlySet<Rid>): void {
    const home = parent === '' ? null : parent;
    if (home !== null && !drawn.has(home)) return;
    const node = drawableIn(parent, rid);
    if (node === undefined || (home === null && rid !== view().root())) return;
    removeAll(node);
    if (home === null && root !== undefined) remove(root); // Core tells of the new root before the old one goes.
    const sibling = drawnBefore(parent, rid, before, moving);
    note(node, home);
    add({ op: 'insert', parent: home, before: sibling, node });
  }

  /** Takes a node away and draws it where it stands now. */
  function redraw(rid: Rid, moving: ReadonlySet<Rid>): void {
    remove(rid);
    const parent = view().parentOf(rid);
    if (parent === undefined) return;
    insert(rid, parent, view().nextSibling(rid) ?? null, moving);
  }

  function follow(change: Change, moving: Set<Rid>): void {
    const sheet =
      change.kind === 'data' || change.kind === 'inserted' || change.kind === 'removed' || change.kind === 'moved'
        ? shown.whole(view(), change.kind === 'removed' ? change.parent : change.rid)
        : undefined;
    const left = sheets.get(change.rid);
    if (left !== undefined && left !== sheet && change.kind !== 'data') {
      sheets.delete(change.rid);
      if (drawn.has(left)) redraw(left, moving);
    }
    if (sheet !== undefined && sheet !== change.rid) {
      moving.delete(change.rid);
      remove(change.rid);
      return redraw(sheet, moving);
    }
    switch (change.kind) {
      case 'inserted':
        if (!drawn.has(change.rid)) insert(change.rid, change.parent, change.before, moving);
        return;
      case 'removed':
        return remove(change.rid);
      case 'moved': {
        moving.delete(change.rid);
        const home = change.parent === '' ? null : change.parent;
        const known = drawn.get(change.rid);
        const fits = (home === null || drawn.has(home)) && drawableIn(change.parent, change.rid) !== undefined;
        if (known === undefined || !fits || (home === null && change.rid !== view().root())) {
          remove(change.rid);
          return insert(change.rid, change.parent, change.before, moving);
        }
        if (known.parent !== null) drawn.get(known.parent)?.children.delete(change.rid);
        known.parent = home;
        if (home !== null) drawn.get(home)?.children.add(change.rid);
        const before = drawnBefore(change.parent, change.rid, change.before, moving);
        return add({ op: 'move', rid: change.rid, parent: home, before });
      }
      case 'renamed':
        return redraw(change.rid, moving);
      case 'attr': {
        if (!drawn.has(change.rid)) return;
        const attr = shown.attribute(view(), change.rid, change.ns, change.name, change.value);
        if (attr === undefined) return;
        return add({ op: 'attr', rid: change.rid, ...attr }, `a ${change.rid} ${attr.ns ?? ''} ${attr.name}`);
      }
      case 'data': {
        if (!drawn.has(change.rid)) return;
        const node = shown.tree(view(), change.rid);
        if (node?.type === 'text') add({ op: 'text', rid: change.rid, data: node.data }, `t ${change.rid}`);
      }
    }
  }

  function draw(): ViewNode | null {
    drawn.clear();
    sheets.clear();
    root = undefined;
    const top = view().root();
    const node = top === undefined ? undefined : shown.tree(view(), top);
    if (node !== undefined) note(node, null);
    return node ?? null;
  }

  function flush(): void {
    cancel?.();
    cancel = undefined;
    const changes: ViewChange[] = whole ? [{ op: 'reset', root: draw() }] : [...waiting.values()];
    const [author] = authors;
    const by = authors.size === 1 && !whole ? author : undefined;
    waiting.clear();
    authors = new Set();
    whole = false;
    if (changes.length > 0) emit(changes, by);
  }

  const schedule = (): void => {
    if (waiting.size > 0 || whole) cancel ??= clock.after(FRAME, flush);
  };

  return {
    push(changes, by) {
      if (!opened || changes.length === 0) return;
      authors.add(by);
      if (!whole) {
        const moving = new Set(changes.flatMap((change) => (change.kind === 'moved' ? [change.rid] : [])));
        for (const change of changes) {
          follow(change, moving);
          if (whole) break;
        }
      }
      schedule();
    },
    reset() {
      if (!opened) return;
      askReset();
      schedule();
    },
    flush,
    open() {
      if (opened) flush();
      opened = true;
      return draw();
    },
    close() {
      opened = false;
      cancel?.();
      cancel = undefined;
      waiting.clear();
      drawn.clear();
      whole = false;
      authors = new Set();
    },
  };
}
