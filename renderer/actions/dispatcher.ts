/** From a key press to an action. Listens behind everything else, so that menus and controls have their keys first. */
import { type Action, type ActionContext, canDo } from './action.ts';
import { actions, perform } from './registry.ts';
import { type KeyPress, matches } from './shortcuts.ts';

/** Keys that work while text is being typed: they type nothing and edit nothing. */
const ALWAYS: ReadonlySet<string> = new Set(['view.nextRegion', 'view.previousRegion', 'file.export', 'file.open']);

/** The action of a key press and the shortcut that matched, or null. */
export function actionFor(
  press: KeyPress,
  context: ActionContext,
  typing: boolean,
): { action: Action; shortcut: string } | null {
  for (const action of actions) {
    if (action.native) continue;
    const shortcut = action.shortcuts.find((candidate) => matches(candidate, press));
    if (shortcut === undefined || (typing && !ALWAYS.has(action.id))) continue;
    if (canDo(action, context, shortcut)) return { action, shortcut };
  }
  return null;
}

function isTyping(target: EventTarget | null, context: ActionContext): boolean {
  if (context.board?.state.editingText) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'color', 'range', 'button'].includes(target.type);
}

/** True where keys belong to what is open: a dialog, or a menu with its type-ahead. */
function isElsewhere(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open]')) return true;
  return target instanceof Element && target.closest('[role="menu"]') !== null;
}

/** Starts listening to the keyboard; returns what stops it. */
export function listenForShortcuts(context: ActionContext): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || isElsewhere(event.target)) return;
    const press: KeyPress = {
      key: event.key,
      code: event.code,
      ctrlKey: event.ctrlKey,
      metaKey: event.metaKey,
      shiftKey: event.shiftKey,
      altKey: event.altKey,
      altGraph: event.getModifierState('AltGraph'),
    };
    const found = actionFor(press, context, isTyping(event.target, context));
    if (!found) return;
    event.preventDefault();
    perform(found.action, context, found.shortcut);
  };
  window.addEventListener('keydown', onKeyDown);
  return () => window.removeEventListener('keydown', onKeyDown);
}
