/**
 * The state of another session that somebody in our room says it holds, fetched beside our own: nothing of ours waits for one who may
 * not have it. What the room brings meanwhile is kept, since it comes after that state.
 */
import type { SxeMessage, SxePayload } from '#xmpp/xep-0284.ts';
import type { ReceivedState } from './limn-state.ts';
import type { Clock, Compression } from './ports.ts';
import { createStateCollector, type StateCollector } from './state-transfer.ts';
import type { Occupant } from './transport.ts';

const GIVE_UP_MS = 45_000;
const MAX_KEPT = 50_000;

export interface Suit<Ordered> {
  /** Somebody is being asked. */
  readonly active: boolean;
  /** Asks for the state of `epoch`, unless somebody else is being asked. */
  begin(from: Occupant, epoch: string): void;
  /** A stanza came, in the room's order. */
  keep(event: Ordered): void;
  piece(from: Occupant, piece: Extract<SxePayload, { kind: 'limn-state' }>): void;
  left(id: string): void;
  /** The connection or our own state is another one now. */
  clear(): void;
}

export interface SuitOptions<Ordered> {
  readonly clock: Clock;
  readonly compression: Compression;
  controlId(): SxeMessage['id'];
  ask(to: Occupant, id: string): void;
  /** The state is here, and what the room has brought since it was asked for. */
  taken(state: ReceivedState, from: Occupant, since: Ordered[]): void;
}

/** Makes the one who asks; idle until `begin`. */
export function createSuit<Ordered>(options: SuitOptions<Ordered>): Suit<Ordered> {
  let current: { collector: StateCollector; epoch: string; kept: Ordered[] } | undefined;
  let cancel: (() => void) | undefined;

  const clear = (): void => {
    cancel?.();
    cancel = undefined;
    current = undefined;
  };

  return {
    get active() {
      return current !== undefined;
    },
    clear,
    begin(from, epoch) {
      if (current) return;
      const id = options.controlId();
      current = { collector: createStateCollector(id, from.id, options.compression), epoch, kept: [] };
      cancel = options.clock.after(GIVE_UP_MS, clear);
      options.ask(from, id);
    },
    keep(event) {
      if (!current) return;
      current.kept.push(event);
      if (current.kept.length > MAX_KEPT) clear();
    },
    piece(from, piece) {
      if (current?.collector.provider !== from.id) return;
      const { collector, epoch, kept } = current;
      const state = collector.take(piece);
      if (state === 'ignored' || state === 'more') return;
      clear();
      if (state !== 'broken' && state.place.epoch === epoch) options.taken(state, from, kept);
    },
    left(id) {
      if (current?.collector.provider === id) clear();
    },
  };
}
