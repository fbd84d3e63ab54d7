/** Boards on the local network as the app needs them: keys, sockets, discovery and the rooms of small hosts, put together. */
import { hostname } from 'node:os';
import type { JoinedRoom, NearbyNetwork, StartNearby } from '#app/network.ts';
import type { Clock, Logger, Random } from '#app/ports.ts';
import { systemDeflate } from '#platform/deflate.ts';
import { readLinkIdentity } from '#platform/link-identity.ts';
import { createLinkNet } from '#platform/link-net.ts';
import { createMdns } from '#platform/mdns.ts';
import { LOOPBACK } from '#platform/mdns-link.ts';
import { createBoardService } from '#session/board-service.ts';
import type { RoomAdmin } from '#session/room-admin.ts';
import { startNearby } from '#session/nearby.ts';
import type { NearbyPlace } from '#session/nearby-place.ts';
import { createRoomTransport } from '#session/room-transport.ts';
import type { Transport } from '#session/transport.ts';
import { createCompactCodec } from '#xmpp/compact.ts';
import { XmppError } from '#xmpp/errors.ts';
import { randomHex } from '#xmpp/random-hex.ts';
import { createCaps } from '#xmpp/xep-0115.ts';
import { ABOUT, joinRoom, NODE } from './network.ts';

export interface NearbyHostOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Where the key of this installation is, or is to be. */
  readonly keyFile: string;
  /** Nothing but this machine. */
  readonly loopback?: boolean;
}

/** What the app starts when its person turns the local network on; nothing happens before. */
export function createStartNearby({
  clock,
  random,
  logger,
  keyFile,
  loopback = false,
}: NearbyHostOptions): StartNearby {
  return async (person): Promise<NearbyNetwork> => {
    const note = (message: string): void => logger.debug('nearby', { message });
    const identity = readLinkIdentity(keyFile);
    const only = loopback ? { interfaces: () => [LOOPBACK] } : {};
    const net = createLinkNet({ identity, clock, ...(loopback ? { host: '127.0.0.1' } : {}), ...only });
    const host = `limn-${randomHex(random, 6)}`;
    const discovery = createMdns({ clock, host, note, ...only });
    const machine = hostname().split('.')[0] || 'computer';
    const nearby = await startNearby({ ...person, net, discovery, clock, random, machine, note }).catch(
      (error: unknown) => {
        discovery.close();
        throw error;
      },
    );

    const admins = new Map<string, RoomAdmin>();

    async function enter(place: NearbyPlace): Promise<JoinedRoom> {
      const { entity, room } = place;
      // To a person, the board has a name and no address.
      const named = (sentence: string): string => sentence.replaceAll(room, `“${place.name}”`);
      const boards = createBoardService(entity, clock, random);
      const caps = await createCaps(entity, NODE, ABOUT, boards.itemsFor);
      const transport = createRoomTransport(entity, {
        ...{ room, nick: person.nick(), caps, clock, note },
        compact: createCompactCodec(systemDeflate),
      });
      admins.set(room, transport.admin);
      const leave = async (): Promise<void> => {
        admins.delete(room);
        try {
          await transport.leave();
        } finally {
          place.leave();
          caps.stop();
          boards.stop();
        }
      };
      // Sent away, or without any host: there is nothing to stay for.
      transport.on((event) => {
        if (event.type === 'down' && event.final) leave().catch((error: unknown) => note(String(error)));
      });
      try {
        const joined = await joinRoom(room, boards, transport);
        const on: Transport['on'] = (listener) =>
          joined.transport.on((event) =>
            listener(event.type === 'down' ? { ...event, reason: named(event.reason) } : event),
          );
        return { ...joined, transport: { ...joined.transport, on, leave } };
      } catch (error) {
        await leave();
        throw error instanceof XmppError ? new XmppError(error.code, named(error.message), error.condition) : error;
      }
    }

    return {
      share: async (session, name) => enter(await nearby.share(session, name)),
      join: async (board, cancelled) => enter(await nearby.join(board, cancelled)),
      admin: (room) => admins.get(room),
      stop: () => nearby.stop(),
    };
  };
}
