/**
 * A session's Transport between two, under a Jingle session (XEP-0284, "Session Management"): the initiator is the host.
 * The host's order is the session's: it hands each stanza to itself and to the other in one sequence, the other's own included,
 * which confirms them. A strict peer expects no echo, and keeps no order; with it, ours counts whoever invited (DESIGN section 2).
 */
import type { Entity } from '#xmpp/entity.ts';
import { XmppError } from '#xmpp/errors.ts';
import { readStanzaError } from '#xmpp/iq.ts';
import { bareJid, parseJid, sameJid } from '#xmpp/jid.ts';
import type { XmppClock } from '#xmpp/ports.ts';
import type { JingleSession } from '#xmpp/xep-0166.ts';
import type { JingleReason } from '#xmpp/xep-0166-stanzas.ts';
import { ephemeralHints } from '#xmpp/xep-0203.ts';
import type { CompactCodec } from '#xmpp/compact.ts';
import { NS_LIMN_COMPACT, NS_LIMN_SESSION, NS_SXE, type SxeMessage, type SxePayload } from '#xmpp/xep-0284.ts';
import { parseSxe, writeSxe } from '#xmpp/xep-0284-codec.ts';
import { attribute, type Element, xml } from '#xmpp/xml-text.ts';
import type { Occupant, Transport, TransportEvent } from './transport.ts';
import type { Uploads } from './uploads.ts';

export interface DirectTransportOptions {
  /** Accepted, or about to be. Its end is the transport's. */
  readonly jingle: JingleSession;
  /** The features of the other's client (XEP-0030); what isn't known of it, it is not taken to know. */
  readonly features: ReadonlySet<string>;
  /** How the other is called. */
  readonly name: string;
  readonly clock: XmppClock;
  /** Reads and writes edits in compact form. */
  readonly compact?: CompactCodec;
  readonly uploads?: Uploads;
  /** What was dropped or void in what the other sent, for the log. */
  readonly note?: (message: string) => void;
}

export interface DirectTransport extends Transport {
  /** Begins: the first listener hears `joined`. */
  start(): void;
  /** Says something in words. */
  say(body: string): Promise<void>;
}

/** Silence after which the other is asked whether it still has the session, in milliseconds. */
const ASK_AFTER = 60_000;
/** What one says to all; the rest is for the other alone. A strict peer doesn't mark which is which. */
const TO_ALL: ReadonlySet<SxePayload['kind']> = new Set(['edits', 'connect', 'live'] satisfies SxePayload['kind'][]);

