/** What came in the session's order while we had no state, or one that lacks something: it is read when the state is there. */
import type { Occupant, TransportEvent } from './transport.ts';

export type Ordered = Extract<TransportEvent, { type: 'message' }>;

/** So many are kept, and so many characters of what they say. */
const MOST = 50_000;
const MOST_CHARACTERS = 64 * 1024 * 1024;
/** What an edit takes beside its texts. */
const EDIT = 100;

/** The characters that an event holds, about. */
function sizeOf({ message: { payload } }: Ordered): number {
  if (payload.kind !== 'edits') return EDIT;
  return payload.edits.reduce((sum, edit) => {
    if (edit.kind === 'remove') return sum + EDIT + edit.rid.length;
    const { chdata = '', pidata = '', ns = '' } = edit.kind === 'set' ? edit.fields : edit;
    return sum + EDIT + edit.rid.length + chdata.length + pidata.length + ns.length;
  }, EDIT);
}

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
  /** Of those that were pushed since there was nothing: what was taken out meanwhile counts until then. */
  let size = 0;
  const keep = (kept: Ordered[]): void => {
    events = kept;
    size = kept.reduce((sum, event) => sum + sizeOf(event), 0);
  };
  const dropUpTo = (is: (event: Ordered) => boolean): void => keep(events.slice(events.findLastIndex(is) + 1));
  return {
    get empty() {
      return events.length === 0;
    },
    push(event) {
      events.push(event);
      size += sizeOf(event);
      if (events.length <= MOST && size <= MOST_CHARACTERS) return true;
      keep([]);
      return false;
    },
    unshift: (event) => void events.unshift(event),
    shift: () => events.shift(),
    clear: () => keep([]),
    included(from) {
      keep(events.filter((one) => one.message.payload.kind !== 'edits' || (from && one.from.id !== from.id)));
    },
    includedUpTo({ sender, id }) {
      dropUpTo(({ from, message }) => message.id === id && (from.jid === sender || from.nick === sender));
    },
    heardUpTo({ sender, id }) {
      const last = events.findIndex(({ from, message }) => from.id === sender && message.id === id);
      keep(events.filter((one, at) => at > last || one.message.payload.kind !== 'edits'));
    },
    openedBy(epoch) {
      dropUpTo(({ message: { payload } }) => payload.kind === 'hello' && payload.opens && payload.epoch === epoch);
    },
  };
}
