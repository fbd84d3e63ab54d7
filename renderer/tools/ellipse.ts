/** Ellipses: Shift draws a circle, Alt draws from the centre. */
import { boxOf, centre, height, num, width } from '#renderer/board/matrix.ts';
import { strokeAttributes } from '#renderer/board/style.ts';
import { dragShape, toSquare } from './drag-shape.ts';
import type { Tool } from './tool.ts';

/** A new ellipse tool. */
export function createEllipse(): Tool {
  return dragShape(
    'ellipse',
    (from, to, style) => {
      const box = boxOf([from, to]);
      const middle = centre(box);
      return {
        type: 'element',
        name: 'ellipse',
        attrs: [
          { name: 'cx', value: num(middle.x) },
          { name: 'cy', value: num(middle.y) },
          { name: 'rx', value: num(width(box) / 2) },
          { name: 'ry', value: num(height(box) / 2) },
          ...strokeAttributes(style, false),
        ],
        children: [],
      };
    },
    toSquare,
  );
}
