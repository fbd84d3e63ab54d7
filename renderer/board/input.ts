/** From the glass pane's pointer, wheel and key events to tools and the view. */
import type { Tool, ToolBoard, ToolEvent } from '#renderer/tools/tool.ts';
import type { Point } from './matrix.ts';
import type { Viewport } from './viewport.ts';

export interface InputParts {
  readonly glass: HTMLElement;
  readonly viewport: Viewport;
  readonly board: ToolBoard;
  /** Drags the view while space or the middle button is down. */
  readonly hand: Tool;
  readonly tool: () => Tool;
  readonly now: () => number;
  /** The pointer moved (a point of the plane) or left (null). */
  readonly pointed: (point: Point | null) => void;
  readonly dragging: (on: boolean) => void;
  /** A press is about to begin: text being edited commits. */
  readonly pressed: () => void;
  /** Escape with nothing under way; true if it meant something. */
  readonly escape: () => boolean;
}

const DOUBLE_MS = 400;
const DOUBLE_PX = 6;

export interface Input {
  /** Ends a gesture under way without effect. */
  cancel(): boolean;
  destroy(): void;
}

/** True where typing goes into a field, so that keys are not the board's. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

export function createInput(parts: InputParts): Input {
  const { glass, viewport, board } = parts;
  const stop = new AbortController();
  const touches = new Map<number, Point>();
  let active: { pointer: number; tool: Tool; last: PointerEvent } | null = null;
  let pinch: { centre: Point; spread: number } | null = null;
  let space = false;
  let press = { at: -Infinity, x: 0, y: 0, clicks: 0 };

  function clientOf(event: MouseEvent): Point {
    const box = glass.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  function toolEvent(
    event: PointerEvent,
    keys: { shiftKey: boolean; altKey: boolean; ctrlKey: boolean; metaKey: boolean } = event,
  ): ToolEvent {
    const client = clientOf(event);
    const samples = (event.type === 'pointermove' ? event.getCoalescedEvents() : []).map((e) =>
      viewport.toWorld(clientOf(e)),
    );
    const point = viewport.toWorld(client);
    return {
      point,
      client,
      shift: keys.shiftKey,
      alt: keys.altKey,
      ctrl: keys.ctrlKey || keys.metaKey,
      clicks: press.clicks,
      samples: samples.length ? samples : [point],
      touch: event.pointerType === 'touch',
    };
  }

  function cancel(): boolean {
    if (!active) return false;
    const { tool, pointer } = active;
    active = null;
    if (glass.hasPointerCapture(pointer)) glass.releasePointerCapture(pointer);
    parts.dragging(false);
    return tool.cancel(board);
  }

  function countClicks(event: PointerEvent): void {
    const near = Math.hypot(event.clientX - press.x, event.clientY - press.y) < DOUBLE_PX;
    const clicks = near && parts.now() - press.at < DOUBLE_MS ? press.clicks + 1 : 1;
    press = { at: parts.now(), x: event.clientX, y: event.clientY, clicks };
  }

  function onDown(event: PointerEvent): void {
    if (event.pointerType === 'touch') {
      touches.set(event.pointerId, clientOf(event));
      if (touches.size === 2) {
        cancel();
        pinch = pinchOf();
        return;
      }
      if (touches.size > 2) return;
    }
    if (active || (event.button !== 0 && event.button !== 1)) return;
    event.preventDefault();
    parts.pressed();
    glass.focus({ preventScroll: true });
    glass.setPointerCapture(event.pointerId);
    countClicks(event);
    const tool = space || event.button === 1 ? parts.hand : parts.tool();
    active = { pointer: event.pointerId, tool, last: event };
    parts.dragging(true);
    tool.down(toolEvent(event), board);
  }

  function onMove(event: PointerEvent): void {
    if (touches.has(event.pointerId)) {
      touches.set(event.pointerId, clientOf(event));
      if (pinch) {
        movePinch();
        return;
      }
    }
    parts.pointed(viewport.toWorld(clientOf(event)));
    if (active) {
      if (active.pointer !== event.pointerId) return;
      active.last = event;
      active.tool.move(toolEvent(event), board);
    } else if (!space) parts.tool().hover?.(toolEvent(event), board);
  }

  function onUp(event: PointerEvent): void {
    touches.delete(event.pointerId);
    if (pinch && touches.size < 2) pinch = null;
    if (active?.pointer !== event.pointerId) return;
    const { tool } = active;
    active = null;
    parts.dragging(false);
    tool.up(toolEvent(event), board);
    board.cursor(space ? 'grab' : parts.tool().cursor);
  }

  function pinchOf(): { centre: Point; spread: number } | null {
    const [a, b] = [...touches.values()];
    if (!a || !b) return null;
    return {
      centre: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
      spread: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)),
    };
  }

  function movePinch(): void {
    const next = pinchOf();
    if (!pinch || !next) return;
    viewport.pan(pinch.centre.x - next.centre.x, pinch.centre.y - next.centre.y);
    viewport.zoomAt(next.centre, next.spread / pinch.spread);
    pinch = next;
  }

  function onWheel(event: WheelEvent): void {
    event.preventDefault();
    const line =
      event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? 400 : 1;
    const [dx, dy] = [event.deltaX * line, event.deltaY * line];
    if (event.ctrlKey || event.metaKey) {
      // A touchpad's pinch sends small steps, a wheel's notch 100 or more: neither should jump.
      const step = Math.max(-60, Math.min(60, dy));
      viewport.zoomAt(clientOf(event), Math.exp(-step * (Math.abs(dy) < 20 ? 0.01 : 0.004)));
    } else if (event.shiftKey && dx === 0) viewport.pan(dy, 0);
    else viewport.pan(dx, dy);
  }

  function onKey(event: KeyboardEvent): void {
    const down = event.type === 'keydown';
    if (isTyping(event.target)) return;
    const ours = event.target === document.body || glass.contains(event.target as Node);
    if (event.code === 'Space' && (ours || !down)) {
      if (down) event.preventDefault();
      if (space !== down) {
        space = down;
        if (!active) board.cursor(space ? 'grab' : parts.tool().cursor);
      }
      return;
    }
    if (event.key === 'Escape' && down && (cancel() || (ours && parts.escape()))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (active && /^(Shift|Alt)$/.test(event.key)) {
      event.preventDefault();
      active.tool.move(toolEvent(active.last, event), board);
    }
  }

  const on = <K extends keyof HTMLElementEventMap>(name: K, listener: (event: HTMLElementEventMap[K]) => void): void =>
    glass.addEventListener(name, listener, { signal: stop.signal, passive: false });
  on('pointerdown', onDown);
  on('pointermove', onMove);
  on('pointerup', onUp);
  on('pointercancel', (event) => {
    touches.delete(event.pointerId);
    pinch = null;
    if (active?.pointer === event.pointerId) cancel();
  });
  on('pointerleave', () => parts.pointed(null));
  // The focus ring is for those who walk through the window by key. A press, a shortcut or a closed menu needs none.
  let walking = false;
  on('focus', () => (glass.style.outline = walking ? '' : 'none'));
  on('pointerdown', () => (glass.style.outline = 'none'));
  on('wheel', onWheel);
  on('contextmenu', (event) => event.preventDefault());
  // Capturing, so that Escape during a drag is the drag's alone.
  window.addEventListener('keydown', onKey, { signal: stop.signal, capture: true });
  window.addEventListener('keyup', onKey, { signal: stop.signal, capture: true });
  const noteWalk = (event: Event): void => {
    walking = event instanceof KeyboardEvent && (event.key === 'F6' || (event.key === 'Tab' && !event.altKey));
  };
  window.addEventListener('keydown', noteWalk, { signal: stop.signal, capture: true });
  window.addEventListener('pointerdown', noteWalk, { signal: stop.signal, capture: true });
  window.addEventListener('blur', () => (space = false), { signal: stop.signal });

  return { cancel, destroy: () => stop.abort() };
}
