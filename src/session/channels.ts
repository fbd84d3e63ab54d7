/**
 * Several sessions in one room: each has a Transport of its own over the one that joined. Stanzas are told apart by
 * their session's id; who is there, cuts and returns are everyone's. The sessions share the server's throttle fairly by
 * themselves, since each has one edit stanza on its way at a time (DESIGN section 3, Flow).
 */
import type { Advertised } from '#xmpp/xep-0284-presence.ts';
import type { Occupant, Transport, TransportEvent } from './transport.ts';

export interface Channels {
  /** A transport for one session. The first opened is the one that presence advertises as XEP-0284 has it, and it hears the chat.
   *  One that is opened after the room was joined is told so at once. Its `leave` leaves the room with the last of them.
   *  @throws RangeError when that session has one already. */
  open(session: string): Transport;
  /** Leaves the room, whichever sessions are left. */
  leave(): Promise<void>;
}

interface Channel {
  readonly session: string;
  readonly listeners: Set<(event: TransportEvent) => void>;
  advertised?: Advertised | undefined;
}

/**
 * Shares a transport that nobody else listens to. `onOther` is told of sessions that somebody else advertises, or speaks
 * in, and that aren't open here; it may come more than once.
 */
export function createChannels(transport: Transport, onOther: (session: string) => void = () => {}): Channels {
  const channels = new Map<string, Channel>();
  let main: string | undefined;
  let off: (() => void) | undefined;
  let attached = false;
  let gone = false;
  /** Who is there, while we are. */
  let present: Map<string, Occupant> | undefined;

  const emit = (channel: Channel, event: TransportEvent): void => {
    for (const listener of [...channel.listeners]) listener(event);
  };
  const toEach = (event: (channel: Channel) => TransportEvent): void => {
    for (const channel of [...channels.values()]) emit(channel, event(channel));
  };
  const tellOther = (session: string | undefined): void => {
    if (session !== undefined && !channels.has(session)) onOther(session);
  };
  const lookAt = ({ me, session, also }: Occupant): void => {
    if (me) return;
    tellOther(session?.id);
    for (const { id } of also ?? []) tellOther(id);
  };

  function dispatch(event: TransportEvent): void {
    switch (event.type) {
      case 'joined':
        present = new Map(event.occupants.map((one) => [one.id, one]));
        toEach(({ session }) => ({ ...event, occupants: event.occupants.map((one) => seenFrom(session, one)) }));
        event.occupants.forEach(lookAt);
        break;
      case 'occupant':
      case 'left':
        if (event.type === 'left') present?.delete(event.occupant.id);
        else present?.set(event.occupant.id, event.occupant);
        toEach(({ session }) => ({ ...event, occupant: seenFrom(session, event.occupant) }));
        if (event.type === 'occupant') lookAt(event.occupant);
        break;
      case 'message':
      case 'private': {
        const channel = channels.get(event.message.session);
        if (channel) emit(channel, { ...event, from: seenFrom(channel.session, event.from) });
        else if (!event.from.me) tellOther(event.message.session);
        break;
      }
      case 'chat': {
        const channel = channels.get(main ?? '');
        if (channel) emit(channel, event);
        break;
      }
      case 'down':
        present = undefined;
        toEach(() => event);
        break;
      // A stanza's id says whose it was: the others don't know it.
      case 'refused':
        toEach(() => event);
    }
  }

  function advertise(): void {
    if (gone) return;
    const also = [...channels.values()].flatMap(({ session, advertised }) =>
      session === main || advertised === undefined ? [] : [advertised],
    );
    transport.advertise(channels.get(main ?? '')?.advertised, also);
  }

  async function leaveRoom(): Promise<void> {
    if (gone) return;
    gone = true;
    off?.();
    channels.clear();
    await transport.leave();
  }

  return {
    open(session) {
      if (channels.has(session)) throw new RangeError(`The session ${session} has a channel already.`);
      const channel: Channel = { session, listeners: new Set() };
      channels.set(session, channel);
      main ??= session;
      return {
        toAll: (message) => transport.toAll(message),
        toOne: (occupant, message) => transport.toOne(occupant, message),
        away: (on) => transport.away?.(on),
        leads(on) {
          if (session === main) transport.leads?.(on);
        },
        ...(transport.uploads && { uploads: transport.uploads }),
        advertise(advertised) {
          if (channels.get(session) !== channel) return;
          channel.advertised = advertised;
          advertise();
        },
        on(listener) {
          channel.listeners.add(listener);
          if (!attached) {
            // Before listening: what the transport kept for its first listener comes at once, and may open a further session.
            attached = true;
            off = transport.on(dispatch);
          } else if (present) {
            listener({ type: 'joined', occupants: [...present.values()].map((one) => seenFrom(session, one)) });
          }
          return () => channel.listeners.delete(listener);
        },
        async leave() {
          if (channels.get(session) !== channel) return;
          channels.delete(session);
          if (channels.size === 0) return await leaveRoom();
          advertise();
        },
      };
    },
    leave: leaveRoom,
  };
}

/** The occupant as a session knows it: what it advertises is that very session, or nothing. */
function seenFrom(session: string, occupant: Occupant): Occupant {
  const { session: first, also, ...rest } = occupant;
  const advertised = [...(first ? [first] : []), ...(also ?? [])].find(({ id }) => id === session);
  return advertised === undefined ? rest : { ...rest, session: advertised };
}
