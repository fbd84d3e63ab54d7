/**
 * Where the view is and how it moves: a native scroller round a part of the endless plane, which is laid out anew when the
 * view comes near its edge. Panning only scrolls. Zooming scales a CSS layer while the gesture lasts and settles into real
 * sizes afterwards (RENDERING, recipe 2 and 3). Client points are CSS pixels from the container's corner.
 */
import { type Box, centre, common, contains, grow, height, isEmpty, type Point, union, width } from './matrix.ts';

export const MIN_ZOOM = 0.05;
export const MAX_ZOOM = 32;
/** Pixels of empty plane kept around what is drawn and seen. */
const PADDING = 3000;
const NEAR_EDGE = 400;
/** Pixels that are laid out each way from the view at most: Chromium lays out 2^25 in all. What is farther comes when the view does. */
const MOST_LAID = 4_000_000;
/** Nothing is looked at farther from the origin, in user units, whoever drew or shows something there: Chromium's single precision ends there. */
const FARTHEST = 1e7;
const SETTLE_MS = 160;
const CAMERA_MS = 320;
/** From one view of a presenter to the next, which comes 100 ms later. */
const STREAM_MS = 120;
/** Zooms that differ by less are one: a tenth of a pixel across the window. A rectangle on the wire is rounded. */
const SAME_ZOOM = 1e-4;

export interface View {
  /** The plane's point at the container's top left corner. */
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Viewport {
  readonly view: View;
  size(): { width: number; height: number };
  toWorld(client: Point): Point;
  toClient(world: Point): Point;
  /** The part of the plane in sight. */
  box(): Box;
  pan(dx: number, dy: number): void;
  /** Zooms so that the plane's point under a client point stays there. */
  zoomAt(client: Point, factor: number): void;
  zoomTo(zoom: number): void;
  /** Shows a view at once. */
  show(view: View): void;
  /** Brings a box into sight with a margin; glides unless motion is reduced. Chrome covers the edges, so 96 px stay free. */
  fit(box: Box): void;
  /** Shows the whole of a box, as large as it goes; glides there, evenly (`streams`) where the next one is about to come. */
  follow(box: Box, streams: boolean): void;
  /** Ends a glide where it is. */
  halt(): void;
  /** Ends a glide or gesture at its goal. */
  settle(): void;
  /** True while a zoom lasts: what is laid out is only scaled. */
  readonly zooming: boolean;
  /** Once a frame: writes what changed to the DOM. Returns true if the view differs from the last frame's. */
  flush(now: number): boolean;
  /** Lays the plane out again: the drawing's extent changed. */
  grown(): void;
  destroy(): void;
}

export interface ViewportParts {
  readonly scroller: HTMLElement;
  /** Inside the scroller, as large as the plane's part that is laid out; it keeps that size while `paper` is scaled. */
  readonly spacer: HTMLElement;
  /** Inside the spacer: carries the CSS scale of a gesture. */
  readonly paper: HTMLElement;
  readonly grid: HTMLElement;
  readonly content: () => Box;
  readonly place: (world: Box, zoom: number) => void;
  readonly request: () => void;
  readonly now: () => number;
  readonly reducedMotion: () => boolean;
  /** The person is about to move the view; false where they may not. */
  readonly mayMove: () => boolean;
}

/** Within reach; what is no number is the origin. */
const near = (at: number): number => Math.min(FARTHEST, Math.max(-FARTHEST, at)) || 0;
const clampZoom = (zoom: number): number => Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, zoom));

/** The spacing of the dots in pixels: 20 user units, doubled or halved so that they never crowd nor vanish. */
function dotStep(zoom: number): number {
  let step = 20 * zoom;
  while (step < 14) step *= 2;
  while (step > 56) step /= 2;
  return step;
}

