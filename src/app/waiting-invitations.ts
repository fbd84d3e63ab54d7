/** Those who invite and wait for an answer, to a board between two or to a room: what is told of them, and the answer. */
import type { BoardInfo, Invitation } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';

/** So many wait at one time, from one account and in all; more are a flood and go unheard. */
const MAX_EACH = 3;
const MAX_ALL = 32;

export interface Waiting {
  readonly told: Omit<Invitation, 'id'>;
  /** Accepts, which opens a board. Rejects with ApiError. */
  accept(): Promise<BoardInfo>;
  decline(): void;
}

export interface WaitingInvitations {
  /** Tells of one, unless there are too many; the same account's to the same room takes the place of the earlier. Answers how to take it off. */
  add(waiting: Waiting): () => void;
  list(): readonly Invitation[];
  /** Accepts or declines. Throws ApiError 'not-found' when it can't be answered any more. */
  answer(id: string, accept: boolean): Promise<BoardInfo | null>;
  /** The connection that they came by is gone. */
  clear(): void;
}

export function createWaitingInvitations(
  newId: () => string,
  onChange: (invitations: readonly Invitation[]) => void,
): WaitingInvitations {
  const all = new Map<string, Waiting>();
  const list = (): readonly Invitation[] => [...all].map(([id, { told }]) => ({ id, ...told }));
  const remove = (id: string): void => {
    if (all.delete(id)) onChange(list());
  };
  return {
    list,
    add(waiting) {
      const { from, room } = waiting.told;
      const same = [...all].find(([, { told }]) => room !== undefined && told.room === room && told.from === from);
      const each = [...all.values()].filter(({ told }) => told.from === from).length;
      if (!same && (each >= MAX_EACH || all.size >= MAX_ALL)) return () => undefined;
      // Whoever is about to answer answers the question that they see.
      const id = same?.[0] ?? newId();
      all.set(id, waiting);
      onChange(list());
      return () => remove(id);
    },
    async answer(id, accept) {
      const found = all.get(id);
      remove(id);
      if (found === undefined) throw new ApiError('not-found', 'This invitation is over. Ask to be invited again.');
      if (accept) return await found.accept();
      found.decline();
      return null;
    },
    clear() {
      all.clear();
      onChange([]);
    },
  };
}
