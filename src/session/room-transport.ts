/** A session's Transport through a multi-user chat room (XEP-0045): the room's order is the session's, and its echo confirms. */
import type { Entity } from '#xmpp/entity.ts';
import { XmppError } from '#xmpp/errors.ts';
import { bareJid } from '#xmpp/jid.ts';
import type { XmppClock } from '#xmpp/ports.ts';
import { createRoom, type RoomEvent, type RoomOccupant } from '#xmpp/xep-0045.ts';
import { NS_MUC_USER } from '#xmpp/xep-0045-stanzas.ts';
import type { Caps } from '#xmpp/xep-0115.ts';
import { ephemeralHints } from '#xmpp/xep-0203.ts';
import type { CompactCodec } from '#xmpp/compact.ts';
import { NS_LIMN_COMPACT, NS_LIMN_SESSION, NS_SXE, type SxeMessage } from '#xmpp/xep-0284.ts';
import { parseSxe, writeSxe } from '#xmpp/xep-0284-codec.ts';
import { parseAdvertised, serializeAdvertised } from '#xmpp/xep-0284-presence.ts';
import { attribute, type Element, xml } from '#xmpp/xml-text.ts';
import { drawsAsPsi } from './psi-invitations.ts';
import { createPsiRoom } from './psi-room.ts';
import { createRoomAdmin, type RoomAdmin } from './room-admin.ts';
import { isBarred, type Occupant, type Transport, type TransportEvent } from './transport.ts';
import type { Uploads } from './uploads.ts';

export interface RoomTransportOptions {
  /** Bare JID of the room. */
  readonly room: string;
  readonly nick: string;
  readonly password?: string;
  /** Whether a room that isn't there is made; true unless given. */
  readonly create?: boolean;
  readonly caps: Caps;
  readonly clock: XmppClock;
  /** Reads and writes edits in compact form, which `caps` announces then. */
  readonly compact?: CompactCodec;
  readonly uploads?: Uploads;
  /** What was dropped or void in what others sent, for the log. */
  readonly note?: (message: string) => void;
}

export interface RoomTransport extends Transport {
  /** Comes into the room; listen before, the first `joined` comes during it. Rejects with an XmppError: room-full, banned,
   *  members-only, password-required, nick-taken, not-allowed, room-missing, unknown-host, timeout, disconnected, refused.
   *  Later losses are mended by itself: `down`, then `joined` again. */
  join(): Promise<void>;
  /** Whether somebody in the room has this full JID there. */
  has(jid: string): boolean;
  /** What the room calls us. */
  readonly nick: string;
  /** Says something to all in words. */
  say(body: string): Promise<void>;
  /** Who may do what there, and how the room is. */
  readonly admin: RoomAdmin;
  /** What the room asks of whoever comes in, as far as it is known. */
  readonly password: string | undefined;
}

