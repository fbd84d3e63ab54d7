/** XEP-0402: PEP Native Bookmarks, version 1.2.0: the rooms that an account keeps on its server, for all its clients. */
import xml, { type Element } from '@xmpp/xml';
import type { Entity } from './entity.ts';
import { StanzaError } from './errors.ts';
import { bareJid, sameJid } from './jid.ts';
import { serializeFields } from './xep-0004.ts';
import { attribute, childElements, toXmlText } from './xml-text.ts';

export const NS_BOOKMARKS = 'urn:xmpp:bookmarks:1';
const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';
const NS_EVENT = 'http://jabber.org/protocol/pubsub#event';
/** Marks the bookmark of a board's room; other clients keep it, as section 3.2 has it of what they don't know. */
const NS_LIMN_BOARD = 'urn:x-limn:board:0';

export interface Bookmark {
  /** Bare JID. */
  readonly room: string;
  readonly name?: string;
  readonly nick?: string;
  /** Other clients come in by themselves. */
  readonly autojoin: boolean;
  /** Limn kept it: a board is there. */
  readonly board: boolean;
}

export interface Bookmarks {
  /** What is kept; empty until the server has told. */
  list(): readonly Bookmark[];
  /** Keeps a room, unless it is kept already: what another client says of it stays. Rejects as `Entity.request`. */
  add(bookmark: Pick<Bookmark, 'room' | 'name' | 'nick'>): Promise<void>;
  /** Lets a room go that Limn kept. */
  drop(room: string): Promise<void>;
  stop(): void;
}

/** More are not looked at. */
const MAX_BOOKMARKS = 1000;
const MAX_NAME = 200;
/** Only we may see them, all stay, and nobody who comes online is told them unasked (section 3.2). */
const OPTIONS: readonly (readonly [string, readonly string[]])[] = [
  ['pubsub#persist_items', ['true']],
  ['pubsub#max_items', ['max']],
  ['pubsub#send_last_published_item', ['never']],
  ['pubsub#access_model', ['whitelist']],
];

/** Reads an `<item/>`; undefined when it names no room. */
export function parseBookmark(item: Element): Bookmark | undefined {
  const id = attribute(item, 'id') ?? '';
  const room = bareJid(id);
  const conference = item.getChild('conference', NS_BOOKMARKS);
  if (room === undefined || room !== id.toLowerCase() || !room.includes('@') || !conference) return undefined;
  const name = attribute(conference, 'name')?.slice(0, MAX_NAME);
  const nick = conference.getChildText('nick')?.slice(0, MAX_NAME);
  const autojoin = attribute(conference, 'autojoin');
  const board = conference.getChild('extensions', NS_BOOKMARKS)?.getChild('board', NS_LIMN_BOARD) !== undefined;
  return {
    room,
    ...(name ? { name } : {}),
    ...(nick ? { nick } : {}),
    autojoin: autojoin === 'true' || autojoin === '1',
    board,
  };
}

/** The `<item/>` that says this. */
export function serializeBookmark({ room, name, nick, autojoin, board }: Bookmark): Element {
  return xml(
    'item',
    { id: room },
    xml(
      'conference',
      { xmlns: NS_BOOKMARKS, ...(name ? { name: toXmlText(name) } : {}), ...(autojoin ? { autojoin: 'true' } : {}) },
      ...(nick ? [xml('nick', {}, toXmlText(nick))] : []),
      ...(board ? [xml('extensions', {}, xml('board', { xmlns: NS_LIMN_BOARD }))] : []),
    ),
  );
}

/** An account's bookmarks, asked for at each log-in and kept up to date by what the server tells (features: `NS_BOOKMARKS+notify`). */
export function createBookmarks(entity: Entity, note: (message: string) => void): Bookmarks {
  let kept = new Map<string, Bookmark>();

  const take = (item: Element): void => {
    const bookmark = item.getName() === 'item' ? parseBookmark(item) : undefined;
    if (bookmark && (kept.has(bookmark.room) || kept.size < MAX_BOOKMARKS)) kept.set(bookmark.room, bookmark);
    else if (item.getName() === 'retract') kept.delete((attribute(item, 'id') ?? '').toLowerCase());
  };

  async function read(): Promise<void> {
    try {
      const answer = await entity.request(
        'get',
        undefined,
        xml('pubsub', { xmlns: NS_PUBSUB }, xml('items', { node: NS_BOOKMARKS })),
      );
      kept = new Map();
      const items = answer.getChild('pubsub', NS_PUBSUB)?.getChild('items');
      for (const item of items ? childElements(items) : []) take(item);
    } catch (error) {
      // None were ever kept, or the server keeps none.
      note(error instanceof StanzaError ? `no bookmarks: ${error.condition}` : 'no bookmarks');
    }
  }

  const stops = [
    entity.on((event) => {
      if (event.type === 'online' && !event.resumed) void read();
    }),
    entity.onStanza((stanza) => {
      if (stanza.name !== 'message') return;
      const from = attribute(stanza, 'from');
      if (from !== undefined && !sameJid(from, bareJid(entity.jid ?? '') ?? '')) return;
      const items = stanza.getChild('event', NS_EVENT)?.getChild('items');
      if (items && attribute(items, 'node') === NS_BOOKMARKS) for (const item of childElements(items)) take(item);
    }),
  ];

  const ask = (...children: Element[]): Promise<Element> =>
    entity.request('set', undefined, xml('pubsub', { xmlns: NS_PUBSUB }, ...children));

  async function publish(item: Element): Promise<void> {
    const put = xml('publish', { node: NS_BOOKMARKS }, item);
    try {
      await ask(put, xml('publish-options', {}, form(`${NS_PUBSUB}#publish-options`)));
    } catch (error) {
      if (!(error instanceof StanzaError) || error.condition !== 'conflict') throw error;
      // The node is there with other settings, open to contacts perhaps: put right first (XEP-0060, section 7.1.5).
      const configure = xml('configure', { node: NS_BOOKMARKS }, form(`${NS_PUBSUB}#node_config`));
      await entity.request('set', undefined, xml('pubsub', { xmlns: `${NS_PUBSUB}#owner` }, configure));
      await ask(put);
    }
  }

  return {
    list: () => [...kept.values()],
    async add({ room, name, nick }) {
      if (kept.has(room) || kept.size >= MAX_BOOKMARKS) return;
      const bookmark = {
        ...{ room, autojoin: false, board: true },
        ...(name ? { name: name.slice(0, MAX_NAME) } : {}),
        ...(nick ? { nick: nick.slice(0, MAX_NAME) } : {}),
      };
      await publish(serializeBookmark(bookmark));
      kept.set(room, bookmark);
    },
    async drop(room) {
      if (kept.get(room)?.board !== true) return;
      await ask(xml('retract', { node: NS_BOOKMARKS, notify: 'true' }, xml('item', { id: room })));
      kept.delete(room);
    },
    stop: () => stops.forEach((stop) => stop()),
  };
}

/** The form that makes the node what it should be. */
const form = (type: string): Element => serializeFields(new Map([['FORM_TYPE', [type]], ...OPTIONS]));
