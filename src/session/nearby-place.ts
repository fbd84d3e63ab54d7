/**
 * One board on the local network (XEP-0174), from this person's side: its host, a guest of its host, or on the way to another host. The
 * host keeps a small room, in which everybody, the host too, is as in any room; so a change of hosts is to the session what a server's
 * restart is. When the host goes, the first by order of joining who can be reached hosts; when two halves meet, the one of the
 * earlier host goes on (DESIGN section 3, Link-local).
 */
import type { Entity } from '#xmpp/entity.ts';
import { XmppError } from '#xmpp/errors.ts';
import { type LinkHandlers, type LinkPeer, type LinkStream, NS_LIMN_NEARBY } from '#xmpp/link-stream.ts';
import type { XmppClock, XmppRandom } from '#xmpp/ports.ts';
import { reread } from '#xmpp/reread.ts';
import { createSwappedEntity, type SwappedEntity } from '#xmpp/swapped-entity.ts';
import { createRoomHost, type RoomHost } from '#xmpp/xep-0045-host.ts';
import { attribute, type Element, xml } from '#xmpp/xml-text.ts';
import { createNearbyMembers, type NearbyMember, parseMembers, serializeMembers } from './nearby-members.ts';

/** Nothing can ever be at this domain (RFC 6761, section 6.4): rooms on the network are not to be taken for a server's. */
export const NEARBY_DOMAIN = 'nearby.invalid';
/** So many guests a host relays for. */
const MAX_GUESTS = 31;
/** Silence after which a guest asks whether the host is there, and how long the answer may take, in milliseconds. */
const ASK_AFTER = 5_000;
const ANSWER_WITHIN = 5_000;
/** Silence after which a host hangs up on a guest, in milliseconds. */
const SILENT_FOR = 30_000;
/** How often, and how many times, one who comes before us and is there but doesn't host yet is asked again. */
const AGAIN_AFTER = 300;
const AGAIN_TIMES = 40;

/** Somebody to call. */
export interface NearbyTarget {
  readonly key: string | undefined;
  readonly port: number;
  readonly addresses: readonly string[];
  readonly name: string;
}

export interface NearbyPlaceOptions {
  readonly session: string;
  readonly name: string;
  /** SHA-256 of our public key, and the port on which we can be called. */
  readonly key: string;
  readonly port: number;
  readonly jid: string;
  readonly clock: XmppClock;
  readonly random: XmppRandom;
  readonly note: (message: string) => void;
  /** Calls somebody for this session; `opened` says who takes the stream's stanzas. Rejects with an XmppError. */
  readonly call: (
    target: NearbyTarget,
    opened: (stream: LinkStream) => LinkHandlers,
    cancelled?: AbortSignal,
  ) => Promise<LinkStream>;
  /** Those who announce this session on the network, whoever they are. */
  readonly announced: () => readonly (NearbyTarget & { readonly key: string })[];
  /** Whether a person has accepted this key before. */
  readonly known: (key: string) => boolean;
  /** Whether we host, or how many are there, has changed. */
  readonly changed: () => void;
}

export interface NearbyPlace {
  readonly session: string;
  readonly name: string;
  /** The room's bare JID. */
  readonly room: string;
  readonly entity: Entity;
  readonly hosting: boolean;
  readonly full: boolean;
  /** How many are in the room, as far as its host knows. */
  readonly people: number;
  /** Whether somebody was admitted to this board before. */
  admitted(key: string): boolean;
  /** Begins as the host. */
  host(): void;
  /** Begins as a guest. Rejects with an XmppError; nothing has begun then. */
  join(target: NearbyTarget, cancelled?: AbortSignal): Promise<void>;
  /** Somebody has called and is wanted: they are a guest of ours. */
  guest(stream: LinkStream): LinkHandlers;
  /** Others announce something else than before. */
  look(): void;
  /** Goes, in order. */
  leave(): void;
}

/** A place that is neither hosted nor joined yet. */
export function createNearbyPlace(options: NearbyPlaceOptions): NearbyPlace {
  return new Place(options);
}

class Place implements NearbyPlace {
  readonly session: string;
  readonly name: string;
  readonly room: string;
  readonly entity: SwappedEntity;
  readonly #options: NearbyPlaceOptions;
  readonly #members = createNearbyMembers();
  readonly #guests = new Map<LinkStream, LinkPeer>();
  #hosted: RoomHost | undefined;
  #stream: LinkStream | undefined;
  /** Whom we are a guest of, to be called again first. */
  #hostTarget: NearbyTarget | undefined;
  #over = false;
  /** Looking for another host, or calling one whose half goes before ours. */
  #busy = false;