export function createViewport(parts: ViewportParts): Viewport {
  const { scroller, spacer, paper, grid } = parts;
  let view: View = { x: -400, y: -300, zoom: 1 };
  /** What is laid out: the part of the plane and its zoom. */
  let world: Box | null = null;
  let laid = 1;
  let gesture = false;
  let settleAt = 0;
  let wide = scroller.clientWidth;
  let high = scroller.clientHeight;
  let dirty = true;
  let glide: { from: View; to: View; start: number; streams: boolean } | null = null;

  const observer = new ResizeObserver(() => {
    wide = scroller.clientWidth;
    high = scroller.clientHeight;
    dirty = true;
    parts.request();
  });
  observer.observe(scroller);

  function set({ x, y, zoom }: View): void {
    view = { x: near(x), y: near(y), zoom };
    dirty = true;
    parts.request();
  }

  const box = (): Box => ({
    minX: view.x,
    minY: view.y,
    maxX: view.x + wide / view.zoom,
    maxY: view.y + high / view.zoom,
  });

  function layOut(): void {
    const seen = box();
    const content = parts.content();
    const whole = common(
      grow(isEmpty(content) ? seen : union(content, seen), PADDING / view.zoom),
      grow(seen, MOST_LAID / view.zoom),
    );
    // Whole user units: chunks, dots and scroll positions then agree without fractions.
    world = {
      minX: Math.floor(whole.minX / 20) * 20,
      minY: Math.floor(whole.minY / 20) * 20,
      maxX: Math.ceil(whole.maxX / 20) * 20,
      maxY: Math.ceil(whole.maxY / 20) * 20,
    };
    laid = view.zoom;
    spacer.style.width = `${width(world) * laid}px`;
    spacer.style.height = `${height(world) * laid}px`;
    const step = dotStep(laid);
    grid.style.backgroundSize = `${step}px ${step}px`;
    // A dot at the plane's origin, in the middle of its tile.
    grid.style.backgroundPosition = `${(-world.minX * laid - step / 2) % step}px ${(-world.minY * laid - step / 2) % step}px`;
    parts.place(world, laid);
  }

  function tooNear(): boolean {
    if (!world) return true;
    const seen = box();
    const margin = NEAR_EDGE / view.zoom;
    return (
      seen.minX - world.minX < margin ||
      seen.minY - world.minY < margin ||
      world.maxX - seen.maxX < margin ||
      world.maxY - seen.maxY < margin
    );
  }

  function advanceGlide(now: number): void {
    if (!glide) return;
    const { streams } = glide;
    const t = Math.min(1, (now - glide.start) / (streams ? STREAM_MS : CAMERA_MS));
    const k = streams ? t : t < 0.5 ? 4 * t * t * t : 1 - (-2 * t + 2) ** 3 / 2;
    const { from, to } = glide;
    const zoom = from.zoom * (to.zoom / from.zoom) ** k;
    // The centre moves evenly on the screen although the zoom changes.
    const mix = from.zoom === to.zoom ? k : (1 / from.zoom - 1 / zoom) / (1 / from.zoom - 1 / to.zoom);
    const at = (a: number, fromZoom: number, b: number, toZoom: number, size: number): number => {
      const [c, d] = [a + size / 2 / fromZoom, b + size / 2 / toZoom];
      return c + (d - c) * mix - size / 2 / zoom;
    };
    // A pan scrolls, so that what comes into sight is there however long it lasts.
    if (from.zoom !== to.zoom) {
      gesture = true;
      settleAt = now + SETTLE_MS;
    }
    set({ x: at(from.x, from.zoom, to.x, to.zoom, wide), y: at(from.y, from.zoom, to.y, to.zoom, high), zoom });
    if (t === 1) {
      set(to);
      glide = null;
      settleAt = now;
    }
  }

  function flush(now: number): boolean {
    advanceGlide(now);
    if (gesture && now >= settleAt && glide?.from.zoom === glide?.to.zoom) {
      gesture = false;
      dirty = true;
      layOut();
    }
    if (gesture) parts.request();
    if (!dirty) return false;
    dirty = false;
    if (gesture && world) {
      const scale = view.zoom / laid;
      const x = scroller.scrollLeft + (world.minX - view.x) * view.zoom;
      const y = scroller.scrollTop + (world.minY - view.y) * view.zoom;
      paper.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
      return true;
    }
    if (tooNear() || laid !== view.zoom) layOut();
    if (world) {
      if (paper.style.transform) paper.style.transform = '';
      scroller.scrollTo((view.x - world.minX) * laid, (view.y - world.minY) * laid);
      // The scroller keeps whole device pixels: what it kept is the truth.
      view = { x: world.minX + scroller.scrollLeft / laid, y: world.minY + scroller.scrollTop / laid, zoom: laid };
    }
    return true;
  }

  function move(to: View, streams = false): void {
    if (parts.reducedMotion()) {
      glide = null;
      gesture = false;
      set(to);
      return;
    }
    glide = { from: view, to: { x: near(to.x), y: near(to.y), zoom: to.zoom }, start: parts.now(), streams };
    parts.request();
  }

  function zoomAt(client: Point, factor: number): void {
    if (!parts.mayMove()) return;
    glide = null;
    const zoom = clampZoom(view.zoom * factor);
    const x = view.x + client.x / view.zoom - client.x / zoom;
    const y = view.y + client.y / view.zoom - client.y / zoom;
    gesture = true;
    settleAt = parts.now() + SETTLE_MS;
    set({ x, y, zoom });
  }

  return {
    get view() {
      return view;
    },
    size: () => ({ width: wide, height: high }),
    toWorld: (p) => ({ x: view.x + p.x / view.zoom, y: view.y + p.y / view.zoom }),
    toClient: (p) => ({ x: (p.x - view.x) * view.zoom, y: (p.y - view.y) * view.zoom }),
    box,
    pan(dx, dy) {
      if ((dx === 0 && dy === 0) || !parts.mayMove()) return;
      glide = null;
      set({ ...view, x: view.x + dx / view.zoom, y: view.y + dy / view.zoom });
    },
    zoomAt,
    zoomTo(zoom) {
      zoomAt({ x: wide / 2, y: high / 2 }, clampZoom(zoom) / view.zoom);
      settleAt = parts.now();
    },
    fit(target) {
      if (!parts.mayMove()) return;
      if (isEmpty(target)) {
        move({ x: -wide / 2, y: -high / 2, zoom: 1 });
        return;
      }
      const room = (size: number): number => Math.max(64, size - 2 * 96);
      const zoom = clampZoom(
        Math.min(1, room(wide) / Math.max(1, width(target)), room(high) / Math.max(1, height(target))),
      );
      const middle = centre(target);
      move({ x: middle.x - wide / 2 / zoom, y: middle.y - high / 2 / zoom, zoom });
    },
    follow(target, streams) {
      const fitting = clampZoom(Math.min(wide / width(target), high / height(target)));
      const zoom = Math.abs(fitting / view.zoom - 1) < SAME_ZOOM ? view.zoom : fitting;
      const middle = centre(target);
      move({ x: middle.x - wide / 2 / zoom, y: middle.y - high / 2 / zoom, zoom }, streams);
    },
    halt() {
      glide = null;
    },
    show(next) {
      glide = null;
      gesture = false;
      world = null;
      set(next);
    },
    get zooming() {
      return gesture;
    },
    settle() {
      if (glide) set(glide.to);
      glide = null;
      gesture = false;
      world = null;
      dirty = true;
      parts.request();
    },
    flush,
    grown() {
      if (!world) return;
      const content = common(parts.content(), grow(box(), MOST_LAID / 2 / view.zoom));
      if (isEmpty(content) || contains(world, content)) return;
      world = null;
      dirty = true;
    },
    destroy: () => observer.disconnect(),
  };
}
