/**
 * The notes beside a board (FEATURES G1.3, G4.9): a document of their own, associated with it. They are made when first
 * used, by this person or by somebody else in the room, and share the room with the board as a session of their own.
 */
import { type Channels, createChannels } from '#session/channels.ts';
import type { Transport } from '#session/transport.ts';
import type { Board } from './board-port.ts';
import type { JoinedRoom } from './network.ts';
import type { BoardStore, Clock, StoredBoard } from './ports.ts';

export interface BoardNotesOptions {
  readonly board: Pick<Board, 'id' | 'meta'>;
  readonly store: BoardStore;
  readonly clock: Clock;
  /** Opens a document of the store. */
  readonly open: (id: string) => Board;
}

export interface BoardNotes {
  /** The notes, made if there are none, and in the room if the board is. */
  open(): Board;
  /** The board enters a room, or a session between two (`direct`): answers the board's part of the room's transport. */
  share(room: JoinedRoom, session: string, nick: string, account: string, direct: boolean): Transport;
  /** The board's session has begun: the notes that are there already follow. */
  shared(): void;
  /** Leaves the room, notes and board. */
  disconnect(): Promise<void>;
  /** The board is bound to no room any more. */
  unshare(): Promise<void>;
  close(): Promise<void>;
}

const SUFFIX = '-notes';

/** The board that notes belong to, by their id. */
export function boardOfNotes(id: string): string {
  return id.endsWith(SUFFIX) ? id.slice(0, -SUFFIX.length) : id;
}

/** The id of a board's notes, whether there are any or not. */
export function notesOfBoard(id: string): string {
  return `${id}${SUFFIX}`;
}

/** The session of the notes. It depends on nothing but the room, so that all who begin it at once meet; between two, who each have the
 *  other for a room, on the board's session. */
function notesSession({ jid, session, direct }: NonNullable<StoredBoard['room']>): string {
  return direct ? `${session}#notes` : `limn:${jid}#notes`;
}

/** Makes the keeper of one board's notes. */
export function createBoardNotes({ board, store, clock, open }: BoardNotesOptions): BoardNotes {
  const id = notesOfBoard(board.id);
  let notes: Board | undefined;
  let place:
    | { room: JoinedRoom; channels: Channels; session: string; nick: string; account: string; direct: boolean }
    | undefined;

  function make(): void {
    const { name, room } = board.meta;
    const now = clock.now();
    store.put({
      ...{ id, kind: 'xhtml', name, created: now, modified: now },
      ...(room === undefined ? {} : { room: { ...room, session: notesSession(room) } }),
    });
    store.associate({ source: board.id, kind: 'notes', target: id, title: name });
  }

  function join(): void {
    if (place === undefined || notes === undefined || notes.joined) return;
    const { room, channels, session, nick, account, direct } = place;
    notes.share({ ...room, transport: channels.open(session) }, nick, account, session, direct);
  }

  /** Opens them and brings them to the room. */
  function attend(): Board {
    if (store.get(id) === undefined) make();
    notes ??= open(id);
    join();
    return notes;
  }

  return {
    open() {
      const opened = attend();
      // In a room that we are in, or just entering, the others may have notes already.
      if (!opened.joined) opened.begin();
      return opened;
    },
    share(room, board, nick, account, direct) {
      const session = notesSession({ jid: room.room, session: board, nick, account, ...(direct && { direct }) });
      const channels = createChannels(room.transport, (other) => {
        if (other === session) attend();
      });
      place = { room, channels, session, nick, account, direct };
      return channels.open(board);
    },
    shared() {
      if (store.get(id) !== undefined) attend();
    },
    async disconnect() {
      const left = place;
      place = undefined;
      await notes?.disconnect();
      await left?.channels.leave();
    },
    async unshare() {
      if (store.get(id) === undefined) return;
      notes ??= open(id);
      await notes.unshare();
    },
    async close() {
      await notes?.close();
      notes = undefined;
    },
  };
}
