/** Requests (RFC 6120, section 8.2.3) whose answers count only if they come from whom was asked. */
import xml, { type Element } from '@xmpp/xml';
import { StanzaError, XmppError } from './errors.ts';
import { bareJid, sameJid } from './jid.ts';
import type { XmppClock, XmppRandom } from './ports.ts';
import { randomHex } from './random-hex.ts';
import { attribute, childElements } from './xml-text.ts';

const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
const TIMEOUT = 30_000;

export interface Requests {
  request(type: 'get' | 'set', to: string | undefined, child: Element, timeoutMs?: number): Promise<Element>;
  /** Whether the stanza answers a request of ours. */
  settle(stanza: Element): boolean;
  /** Rejects everything that waits. */
  fail(error: XmppError): void;
}

interface Waiting {
  readonly to: string | undefined;
  readonly resolve: (stanza: Element) => void;
  readonly reject: (error: Error) => void;
}

/** The error that an error stanza holds (RFC 6120, section 8.3). */
export function readStanzaError(stanza: Element): StanzaError {
  const error = childElements(stanza).find((child) => child.getName() === 'error');
  const children = error ? childElements(error) : [];
  const parts = children.filter((child) => child.getNS() === NS_STANZAS);
  const own = children.find((child) => ![NS_STANZAS, 'jabber:client', undefined].includes(child.getNS()));
  const condition = parts.find((child) => child.getName() !== 'text')?.getName() ?? 'undefined-condition';
  const text = parts.find((child) => child.getName() === 'text')?.getText();
  const detail = own && { name: own.getName(), ns: own.getNS() ?? '' };
  return new StanzaError(condition, (error && attribute(error, 'type')) ?? 'cancel', text, detail);
}

/** The `<error/>` that says this. */
export function serializeStanzaError({ type, condition = 'undefined-condition', detail }: StanzaError): Element {
  return xml(
    'error',
    { type },
    xml(condition, { xmlns: NS_STANZAS }),
    ...(detail ? [xml(detail.name, { xmlns: detail.ns })] : []),
  );
}

export function createRequests(own: {
  readonly send: (stanza: Element) => Promise<void>;
  readonly clock: XmppClock;
  readonly random: XmppRandom;
  readonly self: () => string | undefined;
  readonly domain: string;
}): Requests {
  const waiting = new Map<string, Waiting>();

  /** Our own account may answer as nobody, as itself, or as its server. */
  function isFrom({ to }: Waiting, from: string | undefined): boolean {
    const self = own.self();
    const bare = self === undefined ? undefined : bareJid(self);
    const account = to === undefined || (bare !== undefined && sameJid(to, bare));
    if (from === undefined) return account || sameJid(to, own.domain);
    if (!account) return sameJid(to, from);
    return (
      sameJid(from, own.domain) ||
      (self !== undefined && sameJid(from, self)) ||
      (bare !== undefined && sameJid(from, bare))
    );
  }

  return {
    request: (type, to, child, timeoutMs = TIMEOUT) => {
      // Unguessable, so that nobody can answer in another's place.
      const id = randomHex(own.random, 12);
      const iq = xml('iq', { type, id, ...(to === undefined ? {} : { to }) }, child);
      return new Promise<Element>((resolve, reject) => {
        const cancel = own.clock.after(timeoutMs, () => {
          waiting.delete(id);
          reject(new XmppError('timeout', `${to ?? own.domain} did not answer. Try again.`));
        });
        const end = (): void => {
          cancel();
          waiting.delete(id);
        };
        waiting.set(id, {
          to,
          resolve: (stanza) => {
            end();
            resolve(stanza);
          },
          reject: (error) => {
            end();
            reject(error);
          },
        });
        own
          .send(iq)
          .catch((error: unknown) =>
            waiting.get(id)?.reject(error instanceof Error ? error : new Error(String(error))),
          );
      });
    },
    settle: (stanza) => {
      if (stanza.name !== 'iq') return false;
      const type = attribute(stanza, 'type');
      if (type !== 'result' && type !== 'error') return false;
      const request = waiting.get(attribute(stanza, 'id') ?? '');
      if (!request || !isFrom(request, attribute(stanza, 'from'))) return false;
      if (type === 'result') request.resolve(stanza);
      else request.reject(readStanzaError(stanza));
      return true;
    },
    fail: (error) => {
      for (const request of [...waiting.values()]) request.reject(error);
    },
  };
}
