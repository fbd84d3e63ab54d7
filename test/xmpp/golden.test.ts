/** The stanzas that Limn writes and reads besides XEP-0284, as golden pairs: a pair added to a folder is checked by itself. */
import type { Element } from '@xmpp/xml';
import xml from '@xmpp/xml';
import { expect, test, vi } from 'vitest';
import type { Entity, EntityEvent, RequestHandler } from '#xmpp/entity.ts';
import { createRequests, readStanzaError } from '#xmpp/iq.ts';
import type { XmppRandom } from '#xmpp/ports.ts';
import {
  answerDisco,
  type DiscoInfo,
  type DiscoItem,
  parseDiscoInfo,
  queryDiscoInfo,
  serializeDiscoInfo,
} from '#xmpp/xep-0030.ts';
import {
  exitReason,
  joinError,
  joinPresence,
  parseRoomPresence,
  type RoomPresence,
  roomConfiguration,
} from '#xmpp/xep-0045-stanzas.ts';
import { parseFields } from '#xmpp/xep-0004.ts';
import { destroyQuery, parseSettings, type RoomSettings, type Standing, standingQuery } from '#xmpp/xep-0045-admin.ts';
import { createRoom, type Room, type RoomEvent } from '#xmpp/xep-0045.ts';
import { type OwnPresence, parseResource, type Resource, serializePresence } from '#xmpp/rfc-6121-presence.ts';
import { parseRosterItem, serializeRosterItem } from '#xmpp/rfc-6121-roster.ts';
import { createCaps } from '#xmpp/xep-0115.ts';
import { delayedBy, ephemeralHints } from '#xmpp/xep-0203.ts';
import { enableCarbons, receivedCarbon } from '#xmpp/xep-0280.ts';
import { parseAdvertised, serializeAdvertised } from '#xmpp/xep-0284-presence.ts';
import { parseSlot, serializeSlotRequest, type UploadRequest, type UploadSlot } from '#xmpp/xep-0363.ts';
import { type Bookmark, parseBookmark, serializeBookmark } from '#xmpp/xep-0402.ts';
import { connection } from './connect.ts';
import { readElement, readElements } from './elements.ts';
import { careless, type FakePeer, fakeServer } from './fake-server.ts';
import { type GoldenKind, goldenFolders, goldenKinds, kind } from './golden.ts';
import { manualClock } from './manual-clock.ts';

const SELF = 'alice@example.org/desk';
const ROOM = 'board@rooms.example.org';
const NICK = 'alice';
/** How long a busy machine may take for what is waited for, in milliseconds. */
const PATIENCE = 10_000;
/** Request ids of nothing but zeros. */
const random: XmppRandom = { bytes: (length) => new Uint8Array(length) };

/** An entity whose stanzas go nowhere: what it sent, what it would answer, and what it is made to hear. */
function loneEntity() {
  const clock = manualClock();
  const sent: Element[] = [];
  const handlers = new Map<string, RequestHandler>();
  const listeners = new Set<(stanza: Element) => void>();
  const send = (stanza: Element): Promise<void> => {
    sent.push(stanza);
    return Promise.resolve();
  };
  const requests = createRequests({ send, clock, random, self: () => SELF, domain: 'example.org' });
  const entity: Entity = {
    jid: SELF,
    domain: 'example.org',
    online: true,
    send,
    request: requests.request,
    handle: (type, name, ns, handler) => {
      handlers.set(`${type} ${name} ${ns}`, handler);
      return () => undefined;
    },
    onStanza: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    on: () => () => undefined,
  };
  /** The child of the answer to a request with this child. */
  const answer = async (type: 'get' | 'set', child: Element): Promise<Element> => {
    const handler = handlers.get(`${type} ${child.getName()} ${child.getNS() ?? ''}`);
    const result = await handler?.(xml('iq', { type }, child), child);
    if (!result) throw new Error('no answer');
    return result;
  };
  const hear = (stanza: Element): void => {
    if (!requests.settle(stanza)) for (const listener of [...listeners]) listener(stanza);
  };
  return { entity, clock, sent, answer, hear };
}

function last(sent: readonly Element[]): Element {
  const stanza = sent.at(-1);
  if (!stanza) throw new Error('nothing was sent');
  return stanza;
}

const answerTo = (request: Element, child = ''): Element =>
  readElement(
    `<iq type='result' id='${String(request.attrs['id'])}' from='${String(request.attrs['to'])}'>${child}</iq>`,
  );

