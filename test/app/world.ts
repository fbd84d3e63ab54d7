/** An app on a real store in a temporary folder, with a manual clock and a network of fakes: rooms that keep one order and echo. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterEach } from 'vitest';
import type { ApiServer, CallName, EventData, EventName, Params, Result, ViewNode } from '#api/contract.ts';
import { type App, createApp } from '#app/app.ts';
import type { CertificateTrouble, Connect, ConnectionEvent, Direct, JoinRoomOptions } from '#app/network.ts';
import { systemDeflate } from '#platform/deflate.ts';
import { silentLogger } from '#platform/logger.ts';
import { createMemorySecrets } from '#platform/secrets.ts';
import type { Occupant, Transport, TransportEvent } from '#session/transport.ts';
import { openStore } from '#store/open-store.ts';
import type { SxeMessage } from '#xmpp/xep-0284.ts';
import { manualClock } from '#test/store/fixtures.ts';

export class CodedError extends Error {
  readonly code: string;
  constructor(code: string, message = code) {
    super(message);
    this.code = code;
  }
}

interface Member {
  occupant: Occupant;
  readonly queue: TransportEvent[];
  listener: ((event: TransportEvent) => void) | undefined;
}

/** A room: delivers to everyone in one order, when `settle` is called. */
export class FakeRoom {
  readonly members: Member[] = [];
  readonly said: string[] = [];
  #pending: (() => void)[] = [];

  join(id: string, nick: string, more: Partial<Occupant> = {}): { transport: Transport; occupants: Occupant[] } {
    const affiliation = this.members.length === 0 ? 'owner' : 'none';
    const role = this.members.length === 0 ? 'moderator' : 'participant';
    const occupant: Occupant = {
      id,
      jid: `room@muc/${nick}`,
      nick,
      me: false,
      role,
      affiliation,
      sxe: true,
      limn: true,
      show: 'free',
      ...more,
    };
    const mine: Member = { occupant, queue: [], listener: undefined };
    for (const member of this.members) this.#deliver(member, () => ({ type: 'occupant', occupant }));
    this.members.push(mine);
    const occupants = this.members.map((member) => ({ ...member.occupant, me: member === mine }));
    this.#deliver(mine, () => ({ type: 'joined', occupants }));
    const leave = (): void => {
      const at = this.members.indexOf(mine);
      if (at < 0) return;
      this.members.splice(at, 1);
      const left = mine.occupant;
      for (const member of this.members) this.#deliver(member, () => ({ type: 'left', occupant: left }));
    };
    const message = (to: Member, sent: SxeMessage, type: 'message' | 'private') =>
      this.#deliver(to, () => ({ type, from: { ...mine.occupant, me: to === mine }, message: sent, time: 1 }));
    const transport: Transport = {
      toAll: (sent) => {
        for (const member of this.members) message(member, sent, 'message');
        return Promise.resolve();
      },
      toOne: (to, sent) => {
        const target = this.members.find((member) => member.occupant.id === to.id);
        if (target !== undefined) message(target, sent, 'private');
        return Promise.resolve();
      },
      advertise: (session, also = []) => {
        const { session: _, also: __, ...rest } = mine.occupant;
        const now = { ...rest, ...(session ? { session } : {}), ...(also.length > 0 ? { also } : {}) };
        mine.occupant = now;
        for (const member of this.members)
          this.#deliver(member, () => ({ type: 'occupant', occupant: { ...now, me: member === mine } }));
      },
      away: (on) => {
        const now: Occupant = { ...mine.occupant, show: on ? 'away' : 'free' };
        mine.occupant = now;
        for (const member of this.members)
          this.#deliver(member, () => ({ type: 'occupant', occupant: { ...now, me: member === mine } }));
      },
      on(listener) {
        mine.listener = listener;
        for (const event of mine.queue.splice(0)) listener(event);
        return () => {
          mine.listener = undefined;
        };
      },
      leave: () => {
        leave();
        return Promise.resolve();
      },
    };
    return { transport, occupants };
  }

  /** Something that only the network can do to a member. */
  tell(id: string, event: TransportEvent): void {
    const member = this.members.find((one) => one.occupant.id === id);
    if (member !== undefined) this.#deliver(member, () => event);
  }

  #deliver(member: Member, event: () => TransportEvent): void {
    this.#pending.push(() => {
      if (member.listener === undefined) member.queue.push(event());
      else member.listener(event());
    });
  }

  /** Delivers until nothing is on its way. */
  async settle(): Promise<void> {
    for (let round = 0; round < 10_000; round++) {
      await Promise.resolve();
      const next = this.#pending.shift();
      if (next === undefined) {
        await new Promise((resolve) => setImmediate(resolve));
        if (this.#pending.length === 0) return;
      } else next();
    }
    throw new Error('The room does not come to rest.');
  }
}

