/** The app's network made of src/xmpp and the room transport: what every composition root connects it to. */
import { ApiError } from '#api/errors.ts';
import type { Connect, Connection, ConnectionEvent, Direct, JoinedRoom } from '#app/network.ts';
import type { Clock, Logger, Random } from '#app/ports.ts';
import { systemDeflate } from '#platform/deflate.ts';
import { createHttp } from '#platform/http.ts';
import { createDial, createResolveSrv } from '#platform/xmpp-net.ts';
import { createBoardService, type BoardService } from '#session/board-service.ts';
import { keepUntilHeard } from '#session/keep-until-heard.ts';
import { createRoomInvitations, type RoomInvitations } from '#session/room-invitations.ts';
import { createRoomList } from '#session/room-list.ts';
import { createRoomTransport, type RoomTransport } from '#session/room-transport.ts';
import { createUploads } from '#session/uploads.ts';
import { type ConnectionOptions, createConnection, type Connection as XmppConnection } from '#xmpp/connection.ts';
import type { EntityEvent } from '#xmpp/entity.ts';
import type { Dial } from '#xmpp/ports.ts';
import { bareJid, parseJid } from '#xmpp/jid.ts';
import type { TrafficLog } from '#xmpp/traffic.ts';
import { type DiscoInfo, NS_DISCO_INFO } from '#xmpp/xep-0030.ts';
import { NS_LIMN_LOG } from '#xmpp/limn-log.ts';
import { NS_LIMN_STATE } from '#xmpp/limn-state-pages.ts';
import { type Caps, createCaps, NS_CAPS } from '#xmpp/xep-0115.ts';
import { createCompactCodec } from '#xmpp/compact.ts';
import { NS_JINGLE } from '#xmpp/xep-0166-stanzas.ts';
import { NS_JINGLE_SXE, NS_LIMN_COMPACT, NS_LIMN_LIVE, NS_LIMN_SESSION, NS_SXE } from '#xmpp/xep-0284.ts';
import { NS_PSI_SXE } from '#xmpp/xep-0284-psi.ts';
import { type Bookmarks, createBookmarks, NS_BOOKMARKS } from '#xmpp/xep-0402.ts';
import { NS_CONFERENCE } from '#xmpp/xep-0249.ts';
import { NS_JINGLE_MESSAGE } from '#xmpp/xep-0353.ts';
import { SVG_NS } from '#xml/names.ts';
import { createDirect } from './direct.ts';

export interface NetworkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Certificate authorities to trust besides the system's, in PEM. */
  readonly ca?: readonly string[] | undefined;
  readonly traffic?: TrafficLog | undefined;
}

/** How long it may take to learn of an upload service before a room is entered, milliseconds. */
const UPLOADS_WITHIN = 2000;
/** Names the program to XEP-0115; need not be reachable. */
export const NODE = 'urn:x-limn:client';

/** What Limn says of itself when asked (XEP-0030). */
export const ABOUT: DiscoInfo = {
  identities: [{ category: 'client', type: 'pc', name: 'Limn' }],
  features: [
    NS_CAPS,
    NS_CONFERENCE,
    NS_DISCO_INFO,
    NS_JINGLE,
    NS_JINGLE_MESSAGE,
    NS_JINGLE_SXE,
    NS_SXE,
    SVG_NS,
    NS_LIMN_COMPACT,
    NS_LIMN_LIVE,
    NS_LIMN_LOG,
    NS_LIMN_SESSION,
    NS_LIMN_STATE,
    NS_PSI_SXE,
    `${NS_BOOKMARKS}+notify`,
    'urn:xmpp:ping',
  ].sort(),
  forms: [],
};

