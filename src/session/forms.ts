/**
 * Whether edits travel in compact form (DESIGN section 3). The session's turn is a number that only its order changes: even
 * ones allow the compact form, odd ones are plain. A marker names the turn that it begins and counts only if that is the next
 * one; a compact stanza names the turn under which it was sent, and in any other it is as if it had never been: it takes
 * no place, and its author sends it again under the same id. So whoever lacks the form misses nothing, and all the others agree, also who
 * reads an older part of the order with the turn of a newer state.
 */
import type { People } from './election.ts';
import type { Occupant } from './transport.ts';

export interface Forms {
  /** As the order has brought it so far; part of a state. */
  readonly turn: number;
  /** The order begins anew, or we take over a state at this turn. */
  begin(turn: number): void;
  /** A marker in the order; true when it began its turn. */
  heard(turn: number): boolean;
  /** Whether a compact stanza of this turn counts at this place in the order. */
  counts(turn: number): boolean;
  /** The turn to send under, or undefined: plain. */
  sending(): number | undefined;
  /** Whether this occupant can follow what comes from now on, so that it may be given the state. */
  mayGive(to: Occupant): boolean;
  /** Sends the marker that is due from us, once. */
  ask(send: (turn: number) => void): void;
  /** A marker of ours may not have arrived: what is due is asked for again. */
  lost(): void;
}

/** Makes the turns of a session. */
export function createForms(people: People, sessionId: string): Forms {
  let turn = 0;
  let asked: number | undefined;

  const isPlain = (): boolean => turn % 2 === 1;
  const needsPlain = (one: Occupant): boolean =>
    !one.me && one.compact !== true && (one.limn === true || people.isStrict(one) || one.session?.id === sessionId);
  const anyNeedsPlain = (): boolean => people.all().some(needsPlain);
  /** Of those who know turns, the first in order of hello speaks for all. */
  const speaker = (): Occupant | undefined =>
    people
      .hellos()
      .map((id) => people.get(id))
      .find((one) => one !== undefined && one.role !== 'visitor' && one.compact === true);

  return {
    get turn() {
      return turn;
    },
    begin(at) {
      turn = at;
      asked = undefined;
    },
    heard(next) {
      if (next !== turn + 1) return false;
      turn = next;
      return true;
    },
    counts: (at) => at === turn && !isPlain(),
    sending: () => (people.me?.compact === true && !isPlain() && !anyNeedsPlain() ? turn : undefined),
    // Who lacks the form hears of no turn, and while it is here nobody sends in compact form.
    mayGive: (to) => to.compact === true || people.me?.compact !== true || isPlain() || speaker() === undefined,
    ask(send) {
      if (asked === turn + 1 || isPlain() === anyNeedsPlain() || speaker()?.me !== true) return;
      asked = turn + 1;
      send(asked);
    },
    lost() {
      asked = undefined;
    },
  };
}
