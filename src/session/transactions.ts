/**
 * Others' gestures of several stanzas: views are told of them when they end (core, `ReceivedStanza.hold`). Those who go away in the
 * middle, fall silent, or never come to an end are waited for no longer: what has come is shown then, and said so.
 */
import type { Transaction } from '#core/types.ts';
import type { Clock } from './ports.ts';
import type { Occupant } from './transport.ts';

/** So long may pass between two stanzas of a gesture: the slowest servers as packaged need some six seconds for one. */
const SILENCE_MS = 20_000;
/** So long, and so many stanzas, may a whole gesture take. */
const LONGEST_MS = 120_000;
const MOST_PARTS = 2000;

export interface Transactions {
  /** An edit stanza of somebody else's came: answers the name under which it is to be held, if it is. */
  heard(from: Occupant, transaction: Transaction | undefined): string | undefined;
  left(id: string): void;
  /** The connection is another one now, and nobody is waited for: answers whether anybody was. */
  clear(): boolean;
}

interface Open {
  readonly id: string;
  readonly name: string;
  readonly since: number;
  from: Occupant;
  parts: number;
  cancel: () => void;
}

/** Makes the one who waits. `giveUp` is told what is waited for no longer. */
export function createTransactions(clock: Clock, giveUp: (name: string, from: Occupant) => void): Transactions {
  /** By occupant: one has one gesture at a time under way. */
  const open = new Map<string, Open>();
  /** The last one of each that was given up: it isn't held any more. */
  const given = new Map<string, string>();

  const close = (one: Open): void => {
    one.cancel();
    open.delete(one.from.id);
  };
  const give = (one: Open): void => {
    close(one);
    given.set(one.from.id, one.id);
    giveUp(one.name, one.from);
  };

  return {
    heard(from, transaction) {
      const now = clock.now();
      let one = open.get(from.id);
      if (one && one.id !== transaction?.id) {
        // One stanza is under way at a time: the other will not go on.
        give(one);
        one = undefined;
      }
      if (transaction === undefined || given.get(from.id) === transaction.id) return undefined;
      if (transaction.end) {
        if (one) close(one);
        return one?.name;
      }
      one ??= {
        id: transaction.id,
        name: `${from.id} ${transaction.id}`,
        since: now,
        from,
        parts: 0,
        cancel: () => {},
      };
      one.cancel();
      one.from = from;
      if (++one.parts > MOST_PARTS || now - one.since > LONGEST_MS) {
        give(one);
        return undefined;
      }
      const waiting = one;
      waiting.cancel = clock.after(SILENCE_MS, () => give(waiting));
      open.set(from.id, waiting);
      return waiting.name;
    },
    left(id) {
      const one = open.get(id);
      if (one) give(one);
      given.delete(id);
    },
    clear() {
      const any = open.size > 0;
      for (const one of open.values()) one.cancel();
      open.clear();
      given.clear();
      return any;
    },
  };
}
