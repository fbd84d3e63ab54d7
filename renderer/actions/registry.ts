/** All actions. A new one goes into its group's file; nothing else needs to know. */
import { type Action, type ActionContext, canDo } from './action.ts';
import { arrangeActions } from './arrange.ts';
import { completeActions } from './complete.ts';
import { editActions } from './edit.ts';
import { fileActions } from './file.ts';
import { presentingActions } from './presenting.ts';
import { toolActions } from './tools.ts';
import { viewActions } from './view.ts';

export const actions: readonly Action[] = [
  ...toolActions,
  ...editActions,
  ...arrangeActions,
  ...completeActions,
  ...viewActions,
  ...presentingActions,
  ...fileActions,
];

const byId = new Map(actions.map((action) => [action.id, action]));

/** @throws RangeError when there is no such action. */
export function actionOf(id: string): Action {
  const action = byId.get(id);
  if (!action) throw new RangeError(`no action ${id}`);
  return action;
}

/** Does it if it can be done now, and says a failure's sentence in a toast. True if it was tried. */
export function perform(action: Action, context: ActionContext, shortcut?: string): boolean {
  if (!canDo(action, context, shortcut)) return false;
  void (async () => action.run(context, shortcut))().catch(context.store.fail);
  return true;
}