/** A transport through a room that isn't joined yet. Throws RangeError when `room` is no bare JID. */
export function createRoomTransport(entity: Entity, options: RoomTransportOptions): RoomTransport {
  const { caps, clock } = options;
  const note = (message: string): void => options.note?.(message);
  let advertised: readonly Element[] = [];
  let away = false;
  const listeners = new Set<(event: TransportEvent) => void>();
  const room = createRoom(entity, {
    room: options.room,
    nick: options.nick,
    ...(options.password === undefined ? {} : { password: options.password }),
    create: options.create ?? true,
    clock,
    presence: () => [...(away ? [xml('show', {}, 'away')] : []), caps.element(), ...advertised],
  });

  const tellAll = (event: TransportEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const psi = createPsiRoom({ room: room.jid, clock, note, emit: tellAll, send: (stanza) => entity.send(stanza) });

  function emit(event: TransportEvent): void {
    if (event.type === 'joined' || event.type === 'down') psi.clear();
    tellAll(event);
    if (event.type === 'joined') for (const occupant of event.occupants) psi.here(occupant);
    else if (event.type === 'occupant') psi.here(event.occupant);
    else if (event.type === 'left') psi.gone(event.occupant);
    else if (event.type === 'message') psi.ordered(event.message);
  }

  const tell = (): void => {
    room.updatePresence().catch(() => note('our presence goes out when the connection is back'));
  };

  /** What someone's caps say, as far as it is known without asking. */
  function describe(occupant: RoomOccupant, features = caps.known(occupant.presence)): Occupant {
    const { session, also } = parseAdvertised(occupant.presence);
    const { id, jid, nick, me, role, affiliation, account, show } = occupant;
    const psi = features && drawsAsPsi(features) && !features.has(NS_SXE);
    return {
      ...{ id, jid, nick, me, role, affiliation, show },
      ...(account === undefined ? {} : { account }),
      ...(session ? { session } : {}),
      ...(also.length > 0 ? { also } : {}),
      ...(features
        ? {
            sxe: psi || features.has(NS_SXE),
            limn: features.has(NS_LIMN_SESSION),
            compact: features.has(NS_LIMN_COMPACT),
            ...(psi ? { psi } : {}),
          }
        : {}),
    };
  }

  /** Asks for caps that aren't known and tells when they are, unless the presence is no longer the last one. */
  function learn(occupant: RoomOccupant): void {
    if (caps.known(occupant.presence)) return;
    void caps.featuresOf(occupant.presence).then((features) => {
      const now = room.occupant(occupant.nick);
      if (features && now?.presence === occupant.presence)
        emit({ type: 'occupant', occupant: describe(now, features) });
    });
  }

  function message(event: Extract<RoomEvent, { type: 'message' }>): void {
    const { stanza, toAll } = event;
    const from = describe(event.from);
    const time = clock.now();
    const result = parseSxe(stanza, options.compact);
    if (!result) {
      if (psi.hear(from, stanza, toAll)) return;
      const body = stanza.getChildText('body');
      if (toAll && body) emit({ type: 'chat', from, body, time });
    } else if (!result.ok) note(`${from.jid}: ${result.reason}`);
    else {
      for (const problem of result.notes) note(`${from.jid}: ${problem}`);
      emit({ type: toAll ? 'message' : 'private', from, message: result.message, time });
    }
  }

  room.on((event) => {
    switch (event.type) {
      case 'joined':
        emit({ type: 'joined', occupants: event.occupants.map((one) => describe(one)), resumed: event.resumed });
        for (const occupant of event.occupants) learn(occupant);
        break;
      case 'occupant':
        emit({ type: 'occupant', occupant: describe(event.occupant) });
        learn(event.occupant);
        break;
      case 'left':
        emit({ type: 'left', occupant: describe(event.occupant) });
        break;
      case 'message':
        message(event);
        break;
      case 'bounced': {
        const text = event.error.message;
        const sxeId = attribute(event.stanza, 'id') ?? '';
        if (sxeId !== '')
          emit({ type: 'refused', sxeId, condition: event.error.condition ?? 'undefined-condition', text });
        break;
      }
      case 'down': {
        const { type, reason, final, code } = event;
        emit({ type, reason, final, ...(isBarred(code) ? { barred: code } : {}) });
        break;
      }
    }
  });

  async function send(
    to: string,
    type: 'groupchat' | 'chat',
    sxe: SxeMessage,
    extra: readonly Element[],
  ): Promise<void> {
    if (!room.joined)
      throw new XmppError('disconnected', 'Limn is not in the room at the moment. Try again when it is back.');
    // No archive needs any of this: a late joiner takes the state from those present.
    const hints = sxe.payload.kind === 'live' || type === 'chat' ? ephemeralHints() : [];
    // The stanza's id is the SXE id, so that an error names what it refuses.
    await entity.send(xml('message', { to, type, id: sxe.id }, writeSxe(sxe, options.compact), ...hints, ...extra));
  }

  return {
    get nick() {
      return room.nick;
    },
    has: (jid) => bareJid(jid) === room.jid && room.occupant(jid.slice(room.jid.length + 1))?.jid === jid,
    join: () => room.join(),
    toAll(sxe) {
      const { message: said, extra } = psi.toAll(sxe);
      return send(room.jid, 'groupchat', said, extra);
    },
    toOne: (occupant, sxe) =>
      occupant.psi ? psi.toOne(occupant, sxe) : send(occupant.jid, 'chat', sxe, [xml('x', { xmlns: NS_MUC_USER })]),
    say: async (body) => {
      if (!room.joined)
        throw new XmppError('disconnected', 'Limn is not in the room at the moment. Try again when it is back.');
      await entity.send(xml('message', { to: room.jid, type: 'groupchat' }, xml('body', {}, body)));
    },
    leads: psi.leads,
    advertise: (session, also = []) => {
      psi.board(session?.id);
      const next = serializeAdvertised(session, also);
      if (next.join('') === advertised.join('')) return;
      advertised = next;
      tell();
    },
    away(on) {
      if (on === away) return;
      away = on;
      tell();
    },
    on: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    leave: () => room.leave(),
    admin: createRoomAdmin(entity, room),
    get password() {
      return room.password;
    },
    ...(options.uploads && { uploads: options.uploads }),
  };
}
