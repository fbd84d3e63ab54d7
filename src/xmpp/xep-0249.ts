/** XEP-0249: Direct MUC Invitations, version 1.2, and the mediated ones of XEP-0045 (section 7.8.2): the stanzas, read and written. */
import xml, { type Element } from '@xmpp/xml';
import { bareJid, parseJid } from './jid.ts';
import { NS_MUC_USER } from './xep-0045-stanzas.ts';
import { shownName } from './shown-name.ts';
import { attribute, isXmlText, toXmlText } from './xml-text.ts';

export const NS_CONFERENCE = 'jabber:x:conference';

/** Somebody invites us to a room. */
export interface RoomInvitation {
  /** Bare JID of the room. */
  readonly room: string;
  /** Bare JID of who invites: of a direct invitation as our server says, of a mediated one as the room says. */
  readonly from: string;
  /** The room passed it on, and hears when it is declined. */
  readonly mediated: boolean;
  /** At most 500 characters. */
  readonly reason?: string;
  readonly password?: string;
}

const MAX_REASON = 500;
const MAX_PASSWORD = 1024;

/** Reads an invitation; undefined when the message is none, or names no room. */
export function parseRoomInvitation(stanza: Element): RoomInvitation | undefined {
  const type = attribute(stanza, 'type');
  if (stanza.name !== 'message' || type === 'error' || type === 'groupchat') return undefined;
  const sender = attribute(stanza, 'from');
  if (sender === undefined) return undefined;
  const direct = stanza.getChild('x', NS_CONFERENCE);
  const user = stanza.getChild('x', NS_MUC_USER);
  const invite = user?.getChild('invite');
  // A room may add the direct form for old clients; what it passed on is its own.
  if (user && invite) {
    const password = user.getChildText('password') ?? undefined;
    return made(sender, attribute(invite, 'from'), true, invite.getChildText('reason') ?? undefined, password);
  }
  if (!direct) return undefined;
  const [room, reason, password] = ['jid', 'reason', 'password'].map((name) => attribute(direct, name));
  return made(room, sender, false, reason, password);
}

function made(
  roomText: string | undefined,
  fromText: string | undefined,
  mediated: boolean,
  reason: string | undefined,
  password: string | undefined,
): RoomInvitation | undefined {
  const address = roomText === undefined ? undefined : parseJid(roomText);
  const from = fromText === undefined ? undefined : bareJid(fromText);
  if (roomText === undefined || !address || address.local === '' || from === undefined) return undefined;
  if (address.resource !== '') return undefined;
  const why = reason && shownName(reason, MAX_REASON);
  const usable = password !== undefined && password !== '' && password.length <= MAX_PASSWORD && isXmlText(password);
  return {
    room: bareJid(roomText) ?? roomText,
    from,
    mediated,
    ...(why ? { reason: why } : {}),
    ...(usable ? { password } : {}),
  };
}

/** An invitation from us to an account (section 2). As a chat it reaches, by carbons, clients that want no messages of their own, such as Limn. */
export function directInvitation(to: string, room: string, password?: string): Element {
  const x = { xmlns: NS_CONFERENCE, jid: room, ...(password === undefined ? {} : { password }) };
  return xml('message', { to, type: 'chat' }, xml('x', x));
}

/** An invitation that the room passes on; one for members only makes the invited a member (XEP-0045, section 7.8.2). */
export function mediatedInvitation(to: string, room: string): Element {
  return xml('message', { to: room }, xml('x', { xmlns: NS_MUC_USER }, xml('invite', { to })));
}

/** Tells who invited through the room that we don't come (XEP-0045, section 7.8.2). */
export function declineInvitation({ room, from }: RoomInvitation, reason?: string): Element {
  const children = reason === undefined ? [] : [xml('reason', {}, toXmlText(reason))];
  return xml('message', { to: room }, xml('x', { xmlns: NS_MUC_USER }, xml('decline', { to: from }, ...children)));
}
