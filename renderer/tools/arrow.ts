/** Arrows: one path with an open head, as not every renderer draws markers in the stroke's colour (`context-stroke`). */
import { arrowPath, formatPath } from '#renderer/board/path-data.ts';
import { strokeAttributes } from '#renderer/board/style.ts';
import { dragShape, toAngle } from './drag-shape.ts';
import type { Tool } from './tool.ts';

/** A new arrow tool. */
export function createArrow(): Tool {
  return dragShape(
    'arrow',
    (from, to, style) => ({
      type: 'element',
      name: 'path',
      attrs: [
        { name: 'd', value: formatPath(arrowPath(from, to, style.strokeWidth)) },
        ...strokeAttributes(style, true),
      ],
      children: [],
    }),
    toAngle,
  );
}
