/**
 * Boards on the local network, with no server and no account (XEP-0174): who offers what, who calls whom, and which keys people have
 * accepted. Nothing is sent or listened for before `start`, and nothing after its end.
 */
import { XmppError } from '#xmpp/errors.ts';
import { type LinkHandlers, type LinkPeer, type LinkStream, openLinkStream } from '#xmpp/link-stream.ts';
import type { Discovery, FoundService, LinkNet, LinkWire, XmppClock, XmppRandom } from '#xmpp/ports.ts';
import { shownName } from '#xmpp/shown-name.ts';
import { type LinkPresence, MAX_ANNOUNCED, parseLinkPresence, serializeLinkPresence } from '#xmpp/xep-0174.ts';
import { createNearbyPlace, type NearbyPlace, type NearbyTarget } from './nearby-place.ts';

/** A board that somebody on the network offers. Names are claims. */
export interface NearbyBoard {
  readonly session: string;
  readonly name: string;
  readonly people: number;
  /** The host: how it calls itself, its link-local name, and whether a person accepted its key before. */
  readonly host: string;
  readonly instance: string;
  readonly key: string;
  readonly known: boolean;
}

/** Two people are to compare six digits. */
export interface NearbyQuestion {
  readonly board: string;
  /** How the other one calls itself. */
  readonly nick: string;
  readonly code: string;
  /** They want to come to our board; else we want to come to theirs. */
  readonly guest: boolean;
  /** The other has gone, or hung up. */
  readonly gone: AbortSignal;
}

export interface NearbyOptions {
  readonly net: LinkNet;
  readonly discovery: Discovery;
  readonly clock: XmppClock;
  readonly random: XmppRandom;
  /** This computer's name, for the link-local address. */
  readonly machine: string;
  readonly nick: () => string;
  /** Keys that a person has accepted. */
  readonly trust: { knows(key: string): boolean; accept(key: string, nick: string): void };
  /** Asks the person; false refuses. */
  readonly ask: (question: NearbyQuestion) => Promise<boolean>;
  /** What is offered has changed. */
  readonly changed: (boards: readonly NearbyBoard[]) => void;
  readonly note: (message: string) => void;
}

export interface Nearby {
  boards(): readonly NearbyBoard[];
  /** Offers a board and hosts it, or goes to where it is hosted by somebody whom we know. */
  share(session: string, name: string): Promise<NearbyPlace>;
  /** Goes to a board that is offered. Rejects with an XmppError. */
  join(board: Pick<NearbyBoard, 'session' | 'instance'>, cancelled?: AbortSignal): Promise<NearbyPlace>;
  /** Leaves everything. */
  stop(): void;
}

/** Streams that have not got as far as stanzas: all in all, and from one address. */
const MAX_PENDING = 16;
const MAX_PENDING_EACH = 4;
/** Questions that a person is asked at one time. */
const MAX_QUESTIONS = 3;
/** The most of a name that is shown, in UTF-16 units. */
const MAX_SHOWN = 64;

