/** What every entity does alike with what comes: tells listeners, and answers requests by whoever handles them. */
import type { Element } from '@xmpp/xml';
import type { Entity, EntityEvent, RequestHandler } from './entity.ts';
import { StanzaError } from './errors.ts';
import { attribute, isElement } from './xml-text.ts';

export interface Reception extends Pick<Entity, 'handle' | 'onStanza' | 'on'> {
  /** Tells of an event. A listener that throws keeps nobody from hearing. */
  emit(event: EntityEvent): void;
  /** Tells of a message or presence. */
  hear(stanza: Element): void;
  /** What a request is to be answered with: the child of the result, if it has one, or the error. Undefined when nobody handles it. Never
   *  rejects. */
  answer(iq: Element): Promise<Answer> | undefined;
}

export type Answer = { readonly result: Element | undefined } | { readonly error: StanzaError };

/** `trouble` gets what was survived: listeners and handlers that threw. */
export function createReception(trouble: (message: string) => void): Reception {
  const events = new Set<(event: EntityEvent) => void>();
  const stanzas = new Set<(stanza: Element) => void>();
  const handlers = new Map<string, RequestHandler>();

  function tell<T>(listeners: ReadonlySet<(what: T) => void>, what: T): void {
    for (const listener of [...listeners]) {
      try {
        listener(what);
      } catch (error) {
        trouble(`a listener threw: ${String(error)}`);
      }
    }
  }

  function listen<T>(listeners: Set<(what: T) => void>, listener: (what: T) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  async function handled(handler: RequestHandler, iq: Element, child: Element): Promise<Answer> {
    try {
      return { result: await handler(iq, child) };
    } catch (error) {
      if (error instanceof StanzaError) return { error };
      trouble(`a request could not be handled: ${String(error)}`);
      return { error: new StanzaError('internal-server-error', 'cancel') };
    }
  }

  return {
    emit: (event) => tell(events, event),
    hear: (stanza) => tell(stanzas, stanza),
    answer(iq) {
      const child = iq.children.find(isElement);
      const handler = child && handlers.get(`${attribute(iq, 'type')} ${child.getName()} ${child.getNS() ?? ''}`);
      return child && handler && handled(handler, iq, child);
    },
    handle(type, name, ns, handler) {
      const key = `${type} ${name} ${ns}`;
      if (handlers.has(key)) throw new RangeError(`${key} is handled already.`);
      handlers.set(key, handler);
      return () => handlers.delete(key);
    },
    onStanza: (listener) => listen(stanzas, listener),
    on: (listener) => listen(events, listener),
  };
}
