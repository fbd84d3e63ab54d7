/**
 * A replica's life in a shared session: it joins, takes every stanza strictly in the session's order, sends what waits, gives
 * state to those who come, and keeps all work through cuts and splits (DESIGN sections 2, 3 and 5). Nothing here throws at what a
 * peer says: it is ignored or logged.
 */
import type { SubmitResult } from '#core/replica-port.ts';
import { shownName } from '#xmpp/shown-name.ts';
import type { SxeMessage } from '#xmpp/xep-0284.ts';
import { createClaims } from './claims.ts';
import { createDigests } from './digests.ts';
import { createDuties } from './duties.ts';
import { createPeople } from './election.ts';
import type { SessionPhase } from './events.ts';
import { createFloods } from './floods.ts';
import { createForms } from './forms.ts';
import { createGaps } from './gaps.ts';
import { createInOrder } from './in-order.ts';
import { createJoin } from './join.ts';
import { createLiveTraffic } from './live-traffic.ts';
import { createOutboxPump } from './outbox-pump.ts';
import { type Logger, randomId } from './ports.ts';
import { createProvider } from './provider.ts';
import { createRefusals } from './refusals.ts';
import type { Session, SessionOptions } from './session-port.ts';
import { parseStanzaId, sayable } from './stanza-id.ts';
import type { TransportEvent } from './transport.ts';
import { createSuit } from './suit.ts';
import { createTakeover } from './takeover.ts';
import { createTransactions } from './transactions.ts';
import { createWaitingStanzas, type Ordered } from './waiting.ts';
import { createWhispers } from './whispers.ts';
import { createWire } from './wire.ts';

const SVG_DESCRIPTION = 'http://www.w3.org/2000/svg';
const HELLO_AGAIN_MS = 5000;

