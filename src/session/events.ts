/** What a session tells the application. */
import type { Jump, LogEntry } from '#core/replica-port.ts';
import type { Live } from './live.ts';
import type { Barred, Occupant } from './transport.ts';
import type { Look } from './view.ts';

/** `joining`: in the room, fetching the board; edits are shown and wait. `offline` may come back by itself. */
export type SessionPhase = 'offline' | 'joining' | 'online';

export type SessionEvent =
  /** `progress` (0 to 1) while a state is being fetched; `final` when the connection won't come back by itself. */
  | { readonly type: 'status'; readonly phase: SessionPhase; readonly progress?: number; readonly final?: boolean }
  /** What is shown may have changed, and the outbox with it: take `Replica.takeChanges()` before long, once for many of these,
   *  and write the outbox then. `by` is the occupant who did it; absent: this session itself (a correction, a stray hung). */
  | { readonly type: 'dirty'; readonly by?: Occupant }
  /** About to take over what the others did while we were not with them: this log, or (absent) a whole other state. */
  | { readonly type: 'catch-up'; readonly log?: readonly LogEntry[] }
  /** Confirmed entries, in order, for the store's log. `by`: who sent them just now, or oneself where they had waited; what of them
   *  was void is to be told (their edits say so). */
  | { readonly type: 'log'; readonly entries: readonly LogEntry[]; readonly by?: Occupant }
  /** The outbox changed: the store is to write it. */
  | { readonly type: 'pending' }
  /** Another state was taken over: in one turn, append `history` and then `jump` to the log (absent: only a new epoch began),
   *  snapshot the replica's state and write the outbox; the view starts again from `replica.shown`. `resent` counts stanzas of
   *  ours that the session lacked and now gets. */
  | {
      readonly type: 'adopted';
      readonly history: readonly LogEntry[];
      readonly jump?: Jump;
      readonly resent: number;
      readonly name?: string;
    }
  /** Who is there, with the ids of those who draw along in order of their hello. */
  | { readonly type: 'people'; readonly occupants: readonly Occupant[]; readonly hellos: readonly string[] }
  | { readonly type: 'live'; readonly from: Occupant; readonly live: Live }
  /** `Session.presenting` may say something else now. */
  | { readonly type: 'presenting' }
  | { readonly type: 'look'; readonly from: Occupant; readonly look: Look }
  | { readonly type: 'chat'; readonly from: Occupant; readonly body: string; readonly time: number }
  /** A sentence for a person: what happened and what to do. `who`: by name, where somebody else is concerned. */
  | { readonly type: 'problem'; readonly code: SessionProblem; readonly message: string; readonly who?: string };

export type SessionProblem =
  | 'no-state'
  | 'no-voice'
  | 'refused'
  | 'healed'
  | 'partial'
  | 'flood'
  | 'disconnected'
  | Barred;
