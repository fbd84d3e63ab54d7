/** A thing a person can do, wherever it is offered: toolbar, menu, panel or key. One definition serves them all. */
import type { TFunction } from 'i18next';
import type { Api } from '#api/contract.ts';
import { mayChange } from '#renderer/board/completeness.ts';
import type { BoardController } from '#renderer/board/controller.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import type { AppStore } from '#renderer/ui/store.ts';
import type { Files } from './files.ts';

export interface ActionContext {
  readonly api: Api;
  readonly store: AppStore;
  readonly files: Files;
  readonly t: TFunction;
  /** The open board, null on the welcome screen. */
  board: BoardController | null;
}

export type ActionGroup = 'tools' | 'edit' | 'arrange' | 'view' | 'file';

export interface Action {
  readonly id: string;
  readonly group: ActionGroup;
  readonly label: TextKey;
  /** As in shortcuts.ts; the first one is shown beside the command. */
  readonly shortcuts: readonly string[];
  /** Its keys are left to the browser, whose own event does it: the clipboard's need no permission then. */
  readonly native?: true;
  /** Whether it can be done now. An action that is off leaves its keys to the browser, but for `asksMain`. */
  enabled(context: ActionContext): boolean;
  /** Its keys do it on any board, since main's last word on `enabled` may be older than the press. */
  readonly asksMain?: true;
  /** `shortcut` is the one that was pressed, if a key it was. Failures are rejected with an ApiError. */
  run(context: ActionContext, shortcut?: string): void | Promise<void>;
}

/** An action on the open board; off on the welcome screen and when `when` says no. */
export function boardAction(
  definition: Pick<Action, 'id' | 'group' | 'label' | 'shortcuts' | 'native' | 'asksMain'>,
  run: (board: BoardController, shortcut?: string) => void | Promise<void>,
  when: (board: BoardController) => boolean = () => true,
): Action {
  return {
    ...definition,
    enabled: ({ board }) =>
      board !== null &&
      (definition.group === 'view' || !board.state.past || definition.id === 'tool.hand') &&
      when(board),
    run: ({ board }, shortcut) => (board ? run(board, shortcut) : undefined),
  };
}

/** Whether it can be done now, from a button or menu or, with a shortcut, by that key. */
export function canDo(action: Action, context: ActionContext, shortcut?: string): boolean {
  if (action.asksMain && shortcut !== undefined) return context.board !== null && !context.board.state.past;
  return action.enabled(context);
}

export const mayEdit = ({ state }: BoardController): boolean => mayChange(state);
export const hasSelection = (board: BoardController): boolean => board.state.selection.length > 0;
export const mayEditSelection = (board: BoardController): boolean => mayEdit(board) && hasSelection(board);
