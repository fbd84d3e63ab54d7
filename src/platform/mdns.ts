/**
 * DNS-SD (RFC 6763) over multicast DNS (RFC 6762) for `_presence._tcp` (XEP-0174): announced and looked for on every interface, by IPv4 and
 * IPv6. What comes is bounded; a service is where its packet came from, whatever address it claims, and only from networks that
 * we are part of.
 */
import { isIPv6 } from 'node:net';
import type { Discovery, FoundService, LinkService, XmppClock } from '#xmpp/ports.ts';
import {
  type Answer,
  type Asking,
  type From,
  type MdnsInterface,
  type MdnsLink,
  openLink,
  type Packet,
  type Question,
  systemInterfaces,
} from './mdns-link.ts';
import { ownNetworks } from './own-networks.ts';

export interface MdnsOptions {
  readonly clock: XmppClock;
  readonly note: (message: string) => void;
  /** The name under which this computer is known on the network, unique: `NAME.local`. */
  readonly host: string;
  /** The interfaces there are now; all of the system's but the loopback unless given. */
  readonly interfaces?: () => readonly MdnsInterface[];
  readonly open?: (by: MdnsInterface) => MdnsLink;
}

const SERVICE = '_presence._tcp.local';
const ALL_SERVICES = '_services._dns-sd._udp.local';
/** Seconds that others may rely on what we say. */
const TTL = 120;
const LOOK_EVERY = 45_000;
const INTERFACES_EVERY = 10_000;
const EXPIRE_EVERY = 5_000;
/** What is found is told so long after it came. */
const TELL_AFTER = 50;
/** Between two answers to the same question (RFC 6762, section 6). */
const ANSWER_EVERY = 1000;
/** Between probes for a name, and between announcements (sections 8.1 and 8.3). */
const PROBE_EVERY = 250;
const PROBES = 3;
/** Packets that are read in a second; a flood beyond them is not. */
const MAX_PACKETS = 500;
const MAX_SERVICES = 256;
const MAX_ANSWERS = 256;
const MAX_STRINGS = 32;
const MAX_ADDRESSES = 8;
const MAX_LABEL = 63;
const MAX_RENAMES = 100;

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

interface Known {
  instance: string;
  port: number;
  target: string;
  txt: readonly string[];
  addresses: string[];
  /** When it is forgotten unless it is heard of again, in milliseconds. */
  until: number;
}

/** Discovery on the network. Nothing is sent before something is announced or looked for. */
export function createMdns(options: MdnsOptions): Discovery {
  return new Mdns(options);
}

class Mdns implements Discovery {
  readonly #options: MdnsOptions;
  readonly #links = new Map<string, { readonly link: MdnsLink; readonly by: MdnsInterface }>();
  readonly #known = new Map<string, Known>();
  readonly #timers = new Set<() => void>();
  #isLocal: (address: string) => boolean = () => false;
  #service: LinkService | undefined;
  /** Goes up with each announcement: timers of an earlier one mean nothing. */
  #turn = 0;
  /** The name under which it is announced; undefined while it is being probed. */
  #instance: string | undefined;
  #probing: string | undefined;
  #found: ((services: readonly FoundService[]) => void) | undefined;
  #told = '';
  #tellDue = false;
  #answeredAt = 0;
  #answerDue = false;
  #second = 0;
  #packets = 0;
  #open = false;
  #closed = false;

  constructor(options: MdnsOptions) {
    this.#options = options;
  }

