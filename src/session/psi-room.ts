/**
 * Psi 1.5 in a room with Limn (src/xmpp/xep-0284-psi.ts). It can't come in by itself: the one who speaks for the session invites it, and gives
 * it the document. From then on a stanza of edits says them in both dialects, so that it has one place in the order for all, and
 * what Psi says to all is in the order as it comes.
 */
import type { XmppClock } from '#xmpp/ports.ts';
import type { SxeMessage } from '#xmpp/xep-0284.ts';
import {
  NS_PSI_SXE,
  PSI_WHITEBOARD,
  type PsiPayload,
  parsePsi,
  serializePsi,
  serializePsiNothing,
} from '#xmpp/xep-0284-psi.ts';
import { attribute, childOf, type Element, xml } from '#xmpp/xml-text.ts';
import { editsForPsi, editsOfPsi } from './psi-edits.ts';
import { createPsiAwake } from './psi-awake.ts';
import { besideAll, createPsiPlaces } from './psi-places.ts';
import { snapshotsForPsi } from './psi-snapshots.ts';
import type { Occupant, TransportEvent } from './transport.ts';

export interface PsiRoomOptions {
  /** Bare JID of the room. */
  readonly room: string;
  readonly clock: XmppClock;
  /** Resolves when handed to the connection. */
  send(stanza: Element): Promise<void>;
  emit(event: TransportEvent): void;
  note(message: string): void;
}

export interface PsiRoom {
  /** We have come in anew, or are out: nothing is known of anybody. */
  clear(): void;
  /** Somebody is there, or more is known of them. */
  here(occupant: Occupant): void;
  gone(occupant: Occupant): void;
  /** The board's session, while we hold its state. */
  board(session: string | undefined): void;
  /** Whether we speak for that session. */
  leads(on: boolean): void;
  /** What is said to all, as it has to be where Psi may read it, and what goes along for Psi. */
  toAll(message: SxeMessage): { readonly message: SxeMessage; readonly extra: readonly Element[] };
  toOne(psi: Occupant, message: SxeMessage): Promise<void>;
  /** A stanza in the order, of anybody's. */
  ordered(message: SxeMessage): void;
  /** A message that says nothing in XEP-0284's own words; false when it says nothing in Psi's either. */
  hear(from: Occupant, stanza: Element, toAll: boolean): boolean;
}

/** Edits that may come while a document is on its way: more are a flood. */
const MAX_MEANWHILE = 4096;

/** What came in the order since the document that a Psi is being given was taken, until it was there for sure. */
interface Giving {
  readonly to: Occupant;
  readonly marker: string;
  readonly meanwhile: SxeMessage[];
}