/** Signs in over a real connection. */
export function createConnect(network: NetworkOptions): Connect {
  const { clock, random, logger } = network;
  const dial = createDial(network.ca === undefined ? {} : { ca: network.ca });
  const ports = {
    dial,
    resolveSrv: createResolveSrv(),
    clock,
    random,
  };
  return async ({ jid, password, service, onEvent, pinned, documents, ...trust }) => {
    const address = parseJid(jid);
    if (address === undefined || address.local === '') {
      throw new ApiError('bad-request', `"${jid}" is no XMPP address. Write it like name@example.org.`);
    }
    let home: string | undefined;
    const dialled: Dial = (host, port, events) => {
      home = host;
      return dial(host, port, events);
    };
    const connection = open(
      {
        domain: address.domain,
        credentials: { username: address.local, password },
        ...trust,
        ...(pinned === undefined ? {} : { pinned }),
        ...(service === undefined ? {} : { service }),
        ...(network.traffic === undefined ? {} : { traffic: network.traffic }),
        trouble: (message) => logger.warn('xmpp', { message }),
      },
      { ...ports, dial: dialled },
    );
    const uploads = createUploads(connection, createHttp({ ca: network.ca, home: () => home }));
    // Before the first log-in: a room's members may ask as soon as they see us.
    const boards = createBoardService(connection, clock, random, documents);
    const caps = await createCaps(connection, NODE, ABOUT, boards.itemsFor);
    const rooms = new Map<string, RoomTransport>();
    const bookmarks = createBookmarks(connection, (message) => logger.debug('bookmarks', { message }));
    const isRoom = (room: string): boolean => rooms.has(room);
    const { direct, ready, clientsOf, stop } = createDirect(connection, {
      ...{ caps, clock, random, logger, uploads, boards, isRoom },
    });
    const invitations = createRoomInvitations(connection, {
      passwordOf: (room) => rooms.get(room)?.password,
      clientsOf,
      note: (message) => logger.debug('room invitation', { message }),
    });
    const off = connection.on((event) => onEvent(told(event, jid)));
    const stopAll = (): void => {
      for (const part of [{ stop: off }, { stop }, uploads, caps, boards, bookmarks, invitations]) part.stop();
    };
    try {
      await connection.start();
    } catch (error) {
      stopAll();
      throw error;
    }
    await ready;
    return connected(connection, { caps, boards, bookmarks, direct, invitations, rooms, uploads }, network, stopAll);
  };
}

function open(options: ConnectionOptions, ports: Parameters<typeof createConnection>[1]): XmppConnection {
  try {
    return createConnection(options, ports);
  } catch (error) {
    if (error instanceof RangeError) throw new ApiError('bad-service', error.message);
    throw error;
  }
}

function told(event: EntityEvent, jid: string): ConnectionEvent {
  switch (event.type) {
    case 'online':
      return { type: 'online', jid: bareJid(event.jid) ?? jid };
    case 'offline':
      return event.error === undefined ? { type: 'offline' } : { type: 'offline', message: event.error.message };
    case 'failed':
      return { type: 'ended', error: event.error };
  }
}

/** What serves a connection as long as it lives. */
interface Parts {
  readonly caps: Caps;
  readonly boards: BoardService;
  readonly direct: Direct;
  readonly uploads: ReturnType<typeof createUploads>;
  readonly bookmarks: Bookmarks;
  readonly invitations: RoomInvitations;
  /** The rooms that were joined, by bare JID: no contacts. */
  readonly rooms: Map<string, RoomTransport>;
}

function connected(
  connection: XmppConnection,
  { caps, boards, bookmarks, direct, invitations, rooms, uploads }: Parts,
  { clock, logger }: NetworkOptions,
  onClose: () => void,
): Connection {
  return {
    direct,
    invitations,
    jid: bareJid(connection.jid ?? '') ?? connection.domain,
    admin: (room) => rooms.get(room)?.admin,
    rooms: createRoomList(connection, bookmarks),
    async join(options) {
      const room = bareJid(options.room);
      if (room === undefined || !room.includes('@')) {
        throw new ApiError(
          'not-a-room',
          `"${options.room}" is no room address. Write it like room@conference.example.org.`,
        );
      }
      // Whoever comes in asks for the state at once. A server that is slow to say what it has is not waited for.
      await new Promise<void>((resolve) => {
        const cancel = clock.after(UPLOADS_WITHIN, resolve);
        void uploads.ready().then(() => {
          cancel();
          resolve();
        });
      });
      const transport = createRoomTransport(connection, {
        room,
        nick: options.nick,
        ...(options.password === undefined ? {} : { password: options.password }),
        create: options.create,
        caps,
        clock,
        compact: createCompactCodec(systemDeflate),
        uploads,
        note: (message) => logger.debug('room', { room, message }),
      });
      rooms.set(room, transport);
      return await joinRoom(room, boards, transport);
    },
    async close() {
      onClose();
      await connection.stop();
    },
    hurry: () => connection.hurry(),
    cut: () => Promise.resolve(connection.cut()),
    link: () => Promise.resolve(connection.link()),
  };
}

/** Enters a room, whosever it is. Rejects as the transport does. A room that we are not in for good is listened to no more. */
export async function joinRoom(room: string, boards: BoardService, transport: RoomTransport): Promise<JoinedRoom> {
  const kept = keepUntilHeard(transport);
  // What can't be said to the room any more need not be.
  const forget = (): Promise<void> => transport.leave().catch(() => undefined);
  transport.on((event) => {
    if (event.type === 'down' && event.final) void forget();
  });
  try {
    await transport.join();
  } catch (error) {
    await forget();
    throw error;
  }
  return {
    ...{ transport: kept.transport, room, occupants: kept.occupants() },
    say: (body) => transport.say(body),
    answer: (session, answers) => boards.serve({ session, answers, isPresent: (jid) => transport.has(jid) }),
  };
}
