/**
 * Who shows what to whom (FEATURES W8). Who presents follows from the live messages in the session's order alone, so all agree: the first
 * one stands, a moderator takes over from anybody, and whoever presents follows no one, so nobody can follow in a circle. A presenter
 * says everything again when somebody comes. Who follows is told to the presenter alone: fifty who answer are fifty stanzas, not 2,500.
 */
import type { People } from './election.ts';
import type { Live } from './live.ts';
import type { Clock } from './ports.ts';
import type { Occupant } from './transport.ts';
import type { Answer, Follow, Following, Look, Rect, View } from './view.ts';
import { MAX_TURN } from './view.ts';

/** What I do: `asked` has not answered, `declined` said not now, `away` followed and looks around. */
export type PresentingPart = 'none' | 'presenting' | Answer;

export interface PresentingState {
  readonly presenter?: { readonly id: string; readonly rect: Rect; readonly region: boolean; readonly held: boolean };
  readonly part: PresentingPart;
  /** Nobody presents, or a moderator may take over. */
  readonly mayPresent: boolean;
  readonly mayHold: boolean;
  /** While I present: those who could follow, and what they do. */
  readonly audience: readonly { readonly id: string; readonly how: Answer }[];
}

export type PresentRefusal = 'offline' | 'no-voice' | 'taken' | 'not-presenting' | 'not-moderator';

export interface Presenting {
  readonly state: PresentingState;
  /** Begins to present, or takes over; answers why not. */
  begin(rect: Rect): PresentRefusal | undefined;
  /** What is to be seen now; nothing happens unless I present. */
  show(rect: Rect, region: boolean): void;
  stop(): void;
  hold(on: boolean): PresentRefusal | undefined;
  /** Asks those who don't follow once more. */
  ask(): void;
  /** Accepts, declines, looks around or returns. What is held can't be left. */
  follow(how: Following): void;
  /** Points something out to everyone. */
  look(look: Look): PresentRefusal | undefined;
}

/** The session's side of it. */
export interface PresentingMachine extends Presenting {
  /** A live message at its place in the order, my own included. */
  heard(from: Occupant, live: Live): void;
  /** What somebody said to me alone. */
  told(from: Occupant, follow: Follow): void;
  /** Somebody came, or is another than `before`; who came is to hear what I present. */
  changed(occupant: Occupant, before: Occupant | undefined): void;
  left(id: string): void;
  /** The connection is new or gone. What I present is said again when I am back. */
  reset(): void;
  /** What was said may not have come out. */
  lost(): void;
  /** Says what couldn't be said before, or was lost. */
  tend(): void;
}

export interface PresentingParts {
  readonly people: Pick<People, 'me' | 'get' | 'all' | 'hellos'>;
  readonly clock: Clock;
  readonly online: () => boolean;
  /** To all, in the order; false when it could not be taken. What is newer replaces what waits. */
  readonly tellAll: (live: Pick<Live, 'view' | 'look'>) => boolean;
  readonly tellOne: (to: Occupant, follow: Follow) => void;
  /** The state may be another one. */
  readonly told: () => void;
  readonly looked: (from: Occupant, look: Look) => void;
}

/** Somebody's hints count once in this many milliseconds, and one who may not present is told so as often. */
const ONCE_MS = 1000;
/** A presenter who doesn't move says so this often (ms), since a crash need not show: a server keeps a dead connection's place for minutes. */
const BEAT_MS = 10_000;
/** Whoever was silent that long (ms) presents no more; until they are heard again. */
const SILENT_MS = 25_000;
/** So long after coming one may not know yet who presents, and believes who says so. */
const NEW_MS = 10_000;

