/**
 * What the window knows beyond the open board: where it is (welcome or a board), the account, the list of boards, what
 * lies open, and the toasts. Fed by the API's events; the board itself lives in its BoardController.
 */
import type { i18n } from 'i18next';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AccountStatus, Api, BoardInfo, Invitation, NearbyStatus } from '#api/contract.ts';
import { BoardProblem } from '#renderer/board/problem.ts';
import { changeTo, isLanguage, type Language, pickLanguage } from '#renderer/i18n/i18n.ts';
import { isBarred, noticeSentence, sentenceOf } from './errors.ts';
import { type BoardTarget, parseRoomAddress } from './room-address.ts';
import { loadRoute, type Route, saveRoute } from './route.ts';

export type Theme = 'system' | 'light' | 'dark';
export interface Toast {
  readonly id: number;
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
}
export type DialogId = 'share' | 'shortcuts' | 'sign-in';

export interface AppState {
  readonly route: Route;
  readonly account: AccountStatus;
  /** Those who invite and wait for an answer, the first first. */
  readonly invitations: readonly Invitation[];
  /** The local network: whether it is looked at, what others offer there, and who waits for an answer. */
  readonly nearby: NearbyStatus;
  /** Newest first; null until main has answered. */
  readonly boards: readonly BoardInfo[] | null;
  /** False while the transport to main is down. */
  readonly connected: boolean;
  /** Rises whenever main is back after an interruption: an open board is to be opened again. */
  readonly connections: number;
  readonly toasts: readonly Toast[];
  readonly theme: Theme;
  readonly language: Language;
  readonly dialog: DialogId | null;
  readonly peopleOpen: boolean;
  /** The list of what changed while one was away. */
  readonly changesOpen: boolean;
  readonly historyOpen: boolean;
  /** Edits of others on this board that a rule forbade, and why the last one. */
  readonly voided: { readonly count: number; readonly reason: string } | null;
  readonly notesOpen: boolean;
  readonly relatedOpen: boolean;
  /** Where a link leads on a room's board, until that is open and shows it. */
  readonly aim: { readonly room: string; readonly target: BoardTarget } | null;
  /** True while the board's title is a text field. */
  readonly renaming: boolean;
}

export interface AppStore {
  readonly state: StoreApi<AppState>;
  /** Asks main for all there is and listens; returns what undoes that. */
  start(): () => void;
  go(route: Route): void;
  /** To the form that joins a room, through signing in when no one is. */
  goToRoom(room: string): void;
  /** Follows a link: to a board here, to the form that joins a room, or out into the browser. */
  follow(address: string): void;
  /** Opens a board made from a file, and says what was left out of it. */
  showImported(board: string, removed: readonly string[]): void;
  set(
    part: Partial<
      Pick<
        AppState,
        'dialog' | 'peopleOpen' | 'changesOpen' | 'historyOpen' | 'notesOpen' | 'relatedOpen' | 'renaming' | 'aim'
      >
    >,
  ): void;
  setTheme(theme: Theme): void;
  setLanguage(language: Language): Promise<void>;
  refreshBoards(): Promise<void>;
  refreshNearby(): Promise<void>;
  toast(level: Toast['level'], message: string): void;
  /** Says a failure's sentence in a toast. */
  fail(error: unknown): void;
  dismissToast(id: number): void;
  /** Others did what a rule forbade. */
  noteVoided(count: number, reason: string): void;
}

/** No panel beside the board. */
export const PANELS_CLOSED = {
  peopleOpen: false,
  changesOpen: false,
  historyOpen: false,
  notesOpen: false,
  relatedOpen: false,
} as const;
const MAX_TOASTS = 3;
/** How many of the removed parts a toast names. */
const NAMED_PARTS = 3;

/** Calls back whenever the system says that there is a network again. Returns the end of it. */
function onlineAgain(run: () => void): () => void {
  window.addEventListener('online', run);
  return () => window.removeEventListener('online', run);
}

function isTheme(value: unknown): value is Theme {
  return value === 'system' || value === 'light' || value === 'dark';
}

