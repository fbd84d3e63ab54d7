/**
 * What a session, an application and a store need of a replica. `replica.ts` implements it; the interface stands alone so
 * that those who only talk to a replica depend on nothing else of core.
 */
import type { Voided } from './judge.ts';
import type { Change, Edit, NodeRecord, NodeTree, Place, Rid, Role, StanzaId, Transaction, TreeView } from './types.ts';

/**
 * An intent in element terms: the only way in which a person, a tool or a bot changes a document. As a rid, `root` names the
 * root element, and `@n` the top node that the `n`th intent (from 0) of the same submission added.
 */
export type Intent =
  /** `lean`, 0 to 1: of what several people put there at the same time, what has less stands first. */
  | {
      readonly do: 'add';
      readonly parent: Rid;
      readonly before: Rid | null;
      readonly node: NodeTree;
      readonly lean?: number;
    }
  | {
      readonly do: 'set';
      readonly rid: Rid;
      readonly ns?: string;
      readonly name: string;
      readonly value: string | null;
    }
  /** Splices the element's own text (its text nodes in order as one string, UTF-16 units), an attribute when `name` is given;
   *  of a text node's rid, that very node. */
  | {
      readonly do: 'text';
      readonly rid: Rid;
      readonly from: number;
      readonly count: number;
      readonly insert: string;
      readonly ns?: string;
      readonly name?: string;
      /** Of a text node's letters that are taken away: they are in the `nth` text node of what `to` (`@n`) adds, from `at` on. */
      readonly moved?: { readonly to: Rid; readonly nth: number; readonly at: number };
    }
  | { readonly do: 'move'; readonly rid: Rid; readonly parent: Rid; readonly before: Rid | null }
  /** Gives an element another name; its namespace stays. */
  | { readonly do: 'rename'; readonly rid: Rid; readonly name: string }
  | { readonly do: 'remove'; readonly rid: Rid };

/** A stanza of edits in the log, or waiting for it. `author` and `id` name its first sending, whoever re-sends it. */
export interface LogEntry {
  readonly place: Place;
  /** Who wrote it (occupant JID or account; a claim when re-sent by another). */
  readonly author: string;
  readonly id: StanzaId;
  readonly edits: readonly Edit[];
  /** Milliseconds since 1970, by the clock of the one who recorded it. */
  readonly time: number;
  /** What its sender might do there (absent: `editor`). The edits' marks say what came of it, so that replaying needs no judge. */
  readonly role?: Role;
  /** The occupant who sent a stanza of which something was left unsaid (unsaid.ts). */
  readonly unsaidBy?: string;
  /** Which gesture of several stanzas it is a part of. */
  readonly transaction?: Transaction;
}

/** A stanza that my outbox holds: shown, not yet confirmed. Serialisable as it is. */
export interface PendingStanza {
  readonly id: StanzaId;
  readonly author: string;
  readonly edits: readonly Edit[];
  readonly time: number;
  /** Which gesture of several stanzas it is a part of. */
  readonly transaction?: Transaction;
  /** It says what another stanza of mine said before it: it is to be on the disk before it is sent. */
  readonly restates?: true;
}

/** A stanza of edits as it came in session order. */
export interface ReceivedStanza {
  /** The first author and the first id (the sender's own unless the stanza names another). */
  readonly author: string;
  readonly id: StanzaId;
  readonly edits: readonly Edit[];
  readonly time: number;
  /** Somebody else sent it, whatever its id says: it confirms a stanza of mine only if it says the same. */
  readonly byOther?: boolean;
  /** The occupant who sent it. */
  readonly sender?: string;
  /** What its sender may do at this place, whoever wrote it first (absent: `editor`). */
  readonly role?: Role;
  /** It comes from a log, where its edits were judged and marked: it isn't judged again. */
  readonly judged?: true;
  readonly transaction?: Transaction;
  /** Views are told of it when the transaction ends, or is revealed: under this name, which is one sender's transaction's own. */
  readonly hold?: string;
}

export interface ReceiveResult {
  /** The log entry, or undefined when the (prefix, n) was known already: a second arrival. */
  readonly entry: LogEntry | undefined;
  /** Rids whose Set came out of order or wrote nothing, or whose correction was wrong: the elected replica corrects them while a strict peer is there. */
  readonly needCorrection: readonly Rid[];
  /** Records shown under the root because their parent is gone or on a cycle: the elected replica hangs them there. */
  readonly strays: readonly Rid[];
  /** Edits that were judged void here (rules of the application type, completeness), with the reason. */
  readonly voided: readonly Voided[];
}

/** Which stanza ids a replica has applied: prefix to sorted, disjoint, inclusive ranges. */
export type Known = Readonly<Record<string, readonly (readonly [number, number])[]>>;

/** Edits of a stanza, by their index, that were counted and wrote nothing although their author meant them (unsaid.ts). */
export interface Unsaid {
  readonly id: StanzaId;
  readonly edits: readonly number[];
  /** The occupant who sent it and is to say them again. */
  readonly by?: string;
}

/** Everything a late joiner or a restart needs. Plain JSON. */
export interface ReplicaState {
  readonly place: Place;
  /** The standing root first, then parents before children. */
  readonly records: readonly NodeRecord[];
  readonly known: Known;
  /** What the latest stanzas of some left unsaid: their authors say it again. Absent: nothing. */
  readonly unsaid?: readonly Unsaid[];
  readonly digest: string;
  /** XML prolog (doctype and what precedes the root but isn't a record), never edited in a session. */
  readonly prolog: string;
}

