/** XEP-0280: Message Carbons, version 1.0.1: copies of what the account gets, also for a client that wants none of its chats. */
import xml, { type Element } from '@xmpp/xml';
import type { Entity } from './entity.ts';
import { bareJid, sameJid } from './jid.ts';
import { attribute } from './xml-text.ts';

const NS_CARBONS = 'urn:xmpp:carbons:2';
const NS_FORWARD = 'urn:xmpp:forward:0';

/** Asks for copies after each log-in; a server without them refuses, and that is all. `answered` is told of each answer. */
export function enableCarbons(entity: Entity, answered: () => void): () => void {
  return entity.on((event) => {
    if (event.type !== 'online' || event.resumed) return;
    entity.request('set', undefined, xml('enable', { xmlns: NS_CARBONS })).then(answered, answered);
  });
}

/** The message of which this is a copy that our own server made of what came for the account; undefined for anything else. */
export function receivedCarbon(entity: Entity, stanza: Element): Element | undefined {
  const received = stanza.getChild('received', NS_CARBONS);
  const from = attribute(stanza, 'from');
  const self = bareJid(entity.jid ?? '');
  // From anybody else it would be a forged message (section 11).
  if (!received || from === undefined || self === undefined || !sameJid(from, self)) return undefined;
  return received.getChild('forwarded', NS_FORWARD)?.getChild('message', 'jabber:client');
}
