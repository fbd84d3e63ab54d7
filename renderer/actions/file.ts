/** Boards as things: new, opened from a file, exported, renamed, shared. And the account they are shared with. */
import type { TFunction } from 'i18next';
import type { BoardInfo } from '#api/contract.ts';
import { WELCOME } from '#renderer/ui/route.ts';
import type { Action, ActionContext } from './action.ts';
import { openFile } from './open-file.ts';

const SVG = 'image/svg+xml';

const onBoard = ({ board }: ActionContext): boolean => board !== null;
const remembered = ({ store }: ActionContext): boolean => store.state.getState().account.jid !== undefined;
/** A remembered account may be without its password, or its server out of reach: it can be signed in again. */
const signedOut = ({ store }: ActionContext): boolean =>
  !['online', 'connecting'].includes(store.state.getState().account.state);

/** A name for a new board in the person's language; numbered when boards have it already. */
function unusedName(boards: readonly BoardInfo[], t: TFunction): string {
  const taken = new Set(boards.map((board) => board.name));
  let name = t('boards.untitled');
  for (let number = 2; taken.has(name); number++) name = t('boards.untitledNumber', { number });
  return name;
}

export const fileActions: readonly Action[] = [
  {
    id: 'file.new',
    group: 'file',
    label: 'action.newBoard',
    shortcuts: [],
    enabled: () => true,
    async run({ api, store, t }) {
      const { id } = await api.call('boards.create', { name: unusedName(store.state.getState().boards ?? [], t) });
      store.go({ screen: 'board', board: id });
    },
  },
  {
    id: 'file.open',
    group: 'file',
    label: 'action.open',
    shortcuts: ['Mod+O'],
    enabled: () => true,
    async run(context) {
      const file = await context.files.pick(`.svg,${SVG}`);
      if (file) await openFile(context, file);
    },
  },
  {
    id: 'file.export',
    group: 'file',
    label: 'action.export',
    shortcuts: ['Mod+E', 'Mod+S'],
    enabled: onBoard,
    async run({ api, board, store, files, t }) {
      if (!board) return;
      const { fileName, content } = await api.call('boards.export', { board: board.state.status.board, format: 'svg' });
      files.save(fileName, content, SVG);
      store.toast('info', t('notice.exported', { file: fileName }));
    },
  },
  {
    id: 'file.rename',
    group: 'file',
    label: 'action.rename',
    shortcuts: ['F2'],
    enabled: onBoard,
    run: ({ store }) => store.set({ renaming: true }),
  },
  {
    id: 'file.share',
    group: 'file',
    label: 'action.share',
    shortcuts: [],
    enabled: onBoard,
    run: ({ store }) => store.set({ dialog: 'share' }),
  },
  {
    id: 'file.boards',
    group: 'file',
    label: 'action.boards',
    shortcuts: [],
    enabled: onBoard,
    run: ({ store }) => store.go(WELCOME),
  },
  {
    id: 'file.signIn',
    group: 'file',
    label: 'action.signIn',
    shortcuts: [],
    enabled: signedOut,
    run: ({ store }) => store.set({ dialog: 'sign-in' }),
  },
  {
    id: 'file.signOut',
    group: 'file',
    label: 'action.signOut',
    shortcuts: [],
    enabled: remembered,
    run: ({ api }) => api.call('account.signOut'),
  },
];
