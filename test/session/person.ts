/** A Limn replica with its session and a store as small as can be, over the test network. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Judge } from '#core/judge.ts';
import { createReplica } from '#core/replica.ts';
import type { Intent, Jump, LogEntry, PendingStanza, Replica, ReplicaState } from '#core/replica-port.ts';
import { Fold } from '#core/fold.ts';
import { History } from '#core/history.ts';
import type { Base, HistoryItem } from '#core/history-port.ts';
import type { NodeRecord } from '#core/types.ts';
import type { SessionEvent } from '#session/events.ts';
import type { Session } from '#session/session-port.ts';
import { createSession } from '#session/session.ts';
import type { Transport } from '#session/transport.ts';
import { seeded, type MemberOptions, type NetworkMember, type TestNetwork } from '#test/support/network.ts';

export const SESSION = 'board-1';
export const ROOM = 'room';
const SVG = 'http://www.w3.org/2000/svg';

export const compression = {
  deflate: (data: Uint8Array): Uint8Array => deflateRawSync(data),
  inflate: (data: Uint8Array, maxBytes: number): Uint8Array => inflateRawSync(data, { maxOutputLength: maxBytes }),
};

/** Where a session sits: a connection, its transport or a share of it, and the session's id. */
export interface Seat {
  readonly member: NetworkMember;
  readonly transport: Transport;
  readonly session: string;
}

interface Stored {
  readonly state: ReplicaState | undefined;
  readonly since: number;
  pending: PendingStanza[];
}
interface Folded {
  readonly index: number;
  readonly left: readonly LogEntry[];
  readonly base?: Base;
}

export class Person {
  readonly member: NetworkMember;
  readonly log: LogEntry[] = [];
  /** Where other states were taken over, by the index of the next entry; those from `since` on came along. */
  readonly jumps: { readonly index: number; readonly since: number; readonly jump: Jump }[] = [];
  readonly events: SessionEvent[] = [];
  /** What its session wrote to the program's log. */
  readonly notes: { message: string; detail: Readonly<Record<string, unknown>> | undefined }[] = [];
  replica: Replica;
  session: Session;
  #stored: Stored = { state: undefined, since: 0, pending: [] };
  #folded: Folded = { index: 0, left: [] };
  /** What a disk that is behind holds, if this one's is. */
  #disk: { stored: Stored; folded: Folded; log: number; jumps: number } | undefined;
  #starts = 0;
  readonly #network: TestNetwork;
  readonly nick: string;

  readonly #seat: Seat;
  readonly #judge: Judge | undefined;

  /** `seat`: a session of somebody's who is there already, beside others of theirs. */
  constructor(network: TestNetwork, nick: string, options: MemberOptions & { judge?: Judge } = {}, seat?: Seat) {
    this.#judge = options.judge;
    this.#network = network;
    this.nick = nick;
    this.member = seat?.member ?? network.member(nick, options);
    this.#seat = seat ?? { member: this.member, transport: this.member.transport, session: SESSION };
    this.replica = this.#open();
    this.session = this.#start();
  }

