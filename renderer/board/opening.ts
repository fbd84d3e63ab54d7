/** How a board comes onto the screen: small ones at once, large ones over many frames and out of sight until all of it is
 *  there; where the view was before, else all of it in sight, an empty one at 100 %. */
import type { ViewNode } from '#api/contract.ts';
import { type Feed, sizeOf } from './feed.ts';
import { type Box, isEmpty, NOTHING } from './matrix.ts';
import type { StateStore } from './store.ts';
import { keepView, recallView } from './view-memory.ts';
import type { Viewport } from './viewport.ts';

/** Boards with more nodes than this open over several frames. */
const LARGE_BOARD = 1500;

export interface OpeningParts {
  readonly board: string;
  readonly root: ViewNode | null;
  readonly host: HTMLElement;
  readonly feed: Feed;
  readonly store: StateStore;
  readonly viewport: Viewport;
  readonly extent: () => Box;
  readonly now: () => number;
}

export interface Opening {
  /** Once a frame, after the feed's step. */
  advance(): void;
  /** Keeps the view for the next opening. */
  destroy(): void;
}

/** Begins to show a board's document. */
export function startOpening(parts: OpeningParts): Opening {
  const { board, root, host, feed, store, viewport } = parts;
  const kept = recallView(board);
  const size = root ? sizeOf(root) : 0;
  let opening = size > LARGE_BOARD;

  function keep(): void {
    if (!opening) keepView(board, viewport.view);
  }

  function show(): void {
    const extent = parts.extent();
    if (kept) {
      viewport.show(kept);
      return;
    }
    if (!isEmpty(extent)) viewport.fit(extent);
    viewport.settle();
  }

  window.addEventListener('pagehide', keep);
  // The first layout gives the text its size, which the index needs.
  viewport.fit(NOTHING);
  viewport.flush(parts.now());
  feed.push([{ op: 'reset', root }], undefined);
  if (opening) {
    host.style.visibility = 'hidden';
    store.set({ opening: 0 });
  } else {
    feed.step(true);
    show();
  }

  return {
    advance() {
      if (!opening) return;
      const left = feed.waiting;
      opening = left > 0;
      store.set({ opening: opening ? 1 - Math.min(1, left / size) : null });
      if (opening) return;
      host.style.visibility = '';
      show();
    },
    destroy() {
      keep();
      window.removeEventListener('pagehide', keep);
    },
  };
}
