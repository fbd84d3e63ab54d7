/** Looking at the board, and moving between the parts of the window. */
import { PANELS_CLOSED } from '#renderer/ui/store.ts';
import { type Action, boardAction, hasSelection } from './action.ts';
import { moveRegion } from './regions.ts';

const ZOOM_STEP = 1.25;

export const viewActions: readonly Action[] = [
  boardAction({ id: 'view.zoomIn', group: 'view', label: 'action.zoomIn', shortcuts: ['Mod+='] }, (board) =>
    board.zoomBy(ZOOM_STEP),
  ),
  boardAction({ id: 'view.zoomOut', group: 'view', label: 'action.zoomOut', shortcuts: ['Mod+-'] }, (board) =>
    board.zoomBy(1 / ZOOM_STEP),
  ),
  boardAction({ id: 'view.zoomActual', group: 'view', label: 'action.zoomActual', shortcuts: ['Mod+0'] }, (board) =>
    board.zoomTo(1),
  ),
  boardAction({ id: 'view.fit', group: 'view', label: 'action.fit', shortcuts: ['Shift+1'] }, (board) =>
    board.fit('board'),
  ),
  boardAction(
    { id: 'view.fitSelection', group: 'view', label: 'action.fitSelection', shortcuts: ['Shift+2'] },
    (board) => board.fit('selection'),
    hasSelection,
  ),
  {
    id: 'view.nextRegion',
    group: 'view',
    label: 'action.nextRegion',
    shortcuts: ['F6'],
    enabled: () => true,
    run: () => moveRegion(1),
  },
  {
    id: 'view.previousRegion',
    group: 'view',
    label: 'action.previousRegion',
    shortcuts: ['Shift+F6'],
    enabled: () => true,
    run: () => moveRegion(-1),
  },
  boardAction({ id: 'view.others', group: 'view', label: 'action.others', shortcuts: ['Shift+O'] }, (board) =>
    board.showOthers(!board.state.othersShown),
  ),
  {
    id: 'view.people',
    group: 'view',
    label: 'action.people',
    shortcuts: [],
    enabled: ({ board }) => board !== null,
    run: ({ store }) => store.set({ ...PANELS_CLOSED, peopleOpen: !store.state.getState().peopleOpen }),
  },
  {
    id: 'view.history',
    group: 'view',
    label: 'action.history',
    shortcuts: ['Shift+H'],
    enabled: ({ board }) => board !== null,
    run: ({ store }) => store.set({ ...PANELS_CLOSED, historyOpen: !store.state.getState().historyOpen }),
  },
  {
    id: 'view.notes',
    group: 'view',
    label: 'action.notes',
    shortcuts: ['Shift+N'],
    enabled: ({ board }) => board !== null,
    run: ({ store }) => store.set({ ...PANELS_CLOSED, notesOpen: !store.state.getState().notesOpen }),
  },
  {
    id: 'view.related',
    group: 'view',
    label: 'action.related',
    shortcuts: ['Shift+B'],
    enabled: ({ board }) => board !== null,
    run: ({ store }) => store.set({ ...PANELS_CLOSED, relatedOpen: !store.state.getState().relatedOpen }),
  },
  {
    id: 'view.shortcuts',
    group: 'view',
    label: 'action.shortcuts',
    shortcuts: ['?'],
    enabled: () => true,
    run: ({ store }) => store.set({ dialog: 'shortcuts' }),
  },
];
