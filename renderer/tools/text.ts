/** Text: a click starts a text there, or edits the one that is there. */
import type { Tool } from './tool.ts';

/** A new text tool. */
export function createText(): Tool {
  let pressed = false;
  return {
    id: 'text',
    cursor: 'text',
    down(_event, board) {
      pressed = board.canEdit;
    },
    move() {},
    up(event, board) {
      if (!pressed) return;
      pressed = false;
      const rid = board.hit(event.point, true);
      board.editText(rid && board.name(rid) === 'text' ? { rid } : { point: event.point });
    },
    cancel() {
      const was = pressed;
      pressed = false;
      return was;
    },
  };
}
