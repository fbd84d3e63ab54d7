/** Connected entities (src/xmpp/entity.ts) whose stanzas reach each other in order, when the test says so. */
import xml, { type Element } from '@xmpp/xml';
import type { Entity, EntityEvent, RequestHandler } from '#xmpp/entity.ts';
import { StanzaError, XmppError } from '#xmpp/errors.ts';
import { createRequests, serializeStanzaError } from '#xmpp/iq.ts';
import type { XmppRandom } from '#xmpp/ports.ts';
import { readElement } from '../xmpp/elements.ts';
import { manualClock } from '../xmpp/manual-clock.ts';

export interface Client {
  readonly entity: Entity;
  readonly clock: ReturnType<typeof manualClock>;
  readonly random: XmppRandom;
  /** Everything that came for it, as XML. */
  readonly inbox: string[];
  /** What comes waits, and is then heard in one go, as when it came in one packet. */
  hold(): void;
  release(): void;
  /** Loses the connection; what is on its way to and from it is lost unless it is resumed. */
  cut(): void;
  /** The connection is back: the same stream, or another under another resource. */
  back(resumed: boolean): void;
}

interface Post {
  readonly from: string;
  readonly to: string;
  readonly stanza: Element;
}

/** An office for the clients of one domain. */
export function postOffice() {
  const clients = new Map<string, { hear: (stanza: Element) => Promise<void> }>();
  /** By sender and recipient: the server keeps the order of each pair alone. */
  const ways = new Map<string, Post[]>();
  let seeds = 0;

  const post = (mail: Post): void => {
    const way = `${mail.from} ${mail.to}`;
    const posts = ways.get(way) ?? [];
    ways.set(way, posts);
    posts.push(mail);
  };

  /** A client that is online under this full JID. */
  function client(account: string): Client {
    const seed = ++seeds;
    let resource = [...clients.keys()].filter((jid) => jid.startsWith(`${account}/`)).length + 1;
    let up = true;
    let held = false;
    const handlers = new Map<string, RequestHandler>();
    const listeners = new Set<(stanza: Element) => void>();
    const events = new Set<(event: EntityEvent) => void>();
    const inbox: string[] = [];
    let kept: Element[] = [];
    let drawn = 0;
    const random: XmppRandom = {
      // Never the same twice, and ascending: what begins first has the lower id.
      bytes: (length) => {
        drawn++;
        return new Uint8Array(length).map((_, at) => [seed, drawn >> 8, drawn & 255][at] ?? 0);
      },
    };
    const jid = (): string => `${account}/${resource}`;
    const clock = manualClock();
    const send = (stanza: Element): Promise<void> => {
      if (!up) return Promise.reject(new XmppError('disconnected', 'Limn is not connected at the moment.'));
      const sent = readElement(stanza.toString());
      sent.attrs.from = jid();
      post({ from: jid(), to: String(sent.attrs.to ?? ''), stanza: sent });
      return Promise.resolve();
    };
    const requests = createRequests({ send, clock, random, self: jid, domain: 'example.org' });
    const entity: Entity = {
      get jid() {
        return jid();
      },
      domain: 'example.org',
      get online() {
        return up;
      },
      send,
      request: requests.request,
      handle: (type, name, ns, handler) => {
        handlers.set(`${type} ${name} ${ns}`, handler);
        return () => handlers.delete(`${type} ${name} ${ns}`);
      },
      onStanza: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      on: (listener) => {
        events.add(listener);
        return () => events.delete(listener);
      },
    };
    const emit = (event: EntityEvent): void => {
      for (const listener of [...events]) listener(event);
    };

    async function hear(stanza: Element): Promise<void> {
      if (!up || held) {
        kept.push(stanza);
        return;
      }
      inbox.push(stanza.toString());
      if (requests.settle(stanza)) return;
      if (stanza.name !== 'iq') {
        for (const listener of [...listeners]) listener(stanza);
        return;
      }
      const { from = '', id = '', type = '' } = stanza.attrs as Readonly<Record<string, string>>;
      if (type !== 'get' && type !== 'set') return;
      const child = stanza.children.find((one): one is Element => typeof one === 'object');
      const handler = child && handlers.get(`${type} ${child.getName()} ${child.getNS()}`);
      try {
        if (!handler) throw new StanzaError('service-unavailable', 'cancel');
        await send(xml('iq', { type: 'result', id, to: from }, (await handler(stanza, child)) ?? ''));
      } catch (error) {
        if (!(error instanceof StanzaError)) throw error;
        await send(xml('iq', { type: 'error', id, to: from }, serializeStanzaError(error)));
      }
    }
    clients.set(jid(), { hear });

    return {
      entity,
      clock,
      random,
      inbox,
      hold() {
        held = true;
      },
      release() {
        held = false;
        for (const stanza of kept.splice(0)) void hear(stanza);
      },
      cut() {
        up = false;
        emit({ type: 'offline', error: undefined });
      },
      back(resumed) {
        if (!resumed) {
          clients.delete(jid());
          kept = [];
          requests.fail(new XmppError('disconnected', 'The connection was lost.'));
          resource += 10;
          clients.set(jid(), { hear });
        }
        up = true;
        emit({ type: 'online', jid: jid(), resumed });
        for (const stanza of kept.splice(0)) void hear(stanza);
      },
    };
  }

  /** A message or request to nobody comes back as the server returns it (RFC 6121, section 8.5.3.2). */
  function bounce({ stanza, from, to }: Post): void {
    const type = String(stanza.attrs.type ?? '');
    if (type === 'error' || type === 'result' || stanza.name === 'presence') return;
    const error = serializeStanzaError(new StanzaError('service-unavailable', 'cancel'));
    const back = xml(stanza.name, { type: 'error', id: String(stanza.attrs.id ?? ''), from: to, to: from }, error);
    post({ from: to, to: from, stanza: back });
  }

  return {
    client,
    /** Delivers one stanza of a pair that `choose` picks among those that have any; false when nothing is on its way. */
    async step(choose: (count: number) => number = () => 0): Promise<boolean> {
      const busy = [...ways.values()].filter((posts) => posts.length > 0);
      const mail = busy[choose(busy.length)]?.shift();
      if (!mail) return false;
      const readers = [...clients].filter(
        ([jid]) => jid === mail.to || (mail.stanza.name !== 'iq' && jid.startsWith(`${mail.to}/`)),
      );
      // What goes to an account reaches each of its clients.
      for (const [, reader] of readers) await reader.hear(mail.stanza);
      if (readers.length === 0) bounce(mail);
      return true;
    },
    /** Delivers until nothing is on its way. */
    async settle(choose?: (count: number) => number): Promise<void> {
      for (let idle = 0; idle < 8; ) {
        idle = (await this.step(choose)) ? 0 : idle + 1;
        await Promise.resolve();
      }
    },
  };
}
