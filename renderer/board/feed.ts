/**
 * Main's changes on their way to the screen: in order, and in slices of a few milliseconds a frame, so that a paste of ten
 * thousand shapes by someone else never stops the pen.
 */
import type { ViewChange, ViewNode } from '#api/contract.ts';
import type { OwnWrites } from './own-writes.ts';
import type { Projection, Touched } from './projection.ts';
import type { ShapeIndex } from './shape-index.ts';

/** What one frame may spend on building nodes (ms). Their layout and paint come on top. */
const SLICE_MS = 8;
/** Nodes with more than this below them are put on the screen child by child. */
const LARGE = 200;
const STEP = 64;

export interface Feed {
  push(changes: readonly ViewChange[], by: string | undefined): void;
  /** Puts my own changes on the screen now, before what waits. */
  show(changes: readonly ViewChange[]): void;
  /** Puts a frame's worth of what waits on the screen; all of it with `all`. */
  step(all?: boolean): void;
  /** How many nodes and changes wait. */
  readonly waiting: number;
}

export interface FeedParts {
  readonly projection: Projection;
  readonly index: ShapeIndex;
  readonly own: OwnWrites;
  readonly now: () => number;
  /** Told after each slice. */
  readonly landed: (touched: Touched, by: ReadonlySet<string>) => void;
}

interface Unit {
  readonly change: ViewChange;
  readonly by: string | undefined;
}

export function createFeed(parts: FeedParts): Feed {
  const { projection, index, own } = parts;
  let queue: Unit[] = [];
  let next = 0;

  function land(touched: Touched, by: ReadonlySet<string>): void {
    if (touched.reset) index.rebuild(projection.tops());
    else index.update(touched.changed, touched.gone);
    parts.landed(touched, by);
  }

  return {
    get waiting() {
      return queue.length - next;
    },
    push(changes, by) {
      for (const change of changes) for (const small of split(change)) queue.push({ change: small, by });
    },
    show(changes) {
      land(projection.apply(changes), new Set());
    },
    step(all = false) {
      const until = all ? Number.POSITIVE_INFINITY : parts.now() + SLICE_MS;
      const touched = projection.apply([]);
      const by = new Set<string>();
      do {
        const units = queue.slice(next, next + STEP);
        next += units.length;
        const changes = units.map((unit) => unit.change);
        projection.apply(changes, touched);
        projection.apply(own.arrived(changes), touched);
        for (const unit of units) if (unit.by !== undefined) by.add(unit.by);
      } while (next < queue.length && parts.now() < until);
      if (next >= queue.length) {
        queue = [];
        next = 0;
      }
      land(touched, by);
    },
  };
}

/** How many nodes a tree has, itself included. */
export function sizeOf(node: ViewNode): number {
  return node.type === 'text' ? 1 : node.children.reduce((sum, child) => sum + sizeOf(child), 1);
}

/** A change as several that come to the same, none of which builds a large tree. */
function* split(change: ViewChange): Generator<ViewChange> {
  const node = change.op === 'insert' ? change.node : change.op === 'reset' ? change.root : null;
  if (node?.type !== 'element' || sizeOf(node) <= LARGE) {
    yield change;
    return;
  }
  const bare = { ...node, children: [] };
  yield change.op === 'insert' ? { ...change, node: bare } : { op: 'reset', root: bare };
  for (const child of node.children) yield* split({ op: 'insert', parent: node.rid, before: null, node: child });
}
