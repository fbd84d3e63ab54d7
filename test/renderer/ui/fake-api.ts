/** An Api without a main: keeps boards in memory and answers as a test tells it to. */
import type {
  AccountStatus,
  Api,
  BoardInfo,
  CallName,
  Clash,
  EventData,
  EventName,
  Merged,
  NearbyStatus,
  Params,
  Person,
  Result,
} from '#api/contract.ts';
import type { AboutNode, HistoryOverview } from '#api/contract-history.ts';
import { ApiError, type ApiErrorCode } from '#api/errors.ts';

type Handlers = { [N in CallName]?: (params: Params<N>) => Result<N> | Promise<Result<N>> };

export interface FakeApi extends Api {
  /** Every call in order. */
  readonly calls: { name: CallName; params: unknown }[];
  readonly boards: BoardInfo[];
  account: AccountStatus;
  people: Person[];
  nearby: NearbyStatus;
  merged: Merged | null;
  history: HistoryOverview;
  completed: string[];
  /** Answers a call by itself from now on. */
  answer<N extends CallName>(name: N, handler: (params: Params<N>) => Result<N> | Promise<Result<N>>): void;
  /** Lets a call fail from now on. */
  refuse(name: CallName, code: ApiErrorCode, sentence: string): void;
  /** Keeps the answers to a call back until it is released. */
  hold(name: CallName): void;
  release(name: CallName): void;
  emit<N extends EventName>(name: N, data: EventData<N>): void;
  connect(up: boolean): void;
}

