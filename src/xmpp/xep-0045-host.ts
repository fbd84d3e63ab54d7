/**
 * XEP-0045: Multi-User Chat, version 1.35.1, from the room's side: what a room does for the few who meet on one network. It admits, orders,
 * echoes and passes on; it has one owner, who keeps it and gives roles, and neither history nor configuration. With XEP-0421 and XEP-0410.
 */
import type { Element } from '@xmpp/xml';
import { StanzaError } from './errors.ts';
import { serializeStanzaError } from './iq.ts';
import { parseJid } from './jid.ts';
import { NS_DISCO_INFO, serializeDiscoInfo } from './xep-0030.ts';
import { type Fields, serializeFields } from './xep-0004.ts';
import { NS_MUC_ADMIN } from './xep-0045-admin.ts';
import { NS_MUC, NS_MUC_OWNER, NS_MUC_USER, NS_OCCUPANT_ID, type Role } from './xep-0045-stanzas.ts';
import { NS_DELAY, NS_OLD_DELAY } from './xep-0203.ts';
import { attribute, childElements, xml } from './xml-text.ts';

/** Somebody's place at the room: what is for them goes to `deliver`, one after the other, never within a call of `take`. */
export interface SeatOptions {
  /** Who it is, for as long as the room lasts; whoever comes again takes over from their earlier self. */
  readonly key: string;
  readonly owner: boolean;
  /** `text`: the same as XML, made once for all. */
  readonly deliver: (stanza: Element, text: () => string) => void;
  /** Another seat of the same person's has come instead. */
  readonly replaced: () => void;
}

export interface Seat {
  /** A stanza from there. Nothing in it throws. */
  take(stanza: Element): void;
  /** The connection has ended. */
  gone(): void;
}

export interface RoomHost {
  /** Somebody is connected, and may come in. */
  seat(options: SeatOptions): Seat;
  /** Keys of those in the room, in the order in which they came. */
  readonly keys: readonly string[];
  /** Says something as the room itself to all but its owner. */
  say(...children: readonly Element[]): void;
  /** Takes and tells nothing more. */
  close(): void;
}

export interface RoomHostOptions {
  /** Bare JID of the room. */
  readonly room: string;
  readonly name: string;
  /** Who is in has changed. */
  readonly changed: () => void;
}

const MAX_NICK = 100;
/** Status codes (section 15.6.2): this is you; your nick was changed by the room; sent away. */
const SELF = '110';
const RENAMED = '210';
const REMOVED = '307';
/** The one thing that is configured: who has no voice is heard by nobody. */
const CONFIGURATION: Fields = new Map([
  ['FORM_TYPE', ['http://jabber.org/protocol/muc#roomconfig']],
  ['muc#roomconfig_moderatedroom', ['1']],
]);

interface Inside extends SeatOptions {
  nick: string;
  role: Role;
  /** What their presence says besides. */
  extra: readonly (Element | string)[];
}