/** Makes the window's store. `i18n` is switched when the language is. */
export function createAppStore(api: Api, i18n: i18n): AppStore {
  const state = createStore<AppState>(() => ({
    route: loadRoute(),
    account: { state: 'none' },
    invitations: [],
    nearby: { on: false, nick: '', boards: [], questions: [] },
    boards: null,
    connected: true,
    connections: 0,
    toasts: [],
    theme: 'system',
    language: 'en',
    dialog: null,
    peopleOpen: false,
    changesOpen: false,
    historyOpen: false,
    voided: null,
    notesOpen: false,
    relatedOpen: false,
    aim: null,
    renaming: false,
  }));
  let lastToast = 0;

  const store: AppStore = {
    state,
    start() {
      const stops = [
        onlineAgain(() => void api.call('account.reconnect').catch(() => undefined)),
        api.on('account', (account) => state.setState({ account })),
        api.on('invitations', (invitations) => state.setState({ invitations })),
        api.on('nearby', (nearby) => state.setState({ nearby })),
        api.on('status', ({ board, name }) => nameBoard(board, name)),
        api.on('notice', (notice) => {
          const { board, level } = notice;
          // What stays on the board until it is mended needs no toast.
          if (isBarred(notice.code)) return;
          const message = noticeSentence(notice, i18n);
          const { route } = state.getState();
          if (board === undefined || (route.screen === 'board' && route.board === board)) store.toast(level, message);
        }),
        api.on('open', (asked) => {
          if (asked.what === 'board') store.showImported(asked.board, asked.removed);
          else store.goToRoom(asked.room);
        }),
        api.onConnection((up) => {
          const before = state.getState();
          state.setState({ connected: up, connections: before.connections + (up && !before.connected ? 1 : 0) });
          if (up && !before.connected) void load();
        }),
      ];
      void load();
      return () => {
        for (const stop of stops) stop();
      };
    },
    go(route) {
      saveRoute(route);
      state.setState({ route, dialog: null, ...PANELS_CLOSED, voided: null, renaming: false });
      if (route.screen === 'welcome') void store.refreshBoards();
    },
    goToRoom(room) {
      const { account, route } = state.getState();
      const from = route.screen === 'board' ? { from: route.board } : {};
      store.go({ screen: 'welcome', step: account.state === 'online' ? 'join' : 'sign-in', room, ...from });
    },
    follow(address) {
      if (!/^xmpp:/i.test(address)) {
        window.open(address, '_blank', 'noopener,noreferrer');
        return;
      }
      const named = parseRoomAddress(address);
      if (named === null) return store.toast('error', i18n.t('links.notRoom'));
      const { room, target } = named;
      state.setState({ aim: target === undefined ? null : { room, target } });
      const here = state.getState().boards?.find((board) => board.room === room);
      if (here === undefined) return store.goToRoom(room);
      const { route } = state.getState();
      // The board that is open stays as it is, and goes to the place.
      if (route.screen !== 'board' || route.board !== here.id) store.go({ screen: 'board', board: here.id });
    },
    showImported(board, removed) {
      store.go({ screen: 'board', board });
      if (removed.length === 0) return;
      const list = removed.slice(0, NAMED_PARTS).join(' ') + (removed.length > NAMED_PARTS ? ' …' : '');
      store.toast('warn', i18n.t('notice.removed', { count: removed.length, list }));
    },
    set: (part) => state.setState(part),
    setTheme(theme) {
      showTheme(theme);
      state.setState({ theme });
      void api.call('settings.set', { key: 'theme', value: theme }).catch(store.fail);
    },
    async setLanguage(language) {
      await showLanguage(language);
      await api.call('settings.set', { key: 'language', value: language }).catch(store.fail);
    },
    async refreshBoards() {
      try {
        const boards = await api.call('boards.list');
        state.setState({ boards: boards.toSorted((a, b) => b.modified - a.modified) });
      } catch (error) {
        store.fail(error);
      }
    },
    async refreshNearby() {
      state.setState({ nearby: await api.call('nearby.status') });
    },
    toast(level, message) {
      const toasts = state.getState().toasts;
      if (toasts.some((toast) => toast.message === message)) return;
      lastToast += 1;
      // Of confirmations the last one counts; warnings and errors stay until they are read.
      const others = level === 'info' ? toasts.filter((toast) => toast.level !== 'info') : toasts;
      state.setState({ toasts: [...others, { id: lastToast, level, message }].slice(-MAX_TOASTS) });
    },
    noteVoided: (count, reason) =>
      state.setState(({ voided }) => ({ voided: { count: count + (voided?.count ?? 0), reason } })),
    fail(error) {
      const mild = error instanceof BoardProblem && error.code === 'too-heavy';
      store.toast(mild ? 'warn' : 'error', sentenceOf(error, i18n) ?? i18n.t('notice.failed'));
    },
    dismissToast: (id) => state.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) })),
  };

  function nameBoard(board: string, name: string): void {
    const { boards } = state.getState();
    if (!boards?.some((info) => info.id === board && info.name !== name)) return;
    state.setState({ boards: boards.map((info) => (info.id === board ? { ...info, name } : info)) });
  }

  function showTheme(theme: Theme): void {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }

  async function showLanguage(language: Language): Promise<void> {
    await changeTo(i18n, language);
    state.setState({ language });
  }

  async function load(): Promise<void> {
    try {
      const [account, invitations, nearby, theme, language] = await Promise.all([
        api.call('account.status'),
        api.call('direct.invitations'),
        api.call('nearby.status'),
        api.call('settings.get', { key: 'theme' }),
        api.call('settings.get', { key: 'language' }),
        store.refreshBoards(),
      ]);
      state.setState({ account, invitations, nearby });
      if (isTheme(theme)) {
        showTheme(theme);
        state.setState({ theme });
      }
      await showLanguage(isLanguage(language) ? language : pickLanguage(navigator.languages));
    } catch (error) {
      store.fail(error);
    }
  }

  return store;
}
