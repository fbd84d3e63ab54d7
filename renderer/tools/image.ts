/** Pictures: a click asks for a file and puts it there. */
import type { Tool } from './tool.ts';

/** A new image tool. */
export function createImage(): Tool {
  return {
    id: 'image',
    cursor: 'copy',
    down() {},
    move() {},
    up(event, board) {
      if (!board.canEdit) return;
      board.pickImage(event.point);
      board.done();
    },
    cancel: () => false,
  };
}
