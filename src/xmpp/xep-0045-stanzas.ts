/** XEP-0045: Multi-User Chat, version 1.35.1, and XEP-0421: Occupant identifiers, version 1.0.1: the stanzas, read and written. */
import xml, { type Element } from '@xmpp/xml';
import { type StanzaError, XmppError, type XmppErrorCode } from './errors.ts';
import { bareJid } from './jid.ts';
import { serializeFields } from './xep-0004.ts';
import { attribute, childElements } from './xml-text.ts';

export const NS_MUC = 'http://jabber.org/protocol/muc';
export const NS_MUC_USER = 'http://jabber.org/protocol/muc#user';
export const NS_MUC_OWNER = 'http://jabber.org/protocol/muc#owner';
export const NS_OCCUPANT_ID = 'urn:xmpp:occupant-id:0';

export type Role = 'visitor' | 'participant' | 'moderator';
export type Affiliation = 'owner' | 'admin' | 'member' | 'none';

/** A presence from a room, as far as it concerns who is in it. */
export interface RoomPresence {
  readonly nick: string;
  readonly available: boolean;
  readonly codes: ReadonlySet<number>;
  readonly role: Role;
  readonly affiliation: Affiliation;
  /** Bare JID of the account behind the nick, where the room tells us. */
  readonly account?: string;
  /** The nick after a change (code 303). */
  readonly newNick?: string;
  /** What the room says it is; only to be believed of a room that announces XEP-0421. */
  readonly occupantId?: string;
  readonly show: 'free' | 'away' | 'busy' | 'off';
  readonly reason?: string;
  readonly destroyed?: { readonly alternate?: string };
}

/** The presence that asks to come in, without any history. */
export function joinPresence(
  room: string,
  nick: string,
  password: string | undefined,
  extra: readonly Element[],
): Element {
  return xml(
    'presence',
    { to: `${room}/${nick}` },
    xml(
      'x',
      { xmlns: NS_MUC },
      xml('history', { maxstanzas: '0' }),
      ...(password === undefined ? [] : [xml('password', {}, password)]),
    ),
    ...extra,
  );
}

/** The resource of an address in a room, or undefined when it is the room itself or elsewhere. */
export function nickOf(room: string, from: string | undefined): string | undefined {
  const slash = from?.indexOf('/') ?? -1;
  if (from === undefined || slash === -1 || from.slice(0, slash).toLowerCase() !== room) return undefined;
  return from.slice(slash + 1);
}

/** Reads a presence of `room` that is no error; undefined when it isn't one. */
export function parseRoomPresence(room: string, stanza: Element): RoomPresence | undefined {
  const nick = nickOf(room, attribute(stanza, 'from'));
  const type = attribute(stanza, 'type');
  if (nick === undefined || (type !== undefined && type !== 'unavailable')) return undefined;
  const x = stanza.getChild('x', NS_MUC_USER);
  const item = x?.getChild('item');
  const destroy = x?.getChild('destroy');
  const codes = new Set<number>();
  for (const child of x ? childElements(x) : [])
    if (child.getName() === 'status') codes.add(Number(attribute(child, 'code')));
  const newNick = item && attribute(item, 'nick');
  const account = bareJid((item && attribute(item, 'jid')) ?? '');
  const id = stanza.getChild('occupant-id', NS_OCCUPANT_ID);
  const occupantId = id && attribute(id, 'id');
  const reason = (item?.getChildText('reason') ?? destroy?.getChildText('reason')) || undefined;
  const alternate = destroy && attribute(destroy, 'jid');
  const shown = stanza.getChildText('show');
  return {
    nick,
    available: type === undefined,
    codes,
    role: oneOf(item && attribute(item, 'role'), ['moderator', 'participant']) ?? 'visitor',
    affiliation: oneOf(item && attribute(item, 'affiliation'), ['owner', 'admin', 'member']) ?? 'none',
    ...(account === undefined ? {} : { account }),
    ...(newNick === undefined ? {} : { newNick }),
    ...(occupantId === undefined || occupantId === '' ? {} : { occupantId }),
    show: type !== undefined ? 'off' : shown === 'dnd' ? 'busy' : shown === 'away' || shown === 'xa' ? 'away' : 'free',
    ...(reason === undefined ? {} : { reason }),
    ...(destroy ? { destroyed: alternate === undefined ? {} : { alternate } } : {}),
  };
}

