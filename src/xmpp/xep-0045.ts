/** XEP-0045: Multi-User Chat, version 1.35.1: being in a room: coming in, who is there, what is said, leaving, coming back.
 *  With XEP-0410: MUC Self-Ping, version 1.1.0, after a resumed stream and in long silences. */
import xml, { type Element } from '@xmpp/xml';
import type { Entity } from './entity.ts';
import { StanzaError, XmppError, type XmppErrorCode } from './errors.ts';
import { readStanzaError } from './iq.ts';
import { bareJid, parseJid } from './jid.ts';
import type { XmppClock } from './ports.ts';
import { queryDiscoInfo } from './xep-0030.ts';
import { whatIs } from './what-is.ts';
import {
  exitReason,
  type RoomExit,
  joinError,
  joinPresence,
  NS_OCCUPANT_ID,
  nickOf,
  parseRoomPresence,
  roomConfiguration,
  type RoomPresence,
} from './xep-0045-stanzas.ts';
import { delayedBy } from './xep-0203.ts';
import { attribute } from './xml-text.ts';

/** Someone in the room. `id` is the occupant-id where the room makes them, else the room JID from join to leave. */
export interface RoomOccupant {
  readonly id: string;
  readonly jid: string;
  readonly nick: string;
  readonly me: boolean;
  readonly role: RoomPresence['role'];
  readonly affiliation: RoomPresence['affiliation'];
  /** Bare JID of the account, where the room tells us. */
  readonly account?: string;
  readonly show: RoomPresence['show'];
  /** The last presence, for what else it says. */
  readonly presence: Element;
}

export type RoomEvent =
  | {
      readonly type: 'joined';
      readonly occupants: readonly RoomOccupant[];
      readonly created: boolean;
      readonly resumed: boolean;
    }
  | { readonly type: 'occupant'; readonly occupant: RoomOccupant }
  | { readonly type: 'left'; readonly occupant: RoomOccupant }
  /** Said to all (`toAll`) or to us alone, by someone who is here. Never history. */
  | { readonly type: 'message'; readonly from: RoomOccupant; readonly stanza: Element; readonly toAll: boolean }
  /** A stanza of ours came back as an error. */
  | { readonly type: 'bounced'; readonly stanza: Element; readonly error: StanzaError }
  | { readonly type: 'down'; readonly reason: string; readonly final: boolean; readonly code?: XmppErrorCode };

export interface RoomOptions {
  /** Bare JID of the room. */
  readonly room: string;
  readonly nick: string;
  readonly password?: string;
  /** Whether a room that isn't there is made; else `room-missing`. */
  readonly create: boolean;
  /** What our presence in the room says besides, asked anew each time. */
  readonly presence: () => readonly Element[];
  readonly clock: XmppClock;
}

export interface Room {
  readonly jid: string;
  readonly nick: string;
  readonly joined: boolean;
  /** What the room asks of whoever comes in. To be set when it is changed: the room is rejoined with it. */
  password: string | undefined;
  occupant(nick: string): RoomOccupant | undefined;
  occupants(): readonly RoomOccupant[];
  /** Comes in. Rejects with a typed XmppError. Afterwards the room is rejoined by itself whenever the connection is back. */
  join(): Promise<void>;
  /** Sends our presence again. */
  updatePresence(): Promise<void>;
  /** Leaves for good. */
  leave(): Promise<void>;
  on(listener: (event: RoomEvent) => void): () => void;
}

const JOIN_TIMEOUT = 30_000;
/** Silence in a room after which we ask whether we are still in it, in milliseconds. */
const SELF_PING_AFTER = 5 * 60_000;
const REJOIN_AFTER = 3_000;
const REJOIN_NICKS = 5;

