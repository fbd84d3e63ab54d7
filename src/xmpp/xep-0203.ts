/** XEP-0203: Delayed Delivery, version 2.0, and XEP-0334: Message Processing Hints, version 0.4.0. */
import xml, { type Element } from '@xmpp/xml';
import { attribute } from './xml-text.ts';

export const NS_DELAY = 'urn:xmpp:delay';
export const NS_HINTS = 'urn:xmpp:hints';

/** Whether somebody kept this stanza before it came. */
export function isDelayed(stanza: Element): boolean {
  return stanza.getChild('delay', NS_DELAY) !== undefined || stanza.getChild('x', 'jabber:x:delay') !== undefined;
}

/** When a delayed stanza was sent, in milliseconds since 1970; undefined when it isn't delayed or doesn't say. */
export function delayStamp(stanza: Element): number | undefined {
  const delay = stanza.getChild('delay', NS_DELAY);
  const time = Date.parse((delay && attribute(delay, 'stamp')) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** For what is worthless later: no archive, no copies to other clients. */
export function ephemeralHints(): Element[] {
  return [xml('no-store', { xmlns: NS_HINTS }), xml('no-copy', { xmlns: NS_HINTS })];
}
