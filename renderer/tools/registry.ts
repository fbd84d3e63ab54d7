/** Every tool, once. */
import type { ToolId } from '#renderer/board/controller.ts';
import { createArrow } from './arrow.ts';
import { createEllipse } from './ellipse.ts';
import { createEraser } from './eraser.ts';
import { createHand } from './hand.ts';
import { createImage } from './image.ts';
import { createLaser } from './laser.ts';
import { createLine } from './line.ts';
import { createPen } from './pen.ts';
import { createRectangle } from './rectangle.ts';
import { createRegion } from './region.ts';
import { createSelect } from './select.ts';
import { createText } from './text.ts';
import type { Tool } from './tool.ts';

/** Fresh tools for one board. */
export function createTools(): Readonly<Record<ToolId, Tool>> {
  return {
    select: createSelect(),
    hand: createHand(),
    pen: createPen(),
    eraser: createEraser(),
    line: createLine(),
    arrow: createArrow(),
    rectangle: createRectangle(),
    ellipse: createEllipse(),
    text: createText(),
    image: createImage(),
    laser: createLaser(),
    region: createRegion(),
  };
}