/** A room that isn't joined yet. Throws RangeError when `room` is no bare JID. */
export function createRoom(entity: Entity, options: RoomOptions): Room {
  const address = parseJid(options.room);
  if (!address || address.local === '' || address.resource !== '')
    throw new RangeError(`"${options.room}" is no room address.`);
  const room = `${address.local}@${address.domain}`;
  const { clock } = options;
  const events = new Set<(event: RoomEvent) => void>();
  const occupants = new Map<string, RoomOccupant>();
  let { nick, password } = options;
  let phase: 'out' | 'joining' | 'in' | 'left' = 'out';
  /** Whether the connection's return shall bring us back in. */
  let wanted = false;
  let occupantIds = false;
  let created = false;
  /** What came behind our own presence while we were joining, or behind a resumption while we ask whether we are still in. */
  let held: Element[] | undefined;
  let joining: { resolve: () => void; reject: (error: XmppError) => void; cancel: () => void } | undefined;
  let cancelTimer: () => void = () => undefined;

  const emit = (event: RoomEvent): void => {
    for (const listener of [...events]) listener(event);
  };

  function heard(): void {
    cancelTimer();
    if (phase === 'in') cancelTimer = clock.after(SELF_PING_AFTER, () => void selfPing());
  }

  /** Asks the room whether we are in it (XEP-0410, section 3.2), and comes back in when not. */
  async function selfPing(): Promise<boolean> {
    let inside = true;
    try {
      await entity.request('get', `${room}/${nick}`, xml('ping', { xmlns: 'urn:xmpp:ping' }));
    } catch (error) {
      const condition = error instanceof StanzaError ? error.condition : 'unknown';
      inside =
        !['not-acceptable', 'item-not-found', 'not-allowed', 'forbidden'].includes(condition ?? '') ||
        condition === 'unknown';
    }
    if (!inside && phase === 'in') {
      out(`${room} lost the connection to you. Limn comes back by itself.`, false);
      rejoin();
    } else heard();
    return inside;
  }

  function out(reason: string, final: boolean, code?: XmppErrorCode): void {
    phase = 'out';
    held = undefined;
    cancelTimer();
    occupants.clear();
    if (final) wanted = false;
    emit({ type: 'down', reason, final, ...(code === undefined ? {} : { code }) });
  }

  async function enter(): Promise<void> {
    phase = 'joining';
    occupants.clear();
    held = undefined;
    created = false;
    const entered = new Promise<void>((resolve, reject) => {
      const cancel = clock.after(JOIN_TIMEOUT, () =>
        reject(new XmppError('timeout', `${room} did not answer. Check its name or try again later.`)),
      );
      joining = { resolve, reject, cancel };
    });
    // It may fail before it is awaited.
    entered.catch(() => undefined);
    try {
      // Coming into a room that isn't there makes it, and a server may lose the next join while it unmakes that one (ejabberd).
      // A person's client never answers who tries to come in. Whoever has been in the room need not ask.
      const there = wanted && options.create ? 'unknown' : await whatIs(entity, room);
      if (there === 'no room') throw notARoom();
      if (there === 'missing' && !options.create) throw missing();
      await entity.send(joinPresence(room, nick, password, options.presence()));
      await entered;
      if (created) await settle();
      const info = await queryDiscoInfo(entity, room).catch(() => undefined);
      occupantIds = info?.features.includes(NS_OCCUPANT_ID) === true;
      if (phase !== 'joining')
        throw new XmppError('disconnected', 'Limn is not connected at the moment. Try again when it is.');
    } catch (error) {
      if (phase === 'joining') phase = 'out';
      throw error;
    } finally {
      joining?.cancel();
      joining = undefined;
    }
    for (const [key, occupant] of occupants)
      occupants.set(key, { ...occupant, id: idOf(occupant.presence, occupant.jid) });
    begin(false);
  }

  /** We are in: tells so, then what came meanwhile. */
  function begin(resumed: boolean): void {
    phase = 'in';
    const waiting = held ?? [];
    held = undefined;
    emit({ type: 'joined', occupants: [...occupants.values()], created, resumed });
    for (const stanza of waiting) take(stanza);
    heard();
  }

  const missing = (): XmppError =>
    new XmppError('room-missing', `There is no room ${room}. Check its name, or create it.`);

  const notARoom = (): XmppError =>
    new XmppError(
      'not-a-room',
      `${room} is no room: it may be a person's address. Invite them instead, or enter the address of a room.`,
    );

  /** A new room is locked until it is configured (section 10.1.2): one that stays, else the service's defaults. */
  async function settle(): Promise<void> {
    if (!options.create) {
      await entity.send(xml('presence', { to: `${room}/${nick}`, type: 'unavailable' }));
      throw missing();
    }
    try {
      await entity.request('set', room, roomConfiguration(true));
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      await entity.request('set', room, roomConfiguration(false));
    }
  }

  function rejoin(tries = 0): void {
    if (!wanted || phase !== 'out' || !entity.online) return;
    enter().catch((error: unknown) => {
      if (!wanted) return;
      const known = error instanceof XmppError ? error : new XmppError('internal', String(error));
      if (known.code === 'nick-taken' && tries < REJOIN_NICKS) {
        nick = `${options.nick} ${tries + 2}`;
        rejoin(tries + 1);
      } else if (known.code === 'disconnected') return;
      else if (known.code === 'timeout' || known.code === 'unknown-host') {
        cancelTimer = clock.after(REJOIN_AFTER, () => rejoin());
      } else out(known.message, true, known.code);
    });
  }

  const idOf = (presence: Element, jid: string): string =>
    (occupantIds ? parseRoomPresence(room, presence)?.occupantId : undefined) ?? jid;

  function take(stanza: Element): void {
    if (held) held.push(stanza);
    else if (stanza.name === 'presence') takePresence(stanza);
    else if (stanza.name === 'message') takeMessage(stanza);
  }

  /** Tells why we are not let in. Some servers (ejabberd) call both a ban and a room that nobody may create forbidden. */
  async function refuse(error: StanzaError): Promise<void> {
    const attempt = joining;
    const uncreatable = error.condition === 'forbidden' && (await whatIs(entity, room)) === 'missing';
    attempt?.reject(joinError(room, nick, uncreatable ? new StanzaError('not-allowed', error.type) : error));
  }

  function takePresence(stanza: Element): void {
    if (attribute(stanza, 'type') === 'error') {
      if (phase === 'joining') void refuse(readStanzaError(stanza));
      return;
    }
    const presence = parseRoomPresence(room, stanza);
    if (!presence) return;
    const before = occupants.get(presence.nick);
    // Only our own presence is marked so; the nick alone would do for a room that forgets it.
    const me = presence.codes.has(110) || (phase === 'in' && before?.me === true);
    if (presence.available) {
      if (me && phase === 'joining') nick = presence.nick;
      const jid = `${room}/${presence.nick}`;
      const occupant: RoomOccupant = {
        id: before?.id ?? idOf(stanza, jid),
        jid,
        nick: presence.nick,
        me,
        role: presence.role,
        affiliation: presence.affiliation,
        ...(presence.account === undefined ? {} : { account: presence.account }),
        show: presence.show,
        presence: stanza,
      };
      occupants.set(presence.nick, occupant);
      if (phase === 'in') emit({ type: 'occupant', occupant });
      else if (me && phase === 'joining') {
        created = presence.codes.has(201);
        held = [];
        joining?.resolve();
      }
      return;
    }
    if (presence.codes.has(303) && presence.newNick !== undefined && before) {
      // The same person under another name: the presence that follows finds the id.
      occupants.delete(presence.nick);
      occupants.set(presence.newNick, { ...before, nick: presence.newNick, jid: `${room}/${presence.newNick}` });
      if (before.me) nick = presence.newNick;
      return;
    }
    occupants.delete(presence.nick);
    if (!me) {
      if (before && phase === 'in') emit({ type: 'left', occupant: { ...before, show: 'off', presence: stanza } });
      return;
    }
    if (phase === 'left') return;
    // The end of an earlier stay, which comes before our entry is answered.
    if (phase === 'joining' && !held) return;
    const exit: RoomExit = exitReason(room, presence) ?? {
      reason: `You left ${room} from another window.`,
      final: true,
    };
    joining?.reject(new XmppError('refused', exit.reason));
    out(exit.reason, exit.final, exit.code);
    if (!exit.final) cancelTimer = clock.after(REJOIN_AFTER, () => rejoin());
  }

  /** Kept by the room before we came. Our own server marks what it kept during a resumption as delayed, too: that is no history. */
  function isHistory(stanza: Element): boolean {
    const keeper = delayedBy(stanza);
    if (keeper === undefined) return false;
    const by = bareJid(keeper);
    return by === undefined || (by !== entity.domain && by !== bareJid(entity.jid ?? ''));
  }

  function takeMessage(stanza: Element): void {
    if (phase !== 'in') return;
    heard();
    if (attribute(stanza, 'type') === 'error') {
      emit({ type: 'bounced', stanza, error: readStanzaError(stanza) });
      return;
    }
    const from = occupants.get(nickOf(room, attribute(stanza, 'from')) ?? '');
    if (!from || isHistory(stanza)) return;
    emit({ type: 'message', from, stanza, toAll: attribute(stanza, 'type') === 'groupchat' });
  }

  const stops = [
    entity.onStanza((stanza) => {
      const from = attribute(stanza, 'from');
      if (phase === 'left' || phase === 'out' || from === undefined) return;
      const slash = from.indexOf('/');
      if ((slash === -1 ? from : from.slice(0, slash)).toLowerCase() === room) take(stanza);
    }),
    entity.on((event) => {
      if (phase === 'left') return;
      if (event.type === 'offline' || event.type === 'failed') {
        joining?.reject(event.error ?? new XmppError('disconnected', 'Signed out.'));
        const final = event.type === 'failed';
        if (phase !== 'in' && !final) return;
        if (final) phase = 'out';
        // A stream that resumes goes on where it was: who is here is kept until it turns out otherwise.
        else held ??= [];
        cancelTimer();
        emit({ type: 'down', reason: event.error?.message ?? 'Signed out.', final });
      } else if (event.resumed && phase === 'in') {
        void selfPing().then((inside) => {
          if (inside && phase === 'in' && held) begin(true);
        });
      } else if (!event.resumed && wanted) {
        phase = 'out';
        held = undefined;
        rejoin();
      }
    }),
  ];

  return {
    jid: room,
    get nick() {
      return nick;
    },
    get joined() {
      return phase === 'in' && !held && entity.online;
    },
    get password() {
      return password;
    },
    set password(next) {
      password = next;
    },
    occupant: (name) => occupants.get(name),
    occupants: () => [...occupants.values()],
    join: async () => {
      if (phase !== 'out') throw new RangeError('The room is joined already.');
      await enter();
      wanted = true;
    },
    updatePresence: async () => {
      if (phase === 'in') await entity.send(xml('presence', { to: `${room}/${nick}` }, ...options.presence()));
    },
    leave: async () => {
      if (phase === 'left') return;
      const inside = phase === 'in' || phase === 'joining';
      phase = 'left';
      wanted = false;
      cancelTimer();
      for (const stop of stops) stop();
      joining?.reject(new XmppError('disconnected', `You left ${room}.`));
      if (inside && entity.online) await entity.send(xml('presence', { to: `${room}/${nick}`, type: 'unavailable' }));
    },
    on: (listener) => {
      events.add(listener);
      return () => events.delete(listener);
    },
  };
}
