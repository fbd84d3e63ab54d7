/** The hand moves the view. */
import type { Point } from '#renderer/board/matrix.ts';
import type { Tool } from './tool.ts';

/** A new hand tool; the board also uses one for space and the middle button. */
export function createHand(): Tool {
  let last: Point | null = null;
  return {
    id: 'hand',
    cursor: 'grab',
    down(event, board) {
      last = event.client;
      board.cursor('grabbing');
    },
    move(event, board) {
      if (!last) return;
      board.pan(last.x - event.client.x, last.y - event.client.y);
      last = event.client;
    },
    up(_event, board) {
      last = null;
      board.cursor('grab');
    },
    cancel(board) {
      const was = last !== null;
      last = null;
      if (was) board.cursor('grab');
      return was;
    },
  };
}
