/** Rectangles: Shift draws a square, Alt draws from the centre. */
import { boxOf, height, num, width } from '#renderer/board/matrix.ts';
import { strokeAttributes } from '#renderer/board/style.ts';
import { dragShape, toSquare } from './drag-shape.ts';
import type { Tool } from './tool.ts';

/** A new rectangle tool. */
export function createRectangle(): Tool {
  return dragShape(
    'rectangle',
    (from, to, style) => {
      const box = boxOf([from, to]);
      return {
        type: 'element',
        name: 'rect',
        attrs: [
          { name: 'x', value: num(box.minX) },
          { name: 'y', value: num(box.minY) },
          { name: 'width', value: num(width(box)) },
          { name: 'height', value: num(height(box)) },
          { name: 'rx', value: num(Math.min(8, width(box) / 4, height(box) / 4)) },
          ...strokeAttributes(style, false),
        ],
        children: [],
      };
    },
    toSquare,
  );
}
