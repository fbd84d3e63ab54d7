/** What people do right now, and who shows what to whom: between the API's shapes and the session's. */
import type { Live, PresentAct, Presenting, Rect as ApiRect } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import type { SessionEvent } from '#session/events.ts';
import { type Live as SessionLive, mergeLive } from '#session/live.ts';
import type { PresentRefusal } from '#session/presenting.ts';
import type { Session } from '#session/session-port.ts';
import { isRect, type Rect } from '#session/view.ts';
import type { Clock } from './ports.ts';

export type LiveBoardEvent =
  | { readonly type: 'live'; readonly person: string; readonly live: Live }
  | { readonly type: 'presenting'; readonly presenting: Presenting }
  /** Somebody points something out. */
  | { readonly type: 'look'; readonly person: string; readonly rect: ApiRect; readonly rid?: string };

export interface BoardLive {
  /** Shows the others what this person does right now. Dropped while alone or offline. */
  show(live: Live): void;
  /** Whether anybody is at the board here. */
  away(on: boolean): void;
  readonly presenting: Presenting;
  /** Throws ApiError 'refused' with a sentence. */
  present(act: PresentAct): void;
  /** A session has begun, which knows nothing of that yet. */
  begins(): void;
  /** What the session says of it, or that there is none any more. */
  hears(event: Extract<SessionEvent, { type: 'live' | 'presenting' | 'look' }>): void;
}

export interface BoardLiveOptions {
  readonly clock: Clock;
  readonly session: () => Session | undefined;
  readonly emit: (event: LiveBoardEvent) => void;
}

/** What comes is told at most this often, in milliseconds, however often it changes; those who keep the pace wait for nothing. */
const TELL_EVERY = 50;
const NOBODY: Presenting = { part: 'none', presenter: null, mayPresent: false, mayHold: false, audience: [] };
const REFUSALS: Readonly<Record<PresentRefusal, string>> = {
  offline: 'This board is not shared at the moment. Share it, or wait for the connection, then try again.',
  'no-voice': 'You may only watch on this board. Ask a moderator for voice.',
  taken: 'Somebody else is presenting. Wait until they stop, or ask a moderator to take over.',
  'not-presenting': 'You are not presenting any more. Present first.',
  'not-moderator': 'Only moderators can hold the view.',
};

/** A board's live side. */
export function createBoardLive({ clock, session, emit }: BoardLiveOptions): BoardLive {
  let toldAt = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  /** By person, what came while one is not to be told; the timer runs as long as that. */
  const waiting = new Map<string, SessionLive>();
  let pacing = false;
  let isAway = false;

  function tellLive(person: string, what: SessionLive): void {
    const shown = apiLive(what);
    if (Object.keys(shown).length > 0) emit({ type: 'live', person, live: shown });
  }

  function pace(): void {
    pacing = true;
    clock.after(TELL_EVERY, () => {
      pacing = false;
      if (waiting.size === 0) return;
      for (const [person, what] of waiting) tellLive(person, what);
      waiting.clear();
      pace();
    });
  }

  function tell(): void {
    toldAt = clock.now();
    cancel = undefined;
    emit({ type: 'presenting', presenting: live.presenting });
  }

  const live: BoardLive = {
    show: (what) => session()?.live(sessionLive(what)),
    away(on) {
      isAway = on;
      session()?.away(on);
    },
    begins() {
      if (isAway) session()?.away(true);
    },
    get presenting(): Presenting {
      const state = session()?.presenting.state;
      if (!state) return NOBODY;
      const { presenter, part, mayPresent, mayHold, audience } = state;
      const [x, y, width, height] = presenter?.rect ?? [0, 0, 0, 0];
      return {
        ...{ part, mayPresent, mayHold },
        presenter: presenter
          ? { person: presenter.id, rect: [x, y, width, height], region: presenter.region, held: presenter.held }
          : null,
        audience: audience.map(({ id, how }) => ({ person: id, how })),
      };
    },
    present(act) {
      const refusal = perform(session()?.presenting, act);
      if (refusal) throw new ApiError('refused', REFUSALS[refusal]);
    },
    hears(event) {
      if (event.type === 'live') {
        const { id } = event.from;
        if (pacing) {
          const before = waiting.get(id);
          waiting.set(id, before ? mergeLive(before, event.live) : event.live);
          return;
        }
        tellLive(id, event.live);
        pace();
      } else if (event.type === 'look') {
        const { rid } = event.look;
        const [x, y, width, height] = event.look.rect;
        emit({
          type: 'look',
          person: event.from.id,
          rect: [x, y, width, height],
          ...(rid === undefined ? {} : { rid }),
        });
      } else if (clock.now() - toldAt >= TELL_EVERY && !cancel) tell();
      else cancel ??= clock.after(TELL_EVERY, tell);
    },
  };
  return live;
}

function perform(presenting: Session['presenting'] | undefined, act: PresentAct): PresentRefusal | undefined {
  if (!presenting) return 'offline';
  switch (act.do) {
    case 'begin':
      return presenting.begin(rectOf(act.rect));
    case 'show':
      presenting.show(rectOf(act.rect), act.region);
      return undefined;
    case 'stop':
      presenting.stop();
      return undefined;
    case 'hold':
      return presenting.hold(act.on);
    case 'ask':
      presenting.ask();
      return undefined;
    case 'follow':
      presenting.follow(act.how);
      return undefined;
    case 'look':
      return presenting.look({ rect: rectOf(act.rect), ...(act.rid === undefined ? {} : { rid: act.rid }) });
  }
}

function rectOf(rect: readonly number[]): Rect {
  if (isRect(rect)) return rect;
  throw new ApiError(
    'bad-request',
    'This part of the board can not be shown: it is empty, or too far away. Choose another part.',
  );
}

/** The API's `Live` with optional fields absent rather than undefined. */
function sessionLive({ cursor, selection, preview, laser }: Live): SessionLive {
  return {
    ...(cursor === undefined ? {} : { cursor }),
    ...(selection === undefined ? {} : { selection }),
    ...(preview === undefined ? {} : { preview }),
    ...(laser === undefined ? {} : { laser }),
  };
}

/** The session's `Live` as plain data for the API's clients. */
function apiLive({ cursor, selection, preview, laser }: SessionLive): Live {
  const live: Live = {};
  if (cursor !== undefined) live.cursor = cursor === null ? null : [cursor[0], cursor[1]];
  if (selection !== undefined) live.selection = [...selection];
  if (laser !== undefined) live.laser = laser.map(([x, y]) => [x, y]);
  if (preview === null) live.preview = null;
  else if (preview?.kind === 'stroke') {
    live.preview = { ...preview, points: preview.points.map(([x, y, pressure]) => [x, y, pressure]) };
  } else if (preview !== undefined) {
    const [a, b, c, d, e, f] = preview.matrix;
    live.preview = { kind: 'drag', rids: [...preview.rids], matrix: [a, b, c, d, e, f] };
  }
  return live;
}
