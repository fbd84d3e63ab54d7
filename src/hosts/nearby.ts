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
import { startNearby } from '#session/nearby.ts';
import type { NearbyPlace } from '#session/nearby-place.ts';
import { createRoomTransport } from '#session/room-transport.ts';
import { createCompactCodec } from '#xmpp/compact.ts';
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
    const net = createLinkNet({ identity, clock, ...(loopback ? { host: '127.0.0.1' } : {}) });
    const host = `limn-${randomHex(random, 6)}`;
    const discovery = createMdns({ clock, host, note, ...(loopback ? { interfaces: () => [LOOPBACK] } : {}) });
    const machine = hostname().split('.')[0] || 'computer';
    const nearby = await startNearby({ ...person, net, discovery, clock, random, machine, note }).catch(
      (error: unknown) => {
        discovery.close();
        throw error;
      },
    );

    async function enter(place: NearbyPlace): Promise<JoinedRoom> {
      const { entity, room } = place;
      const caps = await createCaps(entity, NODE, ABOUT);
      const boards = createBoardService(entity, clock, random);
      const transport = createRoomTransport(entity, {
        ...{ room, nick: person.nick(), caps, clock, note },
        compact: createCompactCodec(systemDeflate),
      });
      const leave = async (): Promise<void> => {
        try {
          await transport.leave();
        } finally {
          place.leave();
          caps.stop();
          boards.stop();
        }
      };
      try {
        const joined = await joinRoom(room, boards, transport);
        const left = { ...joined.transport, leave };
        return { ...joined, transport: left };
      } catch (error) {
        await leave();
        throw error;
      }
    }

    return {
      share: async (session, name) => enter(await nearby.share(session, name)),
      join: async (board, cancelled) => enter(await nearby.join(board, cancelled)),
      stop: () => nearby.stop(),
    };
  };
}
