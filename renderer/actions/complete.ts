/** Declaring a board or parts of it complete, and reopening them: for owners. */
import type { BoardController, BoardState } from '#renderer/board/controller.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import type { Action, ActionContext } from './action.ts';

export const isOwner = ({ people }: BoardState): boolean => people.some(({ me, role }) => me && role === 'owner');

function completeAction(
  id: string,
  label: TextKey,
  on: boolean,
  group: 'arrange' | 'file',
  what: (board: BoardController) => readonly string[],
): Action {
  const can = ({ board }: ActionContext): boolean => board !== null && !board.state.past && isOwner(board.state);
  return {
    id,
    group,
    label,
    shortcuts: [],
    enabled: (context) => can(context) && context.board !== null && what(context.board).length > 0,
    async run({ api, board }) {
      if (!board) return;
      for (const rid of what(board)) {
        await api.call('document.complete', { board: board.state.status.board, rid, on });
      }
    },
  };
}

/** The selection, if it is as complete as that. */
const selected =
  (as: 'no' | 'itself') =>
  (board: BoardController): readonly string[] =>
    board.selectionComplete() === as ? board.state.selection : [];
const whole =
  (is: boolean) =>
  ({ state }: BoardController): readonly string[] =>
    (state.status.complete?.whole ?? false) === is ? ['root'] : [];

export const completeActions: readonly Action[] = [
  completeAction('arrange.complete', 'action.complete', true, 'arrange', selected('no')),
  completeAction('arrange.reopen', 'action.reopen', false, 'arrange', selected('itself')),
  completeAction('file.complete', 'action.completeBoard', true, 'file', whole(false)),
  completeAction('file.reopen', 'action.reopenBoard', false, 'file', whole(true)),
];
