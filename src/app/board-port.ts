/** What a board that is open in this process offers, and what it tells. */
import type { Voided } from '#core/judge.ts';
import type { LogEntry, Replica } from '#core/replica-port.ts';
import type { Change } from '#core/types.ts';
import type { BoardStatus, Merged, Person } from '#api/contract.ts';
import type { Compression } from '#session/ports.ts';
import type { Barred } from '#session/transport.ts';
import type { SerializeOptions } from '#svg/serialise.ts';
import type { BoardHistory } from './board-history.ts';
import type { BoardLive, LiveBoardEvent } from './board-live.ts';
import type { BoardNode } from './board-tree.ts';
import type { BoardPlace } from './board-waits.ts';
import type { DocumentType } from './document-types.ts';
import type { LooseIntent } from './intents.ts';
import type { MeanwhileNote } from './meanwhile/meanwhile.ts';
import type { JoinedRoom } from './network.ts';
import type { BoardStore, Clock, Logger, Random, StoredBoard } from './ports.ts';

export type BoardEvent =
  /** Shown already. `by` is the person's id; absent: oneself, or the session. */
  | { readonly type: 'changes'; readonly changes: readonly Change[]; readonly by?: string }
  /** Another state was taken over: everything is to be looked at again. */
  | { readonly type: 'reset' }
  | { readonly type: 'confirmed'; readonly entries: readonly LogEntry[] }
  /** Edits that were void where they came: what they should have done did not happen. `by`: whose; absent: one's own. */
  | { readonly type: 'voided'; readonly voided: readonly Voided[]; readonly by?: string }
  /** Something of `status()` may have changed. */
  | { readonly type: 'status' }
  /** What happened while this person was away: a report came, changed, or was dismissed. */
  | { readonly type: 'merged'; readonly merged: Merged | null }
  | { readonly type: 'people'; readonly people: readonly Person[] }
  | LiveBoardEvent
  | { readonly type: 'chat'; readonly from: string; readonly body: string; readonly time: number }
  | {
      readonly type: 'notice';
      readonly level: 'info' | 'warn' | 'error';
      readonly message: string;
      /** What a translated sentence is made of. */
      readonly code?: string;
      readonly who?: string;
    };

export interface BoardOptions {
  readonly id: string;
  readonly store: BoardStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly deflate: Compression;
  readonly logger: Logger;
  /** Keeps what is to be told of the time while this person was away. */
  readonly note: (board: string) => MeanwhileNote;
  /** How this person's edits are signed in the log: a bare JID, or `me`. */
  readonly author: string;
  /** How the person is called while alone. */
  readonly myName: () => string;
  /** The language in which new notes are written, as far as it is known: a BCP 47 tag. */
  readonly language?: () => string | undefined;
}

export interface Submitted {
  /** Per intent, the rids it made (an `add`: its element first). */
  readonly rids: readonly (readonly string[])[];
  /** The id of the stanza that the edits joined. */
  readonly sxe: string;
}

export interface Board {
  readonly id: string;
  readonly replica: Replica;
  /** What could not be read from the disk, in sentences. */
  readonly damage: readonly string[];
  readonly meta: StoredBoard;
  /** What kind of document it is: a drawing, or notes. */
  readonly type: DocumentType;
  /** In a room's session, reached or not at the moment. */
  readonly joined: boolean;

  /** One gesture: all or nothing. `root` names the root element. Throws ApiError 'refused' with a sentence. */
  submit(intents: readonly LooseIntent[], gesture: string): Submitted;
  /** What has been done on the board so far; read when asked for. */
  readonly history: BoardHistory;
  /** Brings the board to what it was at a position, as one gesture. Rejects with ApiError 'refused' and a sentence. */
  restore(position: number): Promise<Submitted>;
  /** Declares an element complete, or reopens it; `root` is the whole. Throws ApiError 'refused', for all but owners among others. */
  complete(rid: string, on: boolean): Submitted;
  undo(): Submitted;
  redo(): Submitted;
  /** What people do right now, and who presents. */
  readonly live: BoardLive;
  /** Rejects with ApiError when the board is not in a room, or offline. */
  say(body: string): Promise<void>;

  /** What happened while this person was away, until it is dismissed. */
  readonly merged: Merged | null;
  dismissMerged(): void;
  /** Brings a clash back to what lost in it, as one gesture; returns the shapes to look at. Throws ApiError 'refused'. */
  again(clash: string): readonly string[];

  tree(): BoardNode | null;
  svg(options?: SerializeOptions): string;
  /** The document as a file of its type. */
  file(): string;
  /** The notes beside this board, made when first asked for, and shared where the board is. Throws ApiError 'refused' for notes. */
  notes(): Board;
  /** Gives a document without any content the root of its type. */
  begin(): void;
  /** The log from the `since`th entry on, counted from 0 over all epochs. */
  log(since?: number): Iterable<LogEntry>;
  /** Resolves once the stanza that `sender` first sent as `sxe` is confirmed here, with the place and digest there. */
  until(sender: string, sxe: string): Promise<BoardPlace>;
  /** Resolves when nothing of mine waits and no edit has come for twice the echo time, at least 500 ms. */
  idle(): Promise<BoardPlace>;
  /** Remember each stanza's place and digest from now on, so that `until` tells of the past exactly. */
  track(): void;

  status(): Omit<BoardStatus, 'saved' | 'connection'> & { connection: 'alone' | 'joining' | 'online' | 'offline' };
  people(): readonly Person[];
  on(listener: (event: BoardEvent) => void): () => void;

  rename(name: string): void;
  /** Binds the board to a room, or `direct`ly to one other, and begins a session there: the one that somebody there advertises,
   *  unless it is given. */
  share(room: JoinedRoom, nick: string, account: string, session?: string, direct?: boolean): void;
  /** Ends the session and keeps the binding: what waits is sent when the board is shared there again. */
  disconnect(): Promise<void>;
  /** Ends the session and the binding: the board goes on alone, with all that waited. */
  unshare(): Promise<void>;
  /** A sentence about why the board isn't connected, or undefined; and whether that is because its room bars us. */
  setProblem(sentence: string | undefined, barred?: Barred): void;
  /** Ends everything and leaves a snapshot. The board can't be used any more. */
  close(): Promise<void>;
}
