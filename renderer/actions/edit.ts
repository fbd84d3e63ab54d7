/** Undo, the clipboard and the selection. */
import { type Action, boardAction, hasSelection, mayEdit, mayEditSelection } from './action.ts';

/** User units. */
const NUDGE = 1;
const NUDGE_FAR = 10;

const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const arrows = Object.keys(directions);

function nudgeBy(distance: number): (board: Parameters<typeof mayEdit>[0], shortcut?: string) => void {
  return (board, shortcut = '') => {
    const [dx, dy] = directions[shortcut.replace('Shift+', '')] ?? [0, 0];
    board.nudge(dx * distance, dy * distance);
  };
}

export const editActions: readonly Action[] = [
  boardAction(
    { id: 'edit.undo', group: 'edit', label: 'action.undo', shortcuts: ['Mod+Z'], asksMain: true },
    (board) => board.undo(),
    (board) => board.state.status.canUndo,
  ),
  boardAction(
    { id: 'edit.redo', group: 'edit', label: 'action.redo', shortcuts: ['Mod+Shift+Z', 'Mod+Y'], asksMain: true },
    (board) => board.redo(),
    (board) => board.state.status.canRedo,
  ),
  boardAction(
    { id: 'edit.cut', group: 'edit', label: 'action.cut', shortcuts: ['Mod+X'], native: true },
    (board) => board.copy(true),
    mayEditSelection,
  ),
  boardAction(
    { id: 'edit.copy', group: 'edit', label: 'action.copy', shortcuts: ['Mod+C'], native: true },
    (board) => board.copy(false),
    hasSelection,
  ),
  boardAction(
    { id: 'edit.paste', group: 'edit', label: 'action.paste', shortcuts: ['Mod+V'], native: true },
    (board) => board.paste(),
    mayEdit,
  ),
  boardAction(
    { id: 'edit.duplicate', group: 'edit', label: 'action.duplicate', shortcuts: ['Mod+D'] },
    (board) => board.duplicateSelection(),
    mayEditSelection,
  ),
  boardAction(
    { id: 'edit.delete', group: 'edit', label: 'action.delete', shortcuts: ['Delete', 'Backspace'] },
    (board) => board.deleteSelection(),
    mayEditSelection,
  ),
  boardAction({ id: 'edit.selectAll', group: 'edit', label: 'action.selectAll', shortcuts: ['Mod+A'] }, (board) =>
    board.selectAll(),
  ),
  boardAction(
    { id: 'edit.escape', group: 'edit', label: 'action.escape', shortcuts: ['Escape'] },
    (board) => {
      if (board.state.tool === 'select') board.clearSelection();
      else board.setTool('select');
    },
    (board) => !board.state.dragging && (board.state.tool !== 'select' || hasSelection(board)),
  ),
  boardAction(
    { id: 'edit.nudge', group: 'edit', label: 'action.nudge', shortcuts: arrows },
    nudgeBy(NUDGE),
    mayEditSelection,
  ),
  boardAction(
    { id: 'edit.nudgeFar', group: 'edit', label: 'action.nudgeFar', shortcuts: arrows.map((key) => `Shift+${key}`) },
    nudgeBy(NUDGE_FAR),
    mayEditSelection,
  ),
];