/** Listens and looks around. Rejects when the system doesn't let us. */
export async function startNearby(options: NearbyOptions): Promise<Nearby> {
  const { net, discovery, clock, random, machine, trust, note } = options;
  const places = new Map<string, NearbyPlace>();
  const pending = new Map<LinkWire, string>();
  let services: readonly { readonly service: FoundService; readonly presence: LinkPresence }[] = [];
  let questions = 0;
  let stopped = false;

  const instance = (): string => `${options.nick().replace(/[@/\s]+/g, '-')}@${machine}`;
  const shared = { clock, random, key: net.key, note };

  async function agree(
    peer: LinkPeer,
    code: string,
    gone: AbortSignal,
    guest: boolean,
    board: string,
  ): Promise<boolean> {
    if (questions >= MAX_QUESTIONS) return false;
    questions += 1;
    try {
      const nick = shownName(peer.nick, MAX_SHOWN) || '?';
      const wanted = await options.ask({ board, nick, code, guest, gone });
      if (wanted) trust.accept(peer.key, nick);
      return wanted;
    } finally {
      questions -= 1;
    }
  }

  const known = (key: string, session: string): boolean =>
    trust.knows(key) || places.get(session)?.admitted(key) === true;

  function called(wire: LinkWire): void {
    const same = [...pending.values()].filter((address) => address === wire.address).length;
    if (stopped || pending.size >= MAX_PENDING || same >= MAX_PENDING_EACH) return wire.destroy();
    pending.set(wire, wire.address);
    openLinkStream({
      ...shared,
      ...{ wire, known, address: instance(), nick: options.nick() },
      closedTo(session) {
        const place = places.get(session);
        return !place?.hosting ? 'host-unknown' : place.full ? 'resource-constraint' : undefined;
      },
      agree: (peer, code, gone) => agree(peer, code, gone, true, places.get(peer.session)?.name ?? ''),
      opened: (stream) => places.get(stream.peer.session)?.guest(stream) ?? turnedAway(stream),
    })
      .catch((error: unknown) => note(`a call from ${wire.address}: ${String(error)}`))
      .finally(() => pending.delete(wire));
  }

  const server = await net.listen(called);

  async function call(
    session: string,
    name: string,
    target: NearbyTarget,
    opened: (stream: LinkStream) => LinkHandlers,
    cancelled?: AbortSignal,
  ): Promise<LinkStream> {
    let wire: LinkWire;
    try {
      wire = await net.dial(target.addresses, target.port, cancelled);
    } catch (error) {
      if (cancelled?.aborted) throw new XmppError('cancelled', 'You did not go there.');
      note(`${target.name} can't be reached: ${String(error)}`);
      throw new XmppError('connection-refused', `${target.name} can't be reached. Check that both are on one network.`);
    }
    const to = { to: target.name, session, key: target.key, port: server.port };
    return await openLinkStream(
      {
        ...shared,
        ...{ wire, known, opened, call: to, address: instance(), nick: options.nick() },
        agree: (peer, code, gone) => agree(peer, code, gone, false, name),
      },
      cancelled,
    );
  }

  function announce(): void {
    if (stopped) return;
    const boards = [...places.values()].filter(({ hosting }) => hosting).slice(0, MAX_ANNOUNCED);
    const presence = {
      nick: options.nick(),
      key: net.key,
      boards: boards.map(({ session, name, people }) => ({ session, name, people })),
    };
    const service = {
      instance: instance(),
      port: server.port,
      txt: serializeLinkPresence(presence, server.port),
    };
    discovery.announce(boards.length > 0 ? service : undefined);
  }

  const targets = (session: string): (NearbyTarget & { readonly key: string })[] =>
    services
      .filter(({ presence }) => presence.boards.some((board) => board.session === session))
      .map(({ service: { port, addresses }, presence: { key, nick } }) => ({ key, port, addresses, name: nick }));

  function placeFor(session: string, name: string): NearbyPlace {
    return createNearbyPlace({
      ...{ session, name, key: net.key, port: server.port, jid: `${instance()}`, clock, random, note },
      call: (target, opened, cancelled) => call(session, name, target, opened, cancelled),
      announced: () => targets(session),
      known: (key) => trust.knows(key),
      changed: announce,
    });
  }

  /** Keeps the place as long as it lasts. */
  function keep(place: NearbyPlace): NearbyPlace {
    places.set(place.session, place);
    place.entity.on((event) => {
      if (event.type !== 'failed' || places.get(place.session) !== place) return;
      places.delete(place.session);
      announce();
      tell();
    });
    tell();
    return place;
  }

  const boards = (): NearbyBoard[] =>
    services
      .filter(({ presence }) => presence.key !== net.key)
      .flatMap(({ service, presence: { nick, key, boards: offered } }) =>
        offered
          .filter(({ session }) => !places.has(session))
          .map((board) => ({ ...board, host: nick, instance: service.instance, key, known: trust.knows(key) })),
      );
  function tell(): void {
    if (!stopped) options.changed(boards());
  }

  discovery.browse((found) => {
    services = found.flatMap((service) => {
      const presence = parseLinkPresence(service);
      return presence ? [{ service, presence }] : [];
    });
    for (const place of places.values()) place.look();
    tell();
  });

  return {
    boards,
    async share(session, name) {
      if (places.has(session))
        throw new XmppError('refused', 'This board is shared with people nearby already. Open it to draw with them.');
      const elsewhere = targets(session).filter(({ key }) => key !== net.key && trust.knows(key));
      const place = placeFor(session, name);
      for (const target of elsewhere) {
        try {
          await place.join(target);
          return keep(place);
        } catch (error) {
          note(`the board is said to be elsewhere: ${String(error)}`);
        }
      }
      keep(place);
      place.host();
      return place;
    },
    async join(board, cancelled) {
      const found = services.find(({ service }) => service.instance === board.instance);
      const offered = found?.presence.boards.find(({ session }) => session === board.session);
      if (!found || !offered)
        throw new XmppError('room-missing', 'This board is not offered any more. Choose another one.');
      if (places.has(board.session))
        throw new XmppError('refused', 'You are at this board already. Open it from your boards.');
      const { service, presence } = found;
      const place = placeFor(board.session, offered.name);
      const { port, addresses } = service;
      await place.join({ key: presence.key, port, addresses, name: presence.nick }, cancelled);
      return keep(place);
    },
    stop() {
      if (stopped) return;
      stopped = true;
      for (const place of [...places.values()]) place.leave();
      places.clear();
      discovery.close();
      server.close();
    },
  };
}

/** The board was left while its guest was on the way. */
function turnedAway(stream: LinkStream): LinkHandlers {
  queueMicrotask(() => stream.close('host-unknown'));
  return { stanza: () => undefined, closed: () => undefined };
}
