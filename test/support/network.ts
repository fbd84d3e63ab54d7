/**
 * A network for tests: rooms that order and echo as a MUC does, members whose connections can drop (losing what is on its way,
 * in both directions), come back, move to another room, lose or repeat a message. It keeps each sender's order and interleaves
 * senders by a seed; nothing moves but by `step`, so every run is repeatable.
 */
import type { Occupant, Transport, TransportEvent } from '#session/transport.ts';
import { systemDeflate } from '#platform/deflate.ts';
import { createCompactCodec } from '#xmpp/compact.ts';
import type { SxeMessage } from '#xmpp/xep-0284.ts';
import { parseSxe, serializeSxe } from '#xmpp/xep-0284-codec.ts';

/** A small seeded generator (mulberry32): numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A clock that stands still until a test moves it. */
export class TestClock {
  #now = 1_000_000;
  #timers: { at: number; run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves on by `ms` and runs what is due, in order of time. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now = Math.max(this.#now, due.at);
      due.run();
    }
    this.#now = until;
  }
}

type Seat = Omit<Occupant, 'me'>;
type Uplink =
  | { kind: 'all'; message: SxeMessage }
  | { kind: 'one'; to: string; message: SxeMessage }
  | { kind: 'presence'; session: Occupant['session']; also: Occupant['also'] };
type Downlink = (me: string) => TransportEvent;

interface Room {
  readonly seats: Map<string, { seat: Seat; member: NetworkMember }>;
}

export interface MemberOptions {
  readonly limn?: boolean | undefined;
  readonly sxe?: boolean | undefined;
  /** Announces the compact form, and can read it; unless given, what `limn` says. */
  readonly compact?: boolean | undefined;
  readonly role?: Occupant['role'];
  readonly affiliation?: Occupant['affiliation'];
}

/** What everyone in the room, or one in it, is told: counted and kept for assertions. */
export interface Traffic {
  readonly from: string;
  readonly to: string | 'all';
  readonly message: SxeMessage;
}

export class TestNetwork {
  readonly random: () => number;
  readonly clock = new TestClock();
  readonly members: NetworkMember[] = [];
  /** All that reached a room, in its order. */
  readonly traffic: Traffic[] = [];
  readonly #rooms = new Map<string, Room>();
  readonly #codec = createCompactCodec(systemDeflate);

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  /** A message as its readers get it: what is compact has been bytes. */
  parsed(message: SxeMessage): SxeMessage {
    if (message.payload.kind !== 'edits' || !message.payload.compact) return message;
    const result = parseSxe(serializeSxe(message, this.#codec), this.#codec);
    if (!result?.ok) throw new Error('a compact stanza could not be read');
    return result.message;
  }

  /** Someone who isn't in a room yet. */
  member(nick: string, options: MemberOptions = {}): NetworkMember {
    const member = new NetworkMember(this, nick, options);
    this.members.push(member);
    return member;
  }

  room(name: string): Room {
    let room = this.#rooms.get(name);
    if (!room) this.#rooms.set(name, (room = { seats: new Map() }));
    return room;
  }

  /** Moves one thing one hop, chosen by the seed among all that may move; false when nothing moves. */
  step(): boolean {
    const moves: (() => void)[] = [];
    for (const member of this.members) {
      const weight = member.throttled ? (this.random() < 0.1 ? 1 : 0) : 1;
      if (member.up.length > 0 && (weight === 1 || member.up.length > 50)) moves.push(() => member.moveUp());
      if (member.down.length > 0) moves.push(() => member.moveDown());
    }
    const move = moves[Math.floor(this.random() * moves.length)];
    if (!move) return this.members.some((member) => member.up.length > 0);
    move();
    return true;
  }

  /** Moves everything until nothing moves any more. @throws when it doesn't end. */
  async settle(limit = 20_000): Promise<void> {
    for (let steps = 0; ; steps++) {
      if (steps > limit) throw new Error(`no quiescence after ${limit} steps`);
      if (this.step()) continue;
      for (let i = 0; i < 20; i++) await Promise.resolve();
      if (!this.members.some((member) => member.up.length > 0 || member.down.length > 0)) return;
    }
  }

  /** Moves `steps` things, with the promises in between. */
  async run(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      if (!this.step()) break;
      await Promise.resolve();
    }
  }
}

/** A person's connection. */
export class NetworkMember {
  readonly id: string;
  up: Uplink[] = [];
  down: Downlink[] = [];
  connected = false;
  /** Its uplink moves at a tenth of the others' pace. */
  throttled = false;
  /** Conditions with which the room refuses the next messages to all. */
  refuse: string[] = [];
  /** What a broken server or a bug of its own makes of what this member is told; undefined swallows it. */
  alter: ((event: TransportEvent) => TransportEvent | undefined) | undefined;
  /** Whether a message leaves at all. */
  outgoing: ((message: SxeMessage) => boolean) | undefined;
  roomName = '';
  readonly transport: Transport;
  readonly #listeners = new Set<(event: TransportEvent) => void>();
  readonly #network: TestNetwork;
  #seat: Seat;

  constructor(network: TestNetwork, nick: string, options: MemberOptions) {
    this.#network = network;
    this.id = `occ-${nick}`;
    const known = { limn: 'limn' in options ? options.limn : true, sxe: 'sxe' in options ? options.sxe : true };
    this.#seat = {
      id: this.id,
      jid: `room@muc.example/${nick}`,
      nick,
      role: options.role ?? 'participant',
      affiliation: options.affiliation ?? 'none',
      show: 'free',
      ...(known.limn === undefined ? {} : { limn: known.limn }),
      ...(known.sxe === undefined ? {} : { sxe: known.sxe }),
      compact: options.compact ?? known.limn === true,
    };
    const post = async (item: Uplink): Promise<void> => {
      if (!this.connected) throw new Error('offline');
      if (item.kind !== 'presence' && this.outgoing && !this.outgoing(item.message)) return;
      this.up.push(item);
    };
    this.transport = {
      toAll: (message) => post({ kind: 'all', message }),
      toOne: (to, message) => post({ kind: 'one', to: to.id, message }),
      advertise: (session, also) => {
        if (this.connected) this.up.push({ kind: 'presence', session, also });
      },
      on: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      leave: async () => this.drop({ final: true }),
    };
  }