/** The room with us and bob in it. */
async function inRoom(): Promise<ReturnType<typeof loneEntity> & { room: Room; events: RoomEvent[] }> {
  const lone = loneEntity();
  const room = createRoom(lone.entity, { room: ROOM, nick: NICK, create: true, presence: () => [], clock: lone.clock });
  const events: RoomEvent[] = [];
  room.on((event) => events.push(event));
  const joined = room.join();
  const answerInfo = async (): Promise<void> => {
    await vi.waitUntil(() => lone.sent.length > 0 && last(lone.sent).name === 'iq', PATIENCE);
    const identity = "<identity category='conference' type='text'/>";
    lone.hear(answerTo(last(lone.sent), `<query xmlns='http://jabber.org/protocol/disco#info'>${identity}</query>`));
  };
  await answerInfo();
  await vi.waitUntil(() => last(lone.sent).name === 'presence', PATIENCE);
  for (const [nick, codes] of [
    ['bob', ''],
    [NICK, "<status code='110'/>"],
  ]) {
    const item = "<item role='participant' affiliation='none'/>";
    const x = `<x xmlns='http://jabber.org/protocol/muc#user'>${item}${codes}</x>`;
    lone.hear(readElement(`<presence from='${ROOM}/${nick}' to='${SELF}'>${x}</presence>`));
  }
  // The room is asked again what it is, once we are in.
  await answerInfo();
  await joined;
  events.length = 0;
  return { ...lone, room, events };
}

/** A presence with its codes as a list. */
type PresenceData = Omit<RoomPresence, 'codes'> & { readonly codes: readonly number[] };

const presence = kind<PresenceData | null>({
  read: (element) => {
    const read = parseRoomPresence(ROOM, element);
    return read ? { ...read, codes: [...read.codes] } : null;
  },
});

interface Asked {
  readonly to: string;
  readonly node?: string;
}

