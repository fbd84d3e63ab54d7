/** An entity without a server: what it says goes over a way that may be gone and be replaced by another one, to whoever is there then. */
import type { Element } from '@xmpp/xml';
import type { Entity, EntityEvent, RequestHandler } from './entity.ts';
import { StanzaError, XmppError } from './errors.ts';
import { createRequests, serializeStanzaError } from './iq.ts';
import type { XmppClock, XmppRandom } from './ports.ts';
import { attribute, isElement, xml } from './xml-text.ts';

const NS_PING = 'urn:xmpp:ping';

export interface SwappedEntity extends Entity {
  /** A stanza came. Nothing that it brings about throws. */
  take(stanza: Element): void;
  /** From now on stanzas go there; undefined: nowhere, because of this. */
  over(way: ((stanza: Element) => void) | undefined, error?: XmppError): void;
  /** There won't be another way. */
  fail(error: XmppError): void;
}

export interface SwappedEntityOptions {
  readonly jid: string;
  readonly domain: string;
  readonly clock: XmppClock;
  readonly random: XmppRandom;
  readonly note: (message: string) => void;
}

/** An entity that is offline until it is given a way. */
export function createSwappedEntity({ jid, domain, clock, random, note }: SwappedEntityOptions): SwappedEntity {
  let way: ((stanza: Element) => void) | undefined;
  let failed = false;
  const stanzas = new Set<(stanza: Element) => void>();
  const events = new Set<(event: EntityEvent) => void>();
  const handlers = new Map<string, RequestHandler>();

  const guarded = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      note(`a listener threw: ${String(error)}`);
    }
  };
  const emit = (event: EntityEvent): void => {
    for (const listener of [...events]) guarded(() => listener(event));
  };
  const send = (stanza: Element): Promise<void> => {
    if (!way) return Promise.reject(new XmppError('disconnected', 'Limn is not connected at the moment.'));
    way(stanza);
    return Promise.resolve();
  };
  const requests = createRequests({ send, clock, random, self: () => jid, domain });

  async function answer(iq: Element): Promise<void> {
    const type = attribute(iq, 'type');
    const from = attribute(iq, 'from');
    const id = attribute(iq, 'id');
    if (type !== 'get' && type !== 'set') return;
    const child = iq.children.find(isElement);
    const handler = child && handlers.get(`${type} ${child.getName()} ${child.getNS() ?? ''}`);
    const to = { ...(from === undefined ? {} : { to: from }), ...(id === undefined ? {} : { id }) };
    try {
      if (!child || !handler) throw new StanzaError('service-unavailable', 'cancel');
      const result = await handler(iq, child);
      await send(xml('iq', { type: 'result', ...to }, ...(result ? [result] : [])));
    } catch (error) {
      if (error instanceof XmppError && error.code === 'disconnected') return;
      if (!(error instanceof StanzaError)) note(`a request could not be handled: ${String(error)}`);
      const told = error instanceof StanzaError ? error : new StanzaError('internal-server-error', 'cancel');
      await send(xml('iq', { type: 'error', ...to }, serializeStanzaError(told))).catch(() => undefined);
    }
  }

  const entity: SwappedEntity = {
    jid,
    domain,
    get online() {
      return way !== undefined;
    },
    send,
    request: (...args) => requests.request(...args),
    handle(type, name, ns, handler) {
      const key = `${type} ${name} ${ns}`;
      if (handlers.has(key)) throw new RangeError(`${key} is handled already.`);
      handlers.set(key, handler);
      return () => handlers.delete(key);
    },
    onStanza(listener) {
      stanzas.add(listener);
      return () => stanzas.delete(listener);
    },
    on(listener) {
      events.add(listener);
      return () => events.delete(listener);
    },
    take(stanza) {
      if (requests.settle(stanza)) return;
      if (stanza.name === 'iq') return void answer(stanza);
      for (const listener of [...stanzas]) guarded(() => listener(stanza));
    },
    over(next, error = new XmppError('disconnected', 'The connection was lost. Limn comes back by itself.')) {
      if (failed) return;
      const before = way;
      way = next;
      if (before) {
        requests.fail(error);
        emit({ type: 'offline', error });
      }
      if (next) emit({ type: 'online', jid, resumed: false });
    },
    fail(error) {
      if (failed) return;
      failed = true;
      way = undefined;
      requests.fail(error);
      emit({ type: 'failed', error });
    },
  };
  entity.handle('get', 'ping', NS_PING, () => undefined);
  return entity;
}