/** The same as a store keeps it: the records as bytes (columns.ts). */
export interface SavedState extends Omit<ReplicaState, 'records'> {
  readonly columns: Uint8Array;
}

/** A state as a store gives it back: older ones were kept as plain JSON. */
export type StoredState = ReplicaState | SavedState;

export type SubmitResult =
  | {
      readonly ok: true;
      /** What a view must follow: of this, and of what has come since `takeChanges`. */
      readonly changes: readonly Change[];
      readonly rids: readonly (readonly Rid[])[];
      readonly id: StanzaId;
    }
  /** Nothing was done; `reason` is a sentence for a person, `code` and `detail` the fault's where a rule forbids it. */
  | {
      readonly ok: false;
      readonly reason: string;
      readonly code?: string;
      readonly detail?: Readonly<Record<string, string>>;
    };

/** Another state was taken over (a session's, when boards met): what became different, so that the log's replay can follow. */
export interface Jump {
  /** The place of the state that was taken over. */
  readonly place: Place;
  /** Its digest. */
  readonly digest: string;
  readonly root?: Rid;
  /** Records that came or became different. */
  readonly records: readonly NodeRecord[];
  readonly removed: readonly Rid[];
  /** Some of its records stand elsewhere than their fields say. */
  readonly strays?: true;
}

/** Which nodes are the same, though they came back under other rids. */
export interface Selves {
  /** Notes what an edit brings back. */
  note(edit: Edit): void;
  /** Every rid under which a node was known, the earlier ones first. */
  of(rid: Rid): readonly Rid[];
}

/** What became of an `adopt`: the view must be drawn afresh. */
export interface AdoptResult {
  /** Pending stanzas that the adopted state holds already: confirmed without an echo. */
  readonly struck: readonly StanzaId[];
  /** What became different in the confirmed document: kept beside the log, so that the past can be shown across it. */
  readonly jump: Jump;
}

export interface Replica {
  /** confirmed + my pending edits: what people see, as of now. Read anew after a stanza has been received. */
  readonly shown: TreeView;
  readonly confirmed: TreeView;
  /** What views are told: what is shown, but for what others are still in the middle of doing (`ReceivedStanza.hold`). */
  readonly seen: TreeView;
  readonly place: Place;
  readonly prolog: string;
  /** The elements that are marked as complete (complete.ts), as shown. */
  completed(): readonly Rid[];
  /** Hex digest of the confirmed records (all but times and authors). */
  digest(): string;

  /** Turns intents into edits, shows them and appends them to the outbox. All or nothing. */
  submit(intents: readonly Intent[], gesture: string): SubmitResult;
  /** Edits already built (imports of my own log entries, corrections, strays). What they change waits for `takeChanges`. */
  submitEdits(edits: readonly Edit[], gesture: string): SubmitResult;
  /** Makes what is shown equal to a past state, as one gesture of ordinary edits. `selves` tells who is who (History.selves). */
  restore(past: TreeView, selves: Selves, gesture: string): SubmitResult;
  undo(): SubmitResult;
  redo(): SubmitResult;
  canUndo(): boolean;
  canRedo(): boolean;

  /** What waits, in order. */
  pending(): readonly PendingStanza[];
  /** How many of them were handed out by `takeOutgoing` and are unconfirmed: 0 or 1. */
  readonly inFlight: number;
  /** Hands out the next stanza to send (at most about 16 KiB, or one larger edit), versions assigned; undefined when one is in
   *  flight or none waits. It keeps its id; edits made from now on join a later one. `childrenFirst`: Removes of elements are led by
   *  those of what lies under them, up to a limit (XEP-0284, "Removing Nodes"): strict peers want it. */
  takeOutgoing(childrenFirst?: boolean): PendingStanza | undefined;
  /** The stanza in flight did not arrive (error, gap, rejoin): it waits again, first in line. */
  returnOutgoing(): void;
  /** Without a session: confirms all that waits at once, in an epoch of this replica's own. */
  confirmAlone(): readonly LogEntry[];

  /** Applies one stanza in session order. What it changes in what is shown waits for `takeChanges`. */
  receive(stanza: ReceivedStanza): ReceiveResult;
  /** What a view must follow of all that has been received since it was last told: one replay of what is pending for all. */
  takeChanges(): readonly Change[];
  /** Views are told of what came of a transaction so far: it will not end, or not soon. Absent: of all. */
  reveal(hold?: string): void;
  knows(id: StanzaId): boolean;
  known(): Known;

  /** The confirmed state, for a joiner. */
  state(): ReplicaState;
  /** The confirmed state for a store: smaller than the JSON of `state`, and opened in a quarter of the time. */
  saved(): SavedState;
  /** Takes over a session's state, keeping pending work; strikes what the state knows already. `missing` are log entries
   *  (mine or others', in log order) that the state lacks: they go back into the outbox under their first author and id.
   *  `oneRoot`: a strict peer is there, so what waits must not make a second root; its children go into the standing one. `me`: the
   *  occupant I am, who says again what it left unsaid. Throws RangeError, with nothing changed, when the records are none or don't have the
   *  state's digest; an empty digest isn't looked at. */
  adopt(state: ReplicaState, missing: readonly LogEntry[], oneRoot?: boolean, me?: string): AdoptResult;
  /** Begins an epoch (an empty session was opened by this replica or another): places count from 1 again. */
  beginEpoch(epoch: string): void;
  /** Edits that state all current mutable fields of these records, in order, marked as corrections. */
  corrections(rids: readonly Rid[]): readonly Edit[];
}