  constructor(options: NearbyPlaceOptions) {
    this.session = options.session;
    this.name = options.name;
    this.room = `${options.session}@${NEARBY_DOMAIN}`;
    this.#options = options;
    const { jid, clock, random, note } = options;
    this.entity = createSwappedEntity({ jid, domain: NEARBY_DOMAIN, clock, random, note });
  }

  get hosting(): boolean {
    return this.#hosted !== undefined;
  }

  get full(): boolean {
    return this.#guests.size >= MAX_GUESTS;
  }

  get people(): number {
    return this.#hosted?.keys.length ?? 0;
  }

  admitted(key: string): boolean {
    return this.#members.has(key);
  }

  host(): void {
    const { key, port, changed } = this.#options;
    this.#members.put({ key, port, addresses: [] });
    const hosted = createRoomHost({ room: this.room, name: this.name, changed: () => this.#peopleChanged() });
    this.#hosted = hosted;
    this.#hostTarget = undefined;
    const seat = hosted.seat({
      key,
      owner: true,
      deliver: (stanza) => this.entity.take(stanza),
      replaced: () => undefined,
    });
    this.entity.over((stanza) => {
      const read = reread(stanza);
      if (read) seat.take(read);
      else this.#options.note('a stanza of ours that nobody could read');
    });
    changed();
    this.look();
  }

  async join(target: NearbyTarget, cancelled?: AbortSignal): Promise<void> {
    await this.#follow(target, cancelled);
  }

  guest(stream: LinkStream): LinkHandlers {
    const { peer } = stream;
    const { key, port, address } = peer;
    if (!this.#hosted || this.full) {
      // What stood when the call was answered, stands no more.
      queueMicrotask(() => stream.close(this.#hosted ? 'resource-constraint' : 'host-unknown'));
      return { stanza: () => undefined, closed: () => undefined };
    }
    const { clock } = this.#options;
    let cancel: () => void = () => undefined;
    const heard = (): void => {
      cancel();
      cancel = clock.after(SILENT_FOR, () => stream.close('connection-timeout'));
    };
    const seat = this.#hosted.seat({
      key,
      owner: false,
      deliver: (_, text) => stream.send(text()),
      replaced: () => stream.close('conflict'),
    });
    this.#guests.set(stream, peer);
    this.#members.put({ key, port, addresses: [address] });
    heard();
    return {
      stanza: (stanza) => {
        heard();
        seat.take(stanza);
      },
      closed: () => {
        cancel();
        this.#guests.delete(stream);
        if (![...this.#guests.values()].some((other) => other.key === key)) this.#members.gone(key);
        seat.gone();
      },
    };
  }

  look(): void {
    const { key } = this.#options;
    if (!this.#hosted || this.#busy || this.#over) return;
    const first = this.#announced().find((other) => this.#members.precedes(other.key, key));
    if (!first) return;
    this.#busy = true;
    // Our half goes on until the other host has taken us in.
    this.#follow(first)
      .catch((error: unknown) => this.#options.note(`the other half of ${this.session}: ${String(error)}`))
      .finally(() => {
        this.#busy = false;
        if (this.#hosted) this.#options.clock.after(AGAIN_AFTER * 10, () => this.look());
      });
  }

  leave(): void {
    if (this.#over) return;
    this.#over = true;
    const stream = this.#stream;
    this.#stream = undefined;
    this.#stopHosting();
    stream?.close();
    this.entity.fail(new XmppError('disconnected', 'You left the board.'));
    this.#options.changed();
  }

  // ── Hosting ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #peopleChanged(): void {
    this.#hosted?.say(serializeMembers(this.#members.all()));
    this.#options.changed();
  }

  #stopHosting(): void {
    const hosted = this.#hosted;
    if (!hosted) return;
    this.#hosted = undefined;
    hosted.close();
    for (const stream of [...this.#guests.keys()]) stream.close();
    this.#guests.clear();
  }

  // ── Being a guest ────────────────────────────────────────────────────────────────────────────────────────────────

  /** Calls a host and goes over to it. Rejects, and everything is as it was. */
  async #follow(target: NearbyTarget, cancelled?: AbortSignal): Promise<void> {
    const { call, clock } = this.#options;
    let cancel: () => void = () => undefined;
    const listen = (stream: LinkStream): void => {
      cancel();
      cancel = clock.after(ASK_AFTER, () => {
        const gone = (error: unknown): void => {
          if (error instanceof XmppError && error.code === 'timeout') stream.close('connection-timeout');
        };
        this.entity.request('get', undefined, xml('ping', { xmlns: 'urn:xmpp:ping' }), ANSWER_WITHIN).catch(gone);
      });
    };
    const opened = (stream: LinkStream): LinkHandlers => {
      if (this.#over) queueMicrotask(() => stream.close());
      else this.#goOver(stream, target);
      listen(stream);
      return {
        stanza: (stanza) => {
          if (this.#stream !== stream) return;
          listen(stream);
          this.#fromHost(stanza);
        },
        closed: (error) => {
          cancel();
          if (this.#stream === stream) this.#lost(error);
        },
      };
    };
    await call(target, opened, cancelled);
  }

  #goOver(stream: LinkStream, target: NearbyTarget): void {
    const { peer } = stream;
    const before = this.#stream;
    this.#stream = stream;
    this.#hostTarget = { ...target, key: peer.key };
    before?.close();
    this.#members.put({ key: peer.key, port: target.port, addresses: [peer.address] });
    this.entity.over(undefined);
    this.#stopHosting();
    this.entity.over((stanza) => stream.send(stanza.toString()));
    this.#options.changed();
  }

  #fromHost(stanza: Element): void {
    const list = stanza.getChild('members', NS_LIMN_NEARBY);
    if (!list || stanza.name !== 'message' || attribute(stanza, 'from') !== this.room) return this.entity.take(stanza);
    const members = parseMembers(list);
    const host = this.#stream?.peer;
    if (!members || !host) return this.#options.note('a list of members that is none');
    // The host doesn't know how it is reached from here, and we do.
    const reached = (one: NearbyMember): NearbyMember =>
      one.key === host.key ? { ...one, addresses: [host.address] } : one;
    this.#members.replace(members.map(reached));
  }

  #lost(error: XmppError): void {
    this.#stream = undefined;
    this.entity.over(undefined, error);
    if (this.#over) return;
    // Somebody who has no business here, or no room, isn't helped by another host.
    if (error.code === 'not-allowed' || error.condition === 'conflict') return this.entity.fail(error);
    // One that has fallen silent is not waited for: it comes over when it is back.
    void this.#seek(error.code !== 'timeout').catch((why: unknown) => this.#options.note(`no host: ${String(why)}`));
  }

  /** Finds the next host, or becomes it. */
  async #seek(again: boolean): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    const { key } = this.#options;
    const last = this.#hostTarget;
    try {
      for (let tries = 0; tries < AGAIN_TIMES && !this.#over; tries += 1) {
        if (last && again && tries === 0 && (await this.#try(last)) === 'joined') return;
        for (const other of this.#announced()) {
          if (!again && other.key === last?.key) continue;
          if ((await this.#try(other)) === 'joined') return;
        }
        let reachable = false;
        for (const { key: theirs, port, addresses } of this.#members.before(key)) {
          if (port === undefined || theirs === last?.key) continue;
          const found = await this.#try({ key: theirs, port, addresses, name: 'the next host' });
          if (found === 'joined') return;
          reachable = found === 'there';
          if (reachable) break;
        }
        if (!reachable) break;
        await new Promise<void>((resolve) => this.#options.clock.after(AGAIN_AFTER, resolve));
      }
      if (this.#over) return;
      if (last?.key !== undefined) this.#members.gone(last.key);
      this.host();
    } finally {
      this.#busy = false;
      this.look();
    }
  }

  async #try(target: NearbyTarget): Promise<'joined' | 'there' | 'away'> {
    try {
      await this.#follow(target);
      return 'joined';
    } catch (error) {
      // Whoever answers as XMPP has it is there, and may host in a moment.
      return error instanceof XmppError && error.condition === 'host-unknown' ? 'there' : 'away';
    }
  }

  /** Others who announce this board and have been here, or were accepted by a person. */
  #announced(): readonly (NearbyTarget & { readonly key: string })[] {
    const { announced, known, key } = this.#options;
    return announced().filter((one) => one.key !== key && (this.#members.has(one.key) || known(one.key)));
  }
}
