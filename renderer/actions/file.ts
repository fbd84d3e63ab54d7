/** Boards as things: new, opened from a file, exported, renamed, shared. And the account they are shared with. */
import { WELCOME } from '#renderer/ui/route.ts';
import type { Action, ActionContext } from './action.ts';

const SVG = 'image/svg+xml';

const onBoard = ({ board }: ActionContext): boolean => board !== null;
const signedIn = ({ store }: ActionContext): boolean => store.state.getState().account.jid !== undefined;

export const fileActions: readonly Action[] = [
  {
    id: 'file.new',
    group: 'file',
    label: 'action.newBoard',
    shortcuts: [],
    enabled: () => true,
    async run({ api, store }) {
      const { id } = await api.call('boards.create', {});
      store.go({ screen: 'board', board: id });
    },
  },
  {
    id: 'file.open',
    group: 'file',
    label: 'action.open',
    shortcuts: ['Mod+O'],
    enabled: () => true,
    async run({ api, store, files }) {
      const file = await files.pick(`.svg,${SVG}`);
      if (!file) return;
      const name = file.name.replace(/\.svg$/i, '');
      const { board, removed } = await api.call('boards.import', { name, svg: await file.text() });
      store.showImported(board.id, removed);
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
    enabled: (context) => !signedIn(context),
    run: ({ store }) => store.set({ dialog: 'sign-in' }),
  },
  {
    id: 'file.signOut',
    group: 'file',
    label: 'action.signOut',
    shortcuts: [],
    enabled: signedIn,
    run: ({ api }) => api.call('account.signOut'),
  },
];