/** Makes a session over a transport that is about to join, or has. Misuse (a prefix of another form) is a RangeError. */
export function createSession(options: SessionOptions): Session {
  const { transport, replica, sessionId, onEvent } = options;
  if (!parseStanzaId(`${options.prefix}.1`)) throw new RangeError('prefix: 8 to 64 characters of [0-9a-z]');
  const logger: Logger = options.logger ?? (() => {});
  const people = createPeople();
  const duties = createDuties(replica, people.strictPresent);
  const forms = createForms(people, sessionId);
  let phase: SessionPhase = 'offline';
  const waiting = createWaitingStanzas();
  let paused = 0;
  let closed = false;
  const gaps = createGaps(replica, people);
  let helloAt = 0;
  const claims = createClaims(sessionId);
  const transactions = createTransactions(options.clock, (name, from) => {
    replica.reveal(name);
    onEvent({ type: 'dirty', by: from });
    const who = shownName(from.nick, 100);
    const message = `${who} has not finished a large change. What has arrived of it is shown; the rest follows when it comes.`;
    onEvent({ type: 'problem', code: 'partial', message, who });
  });
  const floods = createFloods(options.clock, (from) => {
    const who = shownName(from.nick, 100);
    const message = `${who} is changing very much at once, which can make the board slow. If that is not meant, ask ${who} to stop, or an owner to let them only watch.`;
    onEvent({ type: 'problem', code: 'flood', message, who });
  });
  const refusals = createRefusals(options.clock, onEvent, () => {
    if (phase === 'joining') join.retry();
    forms.lost();
    sayHello(false);
    tend();
  });

  const setPhase = (next: SessionPhase, more: { progress?: number; final?: boolean } = {}): void => {
    phase = next;
    onEvent({ type: 'status', phase, ...more });
  };
  const tellPeople = (): void => onEvent({ type: 'people', occupants: people.all(), hellos: people.hellos() });
  const mayRun = (): boolean => {
    const me = people.me;
    return phase === 'online' && paused === 0 && !refusals.held && me?.role !== 'visitor' && people.takesPart(me?.id);
  };

  const wire = createWire(transport, sessionId, options.prefix, logger);
  const { controlId } = wire;
  const pump = createOutboxPump({
    replica,
    prefix: options.prefix,
    mayRun,
    childrenFirst: people.strictPresent,
    controlId,
    forms,
    now: () => options.clock.now(),
    keep: () => options.keep?.(),
    send: wire.toAll,
  });
  const online = (): boolean => phase === 'online';
  const live = createLiveTraffic({ clock: options.clock, people, wire, controlId, mayRun, online, onEvent });
  const digests = createDigests({
    ...{ replica, people, clock: options.clock, logger },
    prefix: options.prefix,
    ready: () => phase === 'online',
    toAll: (statement) => wire.toAll(controlId(), { kind: 'digest', ...statement }),
    toOne: (to, statement) => wire.tellOne(to, { kind: 'digest', ...statement }),
    heal(from) {
      takeover.heal(from);
      rejoin(new Map([[from.id, replica.place.epoch]]), () => settle());
    },
  });
  const provider = createProvider({
    replica,
    people,
    compression: options.compression,
    ...{ clock: options.clock, random: options.random, logger, uploads: transport.uploads },
    log: options.log,
    name: options.name,
    descriptions: options.descriptions ?? [SVG_DESCRIPTION],
    ready: () => phase === 'online',
    owed: duties.debts,
    forms,
    last: () => order.last,
    heard: (asker) => order.heardBy(asker),
    send: (to, payload) => wire.toOne(to, payload),
    pause(on) {
      paused += on ? 1 : -1;
      if (!on) tend();
    },
  });
  const join = createJoin({
    ...{ people, sessionId, clock: options.clock, compression: options.compression, logger },
    uploads: transport.uploads,
    position: () => ({
      ...(replica.place.epoch && !takeover.healing ? { since: replica.place } : {}),
      known: sayable(replica.known()),
    }),
    newId: () => randomId(options.random),
    controlId,
    toAll: wire.toAll,
    toOne: (to, id, payload) => wire.tellOne(to, payload, id),
    progress: (progress) => setPhase('joining', { progress }),
    problem: (message) => onEvent({ type: 'problem', code: 'no-state', message }),
    opened(epoch) {
      replica.beginEpoch(epoch);
      forms.begin(0);
      provider.moved();
      people.setHellos([]);
      if (people.me) people.hello(people.me.id);
      onEvent({ type: 'adopted', history: [], resent: 0 });
      settle();
    },
    catchUp: (log) => onEvent({ type: 'catch-up', ...(log && { log }) }),
    adopt: (state, from, others) => takeover.adopt(state, from, others),
    settled: () => settle(),
    included: waiting.included,
    adoptStrict(state) {
      if (!takeover.adoptStrict(state, randomId(options.random))) return join.start();
      waiting.includedUpTo(state.last);
      people.setHellos([]);
      settle(true);
    },
  });

  const takeover = createTakeover({
    ...{ replica, logger, people, provider, duties, digests, claims, forms, onEvent },
    log: options.log,
    confirm: (stanza) => order.confirm(stanza),
    heardUpTo(hello) {
      order.tookUpTo(hello);
      waiting.heardUpTo(hello);
    },
  });

  const suit = createSuit<Ordered>({
    ...{ clock: options.clock, compression: options.compression, claims, controlId },
    mine: () => replica.place.epoch,
    present: people.get,
    elected: () => people.elected()?.me === true,
    sayHello: () => wire.toAll(controlId(), { kind: 'hello', epoch: replica.place.epoch, opens: false }),
    ask: (to, id) => wire.tellOne(to, { kind: 'catch-up', known: sayable(replica.known()) }, id),
    taken(state, from, since) {
      const { epoch } = replica.place;
      if (phase !== 'online' || state.place.epoch >= epoch) return;
      pump.lost();
      live.stop();
      setPhase('joining');
      waiting.clear();
      for (const event of since) waiting.push(event);
      if (takeover.adopt(state, from, true) === 'ok') return settle();
      claims.vain(from.id, state.place.epoch, 'lied');
      // Not what it claims to be: those with whom we were have ours.
      const others = people.others().filter((id) => id !== from.id);
      rejoin(new Map(others.map((id) => [id, epoch])), () => settle());
    },
  });

  const order = createInOrder({
    ...{ replica, people, forms, gaps, duties, transactions, floods, pump },
    ...{ provider, digests, suit, wire, logger, onEvent },
    prefix: options.prefix,
    missing(event, providers) {
      waiting.unshift(event);
      rejoin(providers, () => settle());
    },
    joined() {
      tellPeople();
      // Who is elected now may have to let in those who asked before.
      provider.resume();
    },
    quiet,
    turned() {
      provider.resume();
      tend();
    },
  });

  const whisper = createWhispers({
    ...{ sessionId, people, provider, join, suit, digests, gaps, logger, live },
    ready: () => phase === 'online',
  });

  /** We have state: catch up with what was buffered, say hello, and go on. */
  function settle(opens = false): void {
    gaps.clear();
    takeover.clear();
    setPhase('online');
    suit.settled();
    waiting.openedBy(replica.place.epoch);
    while (phase === 'online') {
      const next = waiting.shift();
      if (!next) break;
      order.take(next, false);
    }
    if (phase !== 'online') return;
    transport.advertise({ id: sessionId, name: options.name });
    sayHello(opens);
    tellPeople();
    provider.resume();
    tend();
  }

  /** Unless everyone has heard it. */
  function sayHello(opens: boolean): void {
    const me = people.me;
    if (phase !== 'online' || !me || me.role === 'visitor' || people.hellos().includes(me.id)) return;
    helloAt = options.clock.now();
    wire.toAll(controlId(), { kind: 'hello', epoch: replica.place.epoch, opens });
  }

  /** What is due after anything happened: duties of the elected, then the outbox. */
  function tend(): void {
    if (phase !== 'online') return;
    suit.tend();
    if (!people.strictPresent()) duties.noneStrict();
    // Two sessions in one room would undo each other's duties without end.
    if (people.elected()?.me === true && paused === 0 && !suit.active) {
      for (const result of duties.perform()) {
        if (result.ok) onEvent({ type: 'dirty' });
        else logger('warn', 'a duty could not be done', { reason: result.reason });
      }
    }
    transport.leads?.(people.elected()?.me === true);
    live.presenting.tend();
    if (paused === 0) forms.ask((turn) => wire.toAll(controlId(), { kind: 'turn', turn }, forms.lost));
    // Edits count for nothing until the others have heard my hello, so it may not stay lost.
    const unheard = !people.takesPart(people.me?.id) && replica.pending().length > 0;
    if (unheard && options.clock.now() - helloAt > HELLO_AGAIN_MS) sayHello(false);
    pump.pump();
    digests.tend();
  }

  /** What came is through: somebody else may be elected, or have something to do. */
  function quiet(): void {
    if (phase === 'online' && waiting.empty) tend();
  }

  /** Our state has to be fetched again although we never left. */
  function rejoin(providers: ReadonlyMap<string, string>, whenNone?: () => void): void {
    pump.lost();
    live.stop();
    setPhase('joining');
    join.startFrom(providers, whenNone);
  }

  /** An echo of mine: whatever I sent to all before it will not come any more. */
  function noteEcho(message: SxeMessage): void {
    for (const { id, kind, lost } of wire.echoed(message)) {
      if (kind === 'live') live.echoed(lost);
      if (kind === 'turn' && lost) forms.lost();
      if (kind === 'hello' && lost) sayHello(false);
      if (!lost || id !== pump.inFlight()?.messageId) continue;
      logger('warn', 'an edit got lost on the way and is sent again', { id });
      pump.lost();
    }
  }

  function received(event: Ordered): void {
    const { from, message } = event;
    if (message.session !== sessionId) return;
    const { payload } = message;
    if (payload.kind === 'live') {
      live.received(from, payload);
      if (from.me) {
        noteEcho(message);
        tend();
      }
      return;
    }
    people.spoke(from);
    suit.keep(event);
    if (phase === 'online') order.take(event);
    else if (phase === 'joining') {
      if (!waiting.push(event)) join.start();
      else if (payload.kind === 'connect') join.connect(from, message.id);
      else if (payload.kind === 'hello') join.hello(from, payload.epoch, payload.opens);
    }
    if (from.me) {
      noteEcho(message);
      tend();
    }
  }

  /** A stanza of mine came back as an error. */
  function refused(sxeId: string, condition: string, text: string | undefined): void {
    const kind = wire.refused(sxeId);
    if (kind === 'live') return live.refused();
    if (kind === 'connect' || kind === 'hello' || kind === 'turn') return refusals.later();
    if (pump.inFlight()?.messageId !== sxeId) return;
    pump.lost();
    onEvent({ type: 'pending' });
    refusals.edits(condition, text);
  }

  /** The connection is new or gone: nothing that was on its way will come. */
  function cut(): void {
    pump.lost();
    forms.lost();
    wire.clear();
    refusals.clear();
    waiting.clear();
    gaps.clear();
    takeover.clear();
    digests.stop();
    suit.clear();
    if (transactions.clear()) {
      replica.reveal();
      onEvent({ type: 'dirty' });
    }
    live.cut();
    provider.clear();
    join.stop();
  }

  function onTransport(event: TransportEvent): void {
    switch (event.type) {
      case 'joined':
        cut();
        // Over a resumed stream nobody saw us go: those who wait for our state are to know that we have none to give now.
        if (people.me) transport.advertise(undefined);
        people.reset(event.occupants);
        setPhase('joining');
        tellPeople();
        join.start();
        break;
      case 'occupant': {
        const before = people.get(event.occupant.id);
        people.put(event.occupant);
        if (event.occupant.me && event.occupant.role !== 'visitor' && before?.role === 'visitor') {
          refusals.voiced();
          if (phase === 'online') settle();
        }
        tellPeople();
        if (before?.session && !event.occupant.session) suit.cut(event.occupant.id);
        live.presenting.changed(event.occupant, before);
        join.changed(event.occupant, before);
        if (phase === 'online') provider.resume();
        tend();
        break;
      }
      case 'left':
        people.remove(event.occupant.id);
        provider.left(event.occupant.id);
        order.left(event.occupant.id);
        digests.left(event.occupant.id);
        suit.left(event.occupant.id);
        transactions.left(event.occupant.id);
        live.presenting.left(event.occupant.id);
        tellPeople();
        join.left(event.occupant.id);
        if (phase === 'online') provider.resume();
        tend();
        break;
      case 'message':
        received(event);
        break;
      case 'private':
        whisper(event.from, event.message);
        break;
      case 'refused':
        refused(event.sxeId, event.condition, event.text);
        break;
      case 'down':
        cut();
        transport.advertise(undefined);
        setPhase('offline', { final: event.final });
        if (event.final) onEvent({ type: 'problem', code: event.barred ?? 'disconnected', message: event.reason });
        break;
      case 'chat':
        onEvent(event);
        break;
    }
  }

  const after = (result: SubmitResult): SubmitResult => {
    if (result.ok) {
      onEvent({ type: 'pending' });
      tend();
    }
    return result;
  };
  const off = transport.on(onTransport);

  return {
    get phase() {
      return phase;
    },
    submit: (intents, gesture) => after(replica.submit(intents, gesture)),
    restore: (past, selves, gesture) => after(replica.restore(past, selves, gesture)),
    undo: () => after(replica.undo()),
    redo: () => after(replica.redo()),
    live: live.submit,
    presenting: live.presenting,
    away: (on) => transport.away?.(on),
    async leave() {
      if (closed) return;
      closed = true;
      off();
      cut();
      setPhase('offline', { final: true });
      await transport.leave();
    },
  };
}
