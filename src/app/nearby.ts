/** Boards on the local network: turned on by the person, offered, joined, and the six digits that people compare. Off until asked for. */
import type { BoardInfo, NearbyStatus } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import type { RoomAdmin } from '#session/room-admin.ts';
import type { NearbyBoard, NearbyQuestion } from '#session/nearby.ts';
import { isNearbyRoom, NEARBY_ACCOUNT } from './nearby-room.ts';
import type { Board } from './board.ts';
import type { Desk } from './desk.ts';
import { toApiError } from './failures.ts';
import { randomName } from './ids.ts';
import { boardInfo, type Library } from './library.ts';
import type { JoinedRoom, NearbyNetwork, StartNearby } from './network.ts';
import type { Logger, Random, SettingStore, StoredBoard } from './ports.ts';

export interface NearbyOptions {
  readonly start: StartNearby;
  readonly settings: SettingStore;
  readonly random: Random;
  readonly logger: Logger;
  readonly desk: Desk;
  readonly library: Library;
  readonly boards: () => readonly StoredBoard[];
  /** How the person is called. */
  readonly nick: () => string;
  readonly changed: (status: NearbyStatus) => void;
}

export interface Nearby {
  status(): NearbyStatus;
  /** Begins to listen, or stops and leaves. Rejects with ApiError when the system doesn't let us. */
  turn(on: boolean): Promise<void>;
  /** As it was left: on, if it was. Never rejects. */
  resume(): Promise<void>;
  /** Offers a board, turning the network on. Rejects with ApiError. */
  share(board: string): Promise<BoardInfo>;
  /** Goes to a board that is offered. Rejects with ApiError; nothing has changed then. */
  join(id: string): Promise<BoardInfo>;
  /** Gives up joining. */
  cancel(): void;
  /** Whether the other one sees the same digits. Throws ApiError 'not-found' when nobody waits for that any more. */
  answer(id: string, same: boolean): void;
  /** Brings a board back to the one who hosts it now, if that is somebody we know. */
  restore(board: Board): Promise<void>;
  admin(room: string): RoomAdmin | undefined;
  close(): void;
}

const ON = 'nearby/on';
const KNOWN = 'nearby/known';
/** So many people are remembered, the latest ones. */
const MAX_KNOWN = 500;

