/** The board as tools see it, over the parts that do the work. */
import type { IntentInput, NodeInput } from '#api/contract.ts';
import type { Change, SelectionFrame, ToolBoard } from '#renderer/tools/tool.ts';
import { completenessOf, mayChange } from './completeness.ts';
import type { Commits, Made } from './commits.ts';
import { changeIntents, copyIntents, localOf } from './edits.ts';
import { hitTest, inBox } from './hit-test.ts';
import { createLift, type Lift } from './lift.ts';
import type { LiveLayer } from './live-layer.ts';
import type { LiveSender } from './live-sender.ts';
import { type Box, invert, multiply } from './matrix.ts';
import { worldMatrix } from './measure.ts';
import type { Projection } from './projection.ts';
import type { Selection } from './selection.ts';
import type { ShapeIndex } from './shape-index.ts';
import type { StateStore } from './store.ts';
import type { Viewport } from './viewport.ts';

/** More shapes than this are not drawn while they are dragged: their frame moves alone. */
const LIFT_LIMIT = 1500;
const LIVE_RIDS = 200;

/** What tools have put on the screen that is no part of the document. */
export interface Ephemera {
  marquee: Box | null;
  marked: readonly string[];
  /** The frame of a drag under way, in place of the selection's. */
  dragFrame: SelectionFrame | null;
}

export interface ToolBoardParts {
  readonly projection: Projection;
  readonly index: ShapeIndex;
  readonly viewport: Viewport;
  readonly selection: Selection;
  readonly live: LiveLayer;
  readonly sender: LiveSender;
  readonly commits: Commits;
  readonly store: StateStore;
  readonly ephemera: Ephemera;
  readonly glass: HTMLElement;
  readonly request: () => void;
  readonly select: (rids: readonly string[]) => void;
  readonly editText: ToolBoard['editText'];
  readonly pickImage: ToolBoard['pickImage'];
  readonly follow: (rid: string) => void;
  /** A gesture that will change the document is under way. */
  readonly begins: () => void;
  readonly laser: ToolBoard['laser'];
  readonly region: ToolBoard['region'];
  readonly toolDone: () => void;
}

export function createToolBoard(parts: ToolBoardParts): ToolBoard {
  const { projection, index, viewport, selection, live, sender, commits, store, ephemera, request } = parts;
  let drag: { lift: Lift; copy: boolean; end: () => void; frame: SelectionFrame | null } | null = null;

  function beginDrag(copy: boolean): NonNullable<typeof drag> {
    const elements = selection.elements();
    const lift = createLift(elements.length > LIFT_LIMIT ? [] : elements, copy);
    return { lift, copy, end: live.addLift(lift), frame: selection.frame() };
  }

  function endDrag(): (() => void) | undefined {
    const end = drag?.end;
    drag = null;
    return end;
  }

  function showDrag(how: Change, copy: boolean): void {
    if (drag && drag.copy !== copy) endDrag()?.();
    drag ??= beginDrag(copy);
    drag.lift.show(how);
    const { frame } = drag;
    if (frame) {
      const matrix = 'local' in how ? multiply(frame.matrix, how.local) : multiply(how.world, frame.matrix);
      ephemera.dragFrame = { ...frame, matrix };
    }
    if (copy) return;
    const [first] = selection.elements();
    if (!first || selection.rids.length > LIVE_RIDS) return;
    const own = worldMatrix(first);
    const world = 'world' in how ? how.world : multiply(own, multiply(localOf(first, how), invert(own)));
    sender.send({ preview: { kind: 'drag', rids: [...selection.rids], matrix: [...world] } });
  }

  const submit = (gesture: string, intents: IntentInput[], settle?: (made: Made) => void): void =>
    commits.submit(gesture, intents, (made) => {
      settle?.(made);
      request();
    });

  function add(gesture: string, node: NodeInput, select: boolean): void {
    const drop = live.hold();
    submit(gesture, [{ do: 'add', parent: projection.root() ?? 'root', before: null, node }], (made) => {
      drop();
      const rid = made?.[0]?.[0];
      if (select && rid && store.state.tool === 'select') parts.select([rid]);
    });
  }

  return {
    get zoom() {
      return viewport.view.zoom;
    },
    get style() {
      return store.state.nextStyle;
    },
    get selection() {
      return selection.rids;
    },
    get canEdit() {
      return mayChange(store.state);
    },
    select: parts.select,
    hit(point, deep = false) {
      const group = selection.group === undefined ? undefined : projection.node(selection.group);
      let hit = hitTest(index, point, viewport.view.zoom, group);
      if (!hit && group) {
        // A press beside the group that was gone into leaves it.
        hit = hitTest(index, point, viewport.view.zoom);
        if (hit) selection.enter(undefined);
      }
      if (!hit) return undefined;
      return deep ? projection.ridOf(hit) : selection.selectable(hit);
    },
    linked(point) {
      const link = hitTest(index, point, viewport.view.zoom)?.closest('a');
      return link instanceof SVGElement ? projection.ridOf(link) : undefined;
    },
    follow: parts.follow,
    within(box) {
      const group = selection.group === undefined ? undefined : projection.node(selection.group);
      const candidates = group ? ([...group.children] as SVGElement[]) : index.search(box);
      return inBox(candidates, box).flatMap((element) => projection.ridOf(element) ?? []);
    },
    enter: (rid) => selection.enter(rid),
    name: (rid) => projection.node(rid)?.localName ?? '',
    frame: () => selection.frame(),
    // What is complete has no handles; a drag of it is refused by main, with a sentence.
    grip: (client) =>
      completenessOf(store.state.status, selection.elements(), projection) === 'no'
        ? selection.grip(client, viewport)
        : null,
    marquee(box) {
      ephemera.marquee = box;
      request();
    },
    mark(rids) {
      if (rids.length > 0) parts.begins();
      ephemera.marked = rids;
      request();
    },
    draft(node) {
      if (node) parts.begins();
      live.draft(node);
      request();
    },
    ink(points) {
      if (points) parts.begins();
      live.ink(points, store.state.nextStyle);
      request();
    },
    drag(how, copy = false) {
      if (how) {
        parts.begins();
        showDrag(how, copy);
      } else {
        endDrag()?.();
        ephemera.dragFrame = null;
      }
      request();
    },
    commitDrag(gesture, how, copy) {
      showDrag(how, copy);
      const end = endDrag();
      const elements = selection.elements();
      if (!copy) {
        // The preview goes first: what moved on the screen is read as the document has it.
        end?.();
        ephemera.dragFrame = null;
        submit(gesture, changeIntents(elements, how, projection));
        return;
      }
      submit(gesture, copyIntents(elements, how, projection), (made) => {
        end?.();
        if (!drag) ephemera.dragFrame = null;
        if (made) parts.select(made.flatMap((rids) => rids[0] ?? []));
      });
    },
    add,
    submit: (gesture, intents) => submit(gesture, intents),
    live: (what) => sender.send(what),
    pan: (dx, dy) => viewport.pan(dx, dy),
    laser: parts.laser,
    region: parts.region,
    editText: parts.editText,
    pickImage: parts.pickImage,
    cursor(css) {
      parts.glass.style.cursor = css;
    },
    done: parts.toolDone,
  };
}
