/** The board's state for the panels: an immutable snapshot, replaced when something in it changes. */
import type { Result } from '#api/contract.ts';
import type { BoardState, Style } from './controller.ts';
import { commonStyle } from './edits.ts';
import { DEFAULT_STYLE } from './style.ts';

export interface StateStore {
  readonly state: BoardState;
  set(part: Partial<BoardState>): void;
  subscribe(listener: () => void): () => void;
}

export function createStore(initial: BoardState): StateStore {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get state() {
      return state;
    },
    set(part) {
      const keys = Object.keys(part) as (keyof BoardState)[];
      if (keys.every((key) => Object.is(part[key], state[key]))) return;
      state = { ...state, ...part };
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The settings key of the style last used. */
export const STYLE_KEY = 'board.style';

/** The settings key of whether the others' cursors and selections are shown: 'off' or anything else. */
export const OTHERS_KEY = 'board.others';

/** The style last used, as the settings hold it; null if it can't be read. */
export function readStyle(text: string | null, fallback: Style): Style {
  if (!text) return fallback;
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== 'object' || found === null) return fallback;
    const f = found as Partial<Record<keyof Style, unknown>>;
    const word = (v: unknown, or: string): string => (typeof v === 'string' && v.length < 64 ? v : or);
    const amount = (v: unknown, or: number, max: number): number =>
      typeof v === 'number' && v >= 0 && v <= max ? v : or;
    return {
      stroke: word(f.stroke, fallback.stroke),
      fill: word(f.fill, fallback.fill),
      strokeWidth: amount(f.strokeWidth, fallback.strokeWidth, 200),
      opacity: amount(f.opacity, fallback.opacity, 1),
      dash: f.dash === 'dashed' || f.dash === 'dotted' ? f.dash : 'solid',
      fontSize: amount(f.fontSize, fallback.fontSize, 1000),
    };
  } catch {
    return fallback;
  }
}

/** The state of a board that was just opened. */
export function firstState(opened: Result<'boards.open'>): BoardState {
  return {
    status: opened.status,
    people: opened.people,
    tool: 'select',
    toolLocked: false,
    nextStyle: DEFAULT_STYLE,
    selection: [],
    selectionKinds: [],
    selectionStyle: commonStyle([]),
    zoom: 1,
    editingText: false,
    dragging: false,
    past: false,
    presenting: { part: 'none', presenter: null, mayPresent: false, mayHold: false, audience: [] },
    pointedOut: null,
    othersShown: true,
    opening: null,
  };
}
