/** The eraser takes whole shapes: those touched are marked while the pointer is down and removed as one gesture. */
import type { Point } from '#renderer/board/matrix.ts';
import type { Tool, ToolBoard, ToolEvent } from './tool.ts';

/** A new eraser tool. */
export function createEraser(): Tool {
  let marked: Set<string> | null = null;
  let last: Point = { x: 0, y: 0 };

  function touch(event: ToolEvent, board: ToolBoard): void {
    if (!marked) return;
    const before = marked.size;
    for (const to of event.samples) {
      // A quick hand jumps: look along the way, every 4 pixels.
      const steps = Math.max(1, Math.ceil((Math.hypot(to.x - last.x, to.y - last.y) * board.zoom) / 4));
      for (let i = 1; i <= steps; i++) {
        const at = { x: last.x + ((to.x - last.x) * i) / steps, y: last.y + ((to.y - last.y) * i) / steps };
        const rid = board.hit(at);
        if (rid) marked.add(rid);
      }
      last = to;
    }
    if (marked.size > before) board.mark([...marked]);
  }

  function stop(board: ToolBoard): boolean {
    const was = marked !== null;
    marked = null;
    if (was) board.mark([]);
    return was;
  }

  return {
    id: 'eraser',
    cursor: 'cell',
    down(event, board) {
      if (!board.canEdit) return;
      marked = new Set();
      last = event.point;
      touch({ ...event, samples: [event.point] }, board);
    },
    move: touch,
    up(event, board) {
      touch(event, board);
      const rids = [...(marked ?? [])];
      stop(board);
      if (rids.length)
        board.submit(
          'eraser',
          rids.map((rid) => ({ do: 'remove', rid })),
        );
    },
    cancel: stop,
  };
}
