/** What the panels, the keyboard and links do to the view: nothing of it changes the drawing. */
import type { BoardController, ToolId } from './controller.ts';
import type { Highlights } from './highlight.ts';
import { type Box, isEmpty, NOTHING, union } from './matrix.ts';
import { worldBox } from './measure.ts';
import type { Projection } from './projection.ts';
import type { Selection } from './selection.ts';
import type { Viewport } from './viewport.ts';

export interface ViewVerbParts {
  readonly projection: Projection;
  readonly selection: Selection;
  readonly highlights: Highlights;
  readonly viewport: Viewport;
  /** Where anything is drawn. */
  readonly extent: () => Box;
  readonly select: (rids: readonly string[]) => void;
  readonly setTool: (tool: ToolId) => void;
}

export type ViewVerbs = Pick<BoardController, 'zoomBy' | 'zoomTo' | 'fit' | 'pan' | 'reveal' | 'lookAt' | 'inSight'>;

export function createViewVerbs(parts: ViewVerbParts): ViewVerbs {
  const { projection, selection, highlights, viewport } = parts;
  return {
    zoomBy(factor) {
      const size = viewport.size();
      viewport.zoomAt({ x: size.width / 2, y: size.height / 2 }, factor);
    },
    zoomTo: viewport.zoomTo,
    fit: (what) =>
      viewport.fit(what === 'selection' ? selection.elements().map(worldBox).reduce(union, NOTHING) : parts.extent()),
    pan: viewport.pan,
    reveal(id) {
      const box = highlights.boxOf(id);
      if (!isEmpty(box)) viewport.fit(box);
    },
    lookAt(target) {
      if ('view' in target) {
        const [x, y, width, height] = target.view;
        viewport.fit({ minX: x, minY: y, maxX: x + width, maxY: y + height });
        return true;
      }
      const element = projection.node(target.rid);
      const box = element && worldBox(element);
      const top = element && selection.selectable(element);
      if (top === undefined || box === undefined || isEmpty(box)) return false;
      parts.setTool('select');
      parts.select([top]);
      viewport.fit(box);
      return true;
    },
    inSight() {
      const { minX, minY, maxX, maxY } = viewport.box();
      return [minX, minY, maxX - minX, maxY - minY];
    },
  };
}
