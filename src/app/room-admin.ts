/** Running the room that a board is in, for those whom it lets. */
import type { Params, Result, RoomSettings } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import type { RoomAdmin } from '#session/room-admin.ts';
import type { Account } from './account.ts';
import { toApiError } from './failures.ts';
import type { Library } from './library.ts';
import type { Nearby } from './nearby.ts';
import { isNearbyRoom } from './nearby-room.ts';

/** All reject with ApiError. */
export interface BoardRoomAdmin {
  give(params: Params<'rooms.give'>): Promise<Result<'rooms.give'>>;
  remove(params: Params<'rooms.remove'>): Promise<void>;
  settings(board: string): Promise<RoomSettings>;
  change(board: string, settings: RoomSettings): Promise<void>;
  end(board: string): Promise<void>;
}

export function createBoardRoomAdmin(
  account: Account,
  nearby: Pick<Nearby, 'admin'>,
  library: Library,
): BoardRoomAdmin {
  async function through<T>(board: string, work: (admin: RoomAdmin) => Promise<T>): Promise<T> {
    const { room } = library.get(board);
    if (room === undefined || room.direct === true)
      throw new ApiError('refused', 'This board is in no room. Share it in one first.');
    const admin = isNearbyRoom(room.jid) ? nearby.admin(room.jid) : account.connection?.admin(room.jid);
    if (admin === undefined)
      throw new ApiError('disconnected', 'Limn is not in the room at the moment. Try again when it is back.');
    try {
      return await work(admin);
    } catch (error) {
      throw toApiError(error);
    }
  }

  return {
    give: ({ board, person, standing }) =>
      through(board, async (admin) => ({ newcomersWatch: await admin.give(person, standing) })),
    remove: ({ board, person, forGood }) => through(board, (admin) => admin.remove(person, forGood)),
    settings: (board) =>
      through(board, async (admin) => {
        const { name, password, membersOnly, openVoice } = await admin.settings();
        return { name, password, membersOnly, openVoice };
      }),
    change: (board, settings) =>
      through(board, (admin) =>
        // Without open voice the room must be moderated; with it, it may be: some are viewers there.
        admin.change({ ...settings, ...(settings.openVoice ? {} : { moderated: true }) }),
      ),
    end: (board) => through(board, (admin) => admin.end()),
  };
}