/** Makes the machine; nobody presents. */
export function createPresenting(parts: PresentingParts): PresentingMachine {
  const { people } = parts;
  /** Who presents, as the order has it; what comes of mine before its echo is not in here. */
  let current: { readonly id: string; readonly view: View } | undefined;
  let answer: Answer = 'asked';
  /** What I said to the presentation that was the last one. */
  let before: { readonly id: string; readonly turn: number; readonly answer: Answer } | undefined;
  /** What I have to say: my view, or that it is over (until that is heard). */
  let mine: View | null | undefined;
  let owed = false;
  /** Whether my view has come back and counted. */
  let heardMine = false;
  let lastTurn = 0;
  let audience = new Map<string, Answer>();
  const looks = new Map<string, number>();
  const warned = new Map<string, number>();
  let cameAt = parts.clock.now();
  let heardAt = 0;
  let saidAt = 0;
  let stopBeat: (() => void) | undefined;
  let stopWatch: (() => void) | undefined;

  const isModerator = (id: string): boolean => people.get(id)?.role === 'moderator';
  const held = (): boolean => current?.view.hold === true && isModerator(current.id);
  const say = (): void => {
    owed = mine !== undefined && !parts.tellAll({ view: mine });
    saidAt = parts.clock.now();
    if (mine) stopBeat ??= parts.clock.after(BEAT_MS, beat);
  };

  function beat(): void {
    stopBeat = undefined;
    const quiet = parts.clock.now() - saidAt;
    if (quiet >= BEAT_MS) say();
    else if (mine) stopBeat = parts.clock.after(BEAT_MS - quiet, beat);
  }

  /** Ends what has been silent for too long, whoever it is: who was frozen must learn that others have gone on. */
  function expire(): void {
    if (current && parts.clock.now() - heardAt >= SILENT_MS) end();
  }

  function watch(): void {
    stopWatch = undefined;
    const before = current;
    expire();
    if (current) stopWatch = parts.clock.after(heardAt + SILENT_MS - parts.clock.now(), watch);
    else if (before) parts.told();
  }

  function isDue(times: Map<string, number>, id: string): boolean {
    const now = parts.clock.now();
    if (now - (times.get(id) ?? Number.NEGATIVE_INFINITY) < ONCE_MS) return false;
    times.set(id, now);
    return true;
  }

  function answerWith(how: Answer): void {
    answer = how;
    const to = current && people.get(current.id);
    if (to && !to.me && current) parts.tellOne(to, { turn: current.view.turn, how });
  }

  function end(): void {
    if (!current) return;
    before = { id: current.id, turn: current.view.turn, answer };
    current = undefined;
  }

  /** Whether this view, at this place of the order, is the one that counts. */
  function counts(from: Occupant, view: View): boolean {
    if (from.role === 'visitor') return false;
    if (!current) return true;
    if (current.id === from.id) return view.turn >= current.view.turn;
    return from.role === 'moderator' && (!isModerator(current.id) || view.turn > current.view.turn);
  }

  function take(from: Occupant, view: View): void {
    const same = current?.id === from.id && current.view.turn === view.turn;
    const askedAgain = same && view.ask > (current?.view.ask ?? 0);
    if (!same) end();
    current = { id: from.id, view };
    heardAt = parts.clock.now();
    stopWatch ??= parts.clock.after(SILENT_MS, watch);
    if (from.me) return;
    // What another took over is over for me.
    if (!same && heardMine && mine) yieldTo();
    if (!same) {
      const known = before?.id === from.id && before.turn === view.turn ? before.answer : 'asked';
      if (known === 'asked') answer = 'asked';
      else answerWith(known);
    } else if (askedAgain && answer !== 'following') answerWith('asked');
    if (held() && answer !== 'following' && !mine) answerWith('following');
  }

  function heardView(from: Occupant, view: View | null): void {
    if (view === null) {
      if (from.me && mine === null) mine = undefined;
      if (current?.id === from.id) end();
      return;
    }
    expire();
    const good = counts(from, view);
    if (good) take(from, view);
    else if (!from.me && mine && heardMine && current?.id === people.me?.id && isDue(warned, from.id))
      parts.tellOne(from, { turn: view.turn, how: 'taken' });
    if (!from.me || !mine || view.turn !== mine.turn) return;
    heardMine = good;
    // Somebody was before me.
    if (!good) yieldTo();
  }

  /** Newcomers may have heard only me: it is said that mine is over. */
  function yieldTo(): void {
    mine = null;
    say();
  }

  function came(): void {
    if (mine !== undefined) say();
    parts.told();
  }

  return {
    get state() {
      const { me } = people;
      const moderator = me?.role === 'moderator';
      const shown = mine ? { id: me?.id ?? '', view: mine } : current;
      const presenting = shown !== undefined && shown.id === me?.id;
      const part: PresentingPart = !shown || (presenting && !mine) ? 'none' : mine ? 'presenting' : answer;
      const hellos = new Set(people.hellos());
      return {
        ...(shown &&
          part !== 'none' && {
            presenter: {
              id: shown.id,
              rect: shown.view.rect,
              region: shown.view.region === true,
              held: mine ? mine.hold === true : held(),
            },
          }),
        part,
        mayPresent:
          parts.online() &&
          me !== undefined &&
          me.role !== 'visitor' &&
          !mine &&
          (!current || moderator || part === 'none'),
        mayHold: moderator,
        audience: mine
          ? people
              .all()
              .filter(({ id, me: self, limn }) => !self && (limn === true || hellos.has(id)))
              .map(({ id }) => ({ id, how: audience.get(id) ?? 'asked' }))
          : [],
      };
    },
    begin(rect) {
      const { me } = people;
      if (!parts.online() || !me) return 'offline';
      if (me.role === 'visitor') return 'no-voice';
      if (current && current.id !== me.id && me.role !== 'moderator') return 'taken';
      const turn = Math.max(lastTurn, current?.view.turn ?? 0, Math.floor(parts.clock.now() / 1000)) + 1;
      lastTurn = Math.min(MAX_TURN, turn);
      mine = { turn: lastTurn, rect, ask: 0 };
      heardMine = false;
      audience = new Map();
      say();
      parts.told();
      return undefined;
    },
    show(rect, region) {
      if (!mine) return;
      const { region: _, ...rest } = mine;
      mine = { ...rest, rect, ...(region && { region: true }) };
      say();
      parts.told();
    },
    stop() {
      if (!mine) return;
      mine = null;
      say();
      parts.told();
    },
    hold(on) {
      if (!mine) return 'not-presenting';
      if (people.me?.role !== 'moderator') return 'not-moderator';
      const { hold: _, ...rest } = mine;
      mine = { ...rest, ...(on && { hold: true }) };
      say();
      parts.told();
      return undefined;
    },
    ask() {
      if (!mine) return;
      mine = { ...mine, ask: mine.ask + 1 };
      say();
      parts.told();
    },
    follow(how) {
      if (mine || !current || current.id === people.me?.id || how === answer || (held() && how !== 'following')) return;
      answerWith(how);
      parts.told();
    },
    look(look) {
      if (!parts.online()) return 'offline';
      if (people.me?.role === 'visitor') return 'no-voice';
      parts.tellAll({ look });
      return undefined;
    },
    heard(from, { view, look }) {
      if (!people.get(from.id)) return;
      if (view !== undefined) {
        heardView(from, view);
        parts.told();
      }
      if (!look || from.me || from.role === 'visitor') return;
      if (isDue(looks, from.id)) parts.looked(from, look);
    },
    told(from, { turn, how }) {
      if (!mine || turn !== mine.turn || from.me || !people.get(from.id) || audience.get(from.id) === how) return;
      if (how !== 'taken') audience.set(from.id, how);
      else if (parts.clock.now() - cameAt < NEW_MS && from.role !== 'visitor') yieldTo();
      parts.told();
    },
    changed({ id, role, me, session }, known) {
      // Whoever lost the connection may come back without ever having left, and is in when it advertises the session again.
      if (!known || (session && !known.session)) {
        if (current?.id === id && answer !== 'asked') answerWith(answer);
        return came();
      }
      if (role === 'visitor' && me && mine) mine = undefined;
      if (role === 'visitor' && current?.id === id) end();
      parts.told();
    },
    left(id) {
      audience.delete(id);
      looks.delete(id);
      warned.delete(id);
      if (current?.id === id) end();
      parts.told();
    },
    reset() {
      stopBeat?.();
      stopWatch?.();
      stopBeat = stopWatch = undefined;
      end();
      looks.clear();
      warned.clear();
      audience = new Map();
      heardMine = false;
      cameAt = parts.clock.now();
      parts.told();
    },
    lost() {
      owed = mine !== undefined;
    },
    tend() {
      if (owed) say();
    },
  };
}
