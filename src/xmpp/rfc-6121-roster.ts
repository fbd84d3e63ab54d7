/** RFC 6121, section 2: the roster: whom the account knows, kept on the server, with versions (section 2.6) and pushes. */
import xml, { type Element } from '@xmpp/xml';
import type { Entity } from './entity.ts';
import { StanzaError } from './errors.ts';
import { bareJid, sameJid } from './jid.ts';
import { attribute, childElements, toXmlText } from './xml-text.ts';

const NS_ROSTER = 'jabber:iq:roster';

export type Subscription = 'none' | 'to' | 'from' | 'both';

export interface RosterItem {
  /** Bare JID. */
  readonly jid: string;
  readonly name?: string;
  readonly subscription: Subscription;
  /** We asked to see this contact's presence and have no answer. */
  readonly asked: boolean;
  /** The contact may see ours without asking (section 3.4). */
  readonly approved: boolean;
  readonly groups: readonly string[];
}

/** What was kept of the roster since the last time, so that the server sends differences alone. */
export interface RosterCopy {
  readonly version: string;
  readonly items: readonly RosterItem[];
}

export interface Roster {
  items(): readonly RosterItem[];
  get(jid: string): RosterItem | undefined;
  /** Adds or changes a contact. Rejects as `Entity.request`. */
  put(item: Pick<RosterItem, 'jid' | 'name' | 'groups'>): Promise<void>;
  /** Takes a contact out, both subscriptions with it (section 2.5). */
  remove(jid: string): Promise<void>;
  stop(): void;
}

export interface RosterOptions {
  /** What was kept, if anything. */
  readonly kept?: RosterCopy;
  /** The roster as the server has it now; `version` is empty where the server has no versions. */
  readonly onChange: (copy: RosterCopy) => void;
}

const MAX_ITEMS = 10_000;
const MAX_GROUPS = 100;
const SUBSCRIPTIONS: readonly string[] = ['none', 'to', 'from', 'both'] satisfies readonly Subscription[];

/** Reads an `<item/>`; 'remove' as its subscription takes it out. Undefined when it names nobody. */
export function parseRosterItem(item: Element): (RosterItem & { readonly removed: boolean }) | undefined {
  const jid = bareJid(attribute(item, 'jid') ?? '');
  if (jid === undefined) return undefined;
  const said = attribute(item, 'subscription') ?? 'none';
  const name = attribute(item, 'name');
  const groups = childElements(item).filter((child) => child.is('group', NS_ROSTER));
  return {
    jid,
    ...(name ? { name } : {}),
    subscription: SUBSCRIPTIONS.includes(said) ? (said as Subscription) : 'none',
    asked: attribute(item, 'ask') === 'subscribe',
    approved: ['true', '1'].includes(attribute(item, 'approved') ?? ''),
    groups: [...new Set(groups.slice(0, MAX_GROUPS).map((group) => group.getText()))].filter((group) => group !== ''),
    removed: said === 'remove',
  };
}

/** The `<query/>` that puts a contact into the roster. */
export function serializeRosterItem({ jid, name, groups }: Pick<RosterItem, 'jid' | 'name' | 'groups'>): Element {
  const attrs = { jid, ...(name ? { name: toXmlText(name) } : {}) };
  const item = xml('item', attrs, ...groups.map((group) => xml('group', {}, toXmlText(group))));
  return xml('query', { xmlns: NS_ROSTER }, item);
}

/** Fetches the roster now and after every new log-in, and follows its pushes. */
export function createRoster(entity: Entity, options: RosterOptions): Roster {
  let version = options.kept?.version ?? '';
  let items = new Map((options.kept?.items ?? []).map((item) => [item.jid, item]));

  const tell = (): void => options.onChange({ version, items: [...items.values()] });

  async function fetch(): Promise<void> {
    const query = xml('query', { xmlns: NS_ROSTER, ver: version });
    const answer = (await entity.request('get', undefined, query)).getChild('query', NS_ROSTER);
    // An answer without a query: nothing has changed, or pushes say what has (section 2.6.2).
    if (answer) {
      version = attribute(answer, 'ver') ?? '';
      items = new Map();
      for (const child of childElements(answer).slice(0, MAX_ITEMS)) take(child);
    }
    tell();
  }

  function take(element: Element): void {
    const read = parseRosterItem(element);
    if (!read) return;
    const { removed, ...item } = read;
    if (removed) items.delete(item.jid);
    else if (items.has(item.jid) || items.size < MAX_ITEMS) items.set(item.jid, item);
  }

  const stopPushes = entity.handle('set', 'query', NS_ROSTER, (iq, query) => {
    const from = attribute(iq, 'from');
    const self = bareJid(entity.jid ?? '');
    // Only our own server may change the roster (section 2.1.6).
    if (from !== undefined && (self === undefined || !sameJid(from, self)))
      throw new StanzaError('service-unavailable', 'cancel');
    const [item] = childElements(query);
    if (!item || !parseRosterItem(item)) throw new StanzaError('bad-request', 'modify');
    version = attribute(query, 'ver') ?? version;
    take(item);
    tell();
    return undefined;
  });
  // A failed fetch leaves what was kept; the next log-in tries again.
  const begin = (): void => void fetch().catch(() => undefined);
  const stopEvents = entity.on((event) => {
    if (event.type === 'online' && !event.resumed) begin();
  });
  if (entity.online) begin();

  return {
    items: () => [...items.values()],
    get: (jid) => items.get(bareJid(jid) ?? ''),
    async put(item) {
      await entity.request('set', undefined, serializeRosterItem(item));
    },
    async remove(jid) {
      const item = xml('item', { jid, subscription: 'remove' });
      await entity.request('set', undefined, xml('query', { xmlns: NS_ROSTER }, item));
    },
    stop() {
      stopPushes();
      stopEvents();
    },
  };
}
