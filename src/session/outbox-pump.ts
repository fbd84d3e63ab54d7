/** One edit stanza in flight at a time: the first after a quiet moment at once, the next when the echo is back (DESIGN section 3, Flow). */
import type { PendingStanza, Replica } from '#core/replica-port.ts';
import type { StanzaId } from '#core/types.ts';
import type { SxePayload } from '#xmpp/xep-0284.ts';
import type { Forms } from './forms.ts';
import { formatStanzaId } from './stanza-id.ts';

/** What was done longer ago than this when it is sent says when: milliseconds. Else the time of its arrival tells as much. */
const LATE = 10_000;

export interface OutboxPump {
  /** Sends the next stanza unless one is in flight or the pump may not run. */
  pump(): void;
  /** The stanza that is on its way, if any. */
  inFlight(): { readonly id: StanzaId; readonly messageId: string } | undefined;
  /** The echo of the stanza in flight is back; the replica has been told already. */
  landed(): void;
  /** The stanza in flight did not arrive: it waits again, first in line. */
  lost(): void;
}

export interface OutboxPumpOptions {
  readonly replica: Replica;
  /** My own stanza prefix: ids under any other carry their origin. */
  readonly prefix: string;
  /** Whether edits may leave now. */
  mayRun(): boolean;
  /** Whether somebody present wants the Removes of children before that of their parent. */
  childrenFirst(): boolean;
  /** A fresh id for a stanza that isn't named by its own. */
  controlId(): string;
  /** Whether edits may leave in compact form. */
  readonly forms: Pick<Forms, 'sending'>;
  /** What waits is to be on the disk when this returns. */
  readonly keep: () => void;
  /** Milliseconds since 1970. */
  now(): number;
  /** Hands a message to the transport; calls back when it was not taken. */
  send(messageId: string, payload: SxePayload, onFailure: () => void): void;
}

/** Makes a pump over a replica's outbox. */
export function createOutboxPump(options: OutboxPumpOptions): OutboxPump {
  const { replica } = options;
  let flying: { id: StanzaId; messageId: string } | undefined;

  const lost = (): void => {
    if (!flying) return;
    flying = undefined;
    replica.returnOutgoing();
  };

  const launch = (stanza: PendingStanza): void => {
    const own = stanza.id.prefix === options.prefix;
    const messageId = own ? formatStanzaId(stanza.id) : options.controlId();
    const flight = { id: stanza.id, messageId };
    flying = flight;
    if (stanza.restates) options.keep();
    const origin = { author: stanza.author, id: stanza.id };
    const turn = options.forms.sending();
    const form = turn === undefined ? {} : { compact: true as const, ...(turn > 0 ? { turn } : {}) };
    const { edits, transaction } = stanza;
    const late = options.now() - stanza.time > LATE;
    const written = late && stanza.time > 0 ? { written: Math.floor(stanza.time) } : {};
    const marks = { ...(own ? {} : { origin }), ...(transaction && { transaction }), ...written };
    options.send(messageId, { kind: 'edits', edits, ...form, ...marks }, () => {
      if (flying === flight) lost();
    });
  };

  return {
    inFlight: () => flying,
    lost,
    landed() {
      flying = undefined;
    },
    pump() {
      if (flying || !options.mayRun()) return;
      const stanza = replica.takeOutgoing(options.childrenFirst());
      if (stanza) launch(stanza);
    },
  };
}
