/** The board's layers, bottom up: a native scroller with the drawing, the live canvas, the overlay, and a glass pane that
 *  takes all input (RENDERING, recipe 1). */
import { type Canvas, make, makeCanvas } from './dom.ts';

export interface Layers {
  readonly root: HTMLElement;
  readonly scroller: HTMLElement;
  readonly spacer: HTMLElement;
  readonly paper: HTMLElement;
  readonly grid: HTMLElement;
  readonly host: HTMLElement;
  /** Over the drawing: what is no part of it (aside.ts). */
  readonly aside: HTMLElement;
  readonly live: Canvas;
  readonly overlay: Canvas;
  readonly glass: HTMLElement;
  /** Above the glass: the text area while text is edited. */
  readonly fields: HTMLElement;
  readonly probe: HTMLElement;
}

const FILL: Partial<CSSStyleDeclaration> = { position: 'absolute', inset: '0' };

export function makeLayers(container: HTMLElement, label: string): Layers {
  const root = make(
    'div',
    { ...FILL, overflow: 'hidden', background: 'var(--canvas, #f7f8fa)', contain: 'strict' },
    container,
  );
  // The plane has no direction of its own: a right-to-left interface doesn't mirror it.
  root.dir = 'ltr';
  const scroller = make(
    'div',
    { ...FILL, overflow: 'scroll', scrollbarWidth: 'none', overscrollBehavior: 'none' },
    root,
  );
  scroller.tabIndex = -1;
  scroller.inert = true;
  const spacer = make('div', { position: 'relative', overflow: 'clip' }, scroller);
  // A layer of its own: without the hint each step of a pan or zoom paints the drawing anew (10,000 shapes: 20 to 40 frames
  // a second instead of 50 to 60, zoom 4 instead of 59).
  const paper = make('div', { ...FILL, transformOrigin: '0 0', willChange: 'transform' }, spacer);
  const grid = make(
    'div',
    { ...FILL, backgroundImage: 'radial-gradient(circle, var(--dot, #d8dbe2) 1px, transparent 1.5px)' },
    paper,
  );
  const host = make('div', FILL, paper);
  const aside = make('div', FILL, paper);
  const live = makeCanvas(root);
  const overlay = makeCanvas(root);
  const glass = make('div', { ...FILL, touchAction: 'none', outlineOffset: '-2px', userSelect: 'none' }, root);
  glass.tabIndex = 0;
  glass.setAttribute('role', 'application');
  glass.setAttribute('aria-label', label);
  const fields = make('div', { ...FILL, pointerEvents: 'none' }, root);
  const probe = make('span', { display: 'none' }, root);
  return { root, scroller, spacer, paper, grid, host, aside, live, overlay, glass, fields, probe };
}
