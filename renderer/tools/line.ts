/** Lines: Shift keeps to multiples of 15 degrees. */
import { num } from '#renderer/board/matrix.ts';
import { strokeAttributes } from '#renderer/board/style.ts';
import { dragShape, toAngle } from './drag-shape.ts';
import type { Tool } from './tool.ts';

/** A new line tool. */
export function createLine(): Tool {
  return dragShape(
    'line',
    (from, to, style) => ({
      type: 'element',
      name: 'line',
      attrs: [
        { name: 'x1', value: num(from.x) },
        { name: 'y1', value: num(from.y) },
        { name: 'x2', value: num(to.x) },
        { name: 'y2', value: num(to.y) },
        ...strokeAttributes(style, true),
      ],
      children: [],
    }),
    toAngle,
  );
}
