/**
 * Stream resumption (XEP-0198, section 5) as @xmpp/stream-management 0.14 does it, without what that leaves behind when a stream ends in the middle of
 * it: whoever waited for the answer waits on, and does with the next stream's answer what the next one does as well (two bindings, of which the
 * server refuses one); and stanzas counted for a session that never came about stop the next one.
 */
import type { Element } from './xml-text.ts';

export const NS_SM = 'urn:xmpp:sm:3';
/** A server that ends so many streams in place of an answer (Prosody 0.12 does once, when more waited than it keeps) is asked no more. */
const MOST_UNANSWERED = 2;

/** What this needs of @xmpp/client; its types lack it. */
export interface Resumable {
  readonly streamManagement: { id: string; outbound_q: unknown[] };
  listeners(event: 'nonza'): unknown[];
  removeListener(event: 'nonza', listener: unknown): unknown;
}

export interface Resumption {
  /** Before a stream is opened. */
  begin(): void;
  /** Everything that is sent or has come. */
  follow(element: Element): void;
  /** A stream has ended before it was usable. Answers whether that was in place of an answer: there is a server, so waiting long gains nothing. */
  ended(): boolean;
}

/** Call when `client` has all its own listeners. */
export function createResumption(client: Resumable): Resumption {
  const own = new Set(client.listeners('nonza'));
  const { streamManagement } = client;
  let asked = false;
  let unanswered = 0;

  return {
    begin() {
      asked = false;
      for (const listener of client.listeners('nonza'))
        if (!own.has(listener)) client.removeListener('nonza', listener);
      if (streamManagement.id === '') streamManagement.outbound_q = [];
    },
    follow(element) {
      if (element.is('resume', NS_SM)) asked = true;
      else if (element.is('resumed', NS_SM) || element.is('failed', NS_SM)) {
        asked = false;
        unanswered = 0;
      }
    },
    ended() {
      if (!asked) return false;
      asked = false;
      unanswered += 1;
      if (unanswered >= MOST_UNANSWERED) {
        streamManagement.id = '';
        unanswered = 0;
      }
      return true;
    },
  };
}
