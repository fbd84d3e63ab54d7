/**
 * Psi 1.5 forgets all negotiations 120 s after the last one began, or when it is told so, and crashes when its person then opens an
 * invitation. So an invitation is never taken back, and as long as it waits another negotiation begins now and then, about nothing.
 */
import type { XmppClock } from '#xmpp/ports.ts';
import { serializePsiNothing } from '#xmpp/xep-0284-psi.ts';
import { type Element, xml } from '#xmpp/xml-text.ts';

export interface PsiAwake {
  /** An invitation waits at this full JID. */
  add(invitation: string, jid: string): void;
  /** It is answered, or whoever had it is gone. */
  drop(invitation: string): void;
  clear(): void;
}

/** Milliseconds. */
const EVERY = 60_000;

/** Keeps invitations from harming Psi. */
export function createPsiAwake(clock: XmppClock, newId: () => string, send: (stanza: Element) => void): PsiAwake {
  const waiting = new Map<string, string>();
  let cancel: (() => void) | undefined;

  function beat(): void {
    cancel = clock.after(EVERY, beat);
    for (const to of new Set(waiting.values())) {
      const id = newId();
      send(xml('message', { to, id }, serializePsiNothing(id, id)));
    }
  }
  const drop = (invitation: string): void => {
    waiting.delete(invitation);
    if (waiting.size > 0) return;
    cancel?.();
    cancel = undefined;
  };

  return {
    drop,
    add(invitation, jid) {
      waiting.set(invitation, jid);
      cancel ??= clock.after(EVERY, beat);
    },
    clear() {
      for (const one of [...waiting.keys()]) drop(one);
    },
  };
}
