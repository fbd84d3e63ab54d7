/** RFC 6121, sections 3 and 4: who of our contacts is there, our own presence, and who wants to see it. */
import xml, { type Element } from '@xmpp/xml';
import type { Entity } from './entity.ts';
import { bareJid, formatJid, parseJid } from './jid.ts';
import { attribute, toXmlText } from './xml-text.ts';

export type Show = 'chat' | 'available' | 'away' | 'xa' | 'dnd';

/** One of a contact's clients that is there. */
export interface Resource {
  /** Full JID. */
  readonly jid: string;
  readonly show: Show;
  readonly status?: string;
  /** -128 to 127. */
  readonly priority: number;
  /** The last presence, for what else it says. */
  readonly presence: Element;
}

export interface OwnPresence {
  readonly show: Show;
  readonly status?: string;
  /** Negative: messages to the account are for its other clients. 0 unless given. */
  readonly priority?: number;
}

export type PresenceEvent =
  /** What is there of this account has changed. */
  | { readonly type: 'contact'; readonly jid: string; readonly resources: readonly Resource[] }
  /** Somebody asks to see our presence (section 3.1.3), asks no more, or has answered us. */
  | { readonly type: 'asks' | 'asks-no-more' | 'approved' | 'denied'; readonly jid: string };

export interface Presences {
  /** Highest priority first. Empty when nobody is there, or when we may not see it. */
  resources(jid: string): readonly Resource[];
  /** Accounts that wait for our answer. */
  asking(): readonly string[];
  /** Tells our presence, now and after each log-in. */
  tell(presence: OwnPresence): void;
  /** Shows this account that we are here, whether or not it is a contact (section 4.6). */
  greet(jid: string): Promise<void>;
  /** Asks to see a contact's presence. */
  ask(jid: string): Promise<void>;
  /** Lets a contact see ours, also before it asks; or doesn't, also any more. */
  answer(jid: string, yes: boolean): Promise<void>;
  /** Wants to see a contact's presence no more. */
  unsubscribe(jid: string): Promise<void>;
  on(listener: (event: PresenceEvent) => void): () => void;
  stop(): void;
}

/** More resources of one account, or more accounts, are not kept. */
const MAX_RESOURCES = 50;
const MAX_ACCOUNTS = 20_000;
const MAX_ASKING = 200;
const MAX_STATUS = 1024;
const SHOWS: Readonly<Record<string, Show>> = { chat: 'chat', away: 'away', xa: 'xa', dnd: 'dnd' };

/** Reads an available presence of a full JID; undefined for any other. */
export function parseResource(stanza: Element): Resource | undefined {
  const jid = parseJid(attribute(stanza, 'from') ?? '');
  if (!jid || jid.resource === '' || attribute(stanza, 'type') !== undefined) return undefined;
  const status = stanza.getChildText('status')?.slice(0, MAX_STATUS);
  const priority = Number(stanza.getChildText('priority') ?? 0);
  return {
    jid: formatJid(jid),
    show: SHOWS[stanza.getChildText('show') ?? ''] ?? 'available',
    ...(status ? { status } : {}),
    priority: Number.isInteger(priority) && Math.abs(priority) <= 128 ? priority : 0,
    presence: stanza,
  };
}

/** Our presence as a stanza, with what else it says. */
export function serializePresence({ show, status, priority }: OwnPresence, extra: readonly Element[]): Element {
  return xml(
    'presence',
    {},
    ...(show === 'available' ? [] : [xml('show', {}, show)]),
    ...(status ? [xml('status', {}, toXmlText(status))] : []),
    ...(priority ? [xml('priority', {}, String(priority))] : []),
    ...extra,
  );
}

/** Follows presence. `extra` is what our own says besides (caps), `isRoom` tells the rooms that we are in, which are no contacts. */
export function createPresences(
  entity: Entity,
  options: { readonly extra: () => readonly Element[]; readonly isRoom: (jid: string) => boolean },
): Presences {
  const accounts = new Map<string, Map<string, Resource>>();
  const asking = new Set<string>();
  const listeners = new Set<(event: PresenceEvent) => void>();
  let own: OwnPresence | undefined;

  const emit = (event: PresenceEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const resources = (jid: string): readonly Resource[] =>
    [...(accounts.get(bareJid(jid) ?? '')?.values() ?? [])].sort((a, b) => b.priority - a.priority);
  const changed = (jid: string): void => emit({ type: 'contact', jid, resources: resources(jid) });

  function gone(from: string, account: string): void {
    const there = accounts.get(account);
    // Without a resource it is the whole account (section 4.5.2).
    const had = from === account ? accounts.delete(account) : there?.delete(from);
    if (there?.size === 0) accounts.delete(account);
    if (had) changed(account);
  }

  function heard(stanza: Element): void {
    if (stanza.name !== 'presence') return;
    const from = parseJid(attribute(stanza, 'from') ?? '');
    if (!from) return;
    const full = formatJid(from);
    const account = formatJid({ ...from, resource: '' });
    if (options.isRoom(account)) return;
    switch (attribute(stanza, 'type')) {
      case undefined: {
        const resource = parseResource(stanza);
        const there = accounts.get(account) ?? new Map<string, Resource>();
        if (!resource || full === entity.jid || (!there.has(full) && there.size >= MAX_RESOURCES)) return;
        if (!accounts.has(account) && accounts.size >= MAX_ACCOUNTS) return;
        accounts.set(account, there.set(full, resource));
        return changed(account);
      }
      case 'unavailable':
      case 'error':
        return gone(full, account);
      case 'subscribe':
        if (!asking.has(account) && asking.size >= MAX_ASKING) return;
        asking.add(account);
        return emit({ type: 'asks', jid: account });
      case 'unsubscribe':
        asking.delete(account);
        return emit({ type: 'asks-no-more', jid: account });
      case 'subscribed':
        return emit({ type: 'approved', jid: account });
      case 'unsubscribed':
        return emit({ type: 'denied', jid: account });
    }
  }

  const publish = (): void => {
    // Told again after the next log-in if it can't be now.
    if (own && entity.online) void entity.send(serializePresence(own, options.extra())).catch(() => undefined);
  };
  const stopStanzas = entity.onStanza(heard);
  const stopEvents = entity.on((event) => {
    if (event.type === 'online' && !event.resumed) {
      const known = [...accounts.keys()];
      accounts.clear();
      for (const jid of known) changed(jid);
      publish();
    }
  });
  const send = (jid: string, type: string): Promise<void> => entity.send(xml('presence', { to: jid, type }));

  return {
    resources,
    asking: () => [...asking],
    tell(presence) {
      own = presence;
      publish();
    },
    greet: (jid) => entity.send(xml('presence', { to: jid }, ...options.extra())),
    ask: (jid) => send(jid, 'subscribe'),
    async answer(jid, yes) {
      await send(jid, yes ? 'subscribed' : 'unsubscribed');
      asking.delete(jid);
    },
    unsubscribe: (jid) => send(jid, 'unsubscribe'),
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopStanzas();
      stopEvents();
    },
  };
}
