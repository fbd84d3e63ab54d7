/**
 * How a replica comes in: from a Limn occupant by `catch-up`, from a strict peer as XEP-0284 has it ("Initial State
 * Synchronization"), or, when nobody has state, by opening an epoch. Every step follows from what the room says, in its
 * order; the clock only gives up on those who stay silent.
 */
import type { Known, LogEntry } from '#core/replica-port.ts';
import type { Place } from '#core/types.ts';
import type { StatePart, SxePayload } from '#xmpp/xep-0284.ts';
import type { People } from './election.ts';
import type { ReceivedState } from './limn-state.ts';
import type { Clock, Compression, Logger } from './ports.ts';
import { createStateCollector, type Gathered, partsOf, type StateCollector } from './state-transfer.ts';
import { createStrictCollector, type StrictCollector, type StrictState } from './strict-state.ts';
import type { Occupant } from './transport.ts';
import type { Uploads } from './uploads.ts';

/** How long a strict peer, or one of whom discovery says nothing yet, may keep us waiting for its offer. */
const STRICT_GIVE_UP_MS = 10_000;
/** How long a Limn occupant may be silent while it owes us a state. */
const PROVIDER_GIVE_UP_MS = 45_000;
/** After how long we ask somebody else first. Whose connection has just died is in the room for a while yet. */
const PROVIDER_BEGIN_MS = 5000;

type StatePiece = Extract<SxePayload, { kind: 'limn-state' }>;
type Upload = Extract<SxePayload, { kind: 'limn-upload' }>;

export interface JoinOptions {
  readonly people: People;
  readonly sessionId: string;
  readonly clock: Clock;
  readonly compression: Compression;
  readonly logger: Logger;
  readonly uploads?: Uploads | undefined;
  /** What we have, for a request; `since` undefined asks for everything. */
  position(): { since?: Place; known: Known };
  newId(): string;
  controlId(): string;
  toAll(id: string, payload: SxePayload): void;
  toOne(to: Occupant, id: string, payload: SxePayload): void;
  /** A log, or else a whole state, is about to be adopted. */
  catchUp(log?: readonly LogEntry[]): void;
  /** A state is complete. `ok` ends the joining (`settled` follows), `again` asks the same one for everything, `distrust` another. */
  adopt(state: ReceivedState, from: Occupant, others: boolean): 'ok' | 'again' | 'distrust';
  settled(): void;
  /** Buffered edits that the state to come is sure to contain: all so far, or all so far by one sender. */
  included(from?: Occupant): void;
  adoptStrict(state: StrictState): void;
  /** My epoch is the first in room order. */
  opened(epoch: string): void;
  progress(share: number): void;
  problem(message: string): void;
}

export interface Join {
  /** From the beginning: we have just entered the room. */
  start(): void;
  /** Without leaving: another state is to be had from one of these. `whenNone`: what to do when none of them gives it; else we
   *  begin from the beginning. */
  startFrom(providers: ReadonlyMap<string, string>, whenNone?: () => void): void;
  /** This one lacks what we ask for. */
  cannot(id: string): void;
  /** This one asks us, while we have nothing to give: if it has the lower id it is told so, else we don't wait for it. */
  asks(from: Occupant): void;
  /** This one says that it waits for a state itself. */
  waits(id: string): void;
  stop(): void;
  /** What was sent to all was refused: it is sent again. */
  retry(): void;
  /** Looks again at who is there; idempotent. */
  evaluate(): void;
  left(id: string): void;
  /** Someone's presence changed. */
  changed(occupant: Occupant, before: Occupant | undefined): void;
  connect(from: Occupant, messageId: string): void;
  hello(from: Occupant, epoch: string, opens: boolean): void;
  offer(from: Occupant): void;
  strictParts(from: Occupant, parts: readonly StatePart[]): void;
  piece(from: Occupant, piece: StatePiece): void;
  upload(from: Occupant, upload: Upload): void;
}

const RANK = { owner: 3, admin: 2, member: 1, none: 0 } as const;

