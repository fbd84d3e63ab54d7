/** Multicast DNS on one interface, by the system's sockets and `multicast-dns`. */
import { createSocket, type RemoteInfo } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import makeMdns from 'multicast-dns';

export type Answer = NonNullable<makeMdns.ResponsePacket['answers']>[number];
/** A record that is asked for; `ANY` is missing in the library's types. */
export interface Question {
  readonly name: string;
  readonly type: string;
}
export interface Asking {
  readonly questions?: readonly Question[] | undefined;
  readonly authorities?: readonly Answer[] | undefined;
}
export interface Packet {
  readonly answers?: readonly Answer[] | undefined;
  readonly additionals?: readonly Answer[] | undefined;
}
export type From = Pick<RemoteInfo, 'address'>;

/** One interface's packets; `multicast-dns` has this shape. */
export interface MdnsLink {
  on(event: 'query', listener: (packet: Asking, from: From) => void): unknown;
  on(event: 'response', listener: (packet: Packet, from: From) => void): unknown;
  on(event: 'error' | 'warning', listener: (error: Error) => void): unknown;
  respond(packet: { answers: Answer[]; additionals?: Answer[] }): void;
  query(packet: Asking): void;
  destroy(): void;
}

/** An interface that packets go through. */
export interface MdnsInterface {
  /** Distinguishes it from the others. */
  readonly name: string;
  /** Our addresses there, with the length of their network: `192.0.2.7/24`. */
  readonly networks: readonly string[];
  readonly family: 4 | 6;
  /** What multicast goes out by: an IPv4 address, or `::%name`. */
  readonly by: string;
}

/** This machine alone, for tests and trials. */
export const LOOPBACK: MdnsInterface = { name: 'lo', networks: ['127.0.0.1/8'], family: 4, by: '127.0.0.1' };

/** The system's interfaces but the loopback, each once for IPv4 and once for IPv6. */
export function systemInterfaces(): MdnsInterface[] {
  return Object.entries(networkInterfaces()).flatMap(([name, found = []]) => {
    const outside = found.filter(({ internal, cidr }) => !internal && cidr !== null);
    const networks = outside.flatMap(({ cidr }) => (cidr === null ? [] : [cidr]));
    const four = outside.find(({ family }) => family === 'IPv4');
    const six = outside.some(({ family }) => family === 'IPv6');
    return [
      ...(four ? [{ name, networks, family: 4 as const, by: four.address }] : []),
      ...(six ? [{ name, networks, family: 6 as const, by: `::%${name}` }] : []),
    ];
  });
}

/** A socket for one interface: others on this machine may share the port. */
export function openLink({ family, by }: MdnsInterface): MdnsLink {
  const socket = createSocket({ type: family === 4 ? 'udp4' : 'udp6', reuseAddr: true, ipv6Only: family === 6 });
  const mdns = makeMdns({
    socket,
    type: family === 4 ? 'udp4' : 'udp6',
    ip: family === 4 ? '224.0.0.251' : 'ff02::fb',
    interface: by,
    bind: family === 4 ? '0.0.0.0' : '::',
    ttl: 255,
  });
  let sending = 0;
  let over = false;
  const sent = (): void => {
    sending -= 1;
    if (over && sending === 0) mdns.destroy();
  };
  return {
    on: (event: string, listener: (packet: never, from: From) => void) =>
      mdns.on(event as 'ready', listener as () => void),
    respond({ answers, additionals = [] }) {
      sending += 1;
      mdns.respond({ answers, additionals }, undefined, sent);
    },
    query({ questions = [], authorities = [] }) {
      sending += 1;
      const asked = questions as makeMdns.QueryOutgoingPacket['questions'];
      mdns.query({ questions: asked, authorities: [...authorities] }, undefined, sent);
    },
    /** What was said still goes out: others are to hear of our end. */
    destroy() {
      over = true;
      if (sending === 0) mdns.destroy();
    },
  };
}
