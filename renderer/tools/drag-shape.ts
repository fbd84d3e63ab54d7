/** The state machine of every shape that is drawn from one corner or end to the other. */
import type { NodeInput } from '#api/contract.ts';
import type { Style, ToolId } from '#renderer/board/controller.ts';
import type { Point } from '#renderer/board/matrix.ts';
import { far, type Tool, type ToolBoard, type ToolEvent } from './tool.ts';

/** Makes the node for a drag, or null while it is too small to be one. */
export type Make = (from: Point, to: Point, style: Style) => NodeInput;

/** `constrain` says what Shift does with the end point. With Alt the start is the centre. */
export function dragShape(id: ToolId, make: Make, constrain: (from: Point, to: Point) => Point): Tool {
  let start: ToolEvent | null = null;
  let moved = false;

  function ends(event: ToolEvent, from: Point): [Point, Point] {
    const to = event.shift ? constrain(from, event.point) : event.point;
    return event.alt ? [{ x: 2 * from.x - to.x, y: 2 * from.y - to.y }, to] : [from, to];
  }

  function stop(board: ToolBoard): boolean {
    const was = start !== null;
    start = null;
    moved = false;
    if (was) board.draft(null);
    return was;
  }

  return {
    id,
    cursor: 'crosshair',
    down(event, board) {
      if (!board.canEdit) return;
      start = event;
      moved = false;
    },
    move(event, board) {
      if (!start) return;
      moved ||= far(start.client, event.client);
      if (moved) board.draft(make(...ends(event, start.point), board.style));
    },
    up(event, board) {
      if (!start) return;
      if (moved) {
        const node = make(...ends(event, start.point), board.style);
        start = null;
        board.draft(node);
        board.add(id, node, true);
        board.done();
      } else stop(board);
    },
    cancel: stop,
  };
}

/** The end of a drag as a square about the start's corner. */
export function toSquare(from: Point, to: Point): Point {
  const size = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
  return { x: from.x + (to.x < from.x ? -size : size), y: from.y + (to.y < from.y ? -size : size) };
}

/** The end of a drag on the nearest multiple of 15 degrees. */
export function toAngle(from: Point, to: Point): Point {
  const step = Math.PI / 12;
  const angle = Math.round(Math.atan2(to.y - from.y, to.x - from.x) / step) * step;
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  return { x: from.x + length * Math.cos(angle), y: from.y + length * Math.sin(angle) };
}
