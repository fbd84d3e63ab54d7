/** Which shape lies over which. */
import { boardAction, mayEditSelection } from './action.ts';

export const arrangeActions = (
  [
    { id: 'arrange.front', label: 'action.front', key: 'Mod+]', where: 'front' },
    { id: 'arrange.forward', label: 'action.forward', key: ']', where: 'forward' },
    { id: 'arrange.backward', label: 'action.backward', key: '[', where: 'backward' },
    { id: 'arrange.back', label: 'action.back', key: 'Mod+[', where: 'back' },
  ] as const
).map(({ id, label, key, where }) =>
  boardAction({ id, group: 'arrange', label, shortcuts: [key] }, (board) => board.reorder(where), mayEditSelection),
);