/** Monday noon; boards are as old as a test says relative to now. */
export function createFakeApi(boards: BoardInfo[] = [], settings: Record<string, string> = {}): FakeApi {
  const listeners = new Map<EventName, Set<(data: never) => void>>();
  const connection = new Set<(up: boolean) => void>();
  const kept = new Map(Object.entries(settings));
  const held = new Map<CallName, { readonly until: Promise<void>; readonly release: () => void }>();
  const find = (id: string): BoardInfo => {
    const board = api.boards.find((info) => info.id === id);
    if (!board) throw new ApiError('not-found', 'This board is not on this computer any more. Choose another one.');
    return board;
  };
  const add = (name: string, room?: string): BoardInfo => {
    const now = Date.now();
    const info = { id: `board-${api.boards.length + 1}`, name, created: now, modified: now, ...(room && { room }) };
    api.boards.push(info);
    return info;
  };
  const handlers: Handlers = {
    'app.info': () => ({ version: '0.0.0', host: 'web', boards: api.boards.length }),
    'settings.get': ({ key }) => kept.get(key) ?? null,
    'settings.set': ({ key, value }) => {
      if (value === null) kept.delete(key);
      else kept.set(key, value);
      return undefined;
    },
    'account.status': () => api.account,
    'account.signIn': ({ jid }) => {
      setAccount({ state: 'online', jid });
      return api.account;
    },
    'account.reconnect': () => undefined,
    'account.signOut': () => {
      setAccount({ state: 'none' });
      return undefined;
    },
    'account.decideCertificate': () => undefined,
    'boards.list': () => api.boards,
    'direct.invitations': () => [],
    'contacts.list': () => [],
    'nearby.status': () => api.nearby,
    'nearby.turn': ({ on }) => {
      api.emit('nearby', { ...api.nearby, on });
      return undefined;
    },
    'nearby.share': ({ board }) => {
      const info = Object.assign(find(board), { room: 'r@nearby.invalid', nearby: true as const });
      api.emit('status', statusOf(info));
      return info;
    },
    'nearby.join': () => add('plans', 'r@nearby.invalid'),
    'nearby.cancel': () => undefined,
    'nearby.answer': ({ id }) => {
      const questions = api.nearby.questions.filter((question) => question.id !== id);
      api.emit('nearby', { ...api.nearby, questions });
      return undefined;
    },
    'boards.create': ({ name = '' }) => add(name),
    'boards.rename': ({ board, name }) => {
      find(board).name = name;
      api.emit('status', statusOf(find(board)));
      return undefined;
    },
    'boards.remove': ({ board }) => {
      api.boards.splice(api.boards.indexOf(find(board)), 1);
      return undefined;
    },
    'boards.import': ({ name }) => ({ board: add(name), removed: ['A script was taken out.'] }),
    'boards.open': ({ board }) => ({ status: statusOf(find(board)), root: null, people: api.people }),
    'boards.close': () => undefined,
    'boards.export': ({ board }) => ({
      fileName: `${find(board).name || 'board'}.svg`,
      content: '<svg xmlns="http://www.w3.org/2000/svg"/>',
    }),
    'related.list': () => [],
    'related.add': () => undefined,
    'links.set': () => undefined,
    'links.of': () => null,
    'history.open': () => api.history,
    'history.at': ({ at }) => {
      const version = api.history.versions.find(({ to }) => at <= to);
      return {
        at,
        root: null,
        ...(at > 0 && version && { author: version.author, name: version.name, time: version.end }),
      };
    },
    'history.about': ({ rid }) => {
      const changes = api.history.versions.slice(-3).toReversed();
      const entries = changes.map(({ to, author, name, end }, i): AboutNode['entries'][number] => ({
        ...{ at: to, author, name, time: end },
        kinds: i === 2 ? ['added'] : ['changed', 'moved'],
      }));
      return { rid, entries, count: 9, selves: [rid] };
    },
    'history.export': ({ format }) => ({ fileName: `Board.${format}`, content: 'the log' }),
    'history.voids': ({ from, to }) => ({
      edits: api.history.versions
        .filter((version) => version.from >= from && version.to <= to && version.voids > 0)
        .map(({ to: at, author, name, end }) => {
          const rule = { code: 'complete', detail: {} };
          return { at, author, name, time: end, kind: 'set', rid: 'a', rule, reason: 'This is complete.' };
        }),
      count: 2,
    }),
    'history.compact': ({ at, preview }) => {
      const gone = api.history.versions.filter(({ to }) => to <= at);
      const edits = gone.reduce((sum, version) => sum + version.edits, 0);
      const folded = { entries: at, edits, begin: gone[0]?.begin ?? 0, end: gone.at(-1)?.end ?? 0 };
      const versions = api.history.versions.filter(({ to }) => to > at);
      if (!preview) api.history = { ...api.history, start: at, folded, versions };
      return { at, ...folded, freed: 341_000 };
    },
    'history.restore': () => ({ sxe: 'a.1' }),
    'history.close': () => undefined,
    'document.complete': ({ board, rid, on }) => {
      const parts = on ? [...api.completed, rid] : api.completed.filter((one) => one !== rid);
      api.completed = parts;
      const complete = parts.length === 0 ? {} : { complete: { whole: parts.includes('root'), parts } };
      api.emit('status', { ...statusOf(find(board)), ...complete });
      return undefined;
    },
    'merged.get': () => api.merged,
    'merged.dismiss': ({ board }) => {
      setMerged(board, null);
      return undefined;
    },
    'merged.again': ({ board, clash }) => {
      const mark = (list: Clash[]) => list.map((one) => (one.id === clash ? { ...one, again: true } : one));
      const { merged } = api;
      if (merged) setMerged(board, { ...merged, overruled: mark(merged.overruled), overwrote: mark(merged.overwrote) });
      return ['again'];
    },
    'rooms.join': ({ room, board }) => {
      if (board === undefined) return add(room, room);
      const info = find(board);
      info.room = room;
      api.emit('status', statusOf(info));
      return info;
    },
    'rooms.invite': () => undefined,
    'rooms.list': () => [],
    'rooms.service': () => null,
    'rooms.give': ({ person, standing }) => {
      api.people = api.people.map((one) => (one.id === person ? { ...one, role: standing } : one));
      for (const { id } of api.boards) api.emit('people', { board: id, people: api.people });
      return { newcomersWatch: standing === 'viewer' };
    },
    'rooms.remove': () => undefined,
    'rooms.settings': () => ({ name: '', password: '', membersOnly: false, openVoice: true }),
    'rooms.change': () => undefined,
    'rooms.end': () => undefined,
    'direct.answer': ({ accept }) => {
      api.emit('invitations', []);
      return accept ? add('plans', 'plans@conference.harbour.example') : null;
    },
    'rooms.leave': ({ board }) => {
      const info = find(board);
      delete info.room;
      delete info.nearby;
      api.emit('status', statusOf(info));
      return undefined;
    },
  };
  const statusOf = ({ id, name, room, nearby }: BoardInfo): EventData<'status'> => ({
    board: id,
    name,
    connection: room === undefined ? 'alone' : 'online',
    saved: true,
    waiting: 0,
    canUndo: true,
    canRedo: false,
    canEdit: true,
    ...(room !== undefined && { room: { jid: room, nick: 'ines', ...(nearby && { nearby }) } }),
  });
  const setMerged = (board: string, merged: Merged | null): void => {
    api.merged = merged;
    api.emit('merged', { board, merged });
  };
  const setAccount = (account: AccountStatus): void => {
    api.account = account;
    api.emit('account', account);
  };

  const api: FakeApi = {
    calls: [],
    boards,
    account: { state: 'none' },
    people: [],
    nearby: { on: false, nick: 'ines', boards: [], questions: [] },
    merged: null,
    completed: [],
    history: { start: 0, length: 0, versions: [], lost: 0 },
    answer(name, handler) {
      Object.assign(handlers, { [name]: handler });
    },
    refuse(name, code, sentence) {
      Object.assign(handlers, {
        [name]: () => {
          throw new ApiError(code, sentence);
        },
      });
    },
    hold(name) {
      let release = (): void => undefined;
      const until = new Promise<void>((resolve) => (release = resolve));
      held.set(name, { until, release });
    },
    release(name) {
      held.get(name)?.release();
      held.delete(name);
    },
    emit(name, data) {
      if (name === 'account') api.account = data as AccountStatus;
      if (name === 'nearby') api.nearby = data as NearbyStatus;
      for (const listener of listeners.get(name) ?? []) listener(data as never);
    },
    connect(up) {
      for (const listener of connection) listener(up);
    },
    async call<N extends CallName>(name: N, ...params: Params<N> extends undefined ? [] : [Params<N>]) {
      api.calls.push({ name, params: params[0] });
      const handler = handlers[name];
      if (!handler) throw new ApiError('internal', `The fake has no answer to ${name}.`);
      await held.get(name)?.until;
      return handler(params[0] as Params<N>);
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener as (data: never) => void);
      return () => set.delete(listener as (data: never) => void);
    },
    onConnection(listener) {
      connection.add(listener);
      return () => connection.delete(listener);
    },
  };
  return api;
}
