/**
 * Invitations to a session between two: by Jingle to a client that is known to be there (XEP-0166), else by message to the
 * account, whichever of its clients answers (XEP-0353). What both have agreed to ends in a transport.
 */
import type { Entity } from '#xmpp/entity.ts';
import { StanzaError, XmppError } from '#xmpp/errors.ts';
import { bareJid, parseJid, sameJid } from '#xmpp/jid.ts';
import type { XmppClock, XmppRandom } from '#xmpp/ports.ts';
import type { Presences } from '#xmpp/rfc-6121-presence.ts';
import type { CompactCodec } from '#xmpp/compact.ts';
import { queryDiscoInfo } from '#xmpp/xep-0030.ts';
import type { Caps } from '#xmpp/xep-0115.ts';
import { createJingle, type JingleSession } from '#xmpp/xep-0166.ts';
import type { JingleReason } from '#xmpp/xep-0166-stanzas.ts';
import { NS_SXE } from '#xmpp/xep-0284.ts';
import { PSI_WHITEBOARD } from '#xmpp/xep-0284-psi.ts';
import { receivedCarbon } from '#xmpp/xep-0280.ts';
import { type JingleMessage, parseJingleMessage, serializeJingleMessage } from '#xmpp/xep-0353.ts';
import { attribute, type Element } from '#xmpp/xml-text.ts';
import { createDirectTransport, type DirectTransport, endSentence } from './direct-transport.ts';
import { randomId } from './ports.ts';
import { createPsiInvitations, drawsAsPsi, type PsiIncoming } from './psi-invitations.ts';
import { createPsiTransport } from './psi-transport.ts';
import type { Uploads } from './uploads.ts';

/** What is shared: the session's id, its application types, the name of the document. */
export interface Shared {
  readonly sid: string;
  readonly name: string;
  readonly descriptions: readonly string[];
}

/** Both have agreed. The transport begins when it is started. */
export interface Agreed extends Shared {
  /** Full JID of the other. */
  readonly peer: string;
  readonly transport: DirectTransport;
}

export interface Outgoing {
  readonly sid: string;
  /** Rejects with an XmppError whose message says what became of it. */
  readonly agreed: Promise<Agreed>;
  /** Takes the invitation back. */
  cancel(): void;
}

export interface Incoming extends Shared {
  /** Bare JID of who invites, as the server says. */
  readonly from: string;
  /** Rejects with an XmppError when the other has gone meanwhile. */
  accept(): Promise<Agreed>;
  decline(reason: Extract<JingleReason, 'decline' | 'busy' | 'unsupported-applications'>): void;
  /** Calls back once it can't be answered any more. */
  onGone(listener: (why: string) => void): void;
}

export interface InvitationsOptions {
  readonly caps: Caps;
  readonly presences: Presences;
  readonly clock: XmppClock;
  readonly random: XmppRandom;
  /** How a person is called, by bare JID. */
  readonly nameOf: (jid: string) => string;
  /** Whether this account may find out that Limn is here (XEP-0166, section 6.3.2): a contact, or one with whom we share a board. */
  readonly knows: (jid: string) => boolean;
  readonly onInvited: (incoming: Incoming) => void;
  readonly note: (message: string) => void;
  /** Reads and writes edits in compact form. */
  readonly compact?: CompactCodec;
  readonly uploads?: Uploads;
}

export interface Invitations {
  /** Invites a bare or full JID. `quietly`: a client that is seen, or nobody; for coming back to what both have. */
  invite(jid: string, shared: Omit<Shared, 'sid'> & { readonly sid?: string }, quietly?: boolean): Outgoing;
  stop(): void;
}

/** How long nobody's client may ring, and how long a person may take, in milliseconds. */
const RING_WITHIN = 20_000;
const ANSWER_WITHIN = 120_000;
/** How long the session may take to follow a yes. */
const FOLLOW_WITHIN = 30_000;
/** Invitations by message that wait for an answer at one time, from one account and in all: more are a flood. */
const MAX_EACH = 3;
const MAX_ALL = 32;

/** A proposal of somebody's, rung but not answered, or answered and not followed yet. */
interface Proposal {
  readonly from: string;
  readonly gone: (why: string) => void;
  readonly followed: (session: JingleSession) => void;
  proceeded: boolean;
}

