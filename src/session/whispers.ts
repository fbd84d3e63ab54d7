/** What occupants say to us alone, outside the order: questions for state and answers to ours. */
import type { SxeMessage } from '#xmpp/xep-0284.ts';
import type { Digests } from './digests.ts';
import type { People } from './election.ts';
import type { Gaps } from './gaps.ts';
import type { Join } from './join.ts';
import { parseKnown } from './limn-state.ts';
import type { LiveTraffic } from './live-traffic.ts';
import type { Logger } from './ports.ts';
import type { Provider } from './provider.ts';
import { isKnown } from './stanza-id.ts';
import type { Suit } from './suit.ts';
import type { Occupant } from './transport.ts';

export interface WhispersOptions {
  readonly sessionId: string;
  readonly people: People;
  readonly provider: Provider;
  readonly join: Join;
  readonly suit: Pick<Suit<unknown>, 'piece'>;
  readonly digests: Digests;
  readonly gaps: Gaps;
  readonly live: Pick<LiveTraffic, 'whispered'>;
  readonly logger: Logger;
  /** Whether we hold the session's state. */
  ready(): boolean;
}

/** Makes the one who listens to private messages and hands them on. */
export function createWhispers(options: WhispersOptions): (from: Occupant, message: SxeMessage) => void {
  const { people, provider, join, suit, digests, gaps, logger, live } = options;
  return (from, message) => {
    if (message.session !== options.sessionId || from.me) return;
    const { payload } = message;
    if (payload.kind === 'live') return live.whispered(from, payload);
    people.spoke(from);
    switch (payload.kind) {
      case 'catch-up': {
        const known = parseKnown(payload.known);
        if (!known) break;
        provider.request(from, message.id, { ...payload, known });
        // Whoever asks while we do, and lacks the same, can't help us: nobody waits for each other.
        if (gaps.missing && !isKnown(known, gaps.missing)) join.cannot(from.id);
        else if (!gaps.missing) join.asks(from);
        break;
      }
      case 'limn-state':
        join.piece(from, payload);
        suit.piece(from, payload);
        break;
      case 'limn-upload':
        join.upload(from, payload);
        break;
      case 'hello':
        join.hello(from, payload.epoch, false);
        break;
      case 'digest':
        digests.told(from, payload);
        break;
      case 'connect':
        // Limn asks by catch-up: said by Limn, it means that it has no state to give.
        if (from.limn === true) join.waits(from.id);
        else if (options.ready()) provider.connect(from);
        break;
      case 'state-offer':
        join.offer(from);
        break;
      case 'accept-state':
        provider.accept(from);
        break;
      case 'refuse-state':
        provider.refuse(from);
        break;
      case 'state':
        join.strictParts(from, payload.parts);
        break;
      case 'edits':
      case 'turn':
        logger('debug', 'out of order by nature: ignored', { kind: payload.kind });
    }
  };
}
