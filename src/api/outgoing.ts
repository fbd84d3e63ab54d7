/**
 * What waits to be sent to one client. Answers and events leave in the order in which they were made, for an answer to
 * `boards.open` is the state that the events after it build on. At most a window of messages is unacknowledged; the
 * rest waits here, bounded: a newer status or list of people replaces the one that waits, and when too much waits, what
 * opening a board anew restores is dropped and the client told to do so.
 */
import type { EventName } from './contract.ts';
import { LIMITS, serializeFrame } from './wire.ts';

interface Waiting {
  readonly text: string;
  readonly kind: 'answer' | 'event' | 'reset';
  /** Made good by opening the board anew. */
  readonly restorable: boolean;
  readonly key: string | undefined;
  readonly sent: (() => void) | undefined;
  replaced: boolean;
}

const restorable: ReadonlySet<EventName> = new Set(['status', 'changes', 'people', 'live']);
/** Parts of an answer: they wait as long as answers do. */
const asked: ReadonlySet<EventName> = new Set(['past']);
const latestOnly: ReadonlySet<EventName> = new Set(['status', 'people', 'account', 'presenting']);

/** The queue's limits; the product uses LIMITS, tests use smaller ones. */
export type OutgoingLimits = Pick<
  typeof LIMITS,
  'windowMessages' | 'windowChars' | 'queueMessages' | 'queueChars' | 'answerChars'
>;

/** The outgoing side of one client. `send` hands a message to the transport; `overflow` cuts the client off. */
export class Outgoing {
  readonly #send: (text: string) => void;
  readonly #overflow: () => void;
  readonly #limits: { readonly [K in keyof OutgoingLimits]: number };
  /** Lengths of what was sent and not acknowledged, oldest first. */
  readonly #unacknowledged: number[] = [];
  #unacknowledgedChars = 0;
  #acknowledged = 0;
  #queue: Waiting[] = [];
  readonly #latest = new Map<string, Waiting>();
  #events = 0;
  #eventChars = 0;
  #answerChars = 0;

  constructor(
    send: (text: string) => void,
    overflow: () => void,
    limits: { readonly [K in keyof OutgoingLimits]: number } = LIMITS,
  ) {
    this.#send = send;
    this.#overflow = overflow;
    this.#limits = limits;
  }

  /** Sends an answer when its turn comes; `sent` is called then. */
  answer(text: string, sent: () => void): void {
    this.#push({ text, kind: 'answer', restorable: false, key: undefined, sent, replaced: false });
  }

  /** Sends an event when its turn comes, unless a newer one of its kind for the same `board` replaces it first. */
  event(name: EventName, board: string | undefined, text: string): void {
    const key = latestOnly.has(name) ? `${name} ${board ?? ''}` : undefined;
    const kind = asked.has(name) ? 'answer' : 'event';
    this.#push({ text, kind, restorable: restorable.has(name), key, sent: undefined, replaced: false });
  }

  /** The client has taken `count` messages since it connected. False if that cannot be. */
  acknowledge(count: number): boolean {
    if (count < this.#acknowledged || count > this.#acknowledged + this.#unacknowledged.length) return false;
    for (const length of this.#unacknowledged.splice(0, count - this.#acknowledged)) {
      this.#unacknowledgedChars -= length;
    }
    this.#acknowledged = count;
    this.#drain();
    return true;
  }

  get #open(): boolean {
    return (
      this.#unacknowledged.length < this.#limits.windowMessages && this.#unacknowledgedChars < this.#limits.windowChars
    );
  }

  #push(item: Waiting): void {
    if (item.key !== undefined) {
      const older = this.#latest.get(item.key);
      if (older !== undefined) {
        older.replaced = true;
        this.#count(older, -1);
      }
      this.#latest.set(item.key, item);
    }
    this.#queue.push(item);
    this.#count(item, 1);
    this.#drain();
    if (this.#events > this.#limits.queueMessages || this.#eventChars > this.#limits.queueChars) this.#shed();
    if (this.#answerChars > this.#limits.answerChars) this.#overflow();
  }

  #count(item: Waiting, sign: 1 | -1): void {
    if (item.kind === 'answer') {
      this.#answerChars += sign * item.text.length;
    } else if (item.kind === 'event') {
      this.#events += sign;
      this.#eventChars += sign * item.text.length;
    }
  }

  #drain(): void {
    let taken = 0;
    while (taken < this.#queue.length && this.#open) {
      const item = this.#queue[taken];
      taken += 1;
      if (item === undefined || item.replaced) continue;
      this.#count(item, -1);
      if (item.key !== undefined) this.#latest.delete(item.key);
      this.#unacknowledged.push(item.text.length);
      this.#unacknowledgedChars += item.text.length;
      this.#send(item.text);
      item.sent?.();
    }
    if (taken > 0) this.#queue.splice(0, taken);
  }

  /** Drops what opening the boards anew restores, and asks for that after everything that is kept. */
  #shed(): void {
    const kept: Waiting[] = [];
    for (const item of this.#queue) {
      if (item.replaced || item.kind === 'reset') continue;
      if (item.restorable) {
        this.#count(item, -1);
        if (item.key !== undefined) this.#latest.delete(item.key);
      } else {
        kept.push(item);
      }
    }
    const text = serializeFrame({ t: 'reset' });
    kept.push({ text, kind: 'reset', restorable: false, key: undefined, sent: undefined, replaced: false });
    this.#queue = kept;
    if (this.#events > this.#limits.queueMessages || this.#eventChars > this.#limits.queueChars) this.#overflow();
  }
}
