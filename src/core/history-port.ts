/** What a board's log holds, in the order in which it came about, and what a walk through it tells. Types only. */
import type { Jump, LogEntry, SavedState, StoredState } from './replica-port.ts';
import type { Change, Rid } from './types.ts';

/**
 * A part of the log. `index` counts entries from 0 over all epochs; what is said of an index comes before the entry that has it.
 * Entries that came along with a state (what the others did while this board was away) stand between `aside` and the jump.
 */
export type HistoryItem =
  /** What was folded before this index (fold.ts): the first item, if there is any. */
  | { readonly kind: 'base'; readonly index: number; readonly base: () => Base | undefined }
  | { readonly kind: 'entry'; readonly index: number; readonly entry: LogEntry }
  /** A row that can't be read. */
  | { readonly kind: 'damaged'; readonly index: number }
  | { readonly kind: 'aside'; readonly index: number; readonly nth: number }
  /** The `nth` jump of the board, from 0; undefined when it can't be read. */
  | { readonly kind: 'jump'; readonly index: number; readonly nth: number; readonly jump: () => Jump | undefined }
  /** A stored state: the replay goes on from it after a hole. Undefined when it can't be read. */
  | { readonly kind: 'snapshot'; readonly index: number; readonly state: () => StoredState | undefined };

/** The document that the folded entries led to, and what is known of them. */
export interface Base {
  readonly state: SavedState;
  readonly folded: Folded;
  /** Nodes that had come back by then: their rids, and those of the nodes that each restores. */
  readonly restored: readonly (readonly [Rid, Rid])[];
}

/** What was dropped of a log. */
export interface Folded {
  /** How many stanzas, and how many edits in them. */
  readonly entries: number;
  readonly edits: number;
  /** Times of the first and the last one, milliseconds since 1970. */
  readonly begin: number;
  readonly end: number;
}

/** Why the document at some position isn't known: entries before it are lost; they are in no order that can be; or they came
 *  along with a state, and nobody here knows upon what they were made. */
export type Gap = 'lost' | 'disorder' | 'elsewhere';

/** What one person did without a long pause. Positions: the document before `from` lacks it, at `to` all of it is there. */
export interface Version {
  readonly from: number;
  readonly to: number;
  readonly author: string;
  /** Times of the first and the last entry, milliseconds since 1970. */
  readonly begin: number;
  readonly end: number;
  /** How many stanzas, and how many edits in them. */
  readonly entries: number;
  readonly edits: number;
  /** Nodes other than attributes that were added, changed (in attributes or text), moved and removed. */
  readonly added: number;
  readonly changed: number;
  readonly moved: number;
  readonly removed: number;
  /** Edits that were void where they came. */
  readonly voids: number;
  /** The document isn't known at `to`. */
  readonly gap?: Gap;
}

/** What an entry did to a node: an element with its attributes and texts. */
export interface NodeEntry {
  readonly index: number;
  readonly kinds: readonly ('added' | 'changed' | 'moved' | 'removed')[];
}

/** Where a walk through the past has come to. */
export interface PastPlace {
  /** The position: the document after all entries with a lower index. */
  readonly at: number;
  /** What a view that showed the position before must follow; to be asked before the walk goes on. */
  readonly changes: () => readonly Change[];
  /** Set when the document there isn't known: the last known one before it is shown. */
  readonly gap?: Gap;
}
