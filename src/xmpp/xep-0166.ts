/**
 * XEP-0166: Jingle, version 1.1.2: sessions between two parties over the SXE transport (XEP-0284, "Session Management"):
 * initiated, accepted or refused, ended, each end's glare settled. What the session carries is none of its business.
 */
import type { Element } from '@xmpp/xml';
import type { Entity } from './entity.ts';
import { StanzaError, XmppError } from './errors.ts';
import { bareJid, sameJid } from './jid.ts';
import type { XmppRandom } from './ports.ts';
import { randomHex } from './random-hex.ts';
import {
  type Jingle,
  type JingleContent,
  type JingleReason,
  NS_JINGLE,
  NS_JINGLE_ERRORS,
  parseJingle,
  serializeJingle,
} from './xep-0166-stanzas.ts';
import { attribute } from './xml-text.ts';

/** Why a session ended, as the other party or the connection says. */
export interface JingleEnd {
  readonly reason: JingleReason;
  /** A text of the other party's, if it gave one: a claim, to be shown as such. */
  readonly text?: string;
  /** With `alternative-session`: the session that the other party wants to use. */
  readonly alternative?: string;
}

export interface JingleSession {
  readonly sid: string;
  /** Full JID of the other party. */
  readonly peer: string;
  readonly initiator: boolean;
  readonly content: JingleContent;
  readonly state: 'pending' | 'active' | 'ended';
  /** How it ended, once it has. */
  readonly outcome: JingleEnd | undefined;
  /** The responder's yes. Rejects as `Entity.request`. */
  accept(): Promise<void>;
  /** Ends or refuses the session: it has ended here, whatever the other party answers. */
  end(reason: JingleReason, more?: { readonly text?: string; readonly alternative?: string }): void;
  /** Asks whether the other party still has this session (an empty session-info, section 6.8); false ends it. */
  ping(): Promise<boolean>;
  on(listener: (event: JingleSessionEvent) => void): () => void;
}

export type JingleSessionEvent =
  | { readonly type: 'accepted' }
  | { readonly type: 'ended'; readonly by: 'me' | 'peer'; readonly end: JingleEnd };

export interface JingleOptions {
  readonly random: XmppRandom;
  /** Somebody invites us: to be answered by `accept` or `end`. */
  readonly onInitiate: (session: JingleSession) => void;
  /** Whether this full JID may invite us at all; nobody else learns that Limn is here (section 6.3.2). */
  readonly mayInitiate: (jid: string) => boolean;
}

export interface JingleSessions {
  /** Invites a full JID; `sid` where the session is one that was before. Resolves when its client has acknowledged; `accepted` or `ended` follow as events, unless it ended
   *  already. Rejects as `Entity.request`; with condition `conflict` when both invited each other and the other's stands. */
  initiate(
    peer: string,
    content: Pick<JingleContent, 'name' | 'descriptions' | 'hosts'> & { readonly sid?: string },
  ): Promise<JingleSession>;
  get(peer: string, sid: string): JingleSession | undefined;
  all(): readonly JingleSession[];
  /** Ends all sessions here, without a word. */
  stop(): void;
}

/** Invitations that may wait for an answer at one time, from one account and in all: more are a flood. */
const MAX_PENDING_EACH = 3;
const MAX_PENDING = 32;

class Session implements JingleSession {
  state: JingleSession['state'] = 'pending';
  outcome: JingleEnd | undefined;
  readonly #listeners = new Set<(event: JingleSessionEvent) => void>();
  readonly sid: string;
  readonly peer: string;
  readonly initiator: boolean;
  readonly content: JingleContent;
  readonly #request: (session: Session, action: Omit<Jingle, 'sid'>) => Promise<void>;
  readonly #ended: (session: Session) => void;

  constructor(
    named: Pick<JingleSession, 'sid' | 'peer' | 'initiator' | 'content'>,
    request: (session: Session, action: Omit<Jingle, 'sid'>) => Promise<void>,
    ended: (session: Session) => void,
  ) {
    this.sid = named.sid;
    this.peer = named.peer;
    this.initiator = named.initiator;
    this.content = named.content;
    this.#request = request;
    this.#ended = ended;
  }

  async accept(): Promise<void> {
    if (this.initiator || this.state !== 'pending') throw new RangeError('There is no invitation to accept.');
    this.state = 'active';
    try {
      await this.#request(this, { action: 'session-accept', contents: [this.content] });
    } catch (error) {
      this.over('me', { reason: 'general-error' });
      throw error;
    }
  }

  end(reason: JingleReason, more: { text?: string; alternative?: string } = {}): void {
    if (this.state === 'ended') return;
    this.over('me', { reason, ...more });
    const said = { condition: reason, ...more };
    this.#request(this, { action: 'session-terminate', contents: [], reason: said }).catch(() => undefined);
  }

  async ping(): Promise<boolean> {
    try {
      await this.#request(this, { action: 'session-info', contents: [] });
    } catch (error) {
      // Only an answer that says so means that the session is gone.
      const gone = error instanceof StanzaError && error.condition !== 'feature-not-implemented';
      if (gone) this.over('peer', { reason: 'gone' });
    }
    return this.state !== 'ended';
  }

