/** Boards in rooms: joining with a board or for the room's own, leaving, and coming back after a restart. */
import { ApiError } from '#api/errors.ts';
import type { Account } from './account.ts';
import { bareJid } from './account.ts';
import type { ListedRoom } from '#session/room-list.ts';
import type { Board } from './board.ts';
import type { Desk } from './desk.ts';
import { isTransient, roomError, suggestNick } from './failures.ts';
import type { Library } from './library.ts';
import { isBarred } from '#session/transport.ts';
import { isNearbyRoom } from './nearby-room.ts';
import type { Connection, JoinedRoom } from './network.ts';
import type { BoardStore, Clock, Logger, StoredBoard } from './ports.ts';
import { wayBack } from './way-back.ts';

/** Giving up on a room that does not answer, milliseconds. */
const ANSWER_WITHIN = 30_000;
/** How long until a room that could not be reached is tried again, milliseconds. */
const RESTORE_AGAIN = 15_000;
/** Names to try when coming back: one's own may still be held by a session that died. */
const RESTORE_NICKS = 4;

export interface JoinParams {
  readonly room: string;
  readonly nick?: string | undefined;
  readonly password?: string | undefined;
  readonly board?: string | undefined;
  readonly create: boolean;
}

export interface RoomsOptions {
  readonly store: BoardStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly account: Account;
  readonly desk: Desk;
  readonly library: Library;
  /** How the person wants to be called, if they said so. */
  readonly nick: () => string | undefined;
}

export interface Rooms {
  /** Rejects with ApiError; nothing has changed then. */
  join(params: JoinParams): Promise<StoredBoard>;
  leave(id: string): Promise<void>;
  /** Rooms that the account keeps and those of its server; none without an account. */
  list(): Promise<readonly ListedRoom[]>;
  /** Where rooms of the account's server are, if it tells; null without an account. */
  service(): Promise<string | null>;
  /** Whether a board of ours is there now. */
  isIn(room: string): boolean;
  /** Brings a board back to its room, if it has one and the account is online. A failure becomes the board's problem. */
  restore(board: Board): Promise<void>;
  /** Tries nothing more by itself. */
  close(): void;
}