/** A room that nobody is in. */
export function createRoomHost({ room, name, changed }: RoomHostOptions): RoomHost {
  /** By nick, in the order of coming. */
  const inside = new Map<string, Inside>();
  /** What was given to whom, and who was sent away, by key: it outlasts their connections, though not the room's keeper. */
  const roles = new Map<string, Role>();
  const removed = new Set<string>();
  const queue: (() => void)[] = [];
  let closed = false;

  /** What is told in one turn is told in the next one, to all in the same order. */
  function later(run: () => void): void {
    queue.push(run);
    if (queue.length > 1) return;
    queueMicrotask(() => {
      for (let next = queue[0]; next; next = queue[0]) {
        next();
        queue.shift();
      }
    });
  }

  function deliver(to: readonly SeatOptions[], stanza: Element): void {
    let text: string | undefined;
    const once = (): string => (text ??= stanza.toString());
    later(() => {
      if (!closed) for (const seat of to) seat.deliver(stanza, once);
    });
  }
  const all = (): Inside[] => [...inside.values()];

  function presence(of: Inside, type: 'unavailable' | undefined, codes: readonly string[] = []): Element {
    const item = {
      affiliation: of.owner ? 'owner' : 'none',
      role: type ? 'none' : of.role,
    };
    return xml(
      'presence',
      { from: `${room}/${of.nick}`, ...(type ? { type } : {}) },
      ...(type ? [] : of.extra),
      xml('occupant-id', { xmlns: NS_OCCUPANT_ID, id: of.key }),
      xml('x', { xmlns: NS_MUC_USER }, xml('item', item), ...codes.map((code) => xml('status', { code }))),
    );
  }

  function leave(one: Inside, codes: readonly string[] = []): void {
    if (inside.get(one.nick) !== one) return;
    inside.delete(one.nick);
    deliver(all(), presence(one, 'unavailable', codes));
    changed();
  }

  function free(wanted: string): string {
    const taken = new Set([...inside.keys()].map((nick) => nick.normalize('NFKC').toLowerCase()));
    let nick = wanted;
    for (let n = 2; taken.has(nick.normalize('NFKC').toLowerCase()); n += 1) nick = `${wanted} ${n}`;
    return nick;
  }

  return {
    get keys() {
      return all().map(({ key }) => key);
    },
    seat(options) {
      let entered: Inside | undefined;
      let over = false;
      const here = (): Inside | undefined => (entered && inside.get(entered.nick) === entered ? entered : undefined);

      const reply = (stanza: Element, error: StanzaError | undefined, ...children: Element[]): void => {
        const type = attribute(stanza, 'type');
        if (type === 'error' || type === 'result') return;
        const id = attribute(stanza, 'id');
        const to = attribute(stanza, 'to');
        const attrs = {
          // What was for the stream's other end is answered by it, namelessly.
          ...(to === undefined ? {} : { from: to }),
          ...(id === undefined ? {} : { id }),
          type: error ? 'error' : 'result',
        };
        deliver([options], xml(stanza.name, attrs, ...children, ...(error ? [serializeStanzaError(error)] : [])));
      };

      function enter(stanza: Element, wanted: string): void {
        if (wanted.length > MAX_NICK || wanted.trim() === '')
          return reply(stanza, new StanzaError('jid-malformed', 'modify'));
        if (removed.has(options.key)) return reply(stanza, new StanzaError('forbidden', 'auth'));
        for (const earlier of all()) {
          if (earlier.key !== options.key) continue;
          leave(earlier);
          earlier.replaced();
        }
        const nick = free(wanted);
        const role = roles.get(options.key) ?? (options.owner ? 'moderator' : 'participant');
        const me: Inside = { ...options, nick, role, extra: extraOf(stanza) };
        entered = me;
        for (const other of inside.values()) deliver([options], presence(other, undefined));
        deliver(all(), presence(me, undefined));
        inside.set(nick, me);
        deliver([options], presence(me, undefined, nick === wanted ? [SELF] : [SELF, RENAMED]));
        changed();
      }

      function takePresence(stanza: Element, nick: string): void {
        const type = attribute(stanza, 'type');
        const me = here();
        if (type === 'unavailable') {
          if (!me) return;
          leave(me);
          deliver([options], presence(me, 'unavailable', [SELF]));
        } else if (type !== undefined) return;
        else if (!me) {
          if (stanza.getChild('x', NS_MUC)) enter(stanza, nick);
          else reply(stanza, new StanzaError('not-acceptable', 'modify'));
        } else {
          me.extra = extraOf(stanza);
          for (const one of inside.values()) deliver([one], presence(me, undefined, one === me ? [SELF] : []));
        }
      }

      /** Passed on as from their place in the room. Only what RFC 6120 gives a stanza goes along with it. */
      function passedOn(stanza: Element, from: Inside): Element {
        const attrs: Record<string, string> = { from: `${room}/${from.nick}` };
        for (const kept of ['type', 'id', 'xml:lang']) {
          const value = attribute(stanza, kept);
          if (value !== undefined) attrs[kept] = value;
        }
        return xml(stanza.name, attrs, ...stanza.children.filter((child) => !isForged(child)));
      }

      function takeIq(stanza: Element, nick: string | undefined): void {
        const type = attribute(stanza, 'type');
        const [child] = childElements(stanza);
        const me = here();
        const asks = type === 'get' || type === 'set';
        if (asks && child?.is('ping', 'urn:xmpp:ping') && (nick === undefined || nick === me?.nick))
          return reply(stanza, undefined);
        if (nick === undefined) {
          if (type === 'set' && child?.is('query', NS_MUC_ADMIN)) return administer(stanza, child);
          if (type === 'get' && me?.owner && child?.is('query', NS_MUC_OWNER))
            return reply(stanza, undefined, xml('query', { xmlns: NS_MUC_OWNER }, serializeFields(CONFIGURATION)));
          if (type !== 'get' || !child?.is('query', NS_DISCO_INFO))
            return reply(stanza, new StanzaError('service-unavailable', 'cancel'));
          const identities = [{ category: 'conference', type: 'text', name }];
          const features = [NS_DISCO_INFO, NS_MUC, NS_OCCUPANT_ID];
          return reply(stanza, undefined, serializeDiscoInfo({ identities, features, forms: [] }));
        }
        if (!me) return reply(stanza, new StanzaError('not-acceptable', 'cancel'));
        const to = inside.get(nick);
        if (!to) return reply(stanza, new StanzaError('item-not-found', 'cancel'));
        deliver([to], passedOn(stanza, me));
      }

      /** Gives a role, or sends somebody away (sections 8 and 9.6). */
      function administer(stanza: Element, query: Element): void {
        const me = here();
        const item = query.getChild('item');
        const other = inside.get((item && attribute(item, 'nick')) ?? '');
        const role = item && attribute(item, 'role');
        if (me?.role !== 'moderator') return reply(stanza, new StanzaError('forbidden', 'auth'));
        if (!other) return reply(stanza, new StanzaError('item-not-found', 'cancel'));
        if (other.owner || ((other.role === 'moderator' || role === 'moderator') && !me.owner))
          return reply(stanza, new StanzaError('not-allowed', 'cancel'));
        if (role === 'none') {
          removed.add(other.key);
          deliver([other], presence(other, 'unavailable', [SELF, REMOVED]));
          leave(other, [REMOVED]);
        } else if (role === 'visitor' || role === 'participant' || role === 'moderator') {
          roles.set(other.key, role);
          other.role = role;
          for (const one of inside.values()) deliver([one], presence(other, undefined, one === other ? [SELF] : []));
        } else return reply(stanza, new StanzaError('bad-request', 'modify'));
        reply(stanza, undefined);
      }

      function takeMessage(stanza: Element, nick: string | undefined): void {
        const me = here();
        if (!me) return reply(stanza, new StanzaError('not-acceptable', 'cancel'));
        if (attribute(stanza, 'type') === 'error') return;
        if (nick === undefined) {
          if (attribute(stanza, 'type') !== 'groupchat') return reply(stanza, new StanzaError('bad-request', 'modify'));
          if (me.role === 'visitor') return reply(stanza, new StanzaError('forbidden', 'auth'));
          return deliver(all(), passedOn(stanza, me));
        }
        const to = inside.get(nick);
        if (!to) return reply(stanza, new StanzaError('item-not-found', 'cancel'));
        if (attribute(stanza, 'type') === 'groupchat') return reply(stanza, new StanzaError('bad-request', 'modify'));
        deliver([to], passedOn(stanza, me));
      }

      return {
        take(stanza) {
          if (over || closed) return;
          const to = attribute(stanza, 'to');
          const jid = to === undefined ? undefined : parseJid(to);
          // Without an address it is for whom the stream leads to: this room's keeper.
          if (to !== undefined && (!jid || `${jid.local}@${jid.domain}` !== room))
            return reply(stanza, new StanzaError('item-not-found', 'cancel'));
          const nick = jid?.resource === '' ? undefined : jid?.resource;
          if (stanza.name === 'iq') takeIq(stanza, nick);
          else if (stanza.name === 'message') takeMessage(stanza, nick);
          else if (stanza.name === 'presence' && nick !== undefined) takePresence(stanza, nick);
        },
        gone() {
          over = true;
          const me = here();
          if (me) leave(me);
        },
      };
    },
    say(...children) {
      const guests = all().filter(({ owner }) => !owner);
      deliver(guests, xml('message', { from: room }, ...children));
    },
    close() {
      closed = true;
      inside.clear();
    },
  };
}

/** What a person may say of themselves and the room alone says of them. */
function isForged(child: Element | string): boolean {
  if (typeof child !== 'object') return false;
  return [NS_OCCUPANT_ID, NS_DELAY, NS_OLD_DELAY].includes(child.getNS() ?? '');
}

function extraOf(presence: Element): readonly (Element | string)[] {
  return childElements(presence).filter(
    (child) => !isForged(child) && child.getNS() !== NS_MUC && child.getNS() !== NS_MUC_USER,
  );
}