/** Answers and sends invitations over a connection. */
export function createInvitations(entity: Entity, options: InvitationsOptions): Invitations {
  const { clock, caps, presences, note } = options;
  /** My proposals that have no answer, by id. */
  const proposing = new Map<string, { readonly jid: string; hear(message: JingleMessage, from: string): void }>();
  const proposals = new Map<string, Proposal>();

  const say = (to: string, message: JingleMessage): void => {
    entity.send(serializeJingleMessage(to, message)).catch(() => note('a word about an invitation was not taken'));
  };
  const nameOf = (jid: string): string => options.nameOf(bareJid(jid) ?? jid);
  const ended = (jid: string, reason: JingleReason): XmppError =>
    new XmppError('refused', endSentence(nameOf(jid), 'peer', reason), reason);

  async function featuresOf(jid: string): Promise<ReadonlySet<string>> {
    const there = presences.resources(jid).find((one) => sameJid(one.jid, jid));
    const known = there && (await caps.featuresOf(there.presence));
    return known ?? new Set((await queryDiscoInfo(entity, jid)).features);
  }

  const agreed = (session: JingleSession, features: ReadonlySet<string>): Agreed => {
    const transport = createDirectTransport(entity, {
      jingle: session,
      features,
      name: nameOf(session.peer),
      clock,
      note,
      ...(options.compact ? { compact: options.compact } : {}),
      ...(options.uploads ? { uploads: options.uploads } : {}),
    });
    const { name, descriptions } = session.content;
    return { sid: session.sid, name, descriptions, peer: session.peer, transport };
  };

  /** Resolves when the session is accepted; ends it when nobody answers in time. */
  function accepted(session: JingleSession, within: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (session.outcome) return reject(ended(session.peer, session.outcome.reason));
      // The yes may come in one breath with the acknowledgement.
      if (session.state === 'active') return resolve();
      const cancel = clock.after(within, () => session.end('timeout'));
      const stop = session.on((event) => {
        cancel();
        stop();
        if (event.type === 'accepted') resolve();
        else reject(ended(session.peer, event.end.reason));
      });
    });
  }

  const agreedWithPsi = (jid: string, { sid, name }: Pick<Shared, 'sid' | 'name'>, invited: boolean): Agreed => {
    const { random } = options;
    const transport = createPsiTransport(entity, { peer: jid, sid, invited, name: nameOf(jid), clock, random, note });
    return { sid, name, descriptions: [PSI_WHITEBOARD], peer: jid, transport };
  };

  async function initiate(
    jid: string,
    shared: Shared,
    within: number,
    onSession: (session: JingleSession) => void,
    cancelled: AbortSignal,
  ): Promise<Agreed> {
    const features = await featuresOf(jid).catch((error: unknown) => {
      throw refusal(jid, error);
    });
    if (!features.has(NS_SXE) && drawsAsPsi(features) && shared.descriptions.includes(PSI_WHITEBOARD)) {
      const answer = await psi.invite(jid, shared.sid, cancelled);
      if (answer !== 'accepted') throw ended(jid, answer);
      return agreedWithPsi(jid, shared, false);
    }
    if (!features.has(NS_SXE)) throw ended(jid, 'unsupported-transports');
    const host = bareJid(entity.jid ?? '') ?? '';
    const session = await jingle
      .initiate(jid, { sid: shared.sid, name: shared.name, descriptions: shared.descriptions, hosts: [host] })
      .catch((error: unknown) => {
        throw refusal(jid, error);
      });
    onSession(session);
    // The other's first words may follow its yes at once.
    const result = agreed(session, features);
    await accepted(session, within);
    return result;
  }

  function refusal(jid: string, error: unknown): unknown {
    if (!(error instanceof StanzaError)) return error;
    const who = nameOf(jid);
    const absent = ['service-unavailable', 'recipient-unavailable', 'item-not-found', 'gone'];
    const sentence = absent.includes(error.condition ?? '')
      ? `${who} is not there, or does not take invitations from you. Add each other as contacts, or try again later.`
      : error.condition === 'conflict'
        ? `${who} invited you at the same moment. Answer that invitation.`
        : `${who} could not be invited (${error.condition ?? 'no reason given'}). Try again later.`;
    return new XmppError('refused', sentence, error.condition);
  }

  /** The clients of an account that can share drawings, the likeliest first; undefined when none is seen at all. Psi comes back to
   *  nothing and asks its person each time, so `quietly` leaves it out. */
  async function capable(jid: string, quietly: boolean): Promise<string[] | undefined> {
    const there = presences.resources(jid);
    if (there.length === 0) return undefined;
    const features = await Promise.all(there.map(({ presence }) => caps.featuresOf(presence)));
    const which = (able: (features: ReadonlySet<string>) => boolean): string[] =>
      there.filter((_, at) => able(features[at] ?? new Set())).map((one) => one.jid);
    const asPsi = quietly ? [] : which((one) => !one.has(NS_SXE) && drawsAsPsi(one));
    return [...which((one) => one.has(NS_SXE)), ...asPsi];
  }

  /** Invites an account by message; resolves with the client that wants it. */
  function propose(jid: string, { sid, descriptions }: Shared, cancelled: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      let stopTimer = clock.after(RING_WITHIN, () => over('expired', true));
      const finish = (): void => {
        stopTimer();
        proposing.delete(sid);
        cancelled.removeEventListener('abort', onCancel);
      };
      const over = (reason: JingleReason, tell: boolean): void => {
        finish();
        if (tell) say(jid, { kind: 'retract', id: sid, reason: reason === 'expired' ? 'expired' : 'cancel' });
        reject(ended(jid, reason));
      };
      const onCancel = (): void => over('cancel', true);
      cancelled.addEventListener('abort', onCancel);
      proposing.set(sid, {
        jid,
        hear(message, from) {
          if (!sameJid(bareJid(from) ?? '', jid)) return;
          if (message.kind === 'ringing') {
            stopTimer();
            stopTimer = clock.after(ANSWER_WITHIN, () => over('timeout', true));
          } else if (message.kind === 'proceed') {
            finish();
            resolve(from);
          } else if (message.kind === 'reject')
            over(message.tieBreak ? 'alternative-session' : (message.reason ?? 'decline'), false);
        },
      });
      say(jid, { kind: 'propose', id: sid, descriptions });
    });
  }

  function invite(jid: string, wanted: Omit<Shared, 'sid'> & { readonly sid?: string }, quietly = false): Outgoing {
    const shared: Shared = { ...wanted, sid: wanted.sid ?? randomId(options.random) };
    const abort = new AbortController();
    let session: JingleSession | undefined;
    const onSession = (made: JingleSession): void => {
      session = made;
      if (abort.signal.aborted) made.end('cancel');
    };
    const run = async (): Promise<Agreed> => {
      const full = (parseJid(jid)?.resource ?? '') !== '';
      const clients = full ? [jid] : await capable(jid, quietly);
      const [client] = clients ?? [];
      if (client !== undefined) return initiate(client, shared, ANSWER_WITHIN, onSession, abort.signal);
      if (clients) throw ended(jid, 'unsupported-transports');
      if (quietly) throw ended(jid, 'gone');
      const answering = await propose(jid, shared, abort.signal);
      return initiate(answering, shared, FOLLOW_WITHIN, onSession, abort.signal);
    };
    return {
      sid: shared.sid,
      agreed: run(),
      cancel() {
        abort.abort();
        session?.end('cancel');
      },
    };
  }

  function incomingByJingle(session: JingleSession): void {
    const proposal = proposals.get(session.sid);
    if (proposal?.proceeded && sameJid(bareJid(session.peer) ?? '', proposal.from)) return proposal.followed(session);
    const { name, descriptions } = session.content;
    options.onInvited({
      sid: session.sid,
      name,
      descriptions,
      from: bareJid(session.peer) ?? session.peer,
      accept: () => acceptSession(session),
      decline: (reason) => session.end(reason),
      onGone(listener) {
        session.on((event) => {
          if (event.type === 'ended' && event.by === 'peer')
            listener(endSentence(nameOf(session.peer), 'peer', event.end.reason));
        });
      },
    });
  }

  async function acceptSession(session: JingleSession): Promise<Agreed> {
    // Whoever won't say what it knows is taken for a peer that knows XEP-0284 alone.
    const features = await featuresOf(session.peer).catch(() => new Set([NS_SXE]));
    if (session.outcome) throw ended(session.peer, session.outcome.reason);
    const result = agreed(session, features);
    await session.accept();
    return result;
  }

  function proposed(from: string, { id, descriptions }: Extract<JingleMessage, { kind: 'propose' }>): void {
    const account = bareJid(from);
    if (account === undefined || proposals.has(id)) return;
    // Both invite each other: the lower id stands (section 4.1).
    const mine = [...proposing].find(([, one]) => sameJid(one.jid, account));
    if (mine && mine[0] < id) return say(from, { kind: 'reject', id, reason: 'expired', tieBreak: true });
    if (mine) {
      mine[1].hear({ kind: 'reject', id: mine[0], tieBreak: true }, from);
      say(account, { kind: 'retract', id: mine[0], reason: 'expired', tieBreak: true });
    }
    const ofAccount = [...proposals.values()].filter((one) => one.from === account).length;
    if (ofAccount >= MAX_EACH || proposals.size >= MAX_ALL) return note(`too many invitations from ${account}`);
    const listeners = new Set<(why: string) => void>();
    const forget = (): void => {
      cancel();
      proposals.delete(id);
    };
    let cancel = clock.after(ANSWER_WITHIN + RING_WITHIN, () => gone(endSentence(nameOf(account), 'peer', 'cancel')));
    const gone = (why: string): void => {
      forget();
      for (const listener of listeners) listener(why);
    };
    let follow: ((session: JingleSession) => void) | undefined;
    const proposal: Proposal = { from: account, gone, followed: (session) => follow?.(session), proceeded: false };
    proposals.set(id, proposal);
    say(from, { kind: 'ringing', id });
    options.onInvited({
      sid: id,
      name: '',
      descriptions,
      from: account,
      async accept() {
        if (!proposals.has(id)) throw ended(account, 'cancel');
        proposal.proceeded = true;
        cancel();
        const session = await new Promise<JingleSession>((resolve, reject) => {
          listeners.add(() => reject(ended(account, 'cancel')));
          cancel = clock.after(FOLLOW_WITHIN, () => gone(''));
          follow = resolve;
          say(from, { kind: 'proceed', id });
        });
        forget();
        return acceptSession(session);
      },
      decline(reason) {
        if (!proposals.has(id)) return;
        forget();
        say(from, { kind: 'reject', id, reason });
      },
      onGone: (listener) => void listeners.add(listener),
    });
  }

  function heard(arrived: Element): void {
    const stanza = receivedCarbon(entity, arrived) ?? arrived;
    const message = parseJingleMessage(stanza);
    const from = attribute(stanza, 'from');
    if (!message || from === undefined) return;
    if (message.kind === 'propose') return proposed(from, message);
    if (message.kind === 'retract' || message.kind === 'finish') {
      const proposal = proposals.get(message.id);
      if (proposal && sameJid(proposal.from, bareJid(from) ?? ''))
        proposal.gone(endSentence(nameOf(from), 'peer', 'cancel'));
    } else proposing.get(message.id)?.hear(message, from);
  }

  function invitedByPsi(incoming: PsiIncoming): void {
    const { sid, from } = incoming;
    options.onInvited({
      ...{ sid, name: '', descriptions: [PSI_WHITEBOARD] },
      from: bareJid(from) ?? from,
      accept() {
        // It listens before Psi hears of the yes, upon which the document comes at once.
        const result = agreedWithPsi(from, { sid, name: '' }, true);
        if (incoming.accept()) return Promise.resolve(result);
        return result.transport.leave().then(() => Promise.reject(ended(from, 'cancel')));
      },
      decline: () => incoming.decline(),
      onGone: (listener) => incoming.onGone(() => listener(endSentence(nameOf(from), 'peer', 'cancel'))),
    });
  }

  const psi = createPsiInvitations(entity, { clock, random: options.random, onInvited: invitedByPsi, note });
  const jingle = createJingle(entity, {
    random: options.random,
    onInitiate: incomingByJingle,
    mayInitiate(jid) {
      const account = bareJid(jid) ?? '';
      return options.knows(account) || [...proposals.values()].some((one) => one.proceeded && one.from === account);
    },
  });
  const stopStanzas = entity.onStanza(heard);

  return {
    invite,
    stop() {
      stopStanzas();
      psi.stop();
      jingle.stop();
      for (const proposal of [...proposals.values()]) proposal.gone('You signed out.');
    },
  };
}
