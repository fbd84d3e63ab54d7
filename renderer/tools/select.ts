/**
 * Select: click, Shift-click, marquee; move, resize by eight handles, turn by the knob; double click edits a text or goes
 * into a group. Shift keeps the ratio, the axis or steps of 15 degrees; Alt copies a move and resizes about the centre.
 */
import {
  apply,
  boxOf,
  centre,
  height,
  invert,
  type Matrix,
  multiply,
  type Point,
  rotation,
  scaling,
  translation,
  width,
} from '#renderer/board/matrix.ts';
import { type Change, far, type Grip, type SelectionFrame, type Tool, type ToolBoard, type ToolEvent } from './tool.ts';

type State =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'press';
      readonly start: ToolEvent;
      readonly hit: string | undefined;
      readonly wasSelected: boolean;
    }
  | { readonly kind: 'move'; readonly start: ToolEvent; readonly hit: string | undefined }
  | { readonly kind: 'marquee'; readonly start: ToolEvent; readonly kept: readonly string[] }
  | {
      readonly kind: 'grip';
      readonly start: ToolEvent;
      readonly grip: Grip;
      readonly frame: SelectionFrame;
      readonly single: boolean;
    };

/** How the plane moves for a drag; Shift keeps it on the longer axis. */
export function moveBy(start: Point, to: Point, shift: boolean): Matrix {
  const dx = to.x - start.x;
  const dy = to.y - start.y;
  if (!shift) return translation(dx, dy);
  return Math.abs(dx) > Math.abs(dy) ? translation(dx, 0) : translation(0, dy);
}

/** How the frame's own space is scaled when a handle is dragged from one point to another, both in that space. */
export function resizeBy(
  frame: SelectionFrame,
  grip: { readonly x: number; readonly y: number },
  from: Point,
  to: Point,
  how: { keepRatio: boolean; fromCentre: boolean },
): Matrix {
  const { box } = frame;
  const middle = centre(box);
  const anchor = how.fromCentre
    ? middle
    : {
        x: grip.x > 0 ? box.minX : grip.x < 0 ? box.maxX : middle.x,
        y: grip.y > 0 ? box.minY : grip.y < 0 ? box.maxY : middle.y,
      };
  const half = how.fromCentre ? 2 : 1;
  // A tiny floor keeps a shape from vanishing into a line that can't be grabbed again.
  const factor = (size: number, by: number): number => {
    const k = size < 1e-6 ? 1 : (size + by * half) / size;
    return Math.abs(k) < 0.01 ? (k < 0 ? -0.01 : 0.01) : k;
  };
  let sx = grip.x === 0 ? 1 : factor(width(box), (to.x - from.x) * grip.x);
  let sy = grip.y === 0 ? 1 : factor(height(box), (to.y - from.y) * grip.y);
  if (how.keepRatio) {
    const k = grip.y === 0 || (grip.x !== 0 && Math.abs(sx) > Math.abs(sy)) ? sx : sy;
    sx = k;
    sy = k;
    if (frame.keepRatio) sx = sy = Math.abs(k);
  }
  return scaling(sx, sy, anchor);
}

/** How the plane turns about a centre when the knob is dragged; Shift keeps to steps of 15 degrees. */
export function rotateBy(about: Point, from: Point, to: Point, shift: boolean): Matrix {
  const angle = (p: Point): number => (Math.atan2(p.y - about.y, p.x - about.x) * 180) / Math.PI;
  const turn = angle(to) - angle(from);
  return rotation(shift ? Math.round(turn / 15) * 15 : turn, about);
}

const CURSORS: Record<string, string> = {
  '1,0': 'ew-resize',
  '0,1': 'ns-resize',
  '1,1': 'nwse-resize',
  '1,-1': 'nesw-resize',
};
const gripCursor = (grip: Grip): string =>
  grip.kind === 'rotate' ? 'grab' : (CURSORS[`${grip.x},${grip.y}`] ?? CURSORS[`${-grip.x},${-grip.y}`] ?? 'default');

