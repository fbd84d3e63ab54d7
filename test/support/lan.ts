/** A local network for tests: real sockets and TLS on this machine alone, discovery in memory, and cables that can be pulled. */
import { makePrivateKey, selfSigned } from '#platform/certificate.ts';
import { systemClock } from '#platform/clock.ts';
import { systemDeflate } from '#platform/deflate.ts';
import { createLinkNet } from '#platform/link-net.ts';
import { LOOPBACK } from '#platform/mdns-link.ts';
import { systemRandom } from '#platform/random.ts';
import { type Nearby, type NearbyBoard, type NearbyQuestion, startNearby } from '#session/nearby.ts';
import type { NearbyPlace } from '#session/nearby-place.ts';
import { createRoomTransport, type RoomTransport } from '#session/room-transport.ts';
import { createCompactCodec } from '#xmpp/compact.ts';
import type { Discovery, FoundService, LinkNet, LinkService, LinkWire } from '#xmpp/ports.ts';
import { createCaps } from '#xmpp/xep-0115.ts';
import { NS_LIMN_COMPACT, NS_LIMN_SESSION, NS_SXE } from '#xmpp/xep-0284.ts';

const INFO = {
  identities: [{ category: 'client', type: 'pc', name: 'Limn' }],
  features: ['http://jabber.org/protocol/disco#info', NS_SXE, NS_LIMN_SESSION, NS_LIMN_COMPACT],
  forms: [],
};

export interface LanPerson {
  readonly name: string;
  readonly key: string;
  readonly nearby: Nearby;
  readonly net: LinkNet;
  readonly notes: readonly string[];
  readonly questions: readonly NearbyQuestion[];
  boards(): readonly NearbyBoard[];
  /** A room transport over a place that is hosted or joined. */
  transport(place: NearbyPlace): Promise<RoomTransport>;
}

interface Seat {
  readonly name: string;
  service: LinkService | undefined;
  browse: ((found: readonly FoundService[]) => void) | undefined;
  port: number;
  readonly wires: Set<{ readonly wire: LinkWire; readonly port: number }>;
}

export interface Lan {
  /** Somebody comes, whose person gives this answer when digits are to be compared. */
  person(name: string, answer?: (question: NearbyQuestion) => Promise<boolean>): Promise<LanPerson>;
  /** From now on only those in one group reach each other; no groups: everybody does. */
  split(...groups: readonly (readonly string[])[]): void;
  /** A board that somebody sees, once they do. */
  offered(person: LanPerson, session: string): Promise<NearbyBoard>;
  /** Where somebody can be called. */
  portOf(name: string): number;
  close(): void;
}

/** An empty network. */
export function createLan(): Lan {
  const seats = new Map<string, Seat>();
  const stops: (() => void)[] = [];
  let groups: readonly (readonly string[])[] = [];
  const reach = (one: string, other: string): boolean =>
    groups.length === 0 || one === other || groups.some((group) => group.includes(one) && group.includes(other));
  const tell = (): void => {
    for (const seat of seats.values()) {
      const found = [...seats.values()].flatMap((other) =>
        other.service && other !== seat && reach(seat.name, other.name)
          ? [{ ...other.service, addresses: ['127.0.0.1'] }]
          : [],
      );
      seat.browse?.(found);
    }
  };
  const ownerOf = (port: number): string => [...seats.values()].find((seat) => seat.port === port)?.name ?? '';

  return {
    async person(name, answer = () => Promise.resolve(true)) {
      const seat: Seat = { name, service: undefined, browse: undefined, port: 0, wires: new Set() };
      seats.set(name, seat);
      const identity = selfSigned(makePrivateKey());
      const own = createLinkNet({ identity, clock: systemClock, host: '127.0.0.1', interfaces: () => [LOOPBACK] });
      const net: LinkNet = {
        key: own.key,
        async dial(addresses, port, cancelled) {
          if (!reach(name, ownerOf(port))) throw new Error('no way there');
          const wire = await own.dial(addresses, port, cancelled);
          seat.wires.add({ wire, port });
          return wire;
        },
        async listen(called) {
          const server = await own.listen(called);
          seat.port = server.port;
          return server;
        },
      };
      const discovery: Discovery = {
        announce(service) {
          seat.service = service;
          queueMicrotask(tell);
        },
        browse(found) {
          seat.browse = found;
          queueMicrotask(tell);
        },
        close() {
          seats.delete(name);
          queueMicrotask(tell);
        },
      };
      const notes: string[] = [];
      const questions: NearbyQuestion[] = [];
      const trusted = new Set<string>();
      let boards: readonly NearbyBoard[] = [];
      const nearby = await startNearby({
        ...{ net, discovery, clock: systemClock, random: systemRandom, machine: 'machine', nick: () => name },
        trust: { knows: (key) => trusted.has(key), accept: (key) => void trusted.add(key) },
        ask(question) {
          questions.push(question);
          return answer(question);
        },
        changed: (offered) => (boards = offered),
        note: (message) => notes.push(message),
      });
      stops.push(() => nearby.stop());
      return {
        ...{ name, key: own.key, nearby, net, notes, questions },
        boards: () => boards,
        async transport({ entity, room }) {
          const caps = await createCaps(entity, 'urn:x-limn:client', INFO);
          const compact = createCompactCodec(systemDeflate);
          return createRoomTransport(entity, { room, nick: name, caps, clock: systemClock, compact });
        },
      };
    },
    split(...into) {
      groups = into;
      for (const seat of seats.values()) {
        for (const { wire, port } of seat.wires) if (!reach(seat.name, ownerOf(port))) wire.destroy();
      }
      tell();
    },
    async offered(person, session) {
      for (;;) {
        const board = person.boards().find((one) => one.session === session);
        if (board) return board;
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    portOf: (name) => seats.get(name)?.port ?? 0,
    close() {
      for (const stop of stops.splice(0)) stop();
    },
  };
}
