/** Who says to hold the state of another session in our room, and whom of them to ask: a bare claim costs those who believe it. */
import type { Occupant } from './transport.ts';

const MOST = 1000;
/** How often an occupant may be asked in vain because its connection broke or it had gone over to yet another session. */
const CHANCES = 8;

export interface Claims {
  /** An occupant says, in the session's order, that it is in the session of `epoch`; its earlier claim is void. Only somebody who looks
   *  like having one is believed. */
  heard(from: Occupant, epoch: string): void;
  /** It is in no other session, or gone. */
  withdrawn(id: string): void;
  /** The earliest claim to a session that goes before `mine`, by somebody who can be `asked`. */
  next(mine: string, asked: (id: string) => boolean): { readonly id: string; readonly epoch: string } | undefined;
  /** The occupant was asked for this session in vain: it `lied` or said nothing, and isn't asked any more (a session of theirs comes over to
   *  ours when they next join); it had `moved` to another; or its connection was `cut`. */
  vain(id: string, epoch: string, why: 'lied' | 'moved' | 'cut'): void;
  /** The occupant gave what it claimed. */
  proven(id: string): void;
  /** We are in the room anew: what was claimed before is said again. */
  clear(): void;
}

/** Makes the memory of who claimed what. */
export function createClaims(sessionId: string): Claims {
  const claimed = new Map<string, string>();
  const spent = new Map<string, number>();
  return {
    heard(from, epoch) {
      claimed.delete(from.id);
      const doubted = (spent.get(from.id) ?? 0) >= CHANCES;
      if (from.limn !== true || from.session?.id !== sessionId || doubted || claimed.size >= MOST) return;
      claimed.set(from.id, epoch);
    },
    withdrawn: (id) => void claimed.delete(id),
    next(mine, asked) {
      for (const [id, epoch] of claimed) if (epoch < mine && asked(id)) return { id, epoch };
      return undefined;
    },
    vain(id, epoch, why) {
      const times = why === 'lied' ? CHANCES : (spent.get(id) ?? 0) + 1;
      if (times >= CHANCES || (why === 'moved' && claimed.get(id) === epoch)) claimed.delete(id);
      if (spent.size < MOST || spent.has(id)) spent.set(id, times);
    },
    proven: (id) => void spent.delete(id),
    clear: () => claimed.clear(),
  };
}
