/** Showing others what one looks at. */
import { type Action, boardAction } from './action.ts';

export const presentingActions: readonly Action[] = [
  boardAction(
    { id: 'view.present', group: 'view', label: 'action.present', shortcuts: ['Shift+P'] },
    (board) => board.present(board.state.presenting.part === 'presenting' ? 'stop' : 'begin'),
    ({ state }) => !state.past && (state.presenting.mayPresent || state.presenting.part === 'presenting'),
  ),
  boardAction(
    { id: 'view.follow', group: 'view', label: 'action.follow', shortcuts: ['Shift+R'] },
    (board) => board.present('follow'),
    ({ state: { presenting } }) => ['asked', 'away', 'declined'].includes(presenting.part),
  ),
  boardAction(
    { id: 'view.hold', group: 'view', label: 'action.hold', shortcuts: ['Shift+F'] },
    (board) => board.present(board.state.presenting.presenter?.held ? 'release' : 'hold'),
    ({ state }) => state.presenting.part === 'presenting' && state.presenting.mayHold,
  ),
  boardAction(
    { id: 'view.region', group: 'view', label: 'action.region', shortcuts: [] },
    (board) => board.setTool('region'),
    ({ state }) => state.presenting.part === 'presenting',
  ),
  boardAction(
    { id: 'view.point', group: 'view', label: 'action.point', shortcuts: ['Shift+L'] },
    (board) => board.present('point'),
    ({ state }) =>
      !state.past &&
      state.status.connection === 'online' &&
      state.people.some(({ me, role }) => me && role !== 'viewer'),
  ),
];
