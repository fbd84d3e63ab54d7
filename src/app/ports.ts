/** What the application needs of the system. `store`, `xmpp` and `platform` implement these; composition roots connect them. */
import type { Place } from '#core/types.ts';
import type { Base, HistoryItem } from '#core/history-port.ts';
import type { Jump, LogEntry, PendingStanza, SavedState, StoredState } from '#core/replica-port.ts';

/** How the store names an application type (document-types.ts). */
export type DocumentKind = 'svg' | 'xhtml';

/** A document: a board, or the notes beside one. */
export interface StoredBoard {
  readonly id: string;
  /** Absent: a board. */
  readonly kind?: DocumentKind;
  readonly name: string;
  readonly created: number;
  readonly modified: number;
  /** Where it is shared: in a room, or with one other (`direct`), by bare JID. */
  readonly room?: {
    readonly jid: string;
    readonly nick: string;
    readonly account: string;
    readonly session: string;
    readonly direct?: true;
  };
}

/** That a document belongs with another (FEATURES G4.9). */
export interface Association {
  /** A board's id. */
  readonly source: string;
  /** `notes`: the board's notes, by id. `related`: another board, by id, or by the `xmpp:` address of its room. */
  readonly kind: 'notes' | 'related';
  readonly target: string;
  /** What people call it. */
  readonly title: string;
}

export interface IndexedEntry {
  /** Counts a board's entries from 0 over all epochs. */
  readonly index: number;
  readonly entry: LogEntry;
}

/** Durable boards. Every write is on its way to the disk when the call returns; `flushed` tells when it is there. */
export interface BoardStore {
  list(): StoredBoard[];
  get(id: string): StoredBoard | undefined;
  put(board: StoredBoard): void;
  /** Its associations go too, in both directions. */
  remove(id: string): void;
  /** The last snapshot, the log entries after it in order, and the outbox. Damaged rows are reported, not thrown. */
  load(id: string): { state: StoredState | undefined; log: LogEntry[]; pending: PendingStanza[]; damage: string[] };
  /** Appends to the log. */
  append(id: string, entries: readonly LogEntry[]): void;
  /** Replaces the outbox (only what differs is written). `atOnce`: all that is queued is on the disk when this returns, unless the disk
   *  refuses, which is told as ever. */
  setPending(id: string, pending: readonly PendingStanza[], atOnce?: boolean): void;
  /** A snapshot: replay begins here next time. The log before it is kept for history. */
  snapshot(id: string, state: SavedState): void;
  /** Another state was taken over; the last `along` entries of the log came with it. */
  jump(id: string, jump: Jump, along: number): void;
  /** The log with all that history needs, entries of the indices from `from` to before `to`: read in pages, as it is asked for. */
  history(id: string, from?: number, to?: number): Iterable<HistoryItem>;
  /** The index that the next entry gets. */
  length(id: string): number;
  /** The index of the last entry that has this place. */
  indexOf(id: string, place: Place): number | undefined;
  /** All log entries that aren't folded, for history and for what a session's state lacks. */
  log(id: string, sinceIndex?: number): Iterable<LogEntry>;
  /** What is left of the entries that were folded, oldest first unless told otherwise. */
  folded(id: string, newestFirst?: boolean): Iterable<IndexedEntry>;
  /** Writes some of what will be left of the entries before an index; nobody sees it yet. Throws a storage error. */
  foldSome(id: string, index: number, entries: readonly IndexedEntry[]): void;
  /** From now on the log begins at the index, with this document. All or nothing, whatever happens. Throws a storage error. */
  fold(id: string, index: number, base: Base): void;
  /** What `foldSome` wrote is of no more use. */
  leaveFold(id: string): void;
  /** What belongs with a document, in the order in which it was associated. */
  associations(source: string): Association[];
  /** Writes an association; one of the same source, kind and target is replaced. */
  associate(association: Association): void;
  dissociate(association: Omit<Association, 'title'>): void;
  /** Resolves when everything written so far is on disk; rejects with a storage error (disk full). */
  flushed(): Promise<void>;
  onDirty(listener: (dirty: boolean, problem?: string) => void): () => void;
  close(): void;
}

export interface SettingStore {
  get(key: string): string | null;
  set(key: string, value: string | null): void;
}

/** Keeps secrets outside the database: the system's key store where there is one, else memory alone. */
export interface SecretStore {
  readonly durable: boolean;
  get(key: string): Promise<string | null>;
  set(key: string, value: string | null): Promise<void>;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after `ms`; returns the canceller. */
  after(ms: number, run: () => void): () => void;
}

export interface Random {
  /** Cryptographically strong. */
  bytes(length: number): Uint8Array;
}

/** Writes to the profile's log; secrets are taken out before a line is written. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
