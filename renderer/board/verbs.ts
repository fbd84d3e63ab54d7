/** What the panels, the keyboard and the clipboard do to the selection and the drawing: each verb is one gesture. */
import type { Api, IntentInput, NodeInput } from '#api/contract.ts';
import { mayChange } from './completeness.ts';
import type { Commits } from './commits.ts';
import type { BoardController, Style, ToolId } from './controller.ts';
import { changeIntents, duplicateIntents, inOrder, reorderIntents, styleIntents } from './edits.ts';
import { centre, grow, height, isEmpty, NOTHING, overlaps, type Point, translation, union, width } from './matrix.ts';
import { isDrawn, worldBox } from './measure.ts';
import { changeInParent, inputBounds, toInput, toSvg } from './node-input.ts';
import { pictureNode } from './pictures.ts';
import type { Projection } from './projection.ts';
import type { Selection } from './selection.ts';
import { type StateStore, STYLE_KEY } from './store.ts';
import { textAttributes } from './style.ts';
import { textNode } from './text-lines.ts';
import type { Viewport } from './viewport.ts';

export interface VerbParts {
  readonly api: Api;
  readonly store: StateStore;
  readonly projection: Projection;
  readonly selection: Selection;
  readonly viewport: Viewport;
  readonly commits: Commits;
  readonly glass: HTMLElement;
  readonly select: (rids: readonly string[]) => void;
  readonly setTool: (tool: ToolId) => void;
  readonly report: (error: unknown) => void;
}

type Shared = 'setStyle' | 'selectAll' | 'deleteSelection' | 'duplicateSelection' | 'reorder' | 'nudge' | 'insertImage';

export interface Verbs extends Pick<BoardController, Shared> {
  addNodes(nodes: NodeInput[], gesture: string): void;
  addText(text: string): void;
  pickImage(at: Point): void;
  /** The selection as one SVG file; undefined if nothing is selected. */
  selectedSvg(): string | undefined;
}

export function createVerbs(parts: VerbParts): Verbs {
  const { api, store, projection, selection, viewport, commits } = parts;
  const canEdit = (): boolean => mayChange(store.state);
  const parent = (): string => projection.root() ?? 'root';

  const send = (gesture: string, intents: IntentInput[]): void => commits.submit(gesture, intents);

  function addAndSelect(gesture: string, intents: IntentInput[]): void {
    commits.submit(gesture, intents, (made) => {
      if (made?.length) parts.select(made.flatMap((rids) => rids[0] ?? []));
    });
  }

  /** Adds nodes where they say, a little aside, or in the middle of the view if that is elsewhere. */
  function addNodes(nodes: NodeInput[], gesture: string): void {
    if (!canEdit() || nodes.length === 0) return;
    const box = nodes.map(inputBounds).reduce(union, NOTHING);
    const view = viewport.box();
    const [from, to] = [centre(box), centre(view)];
    const near = isEmpty(box) || overlaps(box, view);
    const shift = near ? { x: 20, y: 20 } : { x: to.x - from.x, y: to.y - from.y };
    for (const node of nodes) changeInParent(node, translation(Math.round(shift.x), Math.round(shift.y)));
    parts.setTool('select');
    addAndSelect(
      gesture,
      nodes.map((node) => ({ do: 'add', parent: parent(), before: null, node })),
    );
  }

  async function insertImage(file: File, at?: Point): Promise<void> {
    if (!canEdit()) return;
    const corner = parts.glass.getBoundingClientRect();
    const view = viewport.box();
    const point = at ? viewport.toWorld({ x: at.x - corner.left, y: at.y - corner.top }) : centre(view);
    const node = await pictureNode(file, point, { width: width(view) * 0.6, height: height(view) * 0.6 });
    parts.setTool('select');
    addAndSelect('image', [{ do: 'add', parent: parent(), before: null, node }]);
  }

  return {
    addNodes,
    insertImage,
    addText(text) {
      const at = centre(viewport.box());
      addNodes([textNode(text, Math.round(at.x), Math.round(at.y), textAttributes(store.state.nextStyle))], 'paste');
    },
    pickImage(at) {
      const picker = document.createElement('input');
      picker.type = 'file';
      picker.accept = 'image/png,image/jpeg,image/webp,image/gif';
      picker.addEventListener('change', () => {
        const [file] = picker.files ?? [];
        const corner = parts.glass.getBoundingClientRect();
        const client = viewport.toClient(at);
        if (file) insertImage(file, { x: client.x + corner.left, y: client.y + corner.top }).catch(parts.report);
      });
      picker.click();
    },
    selectedSvg() {
      const elements = inOrder(selection.elements());
      if (elements.length === 0) return undefined;
      const box = grow(elements.map(worldBox).reduce(union, NOTHING), 8);
      const area = isEmpty(box)
        ? { x: 0, y: 0, width: 1, height: 1 }
        : { x: box.minX, y: box.minY, width: width(box), height: height(box) };
      return toSvg(
        elements.map((element) => toInput(element, projection)),
        area,
      );
    },
    setStyle(style: Partial<Style>) {
      const nextStyle = { ...store.state.nextStyle, ...style };
      store.set({ nextStyle });
      api.call('settings.set', { key: STYLE_KEY, value: JSON.stringify(nextStyle) }).catch(parts.report);
      commits.whenSettled(() => {
        if (canEdit()) send('style', styleIntents(selection.elements(), style, projection));
      });
    },
    selectAll() {
      selection.enter(undefined);
      parts.setTool('select');
      parts.select([...projection.tops()].filter(isDrawn).flatMap((element) => projection.ridOf(element) ?? []));
    },
    deleteSelection() {
      if (!canEdit() || selection.rids.length === 0) return;
      send(
        'delete',
        selection.rids.map((rid) => ({ do: 'remove', rid })),
      );
      parts.select([]);
    },
    duplicateSelection() {
      commits.whenSettled(() => {
        if (canEdit()) addAndSelect('duplicate', duplicateIntents(selection.elements(), projection));
      });
    },
    reorder(where) {
      commits.whenSettled(() => {
        if (canEdit()) send('reorder', reorderIntents(selection.elements(), where, projection));
      });
    },
    nudge(dx, dy) {
      commits.whenSettled(() => {
        const world = translation(dx, dy);
        if (canEdit()) send('nudge', changeIntents(selection.elements(), { world }, projection));
      });
    },
  };
}