  /** From now on the disk gets what it must have, and else nothing. */
  lag(): void {
    this.#disk = {
      ...{ stored: structuredClone(this.#stored), folded: this.#folded },
      ...{ log: this.log.length, jumps: this.jumps.length },
    };
  }

  /** The process dies and starts again from what was stored; the connection is gone. */
  async kill(): Promise<void> {
    this.member.drop();
    await this.session.leave();
    if (this.#disk) {
      this.#stored = this.#disk.stored;
      this.#folded = this.#disk.folded;
      this.log.splice(this.#disk.log);
      this.jumps.splice(this.#disk.jumps);
      this.#disk = undefined;
    }
    this.replica = this.#open();
    this.session = this.#start();
  }

  /** As a person without a session: what is drawn is confirmed at once. */
  alone(intents: readonly Intent[]): void {
    const result = this.replica.submit(intents, 'alone');
    if (!result.ok) throw new Error(result.reason);
    this.log.push(...this.replica.confirmAlone());
    this.#stored.pending = [];
  }

  submit(...intents: Intent[]): string[] {
    const result = this.session.submit(intents, `g${Math.floor(this.#network.random() * 1e9)}`);
    if (!result.ok) throw new Error(result.reason);
    return result.rids.map((rids) => rids[0] ?? '');
  }

  /** A new document: an svg root with one rectangle in it; the rids of both. */
  begin(alone = false): void {
    const intent: Intent = { do: 'add', parent: '', before: null, node: element('svg', {}) };
    if (alone) this.alone([intent]);
    else this.submit(intent);
  }

  root(): string {
    const root = this.replica.shown.root();
    if (root === undefined) throw new Error(`${this.nick} has no root`);
    return root;
  }

  /** Adds a shape marked with a name, to be found again in any replica. */
  shape(name: string, parent = this.root()): string {
    return this.submit({
      do: 'add',
      parent,
      before: null,
      node: element('rect', { 'data-n': name, x: '0' }),
    })[0] as string;
  }

  /** The names of all shapes that stand in the confirmed tree. */
  names(): string[] {
    return elements(this.replica)
      .flatMap((rid) => value(this.replica, rid, 'data-n') ?? [])
      .sort();
  }

  /** Folds the log up to about a position, as the app does; answers where it begins now. */
  fold(position: number): number {
    const history = new History((from, to) => this.items(from, to).filter(({ index }) => index < to));
    for (const item of this.items()) history.add(item);
    const at = history.foldable(position);
    if (at === history.start) return at;
    for (const steps = history.seek(at); !steps.next().done; );
    const fold = new Fold(history.layer);
    const before = [...this.#folded.left, ...this.log.slice(this.#folded.index, at)];
    const left = before.toReversed().flatMap((entry) => fold.take(entry) ?? []);
    const base = history.base(this.log[at - 1]?.place, {}, '', { entries: at, edits: 0, begin: 0, end: 0 });
    this.#folded = { index: at, left: left.toReversed(), base };
    this.#stored = { state: this.replica.state(), since: this.log.length, pending: written(this.replica) };
    return at;
  }

  /** What has been stored, as a history reads it. */
  items(from = 0, to = this.log.length): HistoryItem[] {
    const items: HistoryItem[] = [];
    const { index: begin, base } = this.#folded;
    if (base && from <= begin) items.push({ kind: 'base', index: begin, base: () => base });
    for (let index = begin; index <= this.log.length; index++) {
      for (const [nth, { index: at, since, jump }] of this.jumps.entries()) {
        if (at === index) items.push({ kind: 'jump', index, nth, jump: () => jump });
        if (since === index && since < at) items.push({ kind: 'aside', index, nth });
      }
      const entry = this.log[index];
      if (entry) items.push({ kind: 'entry', index, entry: structuredClone(entry) });
    }
    return items.filter(({ index }) => index >= from && index <= to);
  }

  statuses(): string[] {
    return this.events.flatMap((event) => (event.type === 'status' ? [event.phase] : []));
  }

  #open(): Replica {
    const { state, since, pending } = this.#stored;
    const prefix = `${this.nick.toLowerCase().replace(/[^a-z]/g, '')}zzzzzzz${this.#starts++}`;
    this.#prefix = prefix;
    return createReplica({
      prefix,
      author: `${this.nick}@example`,
      now: () => this.#network.clock.now(),
      state,
      log: this.log.slice(since),
      pending: structuredClone(pending),
      ...(this.#judge ? { judge: this.#judge } : {}),
    });
  }
  #prefix = '';

  #start(): Session {
    const random = seeded(Math.floor(this.#network.random() * 2 ** 31));
    return createSession({
      transport: this.#seat.transport,
      replica: this.replica,
      sessionId: this.#seat.session,
      name: 'Board',
      prefix: this.#prefix,
      clock: this.#network.clock,
      random: { bytes: (length) => Uint8Array.from({ length }, () => Math.floor(random() * 256)) },
      compression,
      log: {
        entries: () => [...this.#folded.left, ...this.log.slice(this.#folded.index)],
        since: ({ epoch, seq }) => {
          const at = this.log.findLastIndex(({ place }) => place.epoch === epoch && place.seq === seq);
          return at < 0 || at < this.#folded.index - 1 ? undefined : this.log.slice(at + 1);
        },
      },
      logger: (_, message, detail) => this.notes.push({ message, detail }),
      keep: () => {
        this.#stored.pending = written(this.replica);
        if (this.#disk) this.lag();
      },
      onEvent: (event) => this.#on(event),
    });
  }

  #on(event: SessionEvent): void {
    this.events.push(event);
    if (event.type === 'log') this.log.push(...event.entries);
    else if (event.type === 'pending' || event.type === 'dirty') this.#stored.pending = written(this.replica);
    else if (event.type === 'adopted') {
      this.log.push(...event.history);
      if (event.jump)
        this.jumps.push({
          index: this.log.length,
          since: this.log.length - event.history.length,
          jump: structuredClone(event.jump),
        });
      this.#stored = {
        state: this.replica.state(),
        since: this.log.length,
        pending: written(this.replica),
      };
    }
  }
}

/** The outbox as a store writes it: a stanza's list grows, its edits never change. */
function written(replica: Replica): PendingStanza[] {
  return replica.pending().map((stanza) => ({ ...stanza, edits: [...stanza.edits] }));
}

export function element(
  name: string,
  attrs: Record<string, string>,
  text?: string,
): Extract<Intent, { do: 'add' }>['node'] {
  return {
    type: 'element',
    ns: SVG,
    name,
    attrs: Object.entries(attrs).map(([attr, val]) => ({ name: attr, value: val })),
    children: text === undefined ? [] : [{ type: 'text', chdata: text }],
  };
}

/** All elements of the confirmed tree below the root, in document order. */
export function elements(replica: Replica, view = replica.confirmed): string[] {
  const root = view.root();
  const found: string[] = [];
  const visit = (rid: string): void => {
    for (const child of view.children(rid)) {
      if (view.get(child)?.type !== 'element') continue;
      found.push(child);
      visit(child);
    }
  };
  if (root !== undefined) visit(root);
  return found;
}

export function value(replica: Replica, rid: string, name: string, view = replica.confirmed): string | undefined {
  const attr = view.attribute(rid, '', name);
  return attr === undefined ? undefined : view.get(attr)?.chdata;
}

/** The records as one text, without what is a mere claim. */
export function canonical(replica: Replica): string {
  const plain = (record: NodeRecord): unknown => {
    const { creator: _, created: __, lastModifiedBy: ___, modified: ____, ...rest } = record;
    return Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return JSON.stringify([...replica.state().records].sort((a, b) => (a.rid < b.rid ? -1 : 1)).map(plain), null, 1);
}

/** Why these people don't have the same board with nothing left to do; undefined when they have. */
export function difference(people: readonly Person[]): string | undefined {
  const [first, ...others] = people;
  if (!first) return undefined;
  for (const person of people) {
    if (person.session.phase !== 'online') return `${person.nick} is ${person.session.phase}`;
    if (person.replica.pending().length > 0)
      return `${person.nick} still has ${person.replica.pending().length} waiting`;
  }
  for (const other of others) {
    if (other.replica.place.epoch !== first.replica.place.epoch)
      return `${other.nick} is in another epoch than ${first.nick}`;
    if (other.replica.place.seq !== first.replica.place.seq)
      return `${other.nick} is at ${other.replica.place.seq}, ${first.nick} at ${first.replica.place.seq}`;
    if (canonical(other.replica) !== canonical(first.replica)) return `${other.nick} and ${first.nick} differ`;
    if (other.replica.digest() !== first.replica.digest())
      return `${other.nick} and ${first.nick} have the same records and other digests`;
  }
  return undefined;
}
