/** Boards between two: inviting someone, being invited, and coming back together after a cut or a restart. */
import type { BoardInfo } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import type { Agreed, Incoming, Outgoing } from '#session/invitations.ts';
import { shownName } from '#session/shown-names.ts';
import type { Account } from './account.ts';
import { bareJid } from './account.ts';
import type { Board } from './board.ts';
import type { Desk } from './desk.ts';
import { documentType } from './document-types.ts';
import { toApiError } from './failures.ts';
import { boardInfo, type Library } from './library.ts';
import type { Connection, JoinedRoom } from './network.ts';
import type { Logger, StoredBoard } from './ports.ts';
import type { WaitingInvitations } from './waiting-invitations.ts';
import { wayBack } from './way-back.ts';

export interface DirectsOptions {
  readonly account: Account;
  readonly desk: Desk;
  readonly library: Library;
  /** Every board of the profile. */
  readonly boards: () => readonly StoredBoard[];
  readonly logger: Logger;
  /** How the person is called. */
  readonly nick: () => string;
  readonly waiting: WaitingInvitations;
}

export interface Directs {
  /** Invites an account to a board; resolves when it has come. Rejects with ApiError; nothing has changed then. */
  invite(board: string, jid: string): Promise<BoardInfo>;
  /** Takes an invitation to this board back, if one is out. */
  cancel(board: string): void;
  /** The connection is usable: whom we share boards with may come back, and we to them. */
  connected(connection: Connection): void;
  /** Brings a board back to the one it is shared with, if that one is seen. */
  restore(board: Board): Promise<void>;
  /** Nobody is listened to any more. */
  gone(): void;
}

/** So many characters of a name that somebody else gave a board. */
const MAX_NAME = 200;
const SVG = documentType(undefined).namespace;

export function createDirects(options: DirectsOptions): Directs {
  const { account, desk, library, logger } = options;
  const outgoing = new Map<string, Outgoing>();
  /** Boards that are on their way back to the other. */
  const restoring = new Set<string>();
  let listening: { readonly connection: Connection; readonly stops: readonly (() => void)[] } | undefined;

  const shared = (jid: string): StoredBoard[] =>
    options.boards().filter(({ kind, room }) => kind !== 'xhtml' && room?.direct === true && room.jid === jid);

  function connection(): Connection {
    if (account.connection === undefined) throw new ApiError('not-signed-in', 'Sign in first, then invite someone.');
    return account.connection;
  }

  function share(board: Board, { peer, sid, transport }: Agreed, through: Connection): void {
    const jid = bareJid(peer);
    through.direct.admit(jid);
    const joined: JoinedRoom = {
      ...{ transport, room: jid, occupants: [] },
      say: (body) => transport.say(body),
      answer: (session, answers) => through.direct.answer(peer, session, answers),
    };
    board.share(joined, options.nick(), through.jid, sid, true);
  }

  async function invite(id: string, text: string): Promise<BoardInfo> {
    const through = connection();
    const jid = bareJid(text);
    const meta = library.get(id);
    if (jid === through.jid) throw new ApiError('own-address', 'This is your own address. Enter someone else’s.');
    if (meta.room !== undefined) {
      throw new ApiError('refused', `This board is shared with ${meta.room.jid} already. Leave that first.`);
    }
    if (outgoing.has(id))
      throw new ApiError('refused', 'An invitation to this board is out already. Wait for its answer.');
    through.direct.admit(jid);
    const invitation = through.direct.invite(jid, { name: meta.name, descriptions: [SVG] });
    outgoing.set(id, invitation);
    try {
      const agreed = await invitation.agreed;
      // There is nothing to take back from here on.
      outgoing.delete(id);
      const board = desk.board(id);
      if (board.joined) {
        await agreed.transport.leave();
        throw new ApiError('refused', 'The board was shared elsewhere meanwhile. Leave that first, then invite again.');
      }
      share(board, agreed, through);
      return boardInfo(board.meta);
    } catch (error) {
      throw toApiError(error);
    } finally {
      outgoing.delete(id);
    }
  }

  /** Somebody invites: to what we share, which needs no question, or to something new. */
  function invited(incoming: Incoming, through: Connection): void {
    const ours = shared(incoming.from).find(({ room }) => room?.session === incoming.sid);
    if (ours) return void rejoin(ours, incoming, through);
    if (!incoming.descriptions.includes(SVG)) return incoming.decline('unsupported-applications');
    const remove = options.waiting.add({
      told: { from: incoming.from, name: shownName(incoming.name, MAX_NAME) },
      accept: () => accept(incoming),
      decline: () => incoming.decline('decline'),
    });
    incoming.onGone(remove);
  }

  async function accept(incoming: Incoming): Promise<BoardInfo> {
    const through = connection();
    try {
      const agreed = await incoming.accept();
      const name = shownName(agreed.name || incoming.name, MAX_NAME) || (incoming.from.split('@')[0] ?? '');
      const { id: made } = library.createForRoom(name);
      share(desk.board(made), agreed, through);
      return boardInfo(library.get(made));
    } catch (error) {
      throw toApiError(error);
    }
  }

  async function rejoin(ours: StoredBoard, incoming: Incoming, through: Connection): Promise<void> {
    restoring.add(ours.id);
    try {
      const agreed = await incoming.accept();
      const board = desk.board(ours.id);
      // They are back while we still hold a session with what they were before.
      await board.disconnect();
      share(board, agreed, through);
    } catch (error) {
      logger.warn('a board between two could not be shared again', { board: ours.id, error });
    } finally {
      restoring.delete(ours.id);
    }
  }

  async function restore(board: Board): Promise<void> {
    const way = wayBack(board, account.connection);
    if (way?.room.direct !== true || restoring.has(board.id)) return;
    const { room, through } = way;
    const { name } = board.meta;
    through.direct.admit(room.jid);
    restoring.add(board.id);
    try {
      const again = through.direct.invite(room.jid, { sid: room.session, name, descriptions: [SVG] }, true);
      const agreed = await again.agreed;
      if (board.joined || desk.find(board.id) !== board) await agreed.transport.leave();
      else share(board, agreed, through);
    } catch (error) {
      // Both may try at once, and one of the two attempts loses.
      logger.debug('a board between two waits for the other', { board: board.id, error });
      if (!board.joined)
        board.setProblem(`${room.jid} is not there. What you draw is kept and goes out when you meet.`);
    } finally {
      restoring.delete(board.id);
    }
  }

  function gone(): void {
    for (const stop of listening?.stops ?? []) stop();
    listening = undefined;
  }

  return {
    invite,
    cancel: (board) => outgoing.get(board)?.cancel(),
    connected(through) {
      if (listening?.connection !== through) {
        gone();
        const { direct } = through;
        const stops = [
          direct.onInvited((incoming) => invited(incoming, through)),
          direct.onSeen((jid) => {
            for (const { id } of shared(jid)) {
              const board = desk.find(id);
              if (board) void restore(board);
            }
          }),
        ];
        listening = { connection: through, stops };
      }
      for (const { room } of options.boards()) if (room?.direct) through.direct.admit(room.jid);
    },
    restore,
    gone,
  };
}