/** Makes the use-cases; nothing is listened to before `turn` or `resume`. */
export function createNearby(options: NearbyOptions): Nearby {
  const { settings, random, desk, library, logger } = options;
  const questions = new Map<string, NearbyQuestion & { readonly answer: (same: boolean) => void }>();
  const restoring = new Set<string>();
  let found: readonly NearbyBoard[] = [];
  let network: NearbyNetwork | undefined;
  let starting: Promise<NearbyNetwork> | undefined;
  /** Not turned off since it was last turned on, whether it is up yet or not. */
  let wanted = false;
  let joining: AbortController | undefined;

  const newId = (): string => randomName(random, 13);
  const idOf = ({ session, instance }: NearbyBoard): string => `${session} ${instance}`;
  const known = readKnown(settings.get(KNOWN));

  const status = (): NearbyStatus => ({
    on: network !== undefined,
    nick: options.nick(),
    boards: found.map((board) => ({
      id: idOf(board),
      ...{ name: board.name, host: board.host, people: board.people, known: board.known },
    })),
    questions: [...questions].map(([id, { board, nick, code, guest }]) => ({ id, board, nick, code, guest })),
  });
  const changed = (): void => options.changed(status());

  function ask(question: NearbyQuestion): Promise<boolean> {
    if (question.gone.aborted) return Promise.resolve(false);
    const id = newId();
    return new Promise((resolve) => {
      const answer = (same: boolean): void => {
        if (!questions.delete(id)) return;
        resolve(same);
        changed();
      };
      question.gone.addEventListener('abort', () => answer(false), { once: true });
      questions.set(id, { ...question, answer });
      changed();
    });
  }

  function accept(key: string, nick: string): void {
    known.delete(key);
    known.set(key, nick);
    for (const oldest of known.keys()) if (known.size > MAX_KNOWN) known.delete(oldest);
    settings.set(KNOWN, JSON.stringify([...known]));
  }

  async function begin(): Promise<NearbyNetwork> {
    if (network) return network;
    wanted = true;
    starting ??= start().finally(() => {
      starting = undefined;
    });
    return await starting;
  }

  async function start(): Promise<NearbyNetwork> {
    let started: NearbyNetwork;
    try {
      started = await options.start({
        nick: options.nick,
        trust: { knows: (key) => known.has(key), accept },
        ask,
        changed(boards) {
          if (!wanted) return;
          found = boards;
          changed();
          for (const board of desk.boards()) void restore(board);
        },
      });
    } catch (error) {
      logger.warn('the local network could not be listened to', { error });
      const why = error instanceof Error ? error.message : String(error);
      throw new ApiError('refused', `Limn can't reach the local network (${why}). Check the network and try again.`);
    }
    if (!wanted) {
      started.stop();
      throw new ApiError('cancelled', 'The local network was turned off meanwhile. Turn it on and try again.');
    }
    network = started;
    settings.set(ON, 'yes');
    changed();
    return started;
  }

  /** The board goes on in the room that we have joined, unless it came to a room by another way meanwhile. */
  function bind(board: Board, joined: JoinedRoom): void {
    if (board.joined) return leave(joined);
    try {
      board.share(joined, options.nick(), NEARBY_ACCOUNT, sessionOf(joined.room));
    } catch (error) {
      leave(joined);
      throw error;
    }
  }

  function leave({ transport, room }: JoinedRoom): void {
    transport.leave().catch((error: unknown) => logger.debug('a nearby board could not be left', { room, error }));
  }

  async function share(id: string): Promise<BoardInfo> {
    const { room, kind } = library.get(id);
    if (kind === 'xhtml') throw new ApiError('refused', 'Notes are shared with their board. Choose the board.');
    if (room !== undefined && !isNearbyRoom(room.jid)) {
      throw new ApiError('refused', `This board is shared with ${room.jid} already. Leave that first.`);
    }
    const board = desk.board(id);
    if (!board.joined && !restoring.has(id)) {
      restoring.add(id);
      try {
        const through = await begin();
        const joined = await through.share(room?.session ?? newId(), board.meta.name);
        bind(board, joined);
      } catch (error) {
        throw toApiError(error);
      } finally {
        restoring.delete(id);
      }
    }
    return boardInfo(library.get(id));
  }

  async function join(id: string): Promise<BoardInfo> {
    const offered = found.find((board) => idOf(board) === id);
    if (!network || !offered)
      throw new ApiError('not-found', 'This board is not offered any more. Choose another one.');
    if (joining) throw new ApiError('refused', 'Limn is on its way to a board already. Wait, or give that up first.');
    const leaving = new AbortController();
    joining = leaving;
    try {
      const joined = await network.join(offered, leaving.signal);
      if (leaving.signal.aborted) {
        leave(joined);
        leaving.signal.throwIfAborted();
      }
      const mine = options.boards().find(({ kind, room }) => kind !== 'xhtml' && room?.jid === joined.room);
      const made = mine?.id ?? library.createForRoom(offered.name).id;
      bind(desk.board(made), joined);
      return boardInfo(library.get(made));
    } catch (error) {
      throw leaving.signal.aborted ? new ApiError('cancelled', 'You did not go there.') : toApiError(error);
    } finally {
      joining = undefined;
    }
  }

  async function restore(board: Board): Promise<void> {
    const { room } = board.meta;
    if (board.type.kind === 'xhtml' || !room || !isNearbyRoom(room.jid) || board.joined || restoring.has(board.id))
      return;
    const offered = found.find(({ session, known: friend }) => friend && session === room.session);
    if (!network || !offered) {
      board.setProblem('This board was shared with people nearby. Share it again, or wait until one of them does.');
      return;
    }
    restoring.add(board.id);
    try {
      const joined = await network.join(offered, new AbortController().signal);
      if (desk.find(board.id) === board) bind(board, joined);
      else leave(joined);
    } catch (error) {
      logger.debug('a nearby board could not be reached', { board: board.id, error });
    } finally {
      restoring.delete(board.id);
    }
  }

  async function turn(on: boolean): Promise<void> {
    if (on) {
      await begin().catch((error: unknown) => {
        // Whoever turned it off again knows.
        if (wanted) throw error;
      });
      return;
    }
    settings.set(ON, null);
    const leaving = network;
    wanted = false;
    network = undefined;
    found = [];
    joining?.abort();
    const nearby = desk.boards().filter(({ meta }) => meta.room !== undefined && isNearbyRoom(meta.room.jid));
    await Promise.all(nearby.map((board) => board.disconnect()));
    for (const { answer } of questions.values()) answer(false);
    leaving?.stop();
    changed();
  }

  return {
    status,
    turn,
    async resume() {
      if (settings.get(ON) !== 'yes') return;
      await begin().catch(() => undefined);
    },
    share,
    join,
    cancel: () => joining?.abort(),
    answer(id, same) {
      const question = questions.get(id);
      if (!question) throw new ApiError('not-found', 'Nobody waits for this answer any more. Try again.');
      question.answer(same);
    },
    restore,
    admin: (room) => network?.admin(room),
    close() {
      wanted = false;
      joining?.abort();
      network?.stop();
      network = undefined;
    },
  };
}

const sessionOf = (room: string): string => room.slice(0, room.indexOf('@'));

function readKnown(text: string | null): Map<string, string> {
  try {
    const read: unknown = JSON.parse(text ?? '[]');
    const pairs = Array.isArray(read) ? read : [];
    const sound = pairs.filter(
      (pair): pair is [string, string] =>
        Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string',
    );
    return new Map(sound);
  } catch {
    return new Map();
  }
}
