/**
 * Presenting, on the canvas: a presenter's view goes out as it moves, a follower's camera goes where it is told, and whoever pans, zooms
 * or edits while following looks around by themselves. Moving the pointer changes nothing.
 */
import type { Api, PresentAct, Presenting, Rect } from '#api/contract.ts';
import type { PresentVerb } from './controller.ts';
import type { Box } from './matrix.ts';
import type { StateStore } from './store.ts';
import type { Viewport } from './viewport.ts';

/** Main is told of a view so often at most, milliseconds; the others by main's own pace. */
const EVERY_MS = 50;
/** Two views within this time are one movement. */
const STREAM_MS = 400;
/** What somebody points out is offered this long. */
const OFFER_MS = 10_000;

/** What is drawn of it over the board. */
export interface SharedView {
  readonly box: Box;
  readonly person: string;
  readonly look: 'following' | 'away' | 'region';
}

export interface ShowingParts {
  readonly api: Api;
  readonly board: string;
  readonly store: StateStore;
  readonly viewport: () => Viewport;
  /** Where a shape is, or undefined. */
  readonly boxOf: (rid: string) => Box | undefined;
  /** What to point out: the selection's box with its one rid, else nothing. */
  readonly selected: () => { readonly box: Box; readonly rid?: string } | undefined;
  readonly now: () => number;
  readonly request: () => void;
  readonly report: (error: unknown) => void;
}

export interface Showing {
  readonly shared: SharedView | null;
  /** The person moves the view: false when it is held. Following ends. */
  mayMove(): boolean;
  /** The person begins to change the document, or to look at something else: following ends, and the view stays where it is. */
  breakAway(): void;
  /** The view is another one. */
  moved(): void;
  /** The window has another size. */
  resized(): void;
  perform(verb: PresentVerb): void;
  /** Shows this part, whatever I look at. */
  region(box: Box): void;
  /** Escape: not now, or no more; false when there is nothing to leave. */
  escape(): boolean;
  destroy(): void;
}

/** Less than a tenth of a pixel at any zoom. */
const round = (n: number): number => Math.round(n * 1000) / 1000;
const rectOf = ({ minX, minY, maxX, maxY }: Box): Rect => [
  round(minX),
  round(minY),
  round(maxX - minX),
  round(maxY - minY),
];
const boxOf = ([x, y, width, height]: Rect): Box => ({ minX: x, minY: y, maxX: x + width, maxY: y + height });
const same = (a: Rect | undefined, b: Rect | undefined): boolean => String(a) === String(b);

/** Listens to who presents, and follows. */
export function createShowing(parts: ShowingParts): Showing {
  const { api, board, store } = parts;
  /** What I left, until main has heard of it: what comes before says that I still follow. */
  let leaving = false;
  let followed: { readonly rect: Rect; readonly at: number } | undefined;
  let sentAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let offer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  const state = (): Presenting => store.state.presenting;

  function act(what: PresentAct, settled = (): void => undefined): void {
    api.call('presenting.do', { board, act: what }).then(settled, (error: unknown) => {
      settled();
      parts.report(error);
    });
  }

  function receive(next: Presenting): void {
    if (ended) return;
    const presenting: Presenting =
      leaving && next.part === 'following' && !next.presenter?.held ? { ...next, part: 'away' } : next;
    store.set({ presenting });
    if (presenting.part === 'following') follow();
    else followed = undefined;
    parts.request();
  }

  /** Goes where the presenter is: evenly from view to view while they move, with a glide when it begins. */
  function follow(): void {
    const rect = state().presenter?.rect;
    if (!rect || same(rect, followed?.rect)) return;
    const streams = followed !== undefined && parts.now() - followed.at < STREAM_MS;
    followed = { rect, at: parts.now() };
    parts.viewport().follow(boxOf(rect), streams);
  }

  function leave(how: 'away' | 'declined'): void {
    leaving = true;
    store.set({ presenting: { ...state(), part: how } });
    followed = undefined;
    act({ do: 'follow', how }, () => (leaving = false));
    parts.request();
  }

  function show(): void {
    timer = undefined;
    if (ended || state().part !== 'presenting' || state().presenter?.region) return;
    sentAt = parts.now();
    act({ do: 'show', rect: rectOf(parts.viewport().box()), region: false });
  }

  const offs = [
    api.on('presenting', (data) => {
      if (data.board === board) receive(data.presenting);
    }),
    api.on('look', ({ board: where, person, rect, rid }) => {
      // Whoever follows sees it already, or may look nowhere else.
      const { part, presenter } = state();
      if (where !== board || (part === 'following' && (presenter?.held || presenter?.person === person))) return;
      clearTimeout(offer);
      offer = setTimeout(() => store.set({ pointedOut: null }), OFFER_MS);
      store.set({ pointedOut: { person, rect, ...(rid === undefined ? {} : { rid }) } });
    }),
  ];
  api.call('presenting.get', { board }).then(receive, () => undefined);

  return {
    get shared() {
      const { part, presenter } = state();
      if (!presenter || store.state.past) return null;
      const look = part === 'presenting' ? (presenter.region ? 'region' : undefined) : part;
      if (look !== 'following' && look !== 'away' && look !== 'region') return null;
      const shared: SharedView = { box: boxOf(presenter.rect), person: presenter.person, look };
      return shared;
    },
    mayMove() {
      if (state().part !== 'following') return true;
      if (state().presenter?.held) return false;
      leave('away');
      return true;
    },
    breakAway() {
      if (state().part !== 'following' || state().presenter?.held) return;
      parts.viewport().halt();
      leave('away');
    },
    moved() {
      if (state().part !== 'presenting' || timer) return;
      timer = setTimeout(show, Math.max(0, sentAt + EVERY_MS - parts.now()));
    },
    resized() {
      const rect = state().part === 'following' ? state().presenter?.rect : undefined;
      if (rect) parts.viewport().follow(boxOf(rect), true);
      this.moved();
    },
    perform(verb) {
      switch (verb) {
        case 'begin':
          return act({ do: 'begin', rect: rectOf(parts.viewport().box()) });
        case 'stop':
        case 'ask':
          return act({ do: verb });
        case 'hold':
        case 'release':
          return act({ do: 'hold', on: verb === 'hold' });
        case 'whole':
          return act({ do: 'show', rect: rectOf(parts.viewport().box()), region: false });
        case 'follow':
          leaving = false;
          return act({ do: 'follow', how: 'following' });
        case 'decline':
          return leave('declined');
        case 'point': {
          const { box, rid } = parts.selected() ?? { box: parts.viewport().box() };
          return act({ do: 'look', rect: rectOf(box), ...(rid === undefined ? {} : { rid }) });
        }
        case 'look': {
          const { pointedOut } = store.state;
          if (!pointedOut) return undefined;
          store.set({ pointedOut: null });
          return parts
            .viewport()
            .fit((pointedOut.rid === undefined ? undefined : parts.boxOf(pointedOut.rid)) ?? boxOf(pointedOut.rect));
        }
        case 'ignore':
          return store.set({ pointedOut: null });
      }
    },
    region: (box) => act({ do: 'show', rect: rectOf(box), region: true }),
    escape() {
      const { part, presenter } = state();
      if (part !== 'asked' && (part !== 'following' || presenter?.held)) return false;
      parts.viewport().halt();
      leave('declined');
      return true;
    },
    destroy() {
      ended = true;
      clearTimeout(timer);
      clearTimeout(offer);
      for (const off of offs) off();
    },
  };
}
