/** What is selected: rids in z-order within one group, the frame round them, and its grips. */
import type { Grip, SelectionFrame } from '#renderer/tools/tool.ts';
import {
  apply,
  type Box,
  centre,
  height,
  IDENTITY,
  isEmpty,
  NOTHING,
  type Matrix,
  type Point,
  union,
  width,
} from './matrix.ts';
import { localBox, worldBox, worldMatrix } from './measure.ts';
import type { Projection } from './projection.ts';
import type { Viewport } from './viewport.ts';

/** Above this many shapes no outline is drawn for each: the frame says it. */
export const OUTLINE_LIMIT = 200;
const KNOB = 24;
const REACH = 9;

export interface Selection {
  readonly rids: readonly string[];
  /** The group whose children can be selected; undefined is the drawing itself. */
  readonly group: string | undefined;
  set(rids: readonly string[]): boolean;
  enter(group: string | undefined): void;
  /** After changes: forgets what is gone and measures anew. True if something was forgotten. */
  refresh(): boolean;
  elements(): SVGElement[];
  /** The selectable shape that holds an element, in the present group. */
  selectable(element: SVGElement): string | undefined;
  frame(): SelectionFrame | null;
  grip(client: Point, viewport: Viewport): Grip | null;
}

export function createSelection(projection: Projection): Selection {
  let rids: readonly string[] = [];
  let group: string | undefined;
  let cached: SelectionFrame | null | undefined;

  const elements = (): SVGElement[] => rids.flatMap((rid) => projection.node(rid) ?? []);

  function frame(): SelectionFrame | null {
    if (cached !== undefined) return cached;
    const all = elements();
    const [only] = all;
    if (!only) cached = null;
    else if (all.length === 1) {
      const box = localBox(only);
      const keepRatio = only.localName === 'text' || only.localName === 'image' || only.localName === 'use';
      cached = isEmpty(box) ? null : { box, matrix: worldMatrix(only), keepRatio };
    } else {
      const box = all.map(worldBox).reduce(union, NOTHING);
      cached = isEmpty(box) ? null : { box, matrix: IDENTITY, keepRatio: false };
    }
    return cached;
  }

  return {
    get rids() {
      return rids;
    },
    get group() {
      return group;
    },
    set(next) {
      const known = next.filter((rid) => projection.node(rid));
      if (known.length === rids.length && known.every((rid, i) => rid === rids[i])) return false;
      rids = known;
      cached = undefined;
      return true;
    },
    enter(next) {
      group = next;
    },
    refresh() {
      cached = undefined;
      if (group !== undefined && !projection.node(group)) group = undefined;
      const left = rids.filter((rid) => projection.node(rid));
      const lost = left.length < rids.length;
      if (lost) rids = left;
      return lost;
    },
    elements,
    selectable(element) {
      const stop = group === undefined ? undefined : projection.node(group);
      if (!stop) {
        const top = projection.topOf(element);
        return top && projection.ridOf(top);
      }
      let at: Element | null = element;
      while (at && at.parentNode !== stop) at = at.parentElement;
      return at ? projection.ridOf(at) : undefined;
    },
    frame,
    grip(client, viewport) {
      const now = frame();
      if (!now) return null;
      for (const { grip, at } of gripPoints(now, (p) => viewport.toClient(p))) {
        if (Math.abs(at.x - client.x) <= REACH && Math.abs(at.y - client.y) <= REACH) return grip;
      }
      return null;
    },
  };
}

/** The corners of a frame on the screen, clockwise from the top left of its own space. */
export function corners(box: Box, matrix: Matrix, toClient: (p: Point) => Point): [Point, Point, Point, Point] {
  const at = (x: number, y: number): Point => toClient(apply(matrix, { x, y }));
  return [at(box.minX, box.minY), at(box.maxX, box.minY), at(box.maxX, box.maxY), at(box.minX, box.maxY)];
}

/** The grips of a frame with their places on the screen, corners first as they win over sides. */
export function gripPoints(frame: SelectionFrame, toClient: (p: Point) => Point): { grip: Grip; at: Point }[] {
  const { box, matrix, keepRatio } = frame;
  const quad = corners(box, matrix, toClient);
  const middle = toClient(apply(matrix, centre(box)));
  const signs = [-1, 1, 1, -1] as const;
  const out: { grip: Grip; at: Point }[] = quad.map((at, i) => ({
    grip: { kind: 'resize', x: signs[i] ?? 1, y: i < 2 ? -1 : 1 },
    at,
  }));
  const side = (a: number, b: number): Point => {
    const [p, q] = [quad[a] as Point, quad[b] as Point];
    return { x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 };
  };
  const top = side(0, 1);
  if (!keepRatio) {
    const large = (a: number, b: number): boolean => {
      const [p, q] = [quad[a] as Point, quad[b] as Point];
      return Math.hypot(p.x - q.x, p.y - q.y) > 28;
    };
    // A flat shape has no height to pull at, and must leave room to be moved by.
    if (height(box) > 0 && large(0, 1)) {
      out.push(
        { grip: { kind: 'resize', x: 0, y: -1 }, at: top },
        { grip: { kind: 'resize', x: 0, y: 1 }, at: side(2, 3) },
      );
    }
    if (width(box) > 0 && large(1, 2)) {
      out.push(
        { grip: { kind: 'resize', x: 1, y: 0 }, at: side(1, 2) },
        { grip: { kind: 'resize', x: -1, y: 0 }, at: side(3, 0) },
      );
    }
  }
  out.push({ grip: { kind: 'rotate' }, at: knob(top, middle, quad) });
  return out;
}

/** The turning knob stands off the top side, away from the middle. */
function knob(top: Point, middle: Point, quad: readonly Point[]): Point {
  let [dx, dy] = [top.x - middle.x, top.y - middle.y];
  if (Math.hypot(dx, dy) < 1e-3) {
    const [p, q] = [quad[0] as Point, quad[1] as Point];
    [dx, dy] = [q.y - p.y, p.x - q.x];
  }
  const size = Math.hypot(dx, dy) || 1;
  return { x: top.x + (dx / size) * KNOB, y: top.y + (dy / size) * KNOB };
}
