/** Chooses the part of the board that a presenter shows. */
import type { Box, Point } from '#renderer/board/matrix.ts';
import { far, type Tool, type ToolEvent } from './tool.ts';

/** A new tool of that kind. */
export function createRegion(): Tool {
  let from: { readonly point: Point; readonly client: Point } | null = null;
  const boxTo = ({ point }: ToolEvent, start: Point): Box => ({
    minX: Math.min(start.x, point.x),
    minY: Math.min(start.y, point.y),
    maxX: Math.max(start.x, point.x),
    maxY: Math.max(start.y, point.y),
  });
  return {
    id: 'region',
    cursor: 'crosshair',
    down(event) {
      from = event;
    },
    move(event, board) {
      if (from) board.marquee(boxTo(event, from.point));
    },
    up(event, board) {
      const start = from;
      from = null;
      board.marquee(null);
      if (!start || !far(start.client, event.client)) return;
      board.region(boxTo(event, start.point));
      board.done();
    },
    cancel(board) {
      const was = from !== null;
      from = null;
      if (was) board.marquee(null);
      return was;
    },
  };
}