const folders: Readonly<Record<string, Readonly<Record<string, GoldenKind>>>> = {
  'xep-0030': {
    info: kind<DiscoInfo>({ read: parseDiscoInfo, write: (info) => serializeDiscoInfo(info) }),
    'info-request': kind<Asked>({
      write: ({ to, node }) => {
        const { entity, sent } = loneEntity();
        void queryDiscoInfo(entity, to, node);
        return last(sent);
      },
    }),
    'info-result': kind<{ info: DiscoInfo; node: string }>({
      write: ({ info, node }) => {
        const { entity, answer } = loneEntity();
        answerDisco(entity, { info: () => info, isNode: (asked) => asked === node });
        return answer('get', xml('query', { xmlns: 'http://jabber.org/protocol/disco#info', node }));
      },
    }),
    'items-result': kind<{ node?: string; items?: DiscoItem[] }>({
      write: ({ items = [], ...asked }) => {
        const { entity, answer } = loneEntity();
        const info = (): DiscoInfo => ({ identities: [], features: [], forms: [] });
        answerDisco(entity, { info, isNode: (node) => node === asked.node && items.length === 0, items: () => items });
        return answer('get', xml('query', { xmlns: 'http://jabber.org/protocol/disco#items', ...asked }));
      },
    }),
  },
  'xep-0045': {
    presence,
    join: kind<{ nick: string; password?: string }>({
      write: ({ nick, password }) => joinPresence(ROOM, nick, password, []),
    }),
    leave: kind<null>({
      write: async () => {
        const { room, sent } = await inRoom();
        await room.leave();
        return last(sent);
      },
    }),
    configuration: kind<{ persistent: boolean }>({ write: ({ persistent }) => roomConfiguration(persistent) }),
    standing: kind<Standing & { reason?: string }>({
      write: ({ reason, ...standing }) => standingQuery(standing, reason),
    }),
    end: kind<{ reason?: string }>({ write: ({ reason }) => destroyQuery(reason) }),
    settings: kind<RoomSettings>({ read: (element) => parseSettings(parseFields(element)) }),
    'join-error': kind<{ code: string; message: string }>({
      read: (element) => {
        const { code, message } = joinError(ROOM, NICK, readStanzaError(element));
        return { code, message };
      },
    }),
    exit: kind<{ reason: string; final: boolean } | null>({
      read: (element) => {
        const read = parseRoomPresence(ROOM, element);
        if (!read) throw new Error('not read');
        return exitReason(ROOM, read) ?? null;
      },
    }),
    /** What a room makes of a message: who said it and to whom, which of ours it refuses, or null for what it ignores. */
    message: kind<{ from: string; toAll: boolean } | { refused: string } | null>({
      read: async (element) => {
        const { hear, events } = await inRoom();
        hear(element);
        if (events.length > 1) throw new Error('heard twice');
        const event = events[0];
        if (event?.type === 'message') return { from: event.from.nick, toAll: event.toAll };
        if (event?.type === 'bounced') return { refused: event.error.condition ?? '' };
        return null;
      },
    }),
  },
  'xep-0115': {
    presence: kind<{ node: string; info: DiscoInfo }>({
      write: async ({ node, info }) => {
        const caps = await createCaps(loneEntity().entity, node, info);
        return xml('presence', {}, caps.element());
      },
    }),
    /** Whom a presence makes us ask, and for what. */
    question: kind<Asked | null>({
      read: async (element) => {
        const { entity, sent } = loneEntity();
        const caps = await createCaps(entity, 'urn:x-limn:client', { identities: [], features: [], forms: [] });
        void caps.featuresOf(element);
        const asked = sent.at(-1);
        const node: unknown = asked?.getChild('query')?.attrs['node'];
        return asked ? { to: String(asked.attrs['to']), node: String(node) } : null;
      },
    }),
  },
  'xep-0199': {
    /** What a ping from anybody is answered with. */
    answer: kind<{ type: string; id: string; to: string; children: number }>({
      read: async (element) => {
        let server: FakePeer | undefined;
        const service = await fakeServer(
          true,
          careless((peer) => {
            server = peer;
          }),
        );
        await connection(service).start();
        server?.send(element.toString());
        const reply = /<iq [^>]*type="result"[^>]*>(?:<\/iq>)?/;
        await vi.waitUntil(() => reply.test(server?.heard() ?? ''), PATIENCE);
        const [read] = readElements(reply.exec(server?.heard() ?? '')?.[0] ?? '');
        const { type, id, to } = (read?.attrs ?? {}) as Readonly<Record<string, string>>;
        return { type: type ?? '', id: id ?? '', to: to ?? '', children: read?.children.length ?? 0 };
      },
    }),
  },
  'xep-0203': {
    delay: kind<{ by: string | null }>({ read: (element) => ({ by: delayedBy(element) ?? null }) }),
  },
  'rfc-6121': {
    item: kind<ReturnType<typeof parseRosterItem> | null>({ read: (element) => parseRosterItem(element) ?? null }),
    put: kind<Parameters<typeof serializeRosterItem>[0]>({ write: serializeRosterItem }),
    presence: kind<OwnPresence>({ write: (own) => serializePresence(own, []) }),
    resource: kind<Omit<Resource, 'presence'> | null>({
      read: (element) => {
        const { presence: _, ...resource } = parseResource(element) ?? {};
        return 'jid' in resource ? (resource as Omit<Resource, 'presence'>) : null;
      },
    }),
  },
  'xep-0280': {
    /** Who sent the message of which this is a copy, if it is to be believed. */
    copy: kind<string | null>({
      read: (element) => {
        const from: unknown = receivedCarbon(loneEntity().entity, element)?.attrs['from'];
        return typeof from === 'string' ? from : null;
      },
    }),
    enable: kind<null>({
      write: () => {
        const { entity, sent } = loneEntity();
        let online: (event: EntityEvent) => void = () => undefined;
        const on: Entity['on'] = (listener) => {
          online = listener;
          return () => undefined;
        };
        enableCarbons({ ...entity, on }, () => undefined);
        online({ type: 'online', jid: SELF, resumed: false });
        return last(sent);
      },
    }),
  },
  'xep-0284-presence': {
    presence: kind<ReturnType<typeof parseAdvertised>>({
      read: parseAdvertised,
      write: ({ session, also }) => xml('presence', {}, ...serializeAdvertised(session, also)),
    }),
  },
  'xep-0334': {
    ephemeral: kind<null>({ write: () => xml('message', {}, ...ephemeralHints()) }),
  },
  'xep-0363': {
    request: kind<UploadRequest>({ write: serializeSlotRequest }),
    slot: kind<UploadSlot | null>({ read: (element) => parseSlot(element) ?? null }),
  },
  'xep-0402': {
    bookmark: kind<Bookmark | undefined>({
      read: (element) => parseBookmark(element),
      write: (bookmark) => serializeBookmark(bookmark as Bookmark),
    }),
    ignored: kind<null>({
      read: (element) => (parseBookmark(element) === undefined ? null : Promise.reject(new Error('read'))),
    }),
  },
  'xep-0410': {
    'self-ping': kind<null>({
      write: async () => {
        const { clock, sent } = await inRoom();
        clock.advance(5 * 60_000);
        return last(sent);
      },
    }),
    /** Whether the answer means that we are still in. */
    answer: kind<{ inside: boolean }>({
      read: async (element) => {
        const { clock, hear, room, events, sent } = await inRoom();
        clock.advance(5 * 60_000);
        const before = sent.length;
        hear(element);
        // Either the room is gone, or the next question comes after the same silence.
        await vi.waitUntil(() => {
          if (events.some(({ type }) => type === 'down')) return true;
          clock.advance(60_000);
          return sent.length > before;
        }, PATIENCE);
        return { inside: room.joined };
      },
    }),
  },
  'xep-0421': { presence },
};

for (const [folder, kinds] of Object.entries(folders)) goldenKinds(folder, kinds);

test('every folder of pairs is checked, here or beside its module', () => {
  expect(goldenFolders()).toEqual(
    [
      ...Object.keys(folders),
      'limn-log',
      'limn-state-pages',
      'xep-0166',
      'xep-0249',
      'xep-0353',
      'xep-0284',
      'xep-0284-psi',
    ].sort(),
  );
});
