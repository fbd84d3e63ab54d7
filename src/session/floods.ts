/** Who sends more edits than anybody draws. They are taken like all others, since replicas would fork otherwise; but the person is told, once, who it is. */
import type { Clock } from './ports.ts';
import type { Occupant } from './transport.ts';

/** So many edits at once are a large drawing, and so many a second beyond them go on unnoticed. */
const AT_ONCE = 20_000;
const A_SECOND = 1000;
/** So many people are remembered. */
const MOST = 1000;

export interface Floods {
  /** So many edits of somebody else's came. */
  heard(from: Occupant, edits: number): void;
}

/** `tell` is called once for each occupant who floods. */
export function createFloods(clock: Clock, tell: (from: Occupant) => void): Floods {
  /** By occupant id, what has run in and not out again; Infinity for those who were told of. */
  const levels = new Map<string, { level: number; at: number }>();
  return {
    heard({ id, ...from }, edits) {
      const now = clock.now();
      const before = levels.get(id) ?? { level: 0, at: now };
      const level = Math.max(0, before.level - (Math.max(0, now - before.at) * A_SECOND) / 1000) + edits;
      const flood = level > AT_ONCE && level !== Number.POSITIVE_INFINITY;
      if (!levels.has(id) && levels.size >= MOST) levels.delete(levels.keys().next().value ?? '');
      levels.set(id, { level: flood ? Number.POSITIVE_INFINITY : level, at: now });
      if (flood) tell({ id, ...from });
    },
  };
}
