/** A connected XMPP entity as the modules of one XEP each see it: stanzas, requests, and whether it is online. */
import type { Element } from '@xmpp/xml';
import type { XmppError } from './errors.ts';

export type EntityEvent =
  /** Stanzas flow. `resumed`: the same stream went on (XEP-0198), nothing was missed. */
  | { readonly type: 'online'; readonly jid: string; readonly resumed: boolean }
  /** The connection is gone; it comes back by itself unless `failed` follows or it was stopped. */
  | { readonly type: 'offline'; readonly error: XmppError | undefined }
  /** It won't come back by itself. */
  | { readonly type: 'failed'; readonly error: XmppError };

/** Answers a request with the child of the result (or nothing). A thrown StanzaError is the error reply. */
export type RequestHandler = (iq: Element, child: Element) => Element | undefined | Promise<Element | undefined>;

export interface Entity {
  /** Our full JID from the first log-in on. */
  readonly jid: string | undefined;
  readonly domain: string;
  readonly online: boolean;
  /** Hands a stanza to the connection. Rejects with XmppError `disconnected` while offline: nothing is queued here. */
  send(stanza: Element): Promise<void>;
  /** Sends an IQ and resolves with the result stanza, if it comes from whom it was sent to. Rejects with a StanzaError, or an
   *  XmppError `timeout` or `disconnected`. */
  request(type: 'get' | 'set', to: string | undefined, child: Element, timeoutMs?: number): Promise<Element>;
  /** Answers requests with this child; all others get service-unavailable. Returns the remover. */
  handle(type: 'get' | 'set', name: string, ns: string, handler: RequestHandler): () => void;
  /** Every message and presence, and no reply to a request of ours. Returns the remover. */
  onStanza(listener: (stanza: Element) => void): () => void;
  on(listener: (event: EntityEvent) => void): () => void;
}
