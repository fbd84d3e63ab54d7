/** Sessions between two as the app needs them: presence, contacts and invitations of one connection, put together. */
import type { Direct } from '#app/network.ts';
import type { Clock, Logger, Random } from '#app/ports.ts';
import { systemDeflate } from '#platform/deflate.ts';
import { keepUntilHeard } from '#session/keep-until-heard.ts';
import { type Agreed, createInvitations, type Incoming, type Outgoing } from '#session/invitations.ts';
import type { BoardService } from '#session/board-service.ts';
import type { Uploads } from '#session/uploads.ts';
import { createCompactCodec } from '#xmpp/compact.ts';
import type { Connection as XmppConnection } from '#xmpp/connection.ts';
import { bareJid, parseJid, sameJid } from '#xmpp/jid.ts';
import { createPresences } from '#xmpp/rfc-6121-presence.ts';
import { createRoster } from '#xmpp/rfc-6121-roster.ts';
import type { Caps } from '#xmpp/xep-0115.ts';
import { enableCarbons } from '#xmpp/xep-0280.ts';

export interface DirectOptions {
  readonly caps: Caps;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly uploads: Uploads;
  readonly boards: BoardService;
  /** Whether a bare JID is a room that we are in. */
  readonly isRoom: (jid: string) => boolean;
}

/** So many addresses are remembered as having been shown our presence. */
const MAX_GREETED = 1000;

const SHOWS = { chat: 'free', available: 'free', away: 'away', xa: 'away', dnd: 'busy', off: 'off' } as const;

/** Puts them together, before the connection starts; whoever invites after `ready` is heard. `stop` before it is closed. */
export function createDirect(
  connection: XmppConnection,
  { caps, clock, random, logger, uploads, boards, isRoom }: DirectOptions,
): {
  direct: Direct;
  ready: Promise<void>;
  /** The features of an account's clients that are seen, as far as they are known. */
  clientsOf(account: string): Promise<readonly ReadonlySet<string>[]>;
  stop(): void;
} {
  const seen = new Set<(jid: string) => void>();
  const invited = new Set<(incoming: Incoming) => void>();
  /** Invitations that came before anyone listened. */
  const early: Incoming[] = [];
  const admitted = new Set<string>();
  const greeted = new Set<string>();
  const presences = createPresences(connection, { extra: () => [caps.element()], isRoom });
  const changed = new Set<() => void>();
  const tellChanged = (): void => {
    for (const listener of [...changed]) listener();
  };
  const roster = createRoster(connection, { onChange: tellChanged });
  const nameOf = (jid: string): string => roster.get(jid)?.name ?? parseJid(jid)?.local ?? jid;
  // Chats are for the account's other clients until Limn shows them; carbons bring what is about invitations.
  let whenReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    whenReady = resolve;
  });
  const stopCarbons = enableCarbons(connection, whenReady);
  presences.tell({ show: 'available', priority: -1 });
  const stopSeen = presences.on((event) => {
    if (event.type !== 'contact') return;
    tellChanged();
    if (event.resources.length === 0) return;
    // A client of theirs that is new doesn't see us yet.
    for (const { jid } of event.resources) if (admitted.has(event.jid) && !greeted.has(jid)) greet(jid);
    for (const listener of [...seen]) listener(event.jid);
  });
  const greet = (jid: string): void => {
    if (greeted.size >= MAX_GREETED) greeted.clear();
    greeted.add(jid);
    presences.greet(jid).catch(() => logger.debug('a presence was not taken', { jid }));
  };
  const stopOnline = connection.on((event) => {
    if (event.type !== 'online' || event.resumed) return;
    greeted.clear();
    for (const jid of admitted) greet(jid);
  });
  const invitations = createInvitations(connection, {
    caps,
    presences,
    clock,
    random,
    nameOf,
    knows: (jid) => roster.get(jid) !== undefined || admitted.has(jid),
    compact: createCompactCodec(systemDeflate),
    uploads,
    note: (message) => logger.debug('direct', { message }),
    onInvited(incoming) {
      const kept = { ...incoming, accept: async () => started(await incoming.accept()) };
      if (invited.size === 0) early.push(kept);
      for (const listener of [...invited]) listener(kept);
    },
  });

  return {
    ready,
    async clientsOf(account) {
      const there = presences.resources(account);
      const all = await Promise.all(there.map(({ presence }) => caps.featuresOf(presence)));
      return all.filter((features) => features !== undefined);
    },
    direct: {
      invite(jid, shared, quietly): Outgoing {
        const outgoing = invitations.invite(jid, shared, quietly);
        return { ...outgoing, agreed: outgoing.agreed.then(started) };
      },
      onInvited(listener) {
        invited.add(listener);
        for (const incoming of early.splice(0)) listener(incoming);
        return () => invited.delete(listener);
      },
      admit(jid) {
        const account = bareJid(jid);
        if (account === undefined || admitted.has(account)) return;
        admitted.add(account);
        if (connection.online) greet(account);
      },
      answer: (peer, session, answers) => boards.serve({ session, answers, isPresent: (jid) => sameJid(jid, peer) }),
      contacts: () =>
        roster.items().map(({ jid, name }) => ({
          jid,
          name: name ?? parseJid(jid)?.local ?? jid,
          show: SHOWS[presences.resources(jid)[0]?.show ?? 'off'],
        })),
      onContacts(listener) {
        changed.add(listener);
        return () => changed.delete(listener);
      },
      onSeen(listener) {
        seen.add(listener);
        return () => seen.delete(listener);
      },
    },
    stop() {
      stopCarbons();
      stopSeen();
      stopOnline();
      invitations.stop();
      roster.stop();
      presences.stop();
    },
  };
}

/** What is agreed, begun: what comes before anyone listens is kept. */
function started(agreed: Agreed): Agreed {
  const { transport } = keepUntilHeard(agreed.transport);
  agreed.transport.start();
  return { ...agreed, transport: { ...agreed.transport, ...transport } };
}
