/** An entity without a server: what it says goes over a way that may be gone and be replaced by another one, to whoever is there then. */
import type { Element } from '@xmpp/xml';
import type { Entity } from './entity.ts';
import { StanzaError, XmppError } from './errors.ts';
import { createRequests, serializeStanzaError } from './iq.ts';
import type { XmppClock, XmppRandom } from './ports.ts';
import { createReception } from './reception.ts';
import { attribute, xml } from './xml-text.ts';

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
  const { emit, hear, answer, handle, onStanza, on } = createReception(note);

  const send = async (stanza: Element): Promise<void> => {
    if (!way) throw new XmppError('disconnected', 'Limn is not connected at the moment. Try again when it is.');
    way(stanza);
  };
  const requests = createRequests({ send, clock, random, self: () => jid, domain });

  async function reply(iq: Element): Promise<void> {
    const [type, from, id] = [attribute(iq, 'type'), attribute(iq, 'from'), attribute(iq, 'id')];
    if (type !== 'get' && type !== 'set') return;
    const answered = (await answer(iq)) ?? { error: new StanzaError('service-unavailable', 'cancel') };
    const child = 'error' in answered ? serializeStanzaError(answered.error) : answered.result;
    const attrs = {
      type: 'error' in answered ? 'error' : 'result',
      ...(from === undefined ? {} : { to: from }),
      ...(id === undefined ? {} : { id }),
    };
    // Who asked has gone, or we have.
    await send(xml('iq', attrs, ...(child ? [child] : []))).catch(() => undefined);
  }

  const entity: SwappedEntity = {
    jid,
    domain,
    get online() {
      return way !== undefined;
    },
    send,
    request: (...args) => requests.request(...args),
    handle,
    onStanza,
    on,
    take(stanza) {
      if (requests.settle(stanza)) return;
      if (stanza.name === 'iq') void reply(stanza);
      else hear(stanza);
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
  handle('get', 'ping', NS_PING, () => undefined);
  return entity;
}
