/** XEP-0203: Delayed Delivery, version 2.0, and XEP-0334: Message Processing Hints, version 0.4.0. */
import xml, { type Element } from '@xmpp/xml';
import { attribute } from './xml-text.ts';

export const NS_DELAY = 'urn:xmpp:delay';
/** XEP-0091, which older servers still write. */
export const NS_OLD_DELAY = 'jabber:x:delay';
export const NS_HINTS = 'urn:xmpp:hints';

/** Who kept this stanza before it came, by the JID that it claims; empty when it doesn't say, undefined when nobody did. */
export function delayedBy(stanza: Element): string | undefined {
  const delay = stanza.getChild('delay', NS_DELAY);
  if (delay) return attribute(delay, 'from') ?? '';
  return stanza.getChild('x', NS_OLD_DELAY) && '';
}

/** For what is worthless later: no archive, no copies to other clients. */
export function ephemeralHints(): Element[] {
  return [xml('no-store', { xmlns: NS_HINTS }), xml('no-copy', { xmlns: NS_HINTS })];
}