/** Boards between two are tested on a real server (direct.test.ts). */
const NOBODY: Direct = {
  invite: () => ({
    sid: 'none',
    agreed: Promise.reject(new CodedError('refused', 'Nobody is there.')),
    cancel: () => undefined,
  }),
  onInvited: () => () => undefined,
  admit: () => undefined,
  answer: () => () => undefined,
  contacts: () => [],
  onContacts: () => () => undefined,
  onSeen: () => () => undefined,
};

/** The network that all accounts of a test share. */
export class FakeNetwork {
  readonly rooms = new Map<string, FakeRoom>();
  readonly passwords = new Map<string, string>();
  /** Attempts fail with this while it is set. */
  failure: Error | undefined;
  roomFailure: Error | undefined;
  readonly takenNicks = new Set<string>();
  trouble: CertificateTrouble | undefined;
  attempts = 0;
  /** The rooms that an account keeps on its server, by address. */
  readonly kept = new Map<string, string>();
  readonly joins: JoinRoomOptions[] = [];
  #ids = 0;
  readonly #events = new Map<string, (event: ConnectionEvent) => void>();

  room(name: string): FakeRoom {
    let room = this.rooms.get(name);
    if (room === undefined) this.rooms.set(name, (room = new FakeRoom()));
    return room;
  }

  event(jid: string, event: ConnectionEvent): void {
    this.#events.get(jid)?.(event);
  }

  readonly connect: Connect = async (options) => {
    this.attempts++;
    if (this.failure !== undefined) throw this.failure;
    if (this.trouble !== undefined && options.pinned !== this.trouble.certificate.publicKey) {
      if (!(await options.decideCertificate(this.trouble))) throw new CodedError('certificate', 'Not accepted.');
      options.onPinned(this.trouble.certificate.publicKey);
    }
    const password = this.passwords.get(options.jid);
    if (password !== options.password) throw new CodedError('wrong-password', 'The password is wrong.');
    this.#events.set(options.jid, options.onEvent);
    return {
      jid: options.jid,
      direct: NOBODY,
      admin: () => undefined,
      rooms: {
        add: ({ room, name = '' }) => Promise.resolve(void this.kept.set(room, name)),
        drop: (room) => Promise.resolve(void this.kept.delete(room)),
        list: () => Promise.resolve([...this.kept].map(([room, name]) => ({ room, name, kept: true }))),
        service: () => Promise.resolve(undefined),
      },
      invitations: { invite: () => Promise.resolve(), on: () => () => undefined },
      join: (request) => {
        this.joins.push(request);
        if (this.roomFailure !== undefined) return Promise.reject(this.roomFailure);
        if (this.takenNicks.has(request.nick)) return Promise.reject(new CodedError('nick-taken'));
        const room = this.room(request.room);
        const { transport, occupants } = room.join(`occupant-${++this.#ids}`, request.nick);
        const say = (body: string): Promise<void> => {
          room.said.push(body);
          return Promise.resolve();
        };
        return Promise.resolve({ transport, occupants, room: request.room, say });
      },
      close: () => {
        this.#events.delete(options.jid);
        return Promise.resolve();
      },
    };
  };
}

type Events = { [N in EventName]: EventData<N>[] };

/** A client of the API that remembers its events and follows `changes` as a renderer does. */
export class Client {
  readonly events: Events = {
    account: [],
    invitations: [],
    contacts: [],
    status: [],
    changes: [],
    people: [],
    merged: [],
    nearby: [],
    related: [],
    past: [],
    live: [],
    presenting: [],
    look: [],
    history: [],
    open: [],
    voided: [],
    notice: [],
  };
  readonly views = new Map<string, Projection>();
  readonly #server: ApiServer;
  readonly name: string;

  constructor(server: ApiServer, name: string) {
    this.#server = server;
    this.name = name;
    server.connected(name, (event, data) => {
      (this.events[event] as unknown[]).push(data);
      if (event === 'changes') {
        const { board, changes } = data as EventData<'changes'>;
        this.views.get(board)?.follow(changes);
      }
    });
  }

  async call<N extends CallName>(name: N, params?: Params<N>): Promise<Result<N>> {
    return (await this.#server.call(this.name, name, params)) as Result<N>;
  }

  async open(board: string): Promise<Result<'boards.open'>> {
    const opened = await this.call('boards.open', { board });
    this.views.set(board, new Projection(opened.root));
    return opened;
  }
}

/** What a renderer holds, without a DOM; it refuses what a DOM would refuse. */
export class Projection {
  root: ViewNode | null;
  constructor(root: ViewNode | null) {
    this.root = structuredClone(root);
  }

