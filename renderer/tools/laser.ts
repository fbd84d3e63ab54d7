/** The laser points without drawing: its trail fades, here and at the others'. */
import type { Tool } from './tool.ts';

/** A new laser. */
export function createLaser(): Tool {
  let on = false;
  return {
    id: 'laser',
    cursor: 'crosshair',
    down(event, board) {
      on = true;
      board.laser(event.samples);
    },
    move(event, board) {
      if (on) board.laser(event.samples);
    },
    up() {
      on = false;
    },
    cancel() {
      const was = on;
      on = false;
      return was;
    },
  };
}
