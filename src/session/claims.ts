/** Whether to go over to another session that somebody claims to hold in our room: a bare claim costs those who believe it. */
import type { Occupant } from './transport.ts';

const MOST = 1000;

export interface Claims {
  /** Whether to ask this occupant for its state. Only somebody who looks like having one is believed, and in vain once. */
  believe(from: Occupant): boolean;
  /** The occupant gave what it claimed. */
  proven(id: string): void;
}

/** Makes the memory of who claimed what. Occupants who claimed in vain stay doubted: a session of theirs comes over to ours when
 *  they next join. */
export function createClaims(sessionId: string): Claims {
  const doubted = new Set<string>();
  return {
    believe(from) {
      if (from.limn !== true || from.session?.id !== sessionId || doubted.has(from.id)) return false;
      if (doubted.size < MOST) doubted.add(from.id);
      return true;
    },
    proven: (id) => void doubted.delete(id),
  };
}
