/**
 * A session's Transport with one Psi 1.5 (src/xmpp/xep-0284-psi.ts). To the session Psi is a strict peer: what XEP-0284 asks
 * and answers about state is played here, since Psi's inviter pushes its document unasked, and only who comes back has to ask.
 * The order is ours, whoever invited (DESIGN section 2): our edits are in it as they leave, Psi's as they come.
 */
import type { Edit } from '#core/types.ts';
import type { Entity } from '#xmpp/entity.ts';
import { XmppError } from '#xmpp/errors.ts';
import { readStanzaError } from '#xmpp/iq.ts';
import { parseJid, sameJid } from '#xmpp/jid.ts';
import type { XmppClock, XmppRandom } from '#xmpp/ports.ts';
import { ephemeralHints } from '#xmpp/xep-0203.ts';
import type { SxeMessage, SxePayload } from '#xmpp/xep-0284.ts';
import { type PsiPayload, parsePsi, serializePsi } from '#xmpp/xep-0284-psi.ts';
import { attribute, type Element, xml } from '#xmpp/xml-text.ts';
import { type DirectTransport, endSentence } from './direct-transport.ts';
import { randomId } from './ports.ts';
import { editsForPsi, editsOfPsi } from './psi-edits.ts';
import { createPsiPlaces } from './psi-places.ts';
import { createPsiSnapshots, snapshotsForPsi } from './psi-snapshots.ts';
import type { Occupant, TransportEvent } from './transport.ts';

export interface PsiTransportOptions {
  /** Full JID of the Psi. */
  readonly peer: string;
  readonly sid: string;
  /** Whether Psi invited us: then it has the document, and sends it. */
  readonly invited: boolean;
  readonly name: string;
  readonly clock: XmppClock;
  readonly random: XmppRandom;
  readonly note?: (message: string) => void;
}

/** Edits that may wait until we have Psi's document: more are a flood. */
const MAX_HELD = 4096;

