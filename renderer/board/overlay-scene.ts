/** What there is to draw over the board at this moment, gathered from those who know. */
import { completenessOf, mayChange } from './completeness.ts';
import type { Completeness } from './controller.ts';
import type { Highlights } from './highlight.ts';
import type { OverlayScene } from './overlay.ts';
import type { Peers } from './peers.ts';
import type { Projection } from './projection.ts';
import type { Selection } from './selection.ts';
import type { Showing } from './showing.ts';
import type { StateStore } from './store.ts';
import type { TextEditor } from './text-editor.ts';
import type { Theme } from './theme.ts';
import type { Ephemera } from './tool-board.ts';
import type { Viewport } from './viewport.ts';

export interface OverlaySceneParts {
  readonly store: StateStore;
  readonly projection: Projection;
  readonly viewport: Viewport;
  readonly selection: Selection;
  readonly editor: TextEditor;
  readonly ephemera: Ephemera;
  readonly highlights: Highlights;
  readonly peers: Peers;
  readonly showing: Showing;
  readonly theme: () => Theme;
  /** What stands on the part that a presenter shows; their name unless given. */
  readonly showingThis?: ((name: string) => string) | undefined;
}

export interface OverlaySource {
  /** How far what is selected is complete. */
  complete(): Completeness;
  scene(): OverlayScene;
}

export function createOverlaySource(parts: OverlaySceneParts): OverlaySource {
  const { store, projection, viewport, selection, ephemera, highlights, peers, showing } = parts;

  const complete = (): Completeness => completenessOf(store.state.status, selection.elements(), projection);

  function shared(theme: Theme): OverlayScene['shared'] {
    const view = showing.shared;
    if (!view) return null;
    const person = store.state.people.find(({ id }) => id === view.person);
    const colour = view.look === 'region' ? theme.accent : (theme.people[person?.colour ?? 1] ?? theme.accent);
    const name = person?.name ?? '';
    return { view, colour, label: parts.showingThis?.(name) ?? name };
  }

  return {
    complete,
    scene() {
      const { state } = store;
      const theme = parts.theme();
      const dragging = ephemera.dragFrame !== null;
      const isComplete = complete() !== 'no';
      return {
        theme,
        toClient: viewport.toClient,
        frame: ephemera.dragFrame ?? (parts.editor.open ? null : selection.frame()),
        complete: isComplete,
        handles: !isComplete && !dragging && mayChange(state) && state.tool === 'select' && !ephemera.marquee,
        selected: dragging ? [] : selection.elements(),
        marquee: ephemera.marquee,
        marked: ephemera.marked,
        highlights: highlights.placed(),
        peers: state.past || !state.othersShown ? [] : [...peers.all()],
        shared: shared(theme),
        projection,
      };
    },
  };
}