/** Makes the part of a room's transport that is about Psi. */
export function createPsiRoom(options: PsiRoomOptions): PsiRoom {
  const { clock, emit } = options;
  /** Who draws as Psi does, or may do so as long as nothing is known of their program. */
  const psis = new Map<string, Occupant>();
  const unknown = new Set<string>();
  const invited = new Set<string>();
  /** Who said yes and hasn't got the document. */
  const waiting = new Map<string, Occupant>();
  let session: string | undefined;
  let leading = false;
  let giving: Giving | undefined;
  let count = 0;

  const nextId = (): string => `psi-${(count += 1)}`;
  const say = (to: Occupant | undefined, payload: PsiPayload, of: string, id = nextId()): Promise<void> => {
    const attrs = to ? { to: to.jid, id } : { to: options.room, type: 'groupchat', id };
    return options.send(xml('message', attrs, serializePsi({ session: of, id, payload })));
  };
  const tell = (...words: Parameters<typeof say>): void => {
    say(...words).catch(() => options.note('a word to Psi was not taken'));
  };
  const privately = (from: Occupant, of: string, payload: SxeMessage['payload']): void =>
    emit({ type: 'private', from, message: { session: of, id: nextId(), payload }, time: clock.now() });

  const awake = createPsiAwake(clock, nextId, (stanza) => {
    options.send(stanza).catch(() => options.note('a word to Psi was not taken'));
  });

  /** One invitation to all for those who have had none. */
  function invite(): void {
    const of = session;
    const fresh = [...psis.values()].filter(({ id }) => !invited.has(id));
    if (!leading || of === undefined || fresh.length === 0) return;
    for (const { id, jid } of fresh) {
      invited.add(id);
      awake.add(id, jid);
    }
    tell(undefined, { kind: 'invitation', features: [PSI_WHITEBOARD] }, of);
  }

  async function give(to: Occupant, { session: of, payload }: SxeMessage): Promise<void> {
    if (payload.kind === 'state-offer') privately(to, of, { kind: 'accept-state' });
    if (payload.kind !== 'state') return;
    if (payload.parts.some((part) => part.kind === 'begin')) giving = { to, marker: nextId(), meanwhile: [] };
    for (const parts of snapshotsForPsi(payload.parts, createPsiPlaces()))
      await say(to, { kind: 'snapshot', parts }, of);
    if (!giving || !payload.parts.some((part) => part.kind === 'end')) return;
    waiting.delete(to.id);
    // Says nothing; what the room has brought until it comes back may have been there before the document.
    const nothing = serializePsiNothing(of, giving.marker);
    await options.send(xml('message', { to: options.room, type: 'groupchat', id: giving.marker }, nothing));
  }

  /** Psi takes what it has had already for what it is, by its id. */
  function given({ to, meanwhile }: Giving): void {
    giving = undefined;
    for (const { session: of, id, payload } of meanwhile)
      if (payload.kind === 'edits') tell(to, { kind: 'edits', edits: editsForPsi(payload.edits) }, of, id);
  }

  return {
    clear() {
      psis.clear();
      unknown.clear();
      invited.clear();
      waiting.clear();
      awake.clear();
      leading = false;
      giving = undefined;
    },
    here(occupant) {
      if (occupant.me) return;
      if (occupant.sxe === undefined) unknown.add(occupant.id);
      else unknown.delete(occupant.id);
      if (occupant.psi) psis.set(occupant.id, occupant);
      else psis.delete(occupant.id);
      invite();
    },
    gone({ id }) {
      psis.delete(id);
      unknown.delete(id);
      invited.delete(id);
      awake.drop(id);
      waiting.delete(id);
    },
    board(next) {
      session = next;
      invite();
    },
    leads(on) {
      if (on === leading) return;
      leading = on;
      invite();
      if (on && session !== undefined) for (const one of waiting.values()) privately(one, session, { kind: 'connect' });
    },
    toAll(message) {
      const { payload } = message;
      const reads = psis.size > 0 || unknown.size > 0;
      if (!reads || payload.kind !== 'edits' || payload.compact || message.session !== session)
        return { message, extra: [] };
      const edits = besideAll(payload.edits);
      const psi = serializePsi({ ...message, payload: { kind: 'edits', edits: editsForPsi(edits) } });
      return { message: { ...message, payload: { ...payload, edits } }, extra: [psi] };
    },
    toOne: give,
    ordered(message) {
      if (!giving || message.payload.kind !== 'edits' || message.payload.compact) return;
      if (giving.meanwhile.length < MAX_MEANWHILE) giving.meanwhile.push(message);
    },
    hear(from, stanza, toAll) {
      if (!childOf(stanza, 'sxe', NS_PSI_SXE)) return false;
      if (from.me) {
        if (giving && attribute(stanza, 'id') === giving.marker) given(giving);
        return true;
      }
      const result = parsePsi(stanza);
      if (!result?.ok) options.note(`${from.jid}: ${result?.reason ?? 'nothing'}`);
      else if (from.limn !== true) {
        for (const problem of result.notes) options.note(`${from.jid}: ${problem}`);
        const { session: of, id, payload } = result.message;
        if (payload.kind === 'edits' && toAll) {
          const message: SxeMessage = { session: of, id, payload: { kind: 'edits', edits: editsOfPsi(payload.edits) } };
          emit({ type: 'message', from, message, time: clock.now() });
        } else if (payload.kind === 'accept-invitation' && !toAll && of === session && invited.has(from.id)) {
          awake.drop(from.id);
          waiting.set(from.id, from);
          privately(from, of, { kind: 'connect' });
        }
      }
      return true;
    },
  };
}