/** Makes a transport of a Jingle session. */
export function createDirectTransport(entity: Entity, options: DirectTransportOptions): DirectTransport {
  const { jingle, clock } = options;
  const limn = options.features.has(NS_LIMN_SESSION);
  /** Whether the order is ours to give. */
  const orders = jingle.initiator || !limn;
  const listeners = new Set<(event: TransportEvent) => void>();
  /** What is in the order but not told yet: an echo never comes within the call that sends. */
  const queue: TransportEvent[] = [];
  let draining = false;
  let state: 'new' | 'up' | 'down' | 'over' = 'new';
  /** Mine that the host has not sent back. */
  const unechoed = new Set<string>();
  let cancelTimer: () => void = () => undefined;
  /** Whom we invited has no state, and is in once it has said something (XEP-0284, "Connecting to a Session"). */
  let connected = !jingle.initiator;

  const mine = entity.jid ?? '';
  const person = (me: boolean, jid: string, host: boolean): Occupant => ({
    id: jid,
    jid,
    nick: me ? (parseJid(jid)?.local ?? jid) : options.name,
    me,
    role: host ? 'moderator' : 'participant',
    affiliation: host ? 'owner' : 'none',
    show: 'free',
  });
  const me = { ...person(true, mine, jingle.initiator), compact: options.compact !== undefined };
  const peer: Occupant = {
    ...person(false, jingle.peer, !jingle.initiator),
    sxe: limn || options.features.has(NS_SXE),
    limn,
    compact: options.features.has(NS_LIMN_COMPACT),
    ...(jingle.initiator ? {} : { session: { id: jingle.sid } }),
  };

  function emit(event: TransportEvent): void {
    queue.push(event);
    if (draining) return;
    draining = true;
    queueMicrotask(() => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        for (const listener of [...listeners]) {
          try {
            listener(next);
          } catch (error) {
            options.note?.(`a listener threw: ${String(error)}`);
          }
        }
      }
      draining = false;
    });
  }

  function down(reason: string, final: boolean): void {
    if (state === 'over') return;
    state = final ? 'over' : 'down';
    cancelTimer();
    unechoed.clear();
    emit({ type: 'down', reason, final });
    if (final) for (const stop of stops) stop();
  }

  function heard(): void {
    cancelTimer();
    if (state === 'up') cancelTimer = clock.after(ASK_AFTER, () => void jingle.ping().then(heard));
  }

  function transmit(message: SxeMessage, type: 'chat' | undefined): Promise<void> {
    const attrs = { to: jingle.peer, id: message.id, ...(type ? { type } : {}) };
    // No archive and no other client needs any of this: who comes back takes the state from the other.
    return entity.send(xml('message', attrs, writeSxe(message, options.compact), ...ephemeralHints()));
  }

  function mustBeUp(): void {
    if (state !== 'up')
      throw new XmppError(
        'disconnected',
        `There is no connection to ${options.name} at the moment. Try again when it is back.`,
      );
  }

  function fromPeer(stanza: Element, message: SxeMessage): void {
    const { kind } = message.payload;
    const time = clock.now();
    const toAll = limn ? attribute(stanza, 'type') !== 'chat' : TO_ALL.has(kind);
    if (!toAll) emit({ type: 'private', from: peer, message, time });
    else if (!orders && unechoed.delete(message.id)) emit({ type: 'message', from: me, message, time });
    else {
      emit({ type: 'message', from: peer, message, time });
      if (orders && limn) transmit(message, undefined).catch(() => options.note?.('an echo was not taken'));
    }
  }

  function take(stanza: Element): void {
    const from = attribute(stanza, 'from');
    if (from === undefined || !sameJid(from, jingle.peer) || state === 'new') return;
    if (stanza.name === 'presence') {
      if (attribute(stanza, 'type') === 'unavailable') jingle.end('gone');
      return;
    }
    if (stanza.name !== 'message' || state !== 'up') return;
    heard();
    if (attribute(stanza, 'type') === 'error') {
      const { condition = 'undefined-condition', message } = readStanzaError(stanza);
      const sxeId = attribute(stanza, 'id') ?? '';
      if (sxeId !== '') emit({ type: 'refused', sxeId, condition, text: message });
      return;
    }
    const result = parseSxe(stanza, options.compact);
    if (!result) {
      const body = stanza.getChildText('body');
      if (body) emit({ type: 'chat', from: peer, body, time: clock.now() });
    } else if (!result.ok) options.note?.(`${peer.jid}: ${result.reason}`);
    else {
      for (const problem of result.notes) options.note?.(`${peer.jid}: ${problem}`);
      if (!connected) emit({ type: 'occupant', occupant: peer });
      connected = true;
      fromPeer(stanza, result.message);
    }
  }

  function begin(resumed: boolean): void {
    state = 'up';
    emit({ type: 'joined', occupants: connected ? [me, peer] : [me], resumed });
    heard();
  }

  const stops = [
    entity.onStanza(take),
    entity.on((event) => {
      if (state === 'new' || state === 'over') return;
      if (event.type !== 'online') down('The connection to the server was lost. Limn comes back by itself.', false);
      else if (event.resumed) begin(true);
      // Another stream is another address: the session was between the old ones.
      else jingle.end('connectivity-error');
    }),
    jingle.on((event) => {
      if (event.type !== 'ended') return;
      if (connected) emit({ type: 'left', occupant: peer });
      down(endSentence(options.name, event.by, event.end.reason), true);
    }),
  ];

  return {
    start() {
      if (state === 'new') begin(false);
    },
    async toAll(message) {
      mustBeUp();
      const sent = transmit(message, undefined);
      if (orders) emit({ type: 'message', from: me, message, time: clock.now() });
      else unechoed.add(message.id);
      await sent;
    },
    async toOne(_, message) {
      mustBeUp();
      await transmit(message, 'chat');
    },
    async say(body) {
      mustBeUp();
      await entity.send(xml('message', { to: jingle.peer, type: 'chat' }, xml('body', {}, body)));
      emit({ type: 'chat', from: me, body, time: clock.now() });
    },
    // Two need no advertisement: they have invited each other.
    advertise() {},
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...(options.uploads && { uploads: options.uploads }),
    leave() {
      jingle.end('success');
      return Promise.resolve();
    },
  };
}

/** Why a session between two is over, for a person. */
export function endSentence(name: string, by: 'me' | 'peer', reason: JingleReason): string {
  const who = bareJid(name) ?? name;
  if (by === 'me' && reason === 'success') return 'You ended the session.';
  switch (reason) {
    case 'success':
      return `${who} ended the session. The board stays with you.`;
    case 'cancel':
      return `${who} took the invitation back.`;
    case 'decline':
      return `${who} declined the invitation.`;
    case 'busy':
      return `${who} is busy. Try again later.`;
    case 'expired':
    case 'timeout':
      return `${who} did not answer. Try again later.`;
    case 'gone':
      return `${who} has gone. Your edits are kept and go out when you meet again.`;
    case 'alternative-session':
      return `${who} uses another session with you for this board.`;
    case 'unsupported-applications':
    case 'unsupported-transports':
    case 'incompatible-parameters':
      return `The program that ${who} uses can't share drawings.`;
    case 'connectivity-error':
    case 'failed-transport':
      return `The connection to ${who} was lost. Your edits are kept; Limn tries to come back.`;
    case 'failed-application':
    case 'general-error':
    case 'media-error':
    case 'security-error':
      return `The session with ${who} ended (${reason}). Your edits are kept.`;
  }
}
