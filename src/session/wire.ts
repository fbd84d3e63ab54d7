/** Messages of one session out to the transport, and which of those to all have not come back. */
import type { SxeMessage, SxePayload } from '#xmpp/xep-0284.ts';
import type { Logger } from './ports.ts';
import type { Occupant, Transport } from './transport.ts';

export interface Wire {
  /** A fresh id for a message that isn't named by its stanza. */
  controlId(): string;
  /** Sends to all; calls back when the connection didn't take it. */
  toAll(id: string, payload: SxePayload, onFailure?: () => void): void;
  /** Sends to one; rejects when the connection didn't take it. */
  toOne(to: Occupant, payload: SxePayload, id?: string): Promise<void>;
  /** The same, when it doesn't matter: the connection is going down then. */
  tellOne(to: Occupant, payload: SxePayload, id?: string): void;
  /** A message of mine came back: answers it and those that were sent before it and will not come any more, oldest first. */
  echoed(
    message: SxeMessage,
  ): readonly { readonly id: string; readonly kind: SxePayload['kind']; readonly lost: boolean }[];
  /** A message of mine came back as an error: answers what it was. */
  refused(id: string): SxePayload['kind'] | undefined;
  /** The connection is new or gone. */
  clear(): void;
}

/** Makes the outward side of a session. */
export function createWire(transport: Transport, session: string, prefix: string, logger: Logger): Wire {
  let controls = 0;
  /** By id, in the order of sending, which the transport keeps. */
  let outstanding = new Map<string, SxePayload['kind']>();

  const controlId = (): string => `${prefix}.c${++controls}`;
  const toOne = async (to: Occupant, payload: SxePayload, id = controlId()): Promise<void> =>
    transport.toOne(to, { session, id, payload });

  return {
    controlId,
    toOne,
    toAll(id, payload, onFailure) {
      const sent = outstanding;
      sent.set(id, payload.kind);
      transport.toAll({ session, id, payload }).catch((error: unknown) => {
        sent.delete(id);
        logger('debug', 'message not taken', { id, error: String(error) });
        onFailure?.();
      });
    },
    tellOne(to, payload, id) {
      toOne(to, payload, id).catch((error: unknown) => logger('debug', 'message not taken', { error: String(error) }));
    },
    echoed(message) {
      if (!outstanding.has(message.id)) return [];
      const settled: { id: string; kind: SxePayload['kind']; lost: boolean }[] = [];
      for (const [id, kind] of outstanding) {
        outstanding.delete(id);
        settled.push({ id, kind, lost: id !== message.id });
        if (id === message.id) break;
      }
      return settled;
    },
    refused(id) {
      const kind = outstanding.get(id);
      outstanding.delete(id);
      return kind;
    },
    clear() {
      outstanding = new Map();
    },
  };
}