  find(rid: string, at: ViewNode | null = this.root): ViewNode | undefined {
    if (at === null || at.rid === rid) return at ?? undefined;
    if (at.type === 'text') return undefined;
    for (const child of at.children) {
      const found = this.find(rid, child);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #must(rid: string): ViewNode {
    const node = this.find(rid);
    if (node === undefined) throw new Error(`The projection has no ${rid}.`);
    return node;
  }

  #take(rid: string): ViewNode {
    const node = this.#must(rid);
    if (node === this.root) this.root = null;
    const remove = (at: ViewNode | null): void => {
      if (at?.type !== 'element') return;
      at.children = at.children.filter((child) => child !== node);
      at.children.forEach(remove);
    };
    remove(this.root);
    return node;
  }

  #put(node: ViewNode, parent: string | null, before: string | null): void {
    if (parent === null) {
      if (this.root !== null) throw new Error('The projection has a root.');
      this.root = node;
      return;
    }
    const home = this.#must(parent);
    if (home.type !== 'element') throw new Error(`${parent} is a text.`);
    const at = before === null ? home.children.length : home.children.findIndex((child) => child.rid === before);
    if (at < 0) throw new Error(`${before} is not in ${parent}.`);
    home.children.splice(at, 0, node);
  }

  follow(changes: EventData<'changes'>['changes']): void {
    for (const change of changes) {
      if (change.op === 'reset') this.root = structuredClone(change.root);
      else if (change.op === 'insert') {
        const check = (node: ViewNode): void => {
          if (this.find(node.rid) !== undefined) throw new Error(`${node.rid} is there twice.`);
          if (node.type === 'element') node.children.forEach(check);
        };
        check(change.node);
        this.#put(structuredClone(change.node), change.parent, change.before);
      } else if (change.op === 'remove') this.#take(change.rid);
      else if (change.op === 'move') this.#put(this.#take(change.rid), change.parent, change.before);
      else if (change.op === 'text') {
        const node = this.#must(change.rid);
        if (node.type !== 'text') throw new Error(`${change.rid} is no text.`);
        node.data = change.data;
      } else {
        const node = this.#must(change.rid);
        if (node.type !== 'element') throw new Error(`${change.rid} is no element.`);
        const same = (attr: { ns?: string | undefined; name: string }): boolean =>
          attr.name === change.name && (attr.ns ?? '') === (change.ns ?? '');
        const there = node.attrs.find(same);
        if (change.value === null) node.attrs = node.attrs.filter((attr) => !same(attr));
        else if (there !== undefined) there.value = change.value;
        else node.attrs.push({ name: change.name, value: change.value, ...(change.ns ? { ns: change.ns } : {}) });
      }
    }
  }
}

/** A tree with attributes in order of their names, for comparison. */
export function sorted(node: ViewNode | null): unknown {
  if (node === null || node.type === 'text') return node;
  const attrs = [...node.attrs].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { ...node, attrs, children: node.children.map(sorted) };
}

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

export function temporaryProfile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'limn-app-'));
  endings.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An app of a profile. `end` closes it, store and all, as quitting does. */
export function startApp(network = new FakeNetwork(), folder = temporaryProfile(), durable = false) {
  const clock = manualClock();
  const store = openStore(path.join(folder, 'limn.db'), { clock });
  const secrets = durable ? durableSecrets(folder) : createMemorySecrets();
  const app: App = createApp({
    store: store.boards,
    settings: store.settings,
    secrets,
    clock,
    random: { bytes: (length) => new Uint8Array(randomBytes(length)) },
    deflate: systemDeflate,
    logger: silentLogger,
    connect: network.connect,
    startNearby: () => Promise.reject(new Error('no network here')),
    version: '0.0.0',
    host: 'web',
    damage: store.damage,
  });
  let ended = false;
  const end = async (): Promise<void> => {
    if (ended) return;
    ended = true;
    await app.close();
    store.boards.close();
  };
  endings.unshift(() => {
    if (!ended) store.boards.close();
    ended = true;
  });
  const client = new Client(app, 'c1');
  return { app, clock, network, folder, client, store, end };
}

const kept = new Map<string, Map<string, string>>();
function durableSecrets(folder: string) {
  const secrets = kept.get(folder) ?? new Map<string, string>();
  kept.set(folder, secrets);
  return {
    durable: true,
    get: (key: string) => Promise.resolve(secrets.get(key) ?? null),
    set: (key: string, value: string | null) => {
      if (value === null) secrets.delete(key);
      else secrets.set(key, value);
      return Promise.resolve();
    },
  };
}

export { shape } from './shape.ts';
