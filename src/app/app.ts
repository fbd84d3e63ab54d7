/** The application behind the contract: one for a profile, whoever its clients are. Composition roots give it the world. */
import { type ApiServer, type CallName, MAX_TEXT, type Params, type Result } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import type { HistoryItem } from '#core/history-port.ts';
import { type LogFormat, logFile } from '#session/log-file.ts';
import type { Compression } from '#session/ports.ts';
import { parseFragment } from '#svg/parse.ts';
import { withoutFaults } from '#svg/content-model.ts';
import { cleanTrees } from '#svg/safe.ts';
import { createAccount } from './account.ts';
import type { Board } from './board.ts';
import { addRelated, linkShape, removeRelated, shapeLink } from './board-links.ts';
import { notesOfBoard } from './board-notes.ts';
import { createPast } from './past.ts';
import { importNotes } from './notes-import.ts';
import { createClients } from './clients.ts';
import { createContacts } from './contacts.ts';
import { createDesk } from './desk.ts';
import { createDirects } from './directs.ts';
import { toApiError } from './failures.ts';
import { randomName } from './ids.ts';
import { boardInfo, boardName, createLibrary } from './library.ts';
import { createNearby } from './nearby.ts';
import { isNearbyRoom, nearbyName } from './nearby-room.ts';
import type { Connect, Connection, StartNearby } from './network.ts';
import { pasteable } from './paste.ts';
import type { BoardStore, Clock, Logger, Random, SecretStore, SettingStore } from './ports.ts';
import { createBoardRoomAdmin } from './room-admin.ts';
import { createRoomInvites } from './room-invites.ts';
import { createRooms } from './rooms.ts';
import { createStrokes } from './strokes.ts';
import { fileName } from './svg-files.ts';
import { createWaitingInvitations } from './waiting-invitations.ts';

export interface AppOptions {
  readonly store: BoardStore;
  readonly settings: SettingStore;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly deflate: Compression;
  readonly logger: Logger;
  readonly connect: Connect;
  readonly startNearby: StartNearby;
  readonly version: string;
  readonly host: 'electron' | 'web';
  /** What the system calls its person, for those nearby to whom no other name was given. */
  readonly userName?: string;
  /** What the store found damaged when it was opened, in sentences: told to the first client. */
  readonly damage?: readonly string[];
}

export interface App extends ApiServer {
  /** Signs in with what is remembered. Resolves after the first attempt; never rejects. */
  start(): Promise<void>;
  /** An open board, opened if it isn't: for hosts in this process. Throws ApiError 'not-found'. */
  board(id: string): Board;
  /** The account's connection while signed in, up or not. */
  readonly connection: Connection | undefined;
  /** Leaves rooms, signs off, and writes everything. The store stays open. */
  close(): Promise<void>;
}

/** The log as one text. Throws ApiError 'too-large'. */
function wholeLog(items: Iterable<HistoryItem>, name: string, format: LogFormat): string {
  const lines: string[] = [];
  let length = 0;
  for (const line of logFile(items, name, format)) {
    length += line.length + 1;
    if (length > MAX_TEXT)
      throw new ApiError('too-large', 'The log is too long for one piece. Write it with "limn log" instead.');
    lines.push(`${line}\n`);
  }
  return lines.join('');
}

type Answer<N extends CallName> = undefined extends Result<N> ? void : Result<N>;
type Handlers = { readonly [N in CallName]: (params: Params<N>, client: string) => Promise<Answer<N>> | Answer<N> };

/** What a board tells of the time while its person was away. */
const meanwhileSetting = (board: string): string => `meanwhile/${board}`;
/** Settings of clients live apart from the app's own (accounts, pins, secrets), which no client can name. */
const clientSetting = (key: string): string => `ui/${key}`;

