/**
 * What a tool is: a small state machine fed with pointer events in user units. It reads and changes the board only through
 * its ToolBoard, so it runs in a test without a page. Adding a tool is a file here and a line in registry.ts.
 */
import type { IntentInput, Live, NodeInput } from '#api/contract.ts';
import type { Style, ToolId } from '#renderer/board/controller.ts';
import type { Box, Matrix, Point } from '#renderer/board/matrix.ts';

export interface ToolEvent {
  /** In user units. */
  readonly point: Point;
  /** In CSS pixels from the container's corner. */
  readonly client: Point;
  readonly shift: boolean;
  readonly alt: boolean;
  /** Control, or Command on a Mac. */
  readonly ctrl: boolean;
  /** How many presses came in quick succession at one place, from 1. */
  readonly clicks: number;
  /** Every sample since the last event, in user units, the present one last. */
  readonly samples: readonly Point[];
  readonly touch: boolean;
}

/** Where on the selection's frame a point lies: a resize handle by its direction (-1, 0, 1), or the turning knob. */
export type Grip =
  | { readonly kind: 'resize'; readonly x: -1 | 0 | 1; readonly y: -1 | 0 | 1 }
  | { readonly kind: 'rotate' };

/** The selection's frame: a box in its own space, and the map from there to the plane. */
export interface SelectionFrame {
  readonly box: Box;
  readonly matrix: Matrix;
  /** Text and pictures keep their shape, so sides have no handles. */
  readonly keepRatio: boolean;
}

/** How shapes change: all by one map of the plane, or one shape by a map of its own space. */
export type Change = { readonly world: Matrix } | { readonly local: Matrix };

/** The board as tools see it. */
export interface ToolBoard {
  readonly zoom: number;
  readonly style: Style;
  readonly selection: readonly string[];
  readonly canEdit: boolean;
  select(rids: readonly string[]): void;
  /** The topmost shape at a point, as selectable in the present group; `deep` looks inside it. */
  hit(point: Point, deep?: boolean): string | undefined;
  /** The link that the topmost shape at a point stands in. */
  linked(point: Point): string | undefined;
  /** Goes where a link leads. */
  follow(link: string): void;
  /** Shapes that lie in a box wholly. */
  within(box: Box): string[];
  /** Makes a group the present one, so that its children can be selected. Undefined leaves all groups. */
  enter(rid: string | undefined): void;
  name(rid: string): string;
  frame(): SelectionFrame | null;
  grip(client: Point): Grip | null;
  marquee(box: Box | null): void;
  /** Shows shapes as about to be erased. */
  mark(rids: readonly string[]): void;
  /** Shows a shape that is being drawn. */
  draft(node: NodeInput | null): void;
  /** Shows ink; points are added to what is there. Null takes it away. */
  ink(points: readonly Point[] | null): void;
  /** Shows the selection changed, or a copy of it. Null puts it back. */
  drag(change: Change | null, copy?: boolean): void;
  /** Makes that change for good, as one gesture. */
  commitDrag(gesture: string, change: Change, copy: boolean): void;
  /** Adds a shape on top and selects it, as one gesture; what `draft` or `ink` shows stays until it is there. */
  add(gesture: string, node: NodeInput, select: boolean): void;
  submit(gesture: string, intents: IntentInput[]): void;
  live(live: Live): void;
  pan(dx: number, dy: number): void;
  /** Adds to the laser's trail. */
  laser(points: readonly Point[]): void;
  /** Presents this part of the plane. */
  region(box: Box): void;
  editText(at: { rid: string } | { point: Point }): void;
  pickImage(at: Point): void;
  cursor(css: string): void;
  /** A drawing is finished: back to select, unless the tool is locked. */
  done(): void;
}

export interface Tool {
  readonly id: ToolId;
  readonly cursor: string;
  down(event: ToolEvent, board: ToolBoard): void;
  move(event: ToolEvent, board: ToolBoard): void;
  up(event: ToolEvent, board: ToolBoard): void;
  /** The pointer moves with no button down. */
  hover?(event: ToolEvent, board: ToolBoard): void;
  /** Escape, a lost pointer or another tool: everything shown is put back. Returns false if nothing was under way. */
  cancel(board: ToolBoard): boolean;
}

/** How far (CSS pixels) a press may move and still be a click. */
const SLOP = 4;

export const far = (a: Point, b: Point): boolean => Math.hypot(a.x - b.x, a.y - b.y) > SLOP;