  on(listener: (event: JingleSessionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  accepted(): void {
    this.state = 'active';
    this.#emit({ type: 'accepted' });
  }

  over(by: 'me' | 'peer', end: JingleEnd): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.outcome = end;
    this.#ended(this);
    this.#emit({ type: 'ended', by, end });
  }

  #emit(event: JingleSessionEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}

/** Answers and sends Jingle over a connection. */
export function createJingle(entity: Entity, options: JingleOptions): JingleSessions {
  /** By peer and sid: a sid is its initiator's alone to choose. */
  const sessions = new Map<string, Session>();
  const key = (peer: string, sid: string): string => `${peer} ${sid}`;

  const request = async (session: Session, action: Omit<Jingle, 'sid'>): Promise<void> => {
    await entity.request('set', session.peer, serializeJingle({ ...action, sid: session.sid }));
  };
  const open = (named: Pick<JingleSession, 'sid' | 'peer' | 'initiator' | 'content'>): Session => {
    const session = new Session(named, request, (ended) => sessions.delete(key(ended.peer, ended.sid)));
    sessions.set(key(session.peer, session.sid), session);
    return session;
  };

  /** Ours to the same account that waits for its acknowledgement or answer, when both invite each other (section 7.2.16). */
  function rival(peer: string, content: JingleContent): Session | undefined {
    for (const session of sessions.values()) {
      const alike = session.content.descriptions.some((ns) => content.descriptions.includes(ns));
      if (session.initiator && session.state === 'pending' && alike && sameJid(session.peer, peer)) return session;
    }
    return undefined;
  }

  function initiated(peer: string, jingle: Jingle): Element | undefined {
    const [content] = jingle.contents;
    if (!content) throw new StanzaError('bad-request', 'cancel');
    if (!options.mayInitiate(peer)) throw new StanzaError('service-unavailable', 'cancel');
    const known = sessions.get(key(peer, jingle.sid));
    if (known && !(known.initiator && known.state === 'pending'))
      throw jingleError('unexpected-request', 'wait', 'out-of-order');
    const waiting = [...sessions.values()].filter(({ initiator, state }) => !initiator && state === 'pending');
    const account = bareJid(peer);
    const ofPeer = waiting.filter((session) => bareJid(session.peer) === account).length;
    if (ofPeer >= MAX_PENDING_EACH || waiting.length >= MAX_PENDING)
      throw new StanzaError('resource-constraint', 'wait');
    const mine = rival(peer, content);
    const ours = `${mine?.sid ?? ''} ${entity.jid ?? ''}`;
    if (mine && ours < `${jingle.sid} ${peer}`) throw jingleError('conflict', 'cancel', 'tie-break');
    mine?.over('peer', { reason: 'alternative-session', alternative: jingle.sid });
    const session = open({ sid: jingle.sid, peer, initiator: false, content });
    // Acknowledged first; then whoever decides may do so at once.
    queueMicrotask(() => {
      if (content.hosts.length === 0) session.end('unsupported-transports');
      else if (session.state === 'pending') options.onInitiate(session);
    });
    return undefined;
  }

  const stop = entity.handle('set', 'jingle', NS_JINGLE, (iq, element) => {
    const jingle = parseJingle(element);
    const peer = attribute(iq, 'from');
    if (!jingle || peer === undefined) throw new StanzaError('bad-request', 'modify');
    if (jingle === 'unsupported') throw new StanzaError('feature-not-implemented', 'cancel');
    if (jingle.action === 'session-initiate') return initiated(peer, jingle);
    const session = sessions.get(key(peer, jingle.sid));
    if (!session) throw jingleError('item-not-found', 'cancel', 'unknown-session');
    switch (jingle.action) {
      case 'session-accept':
        if (!session.initiator || session.state !== 'pending')
          throw jingleError('unexpected-request', 'wait', 'out-of-order');
        session.accepted();
        return undefined;
      case 'session-info':
        if (jingle.unknownInfo) throw jingleError('feature-not-implemented', 'modify', 'unsupported-info');
        return undefined;
      case 'session-terminate': {
        const { condition = 'general-error', text, alternative } = jingle.reason ?? {};
        session.over('peer', {
          reason: condition,
          ...(text === undefined ? {} : { text }),
          ...(alternative === undefined ? {} : { alternative }),
        });
        return undefined;
      }
    }
  });

  return {
    async initiate(peer, { name, descriptions, hosts, sid = randomHex(options.random, 16) }) {
      if (sessions.has(key(peer, sid)))
        throw new XmppError('refused', `There is a session with ${bareJid(peer) ?? peer} already.`, 'conflict');
      const content: JingleContent = { creator: 'initiator', name, descriptions, hosts };
      const session = open({ sid, peer, initiator: true, content });
      const { jid } = entity;
      try {
        await request(session, {
          action: 'session-initiate',
          ...(jid === undefined ? {} : { initiator: jid }),
          contents: [content],
        });
      } catch (error) {
        session.over('peer', { reason: 'connectivity-error' });
        throw error;
      }
      return session;
    },
    get: (peer, sid) => sessions.get(key(peer, sid)),
    all: () => [...sessions.values()],
    stop() {
      stop();
      for (const session of [...sessions.values()]) session.over('me', { reason: 'gone' });
    },
  };
}

/** A stanza error with Jingle's own condition beside it (section 10). */
function jingleError(condition: string, type: string, own: string): StanzaError {
  return new StanzaError(condition, type, undefined, { name: own, ns: NS_JINGLE_ERRORS });
}