function oneOf<T extends string>(value: string | undefined, known: readonly T[]): T | undefined {
  return known.find((one) => one === value);
}

/** The form that makes a room that stays when everybody has left (section 10.1); empty for the service's defaults. */
export function roomConfiguration(persistent: boolean): Element {
  const fields = new Map<string, readonly string[]>();
  if (persistent) {
    fields.set('FORM_TYPE', ['http://jabber.org/protocol/muc#roomconfig']);
    fields.set('muc#roomconfig_persistentroom', ['1']);
  }
  return xml('query', { xmlns: NS_MUC_OWNER }, serializeFields(fields));
}

/** Why a room did not let us in (section 7.2), as a code and a sentence. */
export function joinError(room: string, nick: string, error: StanzaError): XmppError {
  const make = (code: XmppError['code'], sentence: string): XmppError => new XmppError(code, sentence, error.condition);
  switch (error.condition ?? '') {
    case 'service-unavailable':
    case 'resource-constraint':
      // The same condition says that there is no such service; then nothing waits.
      return make('room-full', `${room} is full. Try again when somebody has left.`);
    case 'forbidden':
      return make('banned', `You are banned from ${room}. Ask one of its owners.`);
    case 'registration-required':
      return make('members-only', `${room} is for members only. Ask one of its owners to add you.`);
    case 'not-authorized':
      return make('password-required', `${room} needs a password. Enter the one that you were given.`);
    case 'conflict':
      return make('nick-taken', `Somebody in ${room} is called ${nick} already. Choose another name.`);
    case 'not-allowed':
      // A server says so of a domain that it can't reach, too.
      return make('not-allowed', `${room} can't be created: the service doesn't let you. Ask for a room that exists.`);
    case 'item-not-found':
    case 'gone':
      return make('room-missing', `There is no room ${room}, or it is locked. Check its name.`);
    case 'remote-server-not-found':
    case 'remote-server-timeout':
      return make('unknown-host', `The service of ${room} can't be reached. Check its name or try again later.`);
    case 'jid-malformed':
      return make(
        'bad-room',
        `The service takes no room called ${room}, or nobody called ${nick} in it. Change the one or the other.`,
      );
    case 'not-acceptable':
      return make('bad-name', `${room} does not accept the name ${nick}. Choose another.`);
    default:
      return make(
        'refused',
        `${room} did not let you in (${error.condition ?? 'no reason given'}). Try again or choose another room.`,
      );
  }
}

/** How a stay in a room ended; `code` where the room lets one in no more. */
export interface RoomExit {
  readonly reason: string;
  readonly final: boolean;
  readonly code?: XmppErrorCode;
}

/** Why we are out, as a sentence, and whether coming back by oneself is pointless; undefined when we left of our own accord. */
export function exitReason(room: string, presence: RoomPresence): RoomExit | undefined {
  const { codes, reason } = presence;
  const because = reason === undefined ? '' : ` Reason given: ${reason}`;
  if (presence.destroyed) {
    const other = presence.destroyed.alternate;
    return {
      reason: `${room} was closed.${other === undefined ? '' : ` Go to ${other} instead.`}${because}`,
      final: true,
    };
  }
  if (codes.has(301)) {
    return { reason: `You were banned from ${room}. Ask one of its owners.${because}`, final: true, code: 'banned' };
  }
  if (codes.has(333))
    return { reason: `${room} lost the connection to you. Limn comes back by itself.${because}`, final: false };
  if (codes.has(307))
    return { reason: `You were removed from ${room}. Ask a moderator before you come back.${because}`, final: true };
  if (codes.has(321) || codes.has(322)) {
    const reason = `${room} is for members only now. Ask one of its owners to add you.${because}`;
    return { reason, final: true, code: 'members-only' };
  }
  if (codes.has(332))
    return { reason: `The service of ${room} is shutting down. Limn comes back by itself.`, final: false };
  return undefined;
}
