/** What is said of a board after its title. */
import type { BoardStatus } from '#api/contract.ts';

export type Condition =
  | 'notSaved'
  | 'offline'
  | 'connecting'
  | 'joining'
  | 'saving'
  | 'sending'
  | 'saved'
  | 'savedForAll'
  | 'watching';

/** What to say of a board, the worst first. */
export function conditionOf(status: BoardStatus): Condition {
  if (!status.saved && status.problem !== undefined) return 'notSaved';
  if (status.connection === 'offline') return 'offline';
  if (status.connection === 'connecting') return 'connecting';
  if (status.connection === 'joining') return 'joining';
  if (!status.saved) return 'saving';
  if (status.connection === 'online' && status.waiting > 0) return 'sending';
  if (!status.canEdit) return 'watching';
  return status.connection === 'online' ? 'savedForAll' : 'saved';
}
