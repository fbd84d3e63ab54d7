/**
 * Invitations to and from Psi 1.5 (src/xmpp/xep-0284-psi.ts), which knows no Jingle: a question to one client, and its yes. Psi says
 * nothing when its person says no. What we don't want any more stays with them (psi-awake.ts): a late yes is answered by a no.
 */
import type { Entity } from '#xmpp/entity.ts';
import { readStanzaError } from '#xmpp/iq.ts';
import { bareJid, sameJid } from '#xmpp/jid.ts';
import type { XmppClock, XmppRandom } from '#xmpp/ports.ts';
import { ephemeralHints } from '#xmpp/xep-0203.ts';
import type { JingleReason } from '#xmpp/xep-0166-stanzas.ts';
import { NS_PSI_SXE, PSI_WHITEBOARD, type PsiPayload, parsePsi, serializePsi } from '#xmpp/xep-0284-psi.ts';
import { attribute, type Element, xml } from '#xmpp/xml-text.ts';
import { randomId } from './ports.ts';
import { createPsiAwake } from './psi-awake.ts';

/** An invitation of a Psi's. */
export interface PsiIncoming {
  readonly sid: string;
  /** Full JID. */
  readonly from: string;
  /** Says yes, and from then on the document may come. False when the invitation was taken back. */
  accept(): boolean;
  decline(): void;
  onGone(listener: () => void): void;
}

export interface PsiInvitationsOptions {
  readonly clock: XmppClock;
  readonly random: XmppRandom;
  readonly onInvited: (incoming: PsiIncoming) => void;
  readonly note: (message: string) => void;
}

export interface PsiInvitations {
  /** Asks the client at this full JID. Resolves with its yes, or with why there will be none. */
  invite(jid: string, sid: string, cancelled: AbortSignal): Promise<'accepted' | JingleReason>;
  stop(): void;
}

/** How long an invitation is waited for, milliseconds: as long as Psi waits for the answer to its own. */
const ANSWER_WITHIN = 120_000;
/** Invitations of ours that still lie with somebody. */
const MAX_LEFT = 64;
/** Invitations that wait for an answer at one time, from one account and in all: more are a flood. */
const MAX_EACH = 3;
const MAX_ALL = 32;

/** An invitation of ours that is waited for. */
interface Asked {
  readonly jid: string;
  /** Of the stanza that asks. */
  readonly id: string;
  settle(answer: 'accepted' | JingleReason): void;
}

/** Whether a client with these features draws as Psi does. */
export const drawsAsPsi = (features: ReadonlySet<string>): boolean =>
  features.has(NS_PSI_SXE) && features.has(PSI_WHITEBOARD);