export function createRooms(options: RoomsOptions): Rooms {
  const { account, desk, library, clock, logger, store } = options;
  const retries = new Set<() => void>();
  const joining = new Map<string, Promise<StoredBoard>>();

  function connection(): Connection {
    if (account.connection === undefined) {
      throw new ApiError('not-signed-in', 'Sign in first, then join the room.');
    }
    return account.connection;
  }

  async function enter(
    through: Connection,
    request: { room: string; nick: string; password?: string; create: boolean },
  ): Promise<JoinedRoom> {
    const entering = through.join(request);
    let timedOut = false;
    try {
      return await within(clock, entering, ANSWER_WITHIN);
    } catch (error) {
      timedOut = error instanceof ApiError && error.code === 'timeout';
      throw roomError(error, request);
    } finally {
      // An answer that comes too late: we are in the room without a board, so out again.
      if (timedOut) entering.then((late) => late.transport.leave()).catch(() => undefined);
    }
  }

  function password(value: string | undefined): { password?: string } {
    return value === undefined || value === '' ? {} : { password: value };
  }

  async function joinNew(params: JoinParams, room: string): Promise<StoredBoard> {
    const through = connection();
    const known = library.inRoom(room);
    if (params.board !== undefined) {
      const { room: other, kind } = library.get(params.board);
      if (kind === 'xhtml') throw new ApiError('refused', 'Notes are shared with their board. Choose the board.');
      if (other !== undefined && other.jid !== room) {
        throw new ApiError('refused', `This board is shared in ${other.jid} already. Leave that room first.`);
      }
      if (known !== undefined && known.id !== params.board) {
        throw new ApiError('refused', `You have the board of ${room} already, as “${known.name}”. Open that one.`);
      }
    }
    if (known !== undefined && desk.find(known.id)?.joined === true) return known;
    const nick = chooseNick(params.nick ?? known?.room?.nick ?? options.nick(), through.jid);
    const joined = await enter(through, { room, nick, create: params.create, ...password(params.password) });
    const id = params.board ?? library.inRoom(joined.room)?.id ?? library.createForRoom(roomName(joined.room)).id;
    try {
      desk.board(id).share(joined, nick, through.jid);
    } catch (error) {
      await joined.transport.leave();
      throw error;
    }
    const { name } = library.get(id);
    through.rooms.add({ room: joined.room, name, nick }).catch((error: unknown) => notKept(joined.room, error));
    return library.get(id);
  }

  /** A server that keeps no bookmarks, or is gone by now, keeps nobody from drawing. */
  const notKept = (room: string, error: unknown): void =>
    logger.debug('a bookmark was not written', { room, error: String(error) });

  /** Enters under the wanted name, or one made of it when that is taken. */
  async function reenter(through: Connection, room: string, wanted: string): Promise<JoinedRoom> {
    let nick = wanted;
    for (let left = RESTORE_NICKS; ; left--) {
      try {
        // The room was there before: if it is gone, everyone left it, and it is made again.
        return await enter(through, { room, nick, create: true });
      } catch (error) {
        if (left === 1 || !(error instanceof ApiError) || error.code !== 'nick-taken') throw error;
        nick = suggestNick(nick);
      }
    }
  }

  async function restore(board: Board): Promise<void> {
    const way = wayBack(board, account.connection);
    if (way === undefined || joining.has(way.room.jid)) return;
    const { room: bound, through } = way;
    const run = (async () => {
      const joined = await reenter(through, bound.jid, bound.nick);
      if (desk.find(board.id) !== board || board.meta.room === undefined) {
        await joined.transport.leave();
        throw new ApiError('cancelled', 'The board was closed meanwhile.');
      }
      board.share(joined, bound.nick, through.jid);
      return board.meta;
    })().finally(() => joining.delete(bound.jid));
    joining.set(bound.jid, run);
    try {
      await run;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'cancelled') return;
      logger.warn('a room could not be entered again', { room: bound.jid, error });
      const sentence =
        error instanceof Error ? error.message : `The room ${bound.jid} could not be entered. Join it again.`;
      board.setProblem(sentence, error instanceof ApiError && isBarred(error.code) ? error.code : undefined);
      if (!isTransient(error)) return;
      const cancel = clock.after(RESTORE_AGAIN, () => {
        retries.delete(cancel);
        if (desk.find(board.id) === board) void restore(board);
      });
      retries.add(cancel);
    }
  }

  return {
    restore,
    isIn(room) {
      const known = library.inRoom(room);
      return known !== undefined && desk.find(known.id)?.joined === true;
    },
    close() {
      for (const cancel of retries) cancel();
      retries.clear();
    },
    async join(params) {
      const room = roomJid(params.room);
      const running = joining.get(room);
      if (running !== undefined) return running;
      const run = joinNew(params, room).finally(() => joining.delete(room));
      joining.set(room, run);
      return run;
    },
    async leave(id) {
      const board = desk.board(id);
      if (board.meta.room === undefined)
        throw new ApiError('refused', 'This board is in no room, so there is nothing to leave.');
      const room = board.meta.room.jid;
      await board.unshare();
      // A server is told nothing of boards on the local network.
      if (isNearbyRoom(room)) return;
      account.connection?.rooms.drop(room).catch((error: unknown) => notKept(room, error));
    },
    async list() {
      if (account.connection === undefined) return [];
      const here = new Set(store.list().flatMap(({ room }) => (room === undefined ? [] : [room.jid])));
      return (await account.connection.rooms.list()).filter(({ room }) => !here.has(room));
    },
    service: async () => (await account.connection?.rooms.service()) ?? null,
  };
}

/** The room's bare JID of what a person typed or a link says. Throws ApiError 'bad-request'. */
function roomJid(text: string): string {
  try {
    return bareJid(decodeLink(text.trim()));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new ApiError('not-a-room', "A room's address looks like room@rooms.example.org. Check it and try again.");
  }
}

function decodeLink(text: string): string {
  if (!/^xmpp:/i.test(text)) return text;
  try {
    return decodeURIComponent(text.replace(/\?.*$/s, ''));
  } catch {
    return text;
  }
}

function chooseNick(wanted: string | undefined, jid: string): string {
  const nick = (wanted ?? '').replace(/\s+/g, ' ').trim().slice(0, 100);
  return nick === '' ? jid.slice(0, jid.indexOf('@')) : nick;
}

const roomName = (jid: string): string => jid.slice(0, jid.indexOf('@'));

function within<T>(clock: Clock, work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new ApiError('timeout', 'No answer came in time. Try again.')));
    work.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