export function createApp(options: AppOptions): App {
  const { store, settings, secrets, clock, random, deflate, logger } = options;
  const clients = createClients();
  const untold = [...(options.damage ?? [])];

  const account = createAccount({
    settings,
    secrets,
    clock,
    logger,
    connect: options.connect,
    documents: (jid) => library.known(jid),
    onStatus(status) {
      clients.toAll('account', status);
      desk.refresh();
    },
    onConnected(connection) {
      directs.connected(connection);
      roomInvites.connected(connection);
      contacts.connected(connection);
      for (const board of desk.boards()) void restore(board);
    },
    async onGone() {
      directs.gone();
      roomInvites.gone();
      contacts.gone();
      waiting.clear();
      const served = desk.boards().filter(({ meta }) => !isNearbyRoom(meta.room?.jid ?? ''));
      await Promise.all(served.map((board) => board.disconnect()));
    },
  });
  const author = (): string => account.jid ?? 'me';
  const nick = (): string | undefined => settings.get(clientSetting('nick')) ?? undefined;
  const desk = createDesk({
    store,
    clock,
    random,
    deflate,
    logger,
    clients,
    author,
    note: (board) => ({
      get: () => settings.get(meanwhileSetting(board)),
      set: (text) => settings.set(meanwhileSetting(board), text),
    }),
    myName: () => nick() ?? account.jid?.replace(/@.*$/, '') ?? 'Me',
    language: () => settings.get(clientSetting('language')) ?? undefined,
    connecting: () => ['connecting', 'certificate'].includes(account.status().state),
  });
  const library = createLibrary({ store, clock, random, author });
  const strokes = createStrokes(settings, clock, logger);
  const rooms = createRooms({ store, clock, logger, account, desk, library, nick });
  const waiting = createWaitingInvitations(
    () => randomName(random, 13),
    (invitations) => clients.toAll('invitations', [...invitations]),
  );
  const roomInvites = createRoomInvites({ account, library, rooms, waiting });
  const contacts = createContacts(clock, (list) => clients.toAll('contacts', list));
  const directs = createDirects({
    account,
    desk,
    library,
    logger,
    boards: () => store.list(),
    waiting,
    nick: () => nick() ?? account.jid?.replace(/@.*$/, '') ?? 'me',
  });
  const nearby = createNearby({
    ...{ start: options.startNearby, settings, random, logger, desk, library },
    boards: () => store.list(),
    nick: () => nearbyName(nick(), account.jid?.replace(/@.*$/, ''), options.userName),
    changed: (status) => clients.toAll('nearby', status),
  });
  const roomAdmin = createBoardRoomAdmin(account, nearby, library);
  const restore = (board: Board): Promise<void> => {
    const { room } = board.meta;
    if (room?.direct === true) return directs.restore(board);
    return isNearbyRoom(room?.jid ?? '') ? nearby.restore(board) : rooms.restore(board);
  };

  const past = createPast(clients);
  const gesture = (): string => randomName(random, 13);

  const handlers: Handlers = {
    'app.info': () => ({ version: options.version, host: options.host, boards: library.list().length }),
    'settings.get': ({ key }) => settings.get(clientSetting(key)),
    'settings.set': ({ key, value }) => settings.set(clientSetting(key), value),

    'account.status': () => account.status(),
    'account.signIn': (params) => account.signIn(params),
    'account.signOut': () => account.signOut(),
    'account.reconnect': () => account.hurry(),
    'account.decideCertificate': ({ fingerprint, accept }) => account.decideCertificate(fingerprint, accept),

    'boards.list': () => library.list(),
    'boards.create': ({ name }) => boardInfo(library.create(name)),
    'boards.rename': ({ board, name }) => {
      library.get(board);
      desk.board(board).rename(boardName(name));
    },
    'boards.remove': async ({ board }) => {
      library.get(board);
      await desk.drop(board);
      store.remove(board);
      store.remove(notesOfBoard(board));
      strokes.forget(board);
      for (const id of [board, notesOfBoard(board)]) settings.set(meanwhileSetting(id), null);
    },
    'boards.import': ({ name, svg }) => {
      const { board, removed } = library.import(name, svg);
      return { board: boardInfo(board), removed };
    },
    'boards.open': ({ board }, client) => {
      if (strokes.recover(desk.board(board))) {
        const message = 'The stroke that was being drawn when Limn ended is on the board again. Undo takes it away.';
        clients.to(client, 'notice', { board, level: 'info', message, code: 'stroke' });
      }
      const opened = desk.open(client, board);
      void restore(desk.board(board));
      return opened;
    },
    'boards.close': ({ board }, client) => desk.close(client, board),
    'boards.export': ({ board, format }) => {
      const open = desk.board(board);
      if (format !== open.type.kind) {
        throw new ApiError('refused', 'Drawings are exported as SVG, notes as XHTML. Choose the other format.');
      }
      return { fileName: fileName(open.meta.name, open.type.extension), content: open.file() };
    },

    'notes.open': ({ board }) => ({ notes: desk.board(board).notes().id }),

    'notes.import': ({ board, xhtml }) => ({ left: importNotes(desk.board(board), xhtml, gesture()) }),

    'related.list': ({ board }) => desk.related(board),
    'related.add': ({ board, address, title }) => addRelated(desk.board(board), { address, title }, gesture()),
    'related.remove': ({ board, address }) => removeRelated(desk.board(board), address, gesture()),
    'links.of': ({ board, rid }) => shapeLink(desk.board(board), rid),
    'links.set': ({ board, rid, address }) => linkShape(desk.board(board), rid, address, gesture()),

    'rooms.join': async (params) => boardInfo(await rooms.join(params)),
    'rooms.list': async () => [...(await rooms.list())],
    'rooms.service': () => rooms.service(),
    'rooms.leave': ({ board }) => rooms.leave(board),
    'rooms.invite': ({ board, jid }) => roomInvites.invite(board, jid),
    'rooms.give': (params) => roomAdmin.give(params),
    'rooms.remove': (params) => roomAdmin.remove(params),
    'rooms.settings': ({ board }) => roomAdmin.settings(board),
    'rooms.change': ({ board, settings: wanted }) => roomAdmin.change(board, wanted),
    'rooms.end': ({ board }) => roomAdmin.end(board),

    'history.open': ({ board }, client) =>
      desk.board(board).history.overview((progress) => clients.to(client, 'history', { board, progress })),
    'history.at': (params, client) => past(desk.board(params.board), params, client),
    'history.restore': async ({ board, at }) => ({ sxe: (await desk.board(board).restore(at)).sxe }),
    'history.about': ({ board, rid }) => desk.board(board).history.about(rid),
    'history.export': ({ board, format, since }) => {
      const { history, meta } = desk.board(board);
      return { fileName: fileName(meta.name, format), content: wholeLog(history.items(since ?? 0), meta.name, format) };
    },
    'history.voids': ({ board, from, to }) => desk.board(board).history.voids(from, to),
    'history.compact': ({ board, at, preview }, client) =>
      desk.board(board).history.fold(at, preview, (progress) => clients.to(client, 'history', { board, progress })),
    'history.close': ({ board }) => desk.find(board)?.history.close(),

    'contacts.list': () => contacts.list(),

    'direct.invite': ({ board, jid }) => directs.invite(board, jid),
    'direct.cancel': ({ board }) => directs.cancel(board),
    'direct.invitations': () => [...waiting.list()],
    'direct.answer': ({ id, accept }) => waiting.answer(id, accept),

    'nearby.status': () => nearby.status(),
    'nearby.turn': ({ on }) => nearby.turn(on),
    'nearby.share': ({ board }) => nearby.share(board),
    'nearby.join': ({ id }) => nearby.join(id),
    'nearby.cancel': () => nearby.cancel(),
    'nearby.answer': ({ id, same }) => nearby.answer(id, same),

    'document.submit': ({ board, gesture, intents }) => {
      const open = desk.board(board);
      try {
        const { rids, sxe } = open.submit(intents, gesture);
        strokes.drawn(board, intents);
        return { rids: rids.map((list) => [...list]), sxe };
      } finally {
        // An editor of text waits for the answer, and goes on with what there is by then.
        if (open.type.kind === 'xhtml') desk.tell(board);
      }
    },
    'document.complete': ({ board, rid, on }) => void desk.board(board).complete(rid, on),
    'document.undo': ({ board }) => void desk.board(board).undo(),
    'document.redo': ({ board }) => void desk.board(board).redo(),
    'document.clean': ({ svg }) => {
      const parsed = parseFragment(svg);
      if (!parsed.ok) throw new ApiError(parsed.code, parsed.reason);
      const clean = cleanTrees(parsed.nodes);
      const { nodes, removed } = withoutFaults(clean.nodes.filter(({ type }) => type === 'element'));
      return { nodes: pasteable(nodes), removed: [...parsed.removed, ...clean.removed, ...removed] };
    },
    'merged.get': ({ board }) => desk.board(board).merged,
    'merged.dismiss': ({ board }) => desk.board(board).dismissMerged(),
    'merged.again': ({ board, clash }) => [...desk.board(board).again(clash)],
    'presenting.get': ({ board }) => desk.board(board).live.presenting,
    'presenting.do': ({ board, act }) => desk.board(board).live.present(act),
    'document.away': ({ board, away }, client) => desk.away(client, board, away),
    'document.live': ({ board, live }, client) => {
      strokes.live(board, live, client);
      desk.find(board)?.live.show(live);
    },
  };

  return {
    async call(client, name, params) {
      try {
        // The contract pairs each name with its parameters; the transports have checked them against its schema.
        const handler = handlers[name] as (params: unknown, client: string) => unknown;
        return await handler(params, client);
      } catch (error) {
        const known = toApiError(error);
        if (!(known instanceof ApiError)) logger.error('a call failed', { name, error });
        throw known;
      }
    },
    connected(client, emit) {
      clients.connected(client, emit);
      for (const message of untold.splice(0)) emit('notice', { level: 'error', message });
    },
    disconnected: (client) => desk.disconnected(client),

    async start() {
      await Promise.all([account.resume(), nearby.resume()]);
    },
    board: (id) => desk.board(id),
    get connection() {
      return account.connection;
    },
    async close() {
      rooms.close();
      await account.close();
      await desk.closeAll();
      nearby.close();
      await store.flushed();
    },
  };
}
