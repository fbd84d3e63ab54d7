/**
 * Invitations to and from Psi 1.5 (src/xmpp/xep-0284-psi.ts), which knows no Jingle: a question to one client, and its yes. Psi says
 * nothing when its person says no, and it crashes when they open an invitation that has waited for two minutes, so ours is taken back
 * before that.
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

/** An invitation of a Psi's. Undefined once it can't be answered any more. */
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

/** How long an invitation may wait, milliseconds: Psi forgets it after 120 s, and its own as well. */
export const ANSWER_WITHIN = 110_000;
/** Invitations that wait for an answer at one time, from one account and in all: more are a flood. */
const MAX_EACH = 3;
const MAX_ALL = 32;

/** Whether a client with these features draws as Psi does. */
export const drawsAsPsi = (features: ReadonlySet<string>): boolean =>
  features.has(NS_PSI_SXE) && features.has(PSI_WHITEBOARD);

/** Answers and sends such invitations over a connection. */
export function createPsiInvitations(entity: Entity, options: PsiInvitationsOptions): PsiInvitations {
  const { clock, note } = options;
  interface Asked {
    readonly jid: string;
    /** Of the stanza that asks. */
    readonly id: string;
    settle(answer: 'accepted' | JingleReason): void;
  }
  const asking = new Map<string, Asked>();
  const waiting = new Map<string, { readonly from: string; gone(): void }>();

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

  function answered(stanza: Element, from: string): void {
    if (attribute(stanza, 'type') === 'error') {
      const asked = [...asking.values()].find(({ id }) => id === attribute(stanza, 'id'));
      if (!asked || !sameJid(asked.jid, from)) return;
      note(`an invitation was returned: ${readStanzaError(stanza).condition ?? ''}`);
      return asked.settle('gone');
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
    const mine = asking.get(session);
    if (!mine || !sameJid(mine.jid, from)) return;
    if (payload.kind === 'accept-invitation') mine.settle('accepted');
    else if (payload.kind === 'decline-invitation' || payload.kind === 'abort-negotiation') mine.settle('decline');
  }

  const stopStanzas = entity.onStanza((stanza) => {
    const from = attribute(stanza, 'from');
    if (stanza.name === 'message' && from !== undefined) answered(stanza, from);
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
          tell(jid, sid, { kind: 'abort-negotiation' });
          settle(why);
        };
        const onCancel = (): void => giveUp('cancel');
        const cancel = clock.after(ANSWER_WITHIN, () => giveUp('timeout'));
        cancelled.addEventListener('abort', onCancel);
        const id = randomId(options.random);
        asking.set(sid, { jid, id, settle });
        if (cancelled.aborted) return onCancel();
        say(jid, sid, { kind: 'invitation', features: [PSI_WHITEBOARD] }, id).catch(() => settle('connectivity-error'));
      }),
    stop() {
      stopStanzas();
      for (const one of [...waiting.values()]) one.gone();
      for (const one of [...asking.values()]) one.settle('connectivity-error');
    },
  };
}
