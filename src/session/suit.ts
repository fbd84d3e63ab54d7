/**
 * Two sessions in one room: the one with the lower epoch goes on, and the other's people are told. Its state is fetched beside our own:
 * nothing of ours waits for one who may not have it. What the room brings meanwhile is kept, since it comes after that state.
 */
import type { SxeMessage, SxePayload } from '#xmpp/xep-0284.ts';
import type { Claims } from './claims.ts';
import type { ReceivedState } from './limn-state.ts';
import type { Clock, Compression } from './ports.ts';
import { createStateCollector, type StateCollector } from './state-transfer.ts';
import type { Occupant } from './transport.ts';

const GIVE_UP_MS = 45_000;
const MAX_KEPT = 50_000;
const MAX_ANSWERS = 1000;

export interface Suit<Ordered> {
  /** Somebody is being asked. */
  readonly active: boolean;
  /** Somebody else's hello, in the session's order. */
  hello(from: Occupant, epoch: string, opens: boolean): void;
  /** As the elected one, tells people of other sessions that ours stands; asks the next one who claims a session that goes before ours,
   *  unless somebody is being asked. */
  tend(): void;
  /** A stanza came, in the room's order. */
  keep(event: Ordered): void;
  piece(from: Occupant, piece: Extract<SxePayload, { kind: 'limn-state' }>): void;
  /** Their connection is another one now: they are asked again once they have state. */
  cut(id: string): void;
  left(id: string): void;
  /** We have another state. */
  settled(): void;
  /** Nobody is asked any more: our connection is another one now. */
  clear(): void;
}

export interface SuitOptions<Ordered> {
  readonly clock: Clock;
  readonly compression: Compression;
  readonly claims: Claims;
  /** The epoch of our own session. */
  mine(): string;
  present(id: string): Occupant | undefined;
  controlId(): SxeMessage['id'];
  /** Whether it is we who speak for our session. */
  elected(): boolean;
  sayHello(): void;
  ask(to: Occupant, id: string): void;
  /** The state is here, and what the room has brought since it was asked for. */
  taken(state: ReceivedState, from: Occupant, since: Ordered[]): void;
}

/** Makes the one who asks; idle until `tend`. */
export function createSuit<Ordered>(options: SuitOptions<Ordered>): Suit<Ordered> {
  let current: { collector: StateCollector; epoch: string; kept: Ordered[] } | undefined;
  let cancel: (() => void) | undefined;
  /** Who isn't known to have heard that our session stands. Whoever is elected tells them: one who was may have died in silence. */
  let untold = new Set<string>();
  let answers = 0;

  const clear = (): void => {
    cancel?.();
    cancel = undefined;
    current = undefined;
  };

  /** In vain: the next one is asked. */
  const giveUp = (why: 'lied' | 'moved' | 'cut'): void => {
    if (!current) return;
    options.claims.vain(current.collector.provider, current.epoch, why);
    clear();
    tend();
  };
  const withdrawn = (id: string): void => {
    options.claims.withdrawn(id);
    if (current?.collector.provider === id) giveUp('moved');
  };
  function tend(): void {
    if (untold.size > 0 && options.elected() && answers < MAX_ANSWERS) {
      untold = new Set();
      answers += 1;
      options.sayHello();
    }
    if (current) return;
    const claim = options.claims.next(options.mine(), (id) => options.present(id)?.session !== undefined);
    const from = claim && options.present(claim.id);
    if (!from) return;
    const id = options.controlId();
    current = { collector: createStateCollector(id, from.id, options.compression), epoch: claim.epoch, kept: [] };
    cancel = options.clock.after(GIVE_UP_MS, () => giveUp('lied'));
    options.ask(from, id);
  }

  return {
    get active() {
      return current !== undefined;
    },
    clear() {
      clear();
      untold = new Set();
      options.claims.clear();
    },
    tend,
    keep(event) {
      if (!current) return;
      current.kept.push(event);
      if (current.kept.length > MAX_KEPT) giveUp('lied');
    },
    piece(from, piece) {
      if (current?.collector.provider !== from.id) return;
      const { collector, epoch, kept } = current;
      const state = collector.take(piece);
      if (state === 'ignored' || state === 'more') return;
      // It may have gone over to another session since, and says so in the order.
      if (state === 'broken' || state.place.epoch !== epoch) return giveUp(state === 'broken' ? 'lied' : 'moved');
      clear();
      options.taken(state, from, kept);
    },
    cut(id) {
      if (current?.collector.provider === id) giveUp('cut');
    },
    left(id) {
      untold.delete(id);
      withdrawn(id);
    },
    settled() {
      answers = 0;
    },
    hello(from, epoch, opens) {
      const mine = options.mine();
      // One of ours is heard by all others, too.
      if (epoch === mine) untold = new Set();
      else untold.delete(from.id);
      if (opens || epoch >= mine) withdrawn(from.id);
      // Whoever just opened one may not have seen ours yet.
      if (!opens && epoch < mine) options.claims.heard(from, epoch);
      else if (epoch !== mine && untold.size < MAX_ANSWERS) untold.add(from.id);
      tend();
    },
  };
}