/** Makes a transport of an agreement with a Psi; it listens from now on. */
export function createPsiTransport(entity: Entity, options: PsiTransportOptions): DirectTransport {
  const { peer: jid, sid, clock } = options;
  const listeners = new Set<(event: TransportEvent) => void>();
  /** What is in the order but not told yet: an echo never comes within the call that sends. */
  const queue: TransportEvent[] = [];
  let draining = false;
  let state: 'new' | 'up' | 'down' | 'over' = 'new';
  /** It was over before it began. */
  let ended: TransportEvent | undefined;
  /** Whether Psi has the document, and whether it sends it unasked. */
  let has = options.invited;
  let pushes = options.invited;
  let introduced = false;
  const places = createPsiPlaces();
  const snapshots = createPsiSnapshots(places);
  /** Edits of Psi's that came before we had the document they are made on. */
  let held: { readonly edits: readonly Edit[]; readonly id: string }[] | undefined = options.invited ? [] : undefined;

  const person = (me: boolean, full: string): Occupant => ({
    id: full,
    jid: full,
    nick: me ? (parseJid(full)?.local ?? full) : options.name,
    me,
    role: me ? 'moderator' : 'participant',
    affiliation: me ? 'owner' : 'none',
    show: 'free',
  });
  const me = person(true, entity.jid ?? '');
  const peer = { ...person(false, jid), sxe: true, limn: false, compact: false };
  const holding: Occupant = { ...peer, session: { id: sid } };

  function emit(...events: TransportEvent[]): void {
    queue.push(...events);
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

  const privately = (payload: SxePayload): TransportEvent => ({
    ...{ type: 'private', from: peer, time: clock.now() },
    message: { session: sid, id: randomId(options.random), payload },
  });

  function transmit(payload: PsiPayload, id = randomId(options.random)): Promise<void> {
    // No archive and no other client needs any of this.
    return entity.send(
      xml('message', { to: jid, id }, serializePsi({ session: sid, id, payload }), ...ephemeralHints()),
    );
  }
  const tell = (payload: PsiPayload): void => {
    transmit(payload).catch(() => options.note?.('a word to Psi was not taken'));
  };

  function over(by: 'me' | 'peer', reason: Parameters<typeof endSentence>[2]): void {
    if (state === 'over') return;
    const began = state !== 'new';
    state = 'over';
    for (const stop of stops) stop();
    const down = { type: 'down', reason: endSentence(options.name, by, reason), final: true } as const;
    if (!began) ended = down;
    else if (by === 'peer') emit({ type: 'left', occupant: peer }, down);
    else emit(down);
  }

  function mustBeUp(): void {
    if (state !== 'up') throw new XmppError('disconnected', `There is no connection to ${options.name} at the moment.`);
  }

  /** In the order; or after the document, if that is still to come. */
  function ordered(edits: readonly Edit[], id: string): void {
    if (held) {
      held.push({ edits, id });
      if (held.length <= MAX_HELD) return;
      tell({ kind: 'left-session' });
      return over('me', 'failed-application');
    }
    places.note(edits);
    const payload = { kind: 'edits', edits: editsOfPsi(edits) } as const;
    emit({ type: 'message', from: peer, message: { session: sid, id, payload }, time: clock.now() });
  }

  /** What else there is belongs to invitations, or to parts that Psi doesn't play here. */
  function heard(payload: PsiPayload, id: string): void {
    if (payload.kind === 'edits') {
      if (has && payload.edits.length > 0) ordered(payload.edits, id);
    } else if (payload.kind === 'snapshot') {
      snapshots.take(payload.parts);
      handOver();
    } else if (payload.kind === 'history-offer') emit(privately({ kind: 'state-offer', descriptions: [] }));
    else if (payload.kind === 'left-session') over('peer', 'success');
  }

  /** The document as far as it is here, to a session that has accepted it; then what waited for it. */
  function handOver(): void {
    const parts = snapshots.next();
    if (!parts) return;
    emit(privately({ kind: 'state', parts }));
    if (!parts.some((part) => part.kind === 'end')) return;
    pushes = false;
    const waited = held ?? [];
    held = undefined;
    for (const { edits, id } of waited) ordered(edits, id);
  }

  /** What `connect` of XEP-0284 comes to: Psi pushed its document, is asked for it, or is the one that wants ours. */
  function connect(): void {
    if (pushes) emit(privately({ kind: 'state-offer', descriptions: [] }));
    else if (has) {
      snapshots.clear();
      tell({ kind: 'connect-request' });
    }
  }

  function take(stanza: Element): void {
    const from = attribute(stanza, 'from');
    if (from === undefined || !sameJid(from, jid) || state === 'down' || state === 'over') return;
    if (stanza.name === 'presence') {
      if (attribute(stanza, 'type') === 'unavailable') over('peer', 'gone');
      return;
    }
    if (stanza.name !== 'message') return;
    if (attribute(stanza, 'type') === 'error') {
      const { condition = 'undefined-condition', message } = readStanzaError(stanza);
      const sxeId = attribute(stanza, 'id') ?? '';
      if (sxeId !== '') emit({ type: 'refused', sxeId, condition, text: message });
      return;
    }
    const result = parsePsi(stanza);
    if (!result) {
      const body = stanza.getChildText('body');
      if (body) emit({ type: 'chat', from: peer, body, time: clock.now() });
    } else if (!result.ok) options.note?.(`${jid}: ${result.reason}`);
    else if (result.message.session === sid) {
      for (const problem of result.notes) options.note?.(`${jid}: ${problem}`);
      heard(result.message.payload, result.message.id);
    }
  }

  function begin(resumed: boolean): void {
    state = 'up';
    introduced = has;
    emit({ type: 'joined', occupants: has ? [me, holding] : [me], resumed });
  }

  /** Who has no document can't be waited for to give it: Psi comes in, and asks for ours, when the session has one. */
  function introduce(): void {
    if (introduced) return;
    introduced = true;
    emit(
      { type: 'occupant', occupant: peer },
      {
        ...{ type: 'message', from: peer, time: clock.now() },
        message: { session: sid, id: randomId(options.random), payload: { kind: 'connect' } },
      },
    );
  }

  const stops = [
    entity.onStanza(take),
    entity.on((event) => {
      if (state === 'new' || state === 'over') return;
      if (event.type !== 'online') {
        state = 'down';
        emit({
          type: 'down',
          reason: 'The connection to the server was lost. Limn comes back by itself.',
          final: false,
        });
      } else if (event.resumed) begin(true);
      // Psi writes to the address that it agreed with, and that is gone.
      else over('me', 'connectivity-error');
    }),
  ];

  return {
    start() {
      if (state === 'new') begin(false);
      else if (ended) emit(ended);
      ended = undefined;
    },
    async toAll(message: SxeMessage) {
      mustBeUp();
      // Psi has one document: what is said of another, the board's notes, is between us and ourselves.
      const ofBoard = message.session === sid;
      const { payload } = message;
      const told = ofBoard && has && payload.kind === 'edits' ? places.settle(payload.edits) : undefined;
      const sent = told && transmit({ kind: 'edits', edits: editsForPsi(told) }, message.id);
      const said = told ? { ...message, payload: { ...payload, kind: 'edits' as const, edits: told } } : message;
      emit({ type: 'message', from: me, message: said, time: clock.now() });
      if (ofBoard && payload.kind === 'connect') connect();
      else if (ofBoard && payload.kind === 'hello') introduce();
      await sent;
    },
    async toOne(_, { session, payload }) {
      mustBeUp();
      if (session !== sid) return;
      if (payload.kind === 'state-offer') emit(privately({ kind: 'accept-state' }));
      else if (payload.kind === 'accept-state') {
        snapshots.accept();
        if (!pushes) tell({ kind: 'accept-history' });
        handOver();
      } else if (payload.kind === 'state') {
        for (const parts of snapshotsForPsi(payload.parts, places)) {
          if (parts.some((part) => part.kind === 'end')) has = true;
          await transmit({ kind: 'snapshot', parts });
        }
      }
    },
    async say(body) {
      mustBeUp();
      await entity.send(xml('message', { to: jid, type: 'chat' }, xml('body', {}, body)));
      emit({ type: 'chat', from: me, body, time: clock.now() });
    },
    // Psi reads no presence about boards.
    advertise() {},
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    leave() {
      if (state === 'up' || state === 'new') tell({ kind: 'left-session' });
      over('me', 'success');
      return Promise.resolve();
    },
  };
}