/** Makes the state machine of joining. Inactive until started, and again once it has called `adopt`, `adoptStrict` or `opened`. */
export function createJoin(options: JoinOptions): Join {
  const { people, clock } = options;
  let active = false;
  /** Who said hello since we came, and with which epoch: they have state. */
  let heard = new Map<string, string>();
  /** Whose opening hello was the first in room order, as long as they are here: later ones are void. */
  let standing: string | undefined;
  let onlyHeard = false;
  let whenNone: (() => void) | undefined;
  let tried = new Set<string>();
  /** Who told us that they have no state to give at the moment. */
  let busy = new Set<string>();
  /** Whom we asked and who hasn't begun to answer: others come first, but an answer is taken whenever it comes. */
  let slow = new Map<string, { readonly collector: StateCollector; readonly askedAt: number }>();
  /** Connects in room order, mine among them. */
  let connects: string[] = [];
  let connectId: string | undefined;
  let strictGivenUp = false;
  let candidate: string | undefined;
  let collector: StateCollector | undefined;
  let strict: StrictCollector | undefined;
  /** What came of an answer before the connection was cut. */
  let left: Gathered | undefined;
  let fetching: AbortController | undefined;
  /** Something uploaded could not be had: it is asked for in the stream. */
  let inBand = false;
  /** Strict peers that offered their state while it isn't settled whom we take it from. */
  let offers = new Map<string, Occupant>();
  let cancelTimer: (() => void) | undefined;

  const wait = (ms: number, giveUp: () => void): void => {
    cancelTimer?.();
    cancelTimer = clock.after(ms, () => {
      cancelTimer = undefined;
      if (active) giveUp();
    });
  };
  const keep = (): void => {
    if (collector?.gathered?.snapshot !== undefined) left = collector.gathered;
  };
  const reset = (): void => {
    keep();
    fetching?.abort();
    fetching = undefined;
    inBand = false;
    cancelTimer?.();
    cancelTimer = undefined;
    heard = new Map();
    standing = undefined;
    onlyHeard = false;
    whenNone = undefined;
    tried = new Set();
    busy = new Set();
    slow = new Map();
    connects = [];
    connectId = undefined;
    strictGivenUp = false;
    candidate = undefined;
    collector = undefined;
    strict = undefined;
    offers = new Map();
  };
  const stop = (): void => {
    active = false;
    reset();
  };

  const advertises = (one: Occupant): boolean => !one.me && one.session?.id === options.sessionId;
  const providers = (): Occupant[] =>
    people
      .all()
      .filter((one) => !one.me && !tried.has(one.id) && !busy.has(one.id))
      .filter((one) => heard.has(one.id) || (!onlyHeard && one.limn === true && advertises(one)))
      .sort((a, b) => {
        const order = [...heard.keys()];
        const age = (one: Occupant): number => (heard.has(one.id) ? order.indexOf(one.id) : order.length);
        const late = (one: Occupant): number => Number(slow.has(one.id));
        // Who lacks the compact form hears of no turns (forms.ts), and can't tell at which one its state stands.
        const knowsTurns = (one: Occupant): number => Number(people.me?.compact === true && one.compact === true);
        return (
          late(a) - late(b) ||
          knowsTurns(b) - knowsTurns(a) ||
          RANK[b.affiliation] - RANK[a.affiliation] ||
          age(a) - age(b) ||
          (a.id < b.id ? -1 : 1)
        );
      });

  const giveUpOn = (id: string): void => {
    fetching?.abort();
    options.logger('warn', 'no state from this occupant', { id });
    tried.add(id);
    collector = undefined;
    strict = undefined;
    evaluate();
  };
  const ask = (provider: Occupant, everything: boolean): void => {
    candidate = undefined;
    strict = undefined;
    refuseOffers();
    fetching?.abort();
    fetching = undefined;
    options.progress(0);
    const asked = everything ? undefined : slow.get(provider.id);
    if (asked) {
      collector = asked.collector;
      const patience = asked.askedAt + PROVIDER_GIVE_UP_MS - clock.now();
      return wait(Math.max(patience, PROVIDER_BEGIN_MS), () => giveUpOn(provider.id));
    }
    slow.delete(provider.id);
    const { since, known } = options.position();
    const id = options.controlId();
    const begun = createStateCollector(id, provider.id, options.compression, left);
    const askedAt = clock.now();
    collector = begun;
    if (everything || providers().every((one) => one.id === provider.id || slow.has(one.id)))
      wait(PROVIDER_GIVE_UP_MS, () => giveUpOn(provider.id));
    else
      wait(PROVIDER_BEGIN_MS, () => {
        slow.set(provider.id, { collector: begun, askedAt });
        collector = undefined;
        evaluate();
      });
    const upload = inBand ? undefined : options.uploads?.service;
    options.toOne(provider, id, {
      ...{ kind: 'catch-up', ...(since && !everything ? { since } : {}), known },
      ...(upload === undefined ? {} : { upload }),
      ...(left?.snapshot === undefined ? {} : { have: { snapshot: left.snapshot, parts: partsOf(left) } }),
    });
  };
  /** What this one answers to, though others were asked since, as long as none of them has begun. */
  const answered = (id: string): StateCollector | undefined => {
    const late = slow.get(id)?.collector;
    if (late && !fetching && collector?.gathered === undefined) collector = late;
    return collector?.provider === id ? collector : undefined;
  };
  /** The state is here: it is taken over, and what it is too old for is asked for. */
  const complete = (taken: ReceivedState | 'broken', from: Occupant): void => {
    const old = collector?.resumed === true;
    left = undefined;
    collector = undefined;
    slow.delete(from.id);
    if (taken === 'broken') return giveUpOn(from.id);
    const others = providers().some((one) => one.id !== from.id);
    options.catchUp(taken.records ? undefined : (taken.log ?? []));
    const verdict = options.adopt(taken, from, others);
    if (verdict === 'ok' && old) ask(from, false);
    else if (verdict === 'ok') {
      stop();
      options.settled();
    } else if (verdict === 'again') ask(from, true);
    else giveUpOn(from.id);
  };

  function evaluate(): void {
    if (!active || collector || strict) return;
    let provider = providers()[0];
    if (!provider && whenNone) {
      const settle = whenNone;
      stop();
      return settle();
    }
    if (!provider && onlyHeard) {
      onlyHeard = false;
      provider = providers()[0];
    }
    if (provider) return ask(provider, false);
    const me = people.me;
    if (!me || candidate) return;
    const others = people.all().filter((one) => !one.me);
    if (!strictGivenUp && others.some((one) => advertises(one) && one.limn === undefined && !tried.has(one.id))) {
      return wait(STRICT_GIVE_UP_MS, giveUpOnStrict);
    }
    if (me.role === 'visitor') {
      return options.problem(
        'You may only watch in this room, and nobody here can show you the board yet. Wait for someone who draws, or ask for voice.',
      );
    }
    if (connectId === undefined) {
      connectId = options.controlId();
      return options.toAll(connectId, { kind: 'connect' });
    }
    const mine = connects.indexOf(me.id);
    if (mine < 0) return;
    const earlier = connects
      .slice(0, mine)
      .find((id) => !tried.has(id) && people.get(id)?.limn !== false && !isStrict(id));
    if (earlier !== undefined) {
      return wait(PROVIDER_GIVE_UP_MS, () => {
        connects = connects.filter((id) => id !== earlier);
        evaluate();
      });
    }
    const offering = [...offers.values()].find((one) => people.get(one.id) && !tried.has(one.id));
    if (offering) return accept(offering);
    if (!strictGivenUp && others.some((one) => isStrict(one.id) && !one.psi && !tried.has(one.id))) {
      return wait(STRICT_GIVE_UP_MS, giveUpOnStrict);
    }
    candidate = options.newId();
    options.toAll(options.controlId(), { kind: 'hello', epoch: candidate, opens: true });
  }
  /** Takes one offer and refuses the others. All that came until now was ordered before the peer reads this, so its state holds it. */
  function accept(from: Occupant): void {
    candidate = undefined;
    offers.delete(from.id);
    refuseOffers();
    strict = createStrictCollector(from.id);
    options.included();
    wait(PROVIDER_GIVE_UP_MS, () => giveUpOn(from.id));
    options.toOne(from, options.controlId(), { kind: 'accept-state' });
  }
  function refuseOffers(): void {
    for (const from of offers.values()) options.toOne(from, options.controlId(), { kind: 'refuse-state' });
    offers = new Map();
  }
  const giveUpOnStrict = (): void => {
    strictGivenUp = true;
    evaluate();
  };
  /** For sure not Limn: discovery says what it is, and Limn isn't in it. */
  function isStrict(id: string): boolean {
    const one = people.get(id);
    return one !== undefined && one.limn !== true && one.sxe === true && people.isStrict(one);
  }
  const leaveProvider = (id: string): void => {
    slow.delete(id);
    if (collector?.provider === id) {
      keep();
      collector = undefined;
    }
    if (strict?.provider === id) strict = undefined;
  };
  /** Their connection is another one now, or gone: it owes us nothing and has said nothing yet. */
  const forget = (id: string): void => {
    heard.delete(id);
    busy.delete(id);
    if (standing === id) standing = undefined;
    offers.delete(id);
    leaveProvider(id);
  };
  const cannot = (id: string): void => {
    if (!active) return;
    tried.add(id);
    if (standing === id) standing = undefined;
    leaveProvider(id);
    evaluate();
  };

  return {
    stop,
    evaluate,
    retry() {
      if (!active || collector || strict) return;
      connectId = undefined;
      candidate = undefined;
      evaluate();
    },
    start() {
      reset();
      active = true;
      evaluate();
    },
    startFrom(from, otherwise) {
      reset();
      active = true;
      heard = new Map(from);
      onlyHeard = true;
      whenNone = otherwise;
      evaluate();
    },
    cannot,
    asks(from) {
      const me = people.me;
      if (!active || !me) return;
      // Joiners wait for those with lower ids alone, so never in a circle.
      if (from.id < me.id) options.toOne(from, options.controlId(), { kind: 'connect' });
      else if (collector?.provider === from.id) cannot(from.id);
    },
    waits(id) {
      // Whose opening hello stands said so before it came back.
      if (!active || standing === id) return;
      busy.add(id);
      leaveProvider(id);
      evaluate();
    },
    left(id) {
      tried.delete(id);
      connects = connects.filter((other) => other !== id);
      forget(id);
      evaluate();
    },
    changed(occupant, before) {
      // A presence that no longer advertises comes from a new connection of theirs: what we asked the old one is lost.
      if (before?.session && !occupant.session) {
        forget(occupant.id);
      }
      evaluate();
    },
    connect(from, messageId) {
      if (!active) return;
      if (from.me && messageId !== connectId) return;
      // The latest counts: a second one comes from a new connection, whose turn begins anew.
      connects = [...connects.filter((id) => id !== from.id), from.id];
      forget(from.id);
      evaluate();
    },
    hello(from, epoch, opens) {
      if (!active) return;
      if (from.me) {
        if (!opens || candidate !== epoch) return;
        stop();
        options.opened(epoch);
        return;
      }
      if (opens && standing !== undefined && standing !== from.id) return;
      if (opens) standing = from.id;
      if (heard.get(from.id) !== epoch) leaveProvider(from.id);
      heard.set(from.id, epoch);
      busy.delete(from.id);
      candidate = undefined;
      evaluate();
    },
    offer(from) {
      if (!active || collector || strict || heard.has(from.id) || from.limn === true) {
        options.toOne(from, options.controlId(), { kind: 'refuse-state' });
        return;
      }
      offers.set(from.id, from);
      candidate = undefined;
      evaluate();
    },
    strictParts(from, parts) {
      if (!active || strict?.provider !== from.id) return;
      wait(PROVIDER_GIVE_UP_MS, () => giveUpOn(from.id));
      // What the peer itself sent before its snapshot is in it.
      if (parts.some((part) => part.kind === 'begin')) options.included(from);
      const state = strict.take(parts);
      if (!state) return;
      stop();
      options.catchUp();
      options.adoptStrict(state);
    },
    piece(from, piece) {
      const asked = active ? answered(from.id) : undefined;
      if (!asked) return;
      const taken = asked.take(piece);
      if (taken === 'ignored') return;
      if (taken !== 'more') return complete(taken, from);
      options.progress(asked.progress());
      wait(PROVIDER_GIVE_UP_MS, () => giveUpOn(from.id));
    },
    upload(from, { request, upload }) {
      const asked = active ? answered(from.id) : undefined;
      if (asked?.request !== request || fetching || !options.uploads) return;
      const fetch = new AbortController();
      fetching = fetch;
      const isWanted = (): boolean => active && collector === asked;
      const again = (): void => wait(PROVIDER_GIVE_UP_MS, () => giveUpOn(from.id));
      again();
      const progress = (share: number): void => {
        if (!isWanted()) return;
        options.progress(share);
        again();
      };
      options.uploads.get(upload, fetch.signal, progress).then(
        (data) => {
          if (isWanted()) complete(asked.whole(data), from);
        },
        (error: unknown) => {
          options.logger('warn', 'an uploaded state could not be fetched', { error: String(error) });
          if (!isWanted()) return;
          inBand = true;
          ask(from, false);
        },
      );
    },
  };
}
