import type { Element } from '@xmpp/xml';
import { guardedParser } from './stream-guard.ts';

/** A stanza of ours as whoever is at the other end of a stream reads it: some of ours are written without ever being elements.
 *  Undefined for one that nobody could read. */
export function reread(stanza: Element): Element | undefined {
  let read: Element | undefined;
  const parser = new (guardedParser({
    admit: (element) => {
      read = element;
      return undefined;
    },
    trouble: () => undefined,
    whole: true,
  }))();
  parser.on('error', () => undefined);
  parser.write(`<stream xmlns='jabber:client'>${stanza.toString()}`);
  return read;
}
