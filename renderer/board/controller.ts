/**
 * What the panels around the canvas (renderer/ui, renderer/actions) know of the board. The canvas implements it
 * (create-board.ts); the panels read `state` through `subscribe` and call its verbs. Lengths are user units.
 */
import type { BoardStatus, Person, Presenting, Rect, ViewNode } from '#api/contract.ts';

export type ToolId =
  | 'select'
  | 'hand'
  | 'pen'
  | 'eraser'
  | 'line'
  | 'arrow'
  | 'rectangle'
  | 'ellipse'
  | 'text'
  | 'image'
  | 'laser'
  /** Chooses what a presenter shows; not in the toolbar. */
  | 'region';

/** The style that the next shape gets, and that of the selection where all of it agrees (null: mixed or none). */
export interface Style {
  stroke: string;
  fill: string;
  strokeWidth: number;
  opacity: number;
  dash: 'solid' | 'dashed' | 'dotted';
  fontSize: number;
}

export interface BoardState {
  readonly status: BoardStatus;
  readonly people: readonly Person[];
  readonly tool: ToolId;
  /** True while the tool stays after use (double click or Q). */
  readonly toolLocked: boolean;
  readonly nextStyle: Style;
  readonly selection: readonly string[];
  /** A word for what is selected: element names when one kind, else the count. */
  readonly selectionKinds: readonly string[];
  readonly selectionStyle: { readonly [K in keyof Style]: Style[K] | null };
  /** 1 is 100 %. */
  readonly zoom: number;
  /** True while text is being edited on the canvas: single-key shortcuts are off. */
  readonly editingText: boolean;
  readonly dragging: boolean;
  /** True while the board is shown as it was once: it can be looked at and moved about, nothing else. */
  readonly past: boolean;
  readonly presenting: Presenting;
  /** What somebody would have me look at, for a while. */
  readonly pointedOut: { readonly person: string; readonly rect: Rect; readonly rid?: string } | null;
  /** Whether the others' cursors, names and selections are drawn. What they draw or drag is in any case. */
  readonly othersShown: boolean;
  /** How much of a large board is on the screen while it opens, 0 to 1; null afterwards. */
  readonly opening: number | null;
}

/** How far shapes are complete. `itself`: all of these are marked; `around`: one of them lies in something that is, or the whole board is. */
export type Completeness = 'no' | 'itself' | 'around';

/** A shape that a list beside the board points at. */
export interface Mark {
  readonly id: string;
  readonly rid: string;
  readonly tone: 'there' | 'gone';
  /** A shape that is on the board no more, as it was; `around` are the transforms that it stood in. */
  readonly ghost?: ViewNode;
  readonly around?: string;
}

/** What can be done about presenting: `whole` shows my view again instead of a region, `decline` stops following, `point` shows everyone
 *  the selection or my view, `look` goes to what somebody points out. */
export type PresentVerb =
  | 'begin'
  | 'stop'
  | 'ask'
  | 'hold'
  | 'release'
  | 'whole'
  | 'follow'
  | 'decline'
  | 'point'
  | 'look'
  | 'ignore';

export interface BoardController {
  readonly state: BoardState;
  subscribe(listener: () => void): () => void;
  setTool(tool: ToolId, lock?: boolean): void;
  /** Applies to the selection if there is one (one gesture), and to what is drawn next. */
  setStyle(style: Partial<Style>): void;
  undo(): void;
  redo(): void;
  selectAll(): void;
  clearSelection(): void;
  deleteSelection(): void;
  duplicateSelection(): void;
  reorder(where: 'front' | 'forward' | 'backward' | 'back'): void;
  nudge(dx: number, dy: number): void;
  copy(cut: boolean): Promise<void>;
  paste(): Promise<void>;
  /** Places a picture in the middle of the view, or at a point in client coordinates. */
  insertImage(file: File, at?: { x: number; y: number }): Promise<void>;
  insertSvg(text: string): Promise<void>;
  zoomBy(factor: number): void;
  zoomTo(zoom: number): void;
  fit(what: 'board' | 'selection'): void;
  pan(dx: number, dy: number): void;
  /** Marks these shapes, and no others, on the canvas; the one with the id `strong` more. */
  mark(marks: readonly Mark[], strong: string | null): void;
  /** Brings a marked shape into view. */
  reveal(id: string): void;
  /** Selects a shape and brings it into sight, or brings a part of the plane (x, y, width, height); false when it isn't there (yet). */
  lookAt(target: { readonly rid: string } | { readonly view: readonly [number, number, number, number] }): boolean;
  /** The part of the plane in sight: x, y, width, height. */
  inSight(): readonly [number, number, number, number];
  /** Shows the board as it was, read-only; undefined: as it is. */
  showPast(root: ViewNode | null | undefined): void;
  select(rids: readonly string[]): void;
  present(verb: PresentVerb): void;
  /** Remembered for every board. */
  showOthers(on: boolean): void;
  /** Whether the selection may be changed at all, owners aside. */
  selectionComplete(): Completeness;
  /** Removes listeners and DOM. */
  destroy(): void;
}
