/** What people do right now, out and in: paced, never in the way of edits, and with it who presents. */
import type { SxeMessage, SxePayload } from '#xmpp/xep-0284.ts';
import type { People } from './election.ts';
import type { SessionEvent } from './events.ts';
import { createLiveSender, type Live, parseLive } from './live.ts';
import type { Clock } from './ports.ts';
import { createPresenting, type PresentingMachine } from './presenting.ts';
import type { Occupant } from './transport.ts';
import type { Wire } from './wire.ts';

export interface LiveTraffic {
  readonly presenting: PresentingMachine;
  submit(live: Live): void;
  /** One at its place in the order, my own included. */
  received(from: Occupant, payload: Extract<SxePayload, { kind: 'live' }>): void;
  /** One that somebody sent to me alone. */
  whispered(from: Occupant, payload: Extract<SxePayload, { kind: 'live' }>): void;
  /** Mine came back, or (`lost`) will not any more. */
  echoed(lost: boolean): void;
  refused(): void;
  /** Nothing goes out until our state is fetched again. */
  stop(): void;
  /** The connection is new or gone. */
  cut(): void;
}

export interface LiveTrafficOptions {
  readonly clock: Clock;
  readonly people: People;
  readonly wire: Wire;
  readonly controlId: () => SxeMessage['id'];
  readonly mayRun: () => boolean;
  readonly online: () => boolean;
  readonly onEvent: (event: SessionEvent) => void;
}

/** Makes a session's live side. */
export function createLiveTraffic({ wire, onEvent, ...options }: LiveTrafficOptions): LiveTraffic {
  const toAll = (json: string): void => wire.toAll(options.controlId(), { kind: 'live', json });
  const sender = createLiveSender(options.clock, options.mayRun, toAll);
  const presenting = createPresenting({
    people: options.people,
    clock: options.clock,
    online: options.online,
    tellAll: sender.submit,
    tellOne: (to, follow) => wire.tellOne(to, { kind: 'live', json: JSON.stringify({ follow }) }),
    told: () => onEvent({ type: 'presenting' }),
    looked: (from, look) => onEvent({ type: 'look', from, look }),
  });
  return {
    presenting,
    submit: (live) => void sender.submit(live),
    received(from, { json }) {
      const live = parseLive(json);
      if (!live) return;
      presenting.heard(from, live);
      if (!from.me) onEvent({ type: 'live', from, live });
    },
    whispered(from, { json }) {
      const follow = parseLive(json)?.follow;
      if (follow) presenting.told(from, follow);
    },
    echoed(lost) {
      sender.echoed();
      if (lost) presenting.lost();
    },
    refused() {
      presenting.lost();
      sender.echoed();
    },
    stop() {
      sender.stop();
      presenting.lost();
    },
    cut() {
      sender.stop();
      presenting.reset();
    },
  };
}
