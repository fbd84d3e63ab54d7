/** Waiting for the document: until an edit is confirmed here, or until nothing comes any more (CLI.md, `until` and `idle`). */
import type { Replica, LogEntry } from '#core/replica-port.ts';
import type { StanzaId } from '#core/types.ts';
import { ApiError } from '#api/errors.ts';
import { formatStanzaId } from '#session/stanza-id.ts';
import type { Clock } from './ports.ts';

/** A place in the session's order and the digest of the document there. */
export interface BoardPlace {
  readonly epoch: string;
  readonly seq: number;
  readonly digest: string;
}

export interface BoardWaits {
  /** From now on the place and digest of each confirmed stanza are remembered, for `until`. */
  track(): void;
  confirmed(entries: readonly LogEntry[]): void;
  submitted(id: StanzaId): void;
  /** Another state was taken over: some ids may be known now. */
  adopted(): void;
  until(id: StanzaId): Promise<BoardPlace>;
  idle(): Promise<BoardPlace>;
  /** Ends all waiting with an error. */
  close(): void;
}

/** How many confirmed stanzas' places are remembered. */
const REMEMBERED = 20_000;
/** The least quiet time that counts as idle, milliseconds. */
const QUIET = 500;

interface Waiter {
  readonly id: StanzaId;
  readonly resolve: (place: BoardPlace) => void;
  readonly reject: (error: Error) => void;
}

/** `settled` says whether the replica hears the others at all (a board in a room that it hasn't reached does not). */
export function createBoardWaits(replica: Replica, clock: Clock, settled: () => boolean): BoardWaits {
  const places = new Map<string, BoardPlace>();
  const sentAt = new Map<string, number>();
  const waiters = new Map<string, Waiter[]>();
  const idlers = new Set<{ reject: (error: Error) => void; cancel: () => void }>();
  let tracking = false;
  let echo = 0;
  let lastEdit = clock.now();

  const here = (): BoardPlace => ({ ...replica.place, digest: replica.digest() });
  const placeOf = (id: StanzaId): BoardPlace => places.get(formatStanzaId(id)) ?? here();

  function release(): void {
    for (const [name, list] of waiters) {
      const id = list[0]?.id;
      if (id === undefined || !replica.knows(id)) continue;
      waiters.delete(name);
      for (const waiter of list) waiter.resolve(placeOf(id));
    }
  }

  return {
    track() {
      tracking = true;
    },
    confirmed(entries) {
      lastEdit = clock.now();
      for (const { id, place } of entries) {
        const name = formatStanzaId(id);
        const sent = sentAt.get(name);
        if (sent !== undefined) {
          sentAt.delete(name);
          const took = lastEdit - sent;
          echo = echo === 0 ? took : echo * 0.8 + took * 0.2;
        }
        if (tracking) {
          const isHere = place.epoch === replica.place.epoch && place.seq === replica.place.seq;
          if (isHere) places.set(name, here());
          if (places.size > REMEMBERED) places.delete(places.keys().next().value ?? '');
        }
      }
      if (waiters.size > 0) release();
    },
    submitted(id) {
      lastEdit = clock.now();
      const name = formatStanzaId(id);
      if (!sentAt.has(name) && sentAt.size < REMEMBERED) sentAt.set(name, lastEdit);
    },
    adopted() {
      lastEdit = clock.now();
      // Some will never be echoed: the state held them already.
      sentAt.clear();
      release();
    },
    until(id) {
      if (replica.knows(id)) return Promise.resolve(placeOf(id));
      const { promise, resolve, reject } = withResolvers<BoardPlace>();
      const name = formatStanzaId(id);
      waiters.set(name, [...(waiters.get(name) ?? []), { id, resolve, reject }]);
      return promise;
    },
    idle() {
      const { promise, resolve, reject } = withResolvers<BoardPlace>();
      const idler = { reject, cancel: () => {} };
      idlers.add(idler);
      const look = (): void => {
        const quiet = Math.max(QUIET, 2 * echo);
        const left = lastEdit + quiet - clock.now();
        if (left <= 0 && replica.pending().length === 0 && settled()) {
          idlers.delete(idler);
          resolve(here());
        } else idler.cancel = clock.after(left > 0 ? left : 20, look);
      };
      look();
      return promise;
    },
    close() {
      const error = new ApiError('cancelled', 'The board was closed before that happened. Open it and wait again.');
      for (const list of waiters.values()) for (const waiter of list) waiter.reject(error);
      waiters.clear();
      for (const idler of idlers) {
        idler.cancel();
        idler.reject(error);
      }
      idlers.clear();
    },
  };
}

/** Promise.withResolvers, which Node 20 lacks. */
function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
