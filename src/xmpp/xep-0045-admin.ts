/** XEP-0045: Multi-User Chat, version 1.35.1, sections 8 to 10: who may do what in a room, and how the room is, said by those who run it. */
import xml, { type Element } from '@xmpp/xml';
import type { Entity } from './entity.ts';
import { type Fields, isTrue, NS_DATA, parseFields, serializeFields } from './xep-0004.ts';
import { type Affiliation, NS_MUC_OWNER, type Role } from './xep-0045-stanzas.ts';

export const NS_MUC_ADMIN = 'http://jabber.org/protocol/muc#admin';

/** Rooms and passwords have no limit of their own in the protocol; a server's stanza has. */
const MAX_SETTING = 1000;

/** How a room is, as far as Limn lets its owners change it. */
export interface RoomSettings {
  readonly name: string;
  /** Empty for none. */
  readonly password: string;
  readonly membersOnly: boolean;
  /** Some may only look on. */
  readonly moderated: boolean;
  /** Whether who comes without being a member may say something; false only where the room is moderated. */
  readonly openVoice: boolean;
}

/** What changes of a person: a role by the name in the room, for this stay (section 5.1), or an affiliation by bare JID, for good (5.2). */
export type Standing =
  | { readonly nick: string; readonly role: Role | 'none' }
  | { readonly jid: string; readonly affiliation: Affiliation | 'outcast' };

/** The request that gives somebody a role or an affiliation (sections 8 and 9). */
export function standingQuery(standing: Standing, reason?: string): Element {
  const why = reason === undefined || reason === '' ? [] : [xml('reason', {}, reason.slice(0, MAX_SETTING))];
  return xml('query', { xmlns: NS_MUC_ADMIN }, xml('item', { ...standing }, ...why));
}

/** The request that ends a room (section 10.9). */
export function destroyQuery(reason?: string): Element {
  const why = reason === undefined || reason === '' ? [] : [xml('reason', {}, reason.slice(0, MAX_SETTING))];
  return xml('query', { xmlns: NS_MUC_OWNER }, xml('destroy', {}, ...why));
}

const ROOM = 'muc#roomconfig_';
/** Whether newcomers have voice in a moderated room: ejabberd's name for it. Elsewhere they have not. */
const NEWCOMERS = 'members_by_default';

/** Reads a room's configuration form (section 10.2). */
export function parseSettings(fields: Fields): RoomSettings {
  const moderated = isTrue(fields, `${ROOM}moderatedroom`);
  const isLocked = isTrue(fields, `${ROOM}passwordprotectedroom`) || !fields.has(`${ROOM}passwordprotectedroom`);
  return {
    name: fields.get(`${ROOM}roomname`)?.[0] ?? '',
    password: isLocked ? (fields.get(`${ROOM}roomsecret`)?.[0] ?? '') : '',
    membersOnly: isTrue(fields, `${ROOM}membersonly`),
    moderated,
    openVoice: !moderated || isTrue(fields, NEWCOMERS),
  };
}

/** The form with these changes: what else it says stays as it is. Where a room knows no voice for newcomers, it is moderated or not. */
export function withSettings(fields: Fields, changes: Partial<RoomSettings>): Fields {
  const { name, password, membersOnly, ...next } = { ...parseSettings(fields), ...changes };
  const isOne = !fields.has(NEWCOMERS) && changes.openVoice !== undefined;
  const { moderated, openVoice } = isOne ? { ...next, moderated: !next.openVoice } : next;
  const say = (yes: boolean): readonly string[] => [yes ? '1' : '0'];
  const wanted: readonly (readonly [string, readonly string[]])[] = [
    [`${ROOM}roomname`, [name.slice(0, MAX_SETTING)]],
    [`${ROOM}passwordprotectedroom`, say(password !== '')],
    [`${ROOM}roomsecret`, [password.slice(0, MAX_SETTING)]],
    [`${ROOM}membersonly`, say(membersOnly)],
    [`${ROOM}moderatedroom`, say(moderated)],
    [NEWCOMERS, say(openVoice)],
  ];
  const form = new Map(fields);
  for (const [field, values] of wanted) if (fields.has(field)) form.set(field, values);
  return form;
}

/** Asks for a room's settings. Rejects with StanzaError: `forbidden` for who isn't its owner. */
export async function querySettings(entity: Entity, room: string): Promise<RoomSettings> {
  return parseSettings(await queryForm(entity, room));
}

/** Changes some of a room's settings. Rejects as `querySettings`; `not-acceptable` when the room can't be so. */
export async function changeSettings(entity: Entity, room: string, changes: Partial<RoomSettings>): Promise<void> {
  const fields = await queryForm(entity, room);
  const next = serializeFields(withSettings(fields, changes));
  await entity.request('set', room, xml('query', { xmlns: NS_MUC_OWNER }, next));
}

async function queryForm(entity: Entity, room: string): Promise<Fields> {
  const answer = await entity.request('get', room, xml('query', { xmlns: NS_MUC_OWNER }));
  const x = answer.getChild('query', NS_MUC_OWNER)?.getChild('x', NS_DATA);
  return x ? parseFields(x) : new Map();
}
