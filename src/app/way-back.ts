/** Boards that come back by themselves to where they are shared. */
import type { Board } from './board.ts';
import type { Connection } from './network.ts';
import type { StoredBoard } from './ports.ts';

/**
 * Where a board is shared but isn't at the moment, and through which connection it can go there. Undefined when it can't or need not: signed
 * in with another account among others, which becomes the board's problem. Notes come and go with their board.
 */
export function wayBack(
  board: Board,
  through: Connection | undefined,
): { readonly room: NonNullable<StoredBoard['room']>; readonly through: Connection } | undefined {
  const { room } = board.meta;
  if (board.type.kind === 'xhtml' || room === undefined || through === undefined || board.joined) return undefined;
  if (room.account === through.jid) return { room, through };
  board.setProblem(`This board is shared as ${room.account}. Sign in with that account to reach ${room.jid}.`);
  return undefined;
}