  announce(service: LinkService | undefined): void {
    if (this.#closed) return;
    const before = this.#service;
    if (JSON.stringify(before) === JSON.stringify(service)) return;
    this.#service = service;
    this.#turn += 1;
    if (this.#instance !== undefined && before && service && before.instance === service.instance) return this.#say();
    if (this.#instance !== undefined && before) this.#bye(before, this.#instance);
    this.#instance = undefined;
    this.#probing = undefined;
    if (!service) return;
    this.#begin();
    this.#probe(labelOf(service.instance), 1);
  }

  browse(found: (services: readonly FoundService[]) => void): void {
    this.#found = found;
    this.#begin();
    this.#look();
    for (const ms of [1000, 3000]) this.#after(ms, () => this.#look());
    this.#every(LOOK_EVERY, () => this.#look());
    this.#every(EXPIRE_EVERY, () => this.#expire());
  }

  close(): void {
    if (this.#closed) return;
    if (this.#service && this.#instance !== undefined) this.#bye(this.#service, this.#instance);
    this.#closed = true;
    for (const cancel of this.#timers) cancel();
    for (const { link } of this.#links.values()) link.destroy();
    this.#links.clear();
  }

  // ── Interfaces ───────────────────────────────────────────────────────────────────────────────────────────────────

  #begin(): void {
    if (this.#open) return;
    this.#open = true;
    this.#interfaces();
    this.#every(INTERFACES_EVERY, () => this.#interfaces());
  }

  /** Follows the system's interfaces: cables and networks come and go. */
  #interfaces(): void {
    const now = (this.#options.interfaces ?? systemInterfaces)();
    const networks = now.flatMap((one) => one.networks);
    this.#isLocal = ownNetworks(networks, (odd) => this.#options.note(`a network that can't be read: ${odd}`));
    const names = new Set(now.map(({ name, by }) => `${name} ${by}`));
    for (const [name, { link }] of this.#links) {
      if (names.has(name)) continue;
      this.#links.delete(name);
      link.destroy();
    }
    let fresh = false;
    for (const by of now) {
      const name = `${by.name} ${by.by}`;
      if (this.#links.has(name)) continue;
      try {
        this.#links.set(name, { link: this.#listen(by), by });
        fresh = true;
      } catch (error) {
        this.#options.note(`no discovery on ${name}: ${String(error)}`);
      }
    }
    if (!fresh) return;
    if (this.#found) this.#look();
    if (this.#instance !== undefined) this.#say();
  }

  #listen(by: MdnsInterface): MdnsLink {
    const link = (this.#options.open ?? openLink)(by);
    const guarded =
      <P>(read: (packet: P, from: From) => void) =>
      (packet: P, from: From): void => {
        if (this.#closed || !this.#isLocal(from.address) || !this.#mayRead()) return;
        try {
          read(packet, from);
        } catch (error) {
          this.#options.note(`a packet of ${from.address} could not be read: ${String(error)}`);
        }
      };
    link.on(
      'query',
      guarded(({ questions = [], authorities = [] }: Asking) => this.#asked(questions, authorities)),
    );
    link.on(
      'response',
      guarded((packet: Packet, from) => this.#heard(packet, from)),
    );
    link.on('error', (error) => this.#options.note(`${by.name}: ${error.message}`));
    link.on('warning', (error) => this.#options.note(`${by.name}: ${error.message}`));
    return link;
  }

  #mayRead(): boolean {
    const second = Math.floor(this.#options.clock.now() / 1000);
    if (second !== this.#second) this.#packets = 0;
    this.#second = second;
    this.#packets += 1;
    return this.#packets <= MAX_PACKETS;
  }

  // ── What we offer ────────────────────────────────────────────────────────────────────────────────────────────────

  /** Asks whether somebody has the name; whoever has says so, and then the next one is tried (RFC 6762, section 8.1). */
  #probe(instance: string, nth: number): void {
    const turn = this.#turn;
    const name = nameOf(numbered(instance, nth));
    this.#probing = name;
    let taken = false;
    this.#taken = () => {
      taken = true;
    };
    const step = (left: number): void => {
      if (turn !== this.#turn || this.#closed) return;
      if (taken && nth < MAX_RENAMES) return this.#probe(instance, nth + 1);
      if (left > 0) {
        this.#ask([{ name, type: 'ANY' }], this.#ours(name).slice(1, 2));
        this.#after(PROBE_EVERY, () => step(left - 1));
        return;
      }
      this.#probing = undefined;
      this.#instance = numbered(instance, nth);
      this.#say();
      this.#after(ANSWER_EVERY, () => {
        if (turn === this.#turn) this.#say();
      });
    };
    step(PROBES);
  }
  #taken: () => void = () => undefined;

  /** PTR, SRV, TXT, as they stand. */
  #ours(name: string, service = this.#service, ttl = TTL): Answer[] {
    if (!service) return [];
    const { host } = this.#options;
    return [
      { type: 'PTR', name: SERVICE, ttl, data: name },
      {
        type: 'SRV',
        name,
        ttl,
        flush: true,
        data: { target: `${host}.local`, port: service.port, priority: 0, weight: 0 },
      },
      { type: 'TXT', name, ttl, flush: true, data: service.txt.map((text) => Buffer.from(text)) },
    ];
  }

  #addresses(by: MdnsInterface): Answer[] {
    const name = `${this.#options.host}.local`;
    return by.networks.map((network): Answer => {
      const [data = ''] = network.split('/');
      return { type: isIPv6(data) ? 'AAAA' : 'A', name, ttl: TTL, flush: true, data };
    });
  }

  #say(): void {
    if (this.#instance === undefined) return;
    this.#answeredAt = this.#options.clock.now();
    const answers = this.#ours(nameOf(this.#instance));
    for (const { link, by } of this.#links.values()) {
      const all = { type: 'PTR', name: ALL_SERVICES, ttl: TTL, data: SERVICE } as const;
      link.respond({ answers: [...answers, ...this.#addresses(by)], additionals: [all] });
    }
  }

  #bye(service: LinkService, instance: string): void {
    for (const { link } of this.#links.values()) link.respond({ answers: this.#ours(nameOf(instance), service, 0) });
  }

  #asked(questions: readonly Question[], authorities: readonly Answer[]): void {
    // Somebody else tries for the name that we try for: the one whose host's name is later has it (section 8.2).
    for (const record of authorities.slice(0, MAX_ANSWERS)) {
      if (record.type !== 'SRV' || this.#probing === undefined || !same(record.name, this.#probing)) continue;
      if (record.data.target.toLowerCase() > `${this.#options.host}.local`.toLowerCase()) this.#taken();
    }
    if (this.#instance === undefined) return;
    const ours = [SERVICE, ALL_SERVICES, nameOf(this.#instance), `${this.#options.host}.local`];
    if (!questions.slice(0, MAX_ANSWERS).some(({ name }) => ours.some((one) => same(one, name)))) return;
    if (this.#answerDue) return;
    const wait = this.#answeredAt + ANSWER_EVERY - this.#options.clock.now();
    if (wait <= 0) return this.#say();
    this.#answerDue = true;
    this.#after(wait, () => {
      this.#answerDue = false;
      this.#say();
    });
  }

  // ── What others offer ────────────────────────────────────────────────────────────────────────────────────────────

  #look(): void {
    this.#ask([{ name: SERVICE, type: 'PTR' }]);
  }

  #ask(questions: readonly Question[], authorities: readonly Answer[] = []): void {
    for (const { link } of this.#links.values()) link.query({ questions, authorities });
  }

  #heard({ answers = [], additionals = [] }: Packet, from: From): void {
    const records = [...answers, ...additionals].slice(0, MAX_ANSWERS);
    const now = this.#options.clock.now();
    for (const record of records) {
      if (record.type !== 'SRV' || !isInstance(record.name)) continue;
      const { target, port } = record.data;
      if (same(target, `${this.#options.host}.local`)) continue;
      this.#clash(record.name);
      const key = record.name.toLowerCase();
      const known = this.#known.get(key);
      if (record.ttl === 0) {
        this.#known.delete(key);
        continue;
      }
      // A name belongs to its first host until that one is silent.
      if ((known && !same(known.target, target)) || port < 1) continue;
      if (!known && this.#known.size >= MAX_SERVICES) continue;
      const addresses = [from.address, ...(known?.addresses ?? []).filter((one) => one !== from.address)];
      const ttl = Math.min(Math.max(record.ttl ?? TTL, 1), 4500);
      this.#known.set(key, {
        instance: record.name.slice(0, -SERVICE.length - 1),
        ...{
          port,
          target,
          txt: known?.txt ?? [],
          addresses: addresses.slice(0, MAX_ADDRESSES),
          until: now + ttl * 1000,
        },
      });
    }
    for (const record of records) {
      const known = record.type === 'TXT' ? this.#known.get(record.name.toLowerCase()) : undefined;
      // Only from where the service is.
      if (record.type !== 'TXT' || !known?.addresses.includes(from.address)) continue;
      const data: unknown = record.data;
      const strings = (Array.isArray(data) ? data : [data]).slice(0, MAX_STRINGS);
      known.txt = strings.map((one) => Buffer.from(one as Buffer).toString('utf8'));
    }
    this.#tell();
  }

  /** Somebody else answers under our name. */
  #clash(name: string): void {
    if (this.#probing !== undefined && same(name, this.#probing)) return this.#taken();
    if (this.#instance === undefined || !this.#service || !same(name, nameOf(this.#instance))) return;
    this.#turn += 1;
    this.#instance = undefined;
    this.#probe(labelOf(this.#service.instance), 2);
  }

  #expire(): void {
    const now = this.#options.clock.now();
    for (const [key, { until }] of this.#known) if (until <= now) this.#known.delete(key);
    this.#tell();
  }

  /** Soon, once for many packets. */
  #tell(): void {
    if (this.#tellDue) return;
    this.#tellDue = true;
    this.#after(TELL_AFTER, () => {
      this.#tellDue = false;
      this.#tellNow();
    });
  }

  #tellNow(): void {
    const services = [...this.#known.values()].map(({ instance, port, txt, addresses }) => ({
      ...{ instance, port, txt, addresses },
    }));
    const text = JSON.stringify(services);
    if (text === this.#told) return;
    this.#told = text;
    this.#found?.(services);
  }

  #after(ms: number, run: () => void): void {
    const cancel = this.#options.clock.after(ms, () => {
      this.#timers.delete(cancel);
      if (!this.#closed) run();
    });
    this.#timers.add(cancel);
  }

  #every(ms: number, run: () => void): void {
    this.#after(ms, () => {
      run();
      this.#every(ms, run);
    });
  }
}

const nameOf = (instance: string): string => `${instance}.${SERVICE}`;
const isInstance = (name: string): boolean =>
  name.length <= 255 && name.length > SERVICE.length + 1 && same(name.slice(-SERVICE.length - 1), `.${SERVICE}`);

/** An instance's name as one label: the library knows no escapes, so a dot would make two of it. */
function labelOf(instance: string): string {
  let label = '';
  for (const character of instance.replace(/[.\p{Cc}]+/gu, '-')) {
    if (Buffer.byteLength(label + character) > MAX_LABEL - 4) break;
    label += character;
  }
  return label;
}

/** `Ann@laptop`, `Ann-2@laptop`, `Ann-3@laptop`. */
function numbered(instance: string, nth: number): string {
  if (nth === 1) return instance;
  const at = instance.lastIndexOf('@');
  return at < 0 ? `${instance}-${nth}` : `${instance.slice(0, at)}-${nth}${instance.slice(at)}`;
}
