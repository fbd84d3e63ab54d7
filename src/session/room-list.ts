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
  /** Where rooms of its server are (a domain), as far as it tells. */
  service(): Promise<string | undefined>;
}

const MAX_ROOMS = 500;
/** Of so many parts of a server it is asked whether they have rooms. */
const MAX_SERVICES = 20;

export function createRoomList(entity: Entity, bookmarks: Bookmarks): RoomList {
  async function hasRooms(service: string): Promise<boolean> {
    const { identities } = await queryDiscoInfo(entity, service);
    return identities.some(({ category, type }) => category === 'conference' && type === 'text');
  }

  /** The parts of the server that have rooms; one that doesn't answer has none. */
  async function services(): Promise<readonly string[]> {
    const items = await queryDiscoItems(entity, entity.domain).catch(() => []);
    const parts = items.slice(0, MAX_SERVICES).map(({ jid }) => jid);
    const having = await Promise.all(parts.map((part) => hasRooms(part).catch(() => false)));
    return parts.filter((_, i) => having[i]);
  }

  async function publicRooms(service: string): Promise<readonly ListedRoom[]> {
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
      const found = await Promise.all((await services()).map((service) => publicRooms(service).catch(() => [])));
      const known = new Set(kept.map(({ room }) => room));
      return [...kept, ...found.flat().filter(({ room }) => !known.has(room))].slice(0, MAX_ROOMS);
    },
    service: async () => (await services())[0],
  };
}
