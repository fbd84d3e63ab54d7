/** What a stanza means at its place in the session's order: edits that count, a hello, a question, another form. */
import type { ReceivedStanza, Replica } from '#core/replica-port.ts';
import type { StanzaId } from '#core/types.ts';
import type { SxePayload } from '#xmpp/xep-0284.ts';
import type { Digests } from './digests.ts';
import type { Duties } from './duties.ts';
import type { People } from './election.ts';
import type { SessionEvent } from './events.ts';
import type { Floods } from './floods.ts';
import type { Forms } from './forms.ts';
import type { Gaps } from './gaps.ts';
import type { OutboxPump } from './outbox-pump.ts';
import type { Logger } from './ports.ts';
import type { Provider } from './provider.ts';
import { roleOf } from './roles.ts';
import { formatStanzaId, parseStanzaId, stanzaIdOf } from './stanza-id.ts';
import type { Suit } from './suit.ts';
import type { Transactions } from './transactions.ts';
import type { Occupant } from './transport.ts';
import type { Ordered } from './waiting.ts';
import type { Wire } from './wire.ts';

type Edits = Extract<SxePayload, { kind: 'edits' }>;
/** A stanza by its sender and id. */
type Named = { readonly sender: string; readonly id: string };

export interface InOrder {
  /** Takes one stanza; `live`: none that the state we took may hold already. */
  take(event: Ordered, live?: boolean): void;
  /** Applies edits; without `from` they come from somebody's log. */
  confirm(stanza: ReceivedStanza, from?: Occupant): void;
  /** The last stanza of edits that counted, by room JID. */
  readonly last: Named;
  /** The last hello, by occupant, for one who asks for the state: none if they came after it, since one of its id that reaches them is a
   *  repetition, and what came before that counts. */
  heardBy(asker: string): Named | undefined;
  /** The giver of a state that is now ours had heard this one last, maybe later than we. */
  tookUpTo(hello: Named): void;
  left(id: string): void;
}

export interface InOrderOptions {
  readonly replica: Replica;
  /** My own stanza prefix. */
  readonly prefix: string;
  readonly people: People;
  readonly forms: Forms;
  readonly gaps: Gaps;
  readonly duties: Duties;
  readonly transactions: Transactions;
  readonly floods: Floods;
  readonly pump: OutboxPump;
  readonly provider: Provider;
  readonly digests: Digests;
  readonly suit: Pick<Suit<Ordered>, 'hello'>;
  readonly wire: Wire;
  readonly logger: Logger;
  readonly onEvent: (event: SessionEvent) => void;
  /** The stanza before this one is missing; one of these may have it, by the epoch in which they are. */
  missing(event: Ordered, providers: ReadonlyMap<string, string>): void;
  /** Who is in the session is other than before. */
  joined(): void;
  /** Something came through: somebody else may be elected, or have something to do. */
  quiet(): void;
  /** Edits travel in another form from here on. */
  turned(): void;
}

/** Makes the reader of the order. */
export function createInOrder(options: InOrderOptions): InOrder {
  const { replica, people, forms, duties, pump, provider, digests, logger, onEvent, quiet } = options;
  let last: Named = { sender: '', id: '' };
  /** With who was there at the time, where that is known. */
  let heard: { readonly hello: Named; readonly by?: Set<string> } | undefined;

  function hello(from: Occupant, epoch: string, opens: boolean): void {
    if (epoch !== replica.place.epoch) people.tookPartElsewhere(from.id);
    else if (people.hello(from.id)) options.joined();
    if (!from.me) options.suit.hello(from, epoch, opens);
    quiet();
  }

  function edits(event: Ordered, payload: Edits, live: boolean): void {
    const { from, message } = event;
    if (live && !from.me) options.floods.heard(from, payload.edits.length);
    // A claim, like who did it; but nobody has done anything later than it came.
    const time = Math.min(payload.written ?? event.time, event.time);
    // Some who are there couldn't read it, or it is another session's in this room: it is sent again, in the form or to the session
    // that counts then.
    const unread = payload.compact && !forms.counts(payload.turn ?? 0);
    const elsewhere = (payload.origin ?? parseStanzaId(message.id)) !== undefined && !people.takesPart(from.id);
    if (unread || elsewhere) {
      if (from.me && pump.inFlight()?.messageId === message.id) pump.lost();
      if (!payload.compact) duties.missed(payload.edits);
      return quiet();
    }
    const id = payload.origin?.id ?? stanzaIdOf(from.id, message.id);
    if (!Number.isSafeInteger(id.n) || id.n < 1 || id.prefix.length > 4096) return;
    const known = replica.knows(id);
    // Strict peers do twice what comes twice.
    if (known && live && !payload.compact) duties.missed(payload.edits);
    if (!known && !payload.origin && parseStanzaId(message.id) && isMissingBefore(event, id)) return;
    const flight = pump.inFlight();
    const landed = from.me && flight !== undefined && formatStanzaId(flight.id) === formatStanzaId(id);
    const author = payload.origin?.author ?? from.jid;
    const sender = { role: roleOf(from), sender: from.id, ...(from.me ? {} : { byOther: true }) };
    const { transaction } = payload;
    const hold = from.me ? undefined : options.transactions.heard(from, transaction);
    const whole = { ...(transaction && { transaction }), ...(hold === undefined ? {} : { hold }) };
    confirm({ author, id, edits: payload.edits, time, ...sender, ...whole }, from);
    if (landed) pump.landed();
    last = { sender: from.jid, id: message.id };
    onEvent({ type: 'dirty', by: from });
    if (landed) onEvent({ type: 'pending' });
    quiet();
  }

  function confirm(stanza: ReceivedStanza, from?: Occupant): void {
    const byStrict = from !== undefined && !from.me && from.limn !== true;
    const { entry } = duties.around(stanza.edits, byStrict, () => replica.receive(stanza));
    if (!entry) return;
    provider.confirmed(entry);
    const by = from ?? (entry.id.prefix === options.prefix ? people.me : undefined);
    onEvent({ type: 'log', entries: [entry], ...(by && { by }) });
    digests.changed(stanza.id);
  }

  /** Whether the sender's stanza before this one is missing and somebody may have it: then this one waits. */
  function isMissingBefore(event: Ordered, id: StanzaId): boolean {
    const providers = options.gaps.before(event.from, id);
    if (!providers) return false;
    logger('warn', 'a stanza is missing', { before: formatStanzaId(id) });
    options.missing(event, providers);
    return true;
  }

  return {
    get last() {
      return last;
    },
    heardBy: (asker) => (heard?.by?.has(asker) === false ? undefined : heard?.hello),
    tookUpTo(hello) {
      heard = { hello };
    },
    left: (id) => void heard?.by?.delete(id),
    confirm,
    take(event, live = true) {
      const { from, message } = event;
      const { payload } = message;
      if (payload.kind === 'edits') return edits(event, payload, live);
      if (payload.kind === 'hello') {
        heard = { hello: { sender: from.id, id: message.id }, by: new Set(people.all().map(({ id }) => id)) };
        return hello(from, payload.epoch, payload.opens);
      }
      if (payload.kind === 'digest') return digests.heard(from, payload);
      if (payload.kind === 'turn') {
        if (forms.heard(payload.turn)) options.turned();
      } else if (payload.kind === 'connect' && !from.me) {
        if (from.limn !== false && people.elected()?.me)
          options.wire.tellOne(from, { kind: 'hello', epoch: replica.place.epoch, opens: false });
        if (from.limn !== true) provider.connect(from);
      }
    },
  };
}
