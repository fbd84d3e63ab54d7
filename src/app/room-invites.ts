/** Invitations to rooms, ours and others': who is invited gets a question, and a yes joins the room. */
import { isNearbyRoom } from './nearby-room.ts';
import type { BoardInfo } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import type { Account } from './account.ts';
import { bareJid } from './account.ts';
import { toApiError } from './failures.ts';
import { boardInfo, type Library } from './library.ts';
import type { Connection } from './network.ts';
import type { Rooms } from './rooms.ts';
import type { WaitingInvitations } from './waiting-invitations.ts';

export interface RoomInvitesOptions {
  readonly account: Account;
  readonly library: Library;
  readonly rooms: Rooms;
  readonly waiting: WaitingInvitations;
}

export interface RoomInvites {
  /** Invites an account to the room that a board is in. Rejects with ApiError. */
  invite(board: string, jid: string): Promise<void>;
  connected(connection: Connection): void;
  gone(): void;
}

export function createRoomInvites({ account, library, rooms, waiting }: RoomInvitesOptions): RoomInvites {
  let stop: (() => void) | undefined;
  let listening: Connection | undefined;

  return {
    async invite(board, text) {
      const { room } = library.get(board);
      if (room === undefined || room.direct === true || isNearbyRoom(room.jid))
        throw new ApiError('refused', 'This board is in no room. Share it first, then invite.');
      const through = account.connection;
      if (through === undefined) throw new ApiError('not-signed-in', 'Sign in first, then invite someone.');
      const jid = bareJid(text);
      if (jid === through.jid) throw new ApiError('own-address', 'This is your own address. Enter someone else’s.');
      try {
        await through.invitations.invite(room.jid, jid);
      } catch (error) {
        throw toApiError(error);
      }
    },
    connected(connection) {
      if (listening === connection) return;
      stop?.();
      listening = connection;
      stop = connection.invitations.on((incoming) => {
        const { room, from, reason, password } = incoming;
        // Where we are already, there is nothing to ask.
        if (rooms.isIn(room)) return;
        waiting.add({
          told: { from, name: '', room, ...(reason === undefined ? {} : { reason }) },
          accept: async (): Promise<BoardInfo> => boardInfo(await rooms.join({ room, password, create: false })),
          decline: () => incoming.decline(),
        });
      });
    },
    gone() {
      stop?.();
      stop = undefined;
      listening = undefined;
    },
  };
}