  /** Enters a room (again). A ghost of an earlier connection is replaced without a `left`, as servers do. */
  connect(room: string): void {
    if (this.connected) throw new RangeError(`${this.id} is connected`);
    this.connected = true;
    if (this.roomName && this.roomName !== room) this.#unseat();
    this.roomName = room;
    const { seats } = this.#network.room(room);
    const { session: _, also: __, ...seat } = this.#seat;
    this.#seat = seat;
    seats.set(this.id, { seat, member: this });
    this.#toOthers((me) => ({ type: 'occupant', occupant: { ...seat, me: me === this.id } }));
    const occupants = [...seats.values()].map((one) => one.seat);
    this.down.push((me) => ({ type: 'joined', occupants: occupants.map((one) => ({ ...one, me: one.id === me })) }));
  }

  /** The connection breaks: all that is on its way is lost. A ghost stays in the room until it comes back. */
  drop(options: { ghost?: boolean; final?: boolean } = {}): void {
    if (!this.connected) return;
    this.connected = false;
    this.up = [];
    this.down = [];
    if (!options.ghost) this.#unseat();
    this.#emit({ type: 'down', reason: 'The connection broke.', final: options.final ?? false });
  }

  /** The room finds out that a ghost is one. */
  vanish(): void {
    if (!this.connected) this.#unseat();
  }

  /** Whether a message says anything to this member: one without the compact form knows nothing of it. */
  reads({ payload }: SxeMessage): boolean {
    return this.#seat.compact === true || !(payload.kind === 'turn' || (payload.kind === 'edits' && payload.compact));
  }

  /** Repeats a message that is on its way to the room. */
  repeat(): void {
    const at = this.up.findIndex((item) => item.kind === 'all');
    const item = this.up[at];
    if (item) this.up.splice(at, 0, item);
  }

  /** Loses the first message of this kind on its way to the room; false when there is none. */
  loseUp(kind: SxeMessage['payload']['kind']): boolean {
    const at = this.up.findIndex((item) => item.kind !== 'presence' && item.message.payload.kind === kind);
    return at >= 0 && this.up.splice(at, 1).length > 0;
  }

  /** Loses the first message of this kind on its way from the room to this member; false when there is none. */
  loseDown(kind: SxeMessage['payload']['kind']): boolean {
    const at = this.down.findIndex((item) => {
      const event = item(this.id);
      return (event.type === 'message' || event.type === 'private') && event.message.payload.kind === kind;
    });
    return at >= 0 && this.down.splice(at, 1).length > 0;
  }

  /** Changes what others see of this member. */
  become(change: Partial<Omit<Seat, 'id'>>): void {
    this.#seat = { ...this.#seat, ...change };
    this.#announce();
  }

  moveUp(): void {
    const item = this.up.shift();
    if (!item) return;
    const { seats } = this.#network.room(this.roomName);
    const { nick } = this.#seat;
    if (item.kind === 'presence') {
      const { session: _, also: __, ...seat } = this.#seat;
      const { session, also } = item;
      this.#seat = { ...seat, ...(session ? { session } : {}), ...(also?.length ? { also } : {}) };
      return this.#announce();
    }
    const { message } = item;
    const from = this.#seat;
    if (item.kind === 'one') {
      this.#network.traffic.push({ from: nick, to: item.to, message });
      const target = seats.get(item.to)?.member;
      if (target?.connected)
        target.down.push((me) => ({
          type: 'private',
          from: { ...from, me: me === from.id },
          message,
          time: this.#network.clock.now(),
        }));
      return;
    }
    const condition = this.#seat.role === 'visitor' ? 'forbidden' : this.refuse.shift();
    if (condition !== undefined) {
      this.down.push(() => ({ type: 'refused', sxeId: message.id, condition }));
      return;
    }
    this.#network.traffic.push({ from: nick, to: 'all', message });
    const read = this.#network.parsed(message);
    for (const { member } of seats.values()) {
      if (!member.connected || !member.reads(message)) continue;
      member.down.push((me) => ({
        type: 'message',
        from: { ...from, me: me === from.id },
        message: read,
        time: this.#network.clock.now(),
      }));
    }
  }

  moveDown(): void {
    const told = this.down.shift()?.(this.id);
    const event = told && this.alter ? this.alter(told) : told;
    if (event) this.#emit(event);
  }

  #emit(event: TransportEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #announce(): void {
    const { seats } = this.#network.room(this.roomName);
    const seat = this.#seat;
    if (!seats.has(this.id)) return;
    seats.set(this.id, { seat, member: this });
    for (const { member } of seats.values()) {
      if (member.connected) member.down.push((me) => ({ type: 'occupant', occupant: { ...seat, me: me === this.id } }));
    }
  }

  #toOthers(event: Downlink): void {
    for (const { member } of this.#network.room(this.roomName).seats.values()) {
      if (member !== this && member.connected) member.down.push(event);
    }
  }

  #unseat(): void {
    const seat = this.#seat;
    if (!this.#network.room(this.roomName).seats.delete(this.id)) return;
    this.#toOthers((me) => ({ type: 'left', occupant: { ...seat, me: me === this.id } }));
  }
}
