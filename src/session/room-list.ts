/** Rooms that one may want to come to: those that the account keeps (XEP-0402), and the public ones of its server. */
import type { Entity } from '#xmpp/entity.ts';
import { bareJid } from '#xmpp/jid.ts';
import { queryDiscoInfo, queryDiscoItems } from '#xmpp/xep-0030.ts';
import type { Bookmarks } from '#xmpp/xep-0402.ts';

export interface ListedRoom {
  /** Bare JID. */
  readonly room: string;
  readonly name: string;
  /** The account keeps it. */
  readonly kept: boolean;
}

export interface RoomList extends Pick<Bookmarks, 'add' | 'drop'> {
  /** Those kept first, then the server's, as far as it answers; at most 500. */
  list(): Promise<readonly ListedRoom[]>;
}

const MAX_ROOMS = 500;
/** Of so many parts of a server it is asked whether they have rooms. */
const MAX_SERVICES = 20;

export function createRoomList(entity: Entity, bookmarks: Bookmarks): RoomList {
  async function publicRooms(service: string): Promise<readonly ListedRoom[]> {
    const { identities } = await queryDiscoInfo(entity, service);
    if (!identities.some(({ category, type }) => category === 'conference' && type === 'text')) return [];
    const items = await queryDiscoItems(entity, service);
    return items.flatMap(({ jid, name = '' }) => {
      const room = bareJid(jid);
      return room?.includes('@') ? [{ room, name: name.slice(0, 200), kept: false }] : [];
    });
  }

  return {
    add: (bookmark) => bookmarks.add(bookmark),
    drop: (room) => bookmarks.drop(room),
    async list() {
      const kept = bookmarks.list().map(({ room, name = '' }) => ({ room, name, kept: true }));
      const items = await queryDiscoItems(entity, entity.domain).catch(() => []);
      const found = await Promise.all(items.slice(0, MAX_SERVICES).map(({ jid }) => publicRooms(jid).catch(() => [])));
      const known = new Set(kept.map(({ room }) => room));
      return [...kept, ...found.flat().filter(({ room }) => !known.has(room))].slice(0, MAX_ROOMS);
    },
  };
}