/** A new select tool. */
export function createSelect(): Tool {
  let state: State = { kind: 'idle' };

  function changeOf(event: ToolEvent): Change | null {
    if (state.kind === 'move') return { world: moveBy(state.start.point, event.point, event.shift) };
    if (state.kind !== 'grip') return null;
    const { frame, grip, start } = state;
    if (grip.kind === 'rotate') {
      return { world: rotateBy(apply(frame.matrix, centre(frame.box)), start.point, event.point, event.shift) };
    }
    const inverse = invert(frame.matrix);
    const local = resizeBy(frame, grip, apply(inverse, start.point), apply(inverse, event.point), {
      keepRatio: event.shift || frame.keepRatio,
      fromCentre: event.alt,
    });
    return state.single ? { local } : { world: multiply(frame.matrix, multiply(local, inverse)) };
  }

  function stop(board: ToolBoard): boolean {
    const was = state.kind !== 'idle';
    if (state.kind === 'move' || state.kind === 'grip') {
      board.drag(null);
      board.live({ preview: null });
    }
    if (state.kind === 'marquee') {
      board.marquee(null);
      board.select(state.kept);
    }
    state = { kind: 'idle' };
    return was;
  }

  function down(event: ToolEvent, board: ToolBoard): void {
    const grip = board.canEdit ? board.grip(event.client) : null;
    const frame = grip && board.frame();
    if (grip && frame) {
      state = { kind: 'grip', start: event, grip, frame, single: board.selection.length === 1 };
      return;
    }
    let hit = board.hit(event.point);
    // Inside the frame of a selection a drag moves it, even between its shapes.
    const held = board.frame();
    const inFrame = !hit && held !== null && board.selection.length > 0 && insideFrame(held, event.point);
    if (inFrame && !event.shift) hit = board.selection[0];
    const wasSelected = hit !== undefined && board.selection.includes(hit);
    if (hit && !wasSelected) board.select(event.shift ? [...board.selection, hit] : [hit]);
    state = { kind: 'press', start: event, hit, wasSelected };
  }

  /** Happens on release: a press after a click may still become a drag. */
  function doubleClick(hit: string, event: ToolEvent, board: ToolBoard): void {
    if (board.name(hit) === 'text' && board.canEdit) board.editText({ rid: hit });
    if (board.name(hit) !== 'g') return;
    board.enter(hit);
    const inner = board.hit(event.point);
    board.select(inner ? [inner] : []);
  }

  return {
    id: 'select',
    cursor: 'default',
    down,
    move(event, board) {
      if (state.kind === 'press' && far(state.start.client, event.client)) {
        const { start, hit } = state;
        if (hit && board.canEdit) state = { kind: 'move', start, hit };
        else {
          const kept = start.shift ? board.selection : [];
          state = { kind: 'marquee', start, kept };
        }
      }
      if (state.kind === 'marquee') {
        const box = boxOf([state.start.point, event.point]);
        board.marquee(box);
        board.select([...new Set([...state.kept, ...board.within(box)])]);
        return;
      }
      const change = changeOf(event);
      if (change) board.drag(change, state.kind === 'move' && event.alt);
    },
    up(event, board) {
      const was = state;
      const change = changeOf(event);
      if (was.kind === 'press') {
        const link = follows(was.start, board) ? board.linked(event.point) : undefined;
        if (link !== undefined) board.follow(link);
        else if (!was.hit && !was.start.shift) {
          board.enter(undefined);
          board.select([]);
        } else if (was.hit && was.start.clicks % 2 === 0 && !event.shift) {
          doubleClick(was.hit, event, board);
        } else if (was.hit && was.wasSelected) {
          board.select(
            event.shift ? board.selection.filter((rid) => rid !== was.hit) : [board.hit(event.point) ?? was.hit],
          );
        }
      } else if (was.kind === 'marquee') board.marquee(null);
      state = { kind: 'idle' };
      if (!change) return;
      const moved = far(was.kind === 'idle' ? event.client : was.start.client, event.client) || was.kind === 'move';
      if (moved) {
        const gesture = was.kind === 'move' ? 'move' : was.kind === 'grip' ? was.grip.kind : 'move';
        board.commitDrag(gesture, change, was.kind === 'move' && event.alt);
      } else board.drag(null);
      board.live({ preview: null });
    },
    hover(event, board) {
      const grip = board.canEdit ? board.grip(event.client) : null;
      const link = follows(event, board) && board.linked(event.point) !== undefined;
      board.cursor(grip ? gripCursor(grip) : link ? 'pointer' : board.hit(event.point) ? 'move' : 'default');
    },
    cancel: stop,
  };
}

/** Links are followed with Control or Command, and by a plain press where nothing can be changed. */
function follows(event: ToolEvent, board: ToolBoard): boolean {
  return event.ctrl || !board.canEdit;
}

function insideFrame(frame: SelectionFrame, point: Point): boolean {
  const p = apply(invert(frame.matrix), point);
  const { box } = frame;
  return p.x >= box.minX && p.x <= box.maxX && p.y >= box.minY && p.y <= box.maxY;
}