/** Answers and sends such invitations over a connection. */
export function createPsiInvitations(entity: Entity, options: PsiInvitationsOptions): PsiInvitations {
  const { clock, note } = options;
  const asking = new Map<string, Asked>();
  const waiting = new Map<string, { readonly from: string; gone(): void }>();
  /** Which we don't want answered any more: by session, to whom. */
  const left = new Map<string, string>();
  const awake = createPsiAwake(
    clock,
    () => randomId(options.random),
    (stanza) => void entity.send(stanza).catch(() => note('a word to Psi was not taken')),
  );

  function say(to: string, session: string, payload: PsiPayload, id = randomId(options.random)): Promise<void> {
    return entity.send(xml('message', { to, id }, serializePsi({ session, id, payload }), ...ephemeralHints()));
  }
  const tell = (to: string, session: string, payload: PsiPayload): void => {
    say(to, session, payload).catch(() => note('a word about an invitation was not taken'));
  };

  function invited(from: string, sid: string): void {
    const account = bareJid(from) ?? from;
    const ofAccount = [...waiting.values()].filter((one) => bareJid(one.from) === account).length;
    if (waiting.has(sid) || asking.has(sid)) return;
    if (ofAccount >= MAX_EACH || waiting.size >= MAX_ALL) return note(`too many invitations from ${account}`);
    const listeners = new Set<() => void>();
    const forget = (): boolean => {
      cancel();
      return waiting.delete(sid);
    };
    const gone = (): void => {
      if (forget()) for (const listener of listeners) listener();
    };
    const cancel = clock.after(ANSWER_WITHIN, gone);
    waiting.set(sid, { from, gone });
    options.onInvited({
      sid,
      from,
      accept() {
        if (!forget()) return false;
        tell(from, sid, { kind: 'accept-invitation' });
        return true;
      },
      decline() {
        if (forget()) tell(from, sid, { kind: 'decline-invitation', alternatives: [] });
      },
      onGone: (listener) => void listeners.add(listener),
    });
  }

  const forget = (session: string): void => {
    left.delete(session);
    awake.drop(session);
  };
  /** The client at this address is gone, with all that lies there. */
  function absent(jid: string): void {
    for (const [session, to] of [...left]) if (sameJid(to, jid)) forget(session);
    for (const [session, one] of [...asking]) {
      if (!sameJid(one.jid, jid)) continue;
      awake.drop(session);
      one.settle('gone');
    }
  }

  function answered(stanza: Element, from: string): void {
    if (attribute(stanza, 'type') === 'error') {
      const asked = [...asking.values()].find(({ id }) => id === attribute(stanza, 'id'));
      if (!asked || !sameJid(asked.jid, from)) return;
      note(`an invitation was returned: ${readStanzaError(stanza).condition ?? ''}`);
      return absent(from);
    }
    const result = attribute(stanza, 'type') === 'groupchat' ? undefined : parsePsi(stanza);
    if (!result?.ok) return;
    const { session, payload } = result.message;
    if (payload.kind === 'invitation') {
      if (payload.features.includes(PSI_WHITEBOARD)) invited(from, session);
      return;
    }
    const theirs = waiting.get(session);
    if (payload.kind === 'abort-negotiation' && theirs && sameJid(theirs.from, from)) return theirs.gone();
    const late = left.get(session);
    if (payload.kind === 'accept-invitation' && late !== undefined && sameJid(late, from)) {
      forget(session);
      return tell(from, session, { kind: 'abort-negotiation' });
    }
    const mine = asking.get(session);
    if (!mine || !sameJid(mine.jid, from)) return;
    awake.drop(session);
    if (payload.kind === 'accept-invitation') mine.settle('accepted');
    else if (payload.kind === 'decline-invitation' || payload.kind === 'abort-negotiation') mine.settle('decline');
  }

  const stopStanzas = entity.onStanza((stanza) => {
    const from = attribute(stanza, 'from');
    if (from === undefined) return;
    if (stanza.name === 'message') answered(stanza, from);
    else if (stanza.name === 'presence' && attribute(stanza, 'type') === 'unavailable') absent(from);
  });

  return {
    invite: (jid, sid, cancelled) =>
      new Promise((resolve) => {
        const settle = (answer: 'accepted' | JingleReason): void => {
          cancel();
          cancelled.removeEventListener('abort', onCancel);
          if (asking.delete(sid)) resolve(answer);
        };
        const giveUp = (why: JingleReason): void => {
          const oldest = left.size >= MAX_LEFT ? [...left.keys()][0] : undefined;
          if (oldest !== undefined) forget(oldest);
          left.set(sid, jid);
          settle(why);
        };
        const onCancel = (): void => giveUp('cancel');
        const cancel = clock.after(ANSWER_WITHIN, () => giveUp('timeout'));
        cancelled.addEventListener('abort', onCancel);
        const id = randomId(options.random);
        asking.set(sid, { jid, id, settle });
        if (cancelled.aborted) return settle('cancel');
        awake.add(sid, jid);
        say(jid, sid, { kind: 'invitation', features: [PSI_WHITEBOARD] }, id).catch(() => settle('connectivity-error'));
      }),
    stop() {
      stopStanzas();
      awake.clear();
      for (const one of [...waiting.values()]) one.gone();
      for (const one of [...asking.values()]) one.settle('connectivity-error');
    },
  };
}
