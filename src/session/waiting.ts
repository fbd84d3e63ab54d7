/** What came in the session's order while we had no state, or one that lacks something: it is read when the state is there. */
import type { Occupant, TransportEvent } from './transport.ts';

export type Ordered = Extract<TransportEvent, { type: 'message' }>;

const MOST = 50_000;

export interface WaitingStanzas {
  readonly empty: boolean;
  /** False, and nothing waits any more, when there is more than can be kept. */
  push(event: Ordered): boolean;
  /** Before all others. */
  unshift(event: Ordered): void;
  shift(): Ordered | undefined;
  clear(): void;
  /** The state to come holds these edits: all so far, or all so far by one sender. */
  included(from?: Occupant): void;
  /** It holds all up to the stanza that a strict peer names, by room JID or nick and id. */
  includedUpTo(last: { readonly sender: string; readonly id: string }): void;
  /** The giver of the state had heard this hello, by sender and id: edits before it that the state doesn't know were no part of the session,
   *  though their senders may have come over since. Of one that came twice the first counts. */
  heardUpTo(hello: { readonly sender: string; readonly id: string }): void;
  /** An epoch's order begins with the hello that opened it: whatever came before is no part of it, and its authors send it again. */
  openedBy(epoch: string): void;
}

/** Makes an empty queue. */
export function createWaitingStanzas(): WaitingStanzas {
  let events: Ordered[] = [];
  const dropUpTo = (is: (event: Ordered) => boolean): void => {
    events = events.slice(events.findLastIndex(is) + 1);
  };
  return {
    get empty() {
      return events.length === 0;
    },
    push(event) {
      events.push(event);
      if (events.length <= MOST) return true;
      events = [];
      return false;
    },
    unshift: (event) => void events.unshift(event),
    shift: () => events.shift(),
    clear() {
      events = [];
    },
    included(from) {
      events = events.filter((one) => one.message.payload.kind !== 'edits' || (from && one.from.id !== from.id));
    },
    includedUpTo({ sender, id }) {
      dropUpTo(({ from, message }) => message.id === id && (from.jid === sender || from.nick === sender));
    },
    heardUpTo({ sender, id }) {
      const last = events.findIndex(({ from, message }) => from.id === sender && message.id === id);
      events = events.filter((one, at) => at > last || one.message.payload.kind !== 'edits');
    },
    openedBy(epoch) {
      dropUpTo(({ message: { payload } }) => payload.kind === 'hello' && payload.opens && payload.epoch === epoch);
    },
  };
}
