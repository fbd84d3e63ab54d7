/** The boards that are open, and what their clients are told of them. A board stays open for a while after its last client. */
import type { BoardStatus, EventData, Person, Related, ViewNode } from '#api/contract.ts';
import { toldVoid } from './completion.ts';
import { type Board, openBoard } from './board.ts';
import type { BoardEvent } from './board-port.ts';
import { boardOfNotes, notesOfBoard } from './board-notes.ts';
import { isNearbyRoom } from './nearby-room.ts';
import type { Clients } from './clients.ts';
import type { MeanwhileNote } from './meanwhile/meanwhile.ts';
import type { BoardStore, Clock, Logger, Random } from './ports.ts';
import type { Compression } from '#session/ports.ts';
import { createRelatedFeed } from './board-links.ts';
import { createViewFeed, type ViewFeed } from './view-feed.ts';

/** So long a board without clients stays open: a page that is reloaded finds its session as it was. Milliseconds. */
const LINGER = 30_000;
/** Status events come at most this often, milliseconds. */
const STATUS_EVERY = 50;
/** A write that takes longer than this shows as "not saved", milliseconds. */
const SAVED_AFTER = 250;

export interface DeskOptions {
  readonly store: BoardStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly deflate: Compression;
  readonly logger: Logger;
  readonly clients: Clients;
  /** Where a board keeps what is to be told of the time while its person was away. */
  readonly note: (board: string) => MeanwhileNote;
  readonly author: () => string;
  readonly myName: () => string;
  readonly language: () => string | undefined;
  /** Whether the account is on its way online: a board in a room is "connecting" then. */
  readonly connecting: () => boolean;
}

function toldNotice(board: string, notice: Extract<BoardEvent, { type: 'notice' }>): EventData<'notice'> {
  const { type: _, ...rest } = notice;
  return { board, ...rest };
}

export interface OpenedBoard {
  readonly status: BoardStatus;
  readonly root: ViewNode | null;
  readonly people: Person[];
}

export interface Desk {
  /** The board, opened if it isn't. Throws ApiError 'not-found'. */
  board(id: string): Board;
  boards(): readonly Board[];
  find(id: string): Board | undefined;
  /** For a client that begins to look at it now. */
  open(client: string, id: string): OpenedBoard;
  close(client: string, id: string): void;
  /** Nobody is at this client's window, or somebody is again. */
  away(client: string, id: string, on: boolean): void;
  /** The documents that belong with a board; clients are told when they are others. */
  related(id: string): Related[];
  /** Tells clients of all that has changed by now, without waiting for a frame. */
  tell(id: string): void;
  disconnected(client: string): void;
  /** Closes it at once, whoever looks at it. */
  drop(id: string): Promise<void>;
  /** The account's state changed: boards tell of it. */
  refresh(): void;
  closeAll(): Promise<void>;
}

interface Place {
  readonly board: Board;
  readonly feed: ViewFeed;
  readonly related: ReturnType<typeof createRelatedFeed>;
  cancelLinger?: (() => void) | undefined;
  cancelStatus?: (() => void) | undefined;
  told: string;
  /** Stops listening to the board. */
  off?: () => void;
  /** What the store found damaged, until a client has been told. */
  untold: readonly string[];
}

export function createDesk(options: DeskOptions): Desk {
  const { store, clock, clients, logger } = options;
  const places = new Map<string, Place>();
  let saved = true;
  let problem: string | undefined;
  let cancelUnsaved: (() => void) | undefined;

  const offDirty = store.onDirty((dirty, sentence) => {
    if (sentence !== problem) {
      problem = sentence;
      if (sentence !== undefined) clients.toAll('notice', { level: 'error', message: sentence });
      saved = sentence === undefined && saved;
      refresh();
    }
    if (!dirty) {
      cancelUnsaved?.();
      cancelUnsaved = undefined;
      if (!saved) {
        saved = true;
        refresh();
      }
    } else if (saved) {
      cancelUnsaved ??= clock.after(SAVED_AFTER, () => {
        cancelUnsaved = undefined;
        saved = false;
        refresh();
      });
    }
  });

  function statusOf(board: Board): BoardStatus {
    const status = board.status();
    const served = !isNearbyRoom(board.meta.room?.jid ?? '');
    const connecting = served && status.connection === 'offline' && options.connecting();
    return {
      ...status,
      connection: connecting ? 'connecting' : status.connection,
      saved,
      ...(problem === undefined ? {} : { problem }),
    };
  }

  function tellStatus(place: Place): void {
    place.cancelStatus ??= clock.after(STATUS_EVERY, () => {
      place.cancelStatus = undefined;
      const status = statusOf(place.board);
      const text = JSON.stringify(status);
      if (text === place.told) return;
      place.told = text;
      clients.toBoard(place.board.id, 'status', status);
    });
  }

  function refresh(): void {
    for (const place of places.values()) tellStatus(place);
  }

  function place(id: string): Place {
    const found = places.get(id);
    if (found !== undefined) return found;
    const { random, deflate, myName, language, note } = options;
    const board =
      store.get(id)?.kind === 'xhtml'
        ? place(boardOfNotes(id)).board.notes()
        : openBoard({ id, store, clock, random, deflate, logger, author: options.author(), myName, language, note });
    const feed = createViewFeed(
      () => board.replica.seen,
      board.type.shown,
      clock,
      (changes, by) => {
        const data: EventData<'changes'> = { board: id, changes, ...(by === undefined ? {} : { by }) };
        clients.toBoard(id, 'changes', data);
      },
    );
    const related = createRelatedFeed(board, (list) => clients.toBoard(id, 'related', { board: id, related: list }));
    const made: Place = { board, feed, related, told: '', untold: board.damage };
    made.off = board.on((event) => {
      switch (event.type) {
        case 'changes':
          feed.push(event.changes, event.by);
          related.push(event.changes);
          break;
        case 'reset':
          feed.reset();
          related.reset();
          break;
        case 'status':
          tellStatus(made);
          break;
        case 'people':
          clients.toBoard(id, 'people', { board: id, people: [...event.people] });
          break;
        case 'merged':
          clients.toBoard(id, 'merged', { board: id, merged: event.merged });
          break;
        case 'live':
          clients.toBoard(id, 'live', { board: id, person: event.person, live: event.live });
          break;
        case 'presenting':
          clients.toBoard(id, 'presenting', { board: id, presenting: event.presenting });
          break;
        case 'look': {
          const { person, rect, rid } = event;
          clients.toBoard(id, 'look', { board: id, person, rect, ...(rid === undefined ? {} : { rid }) });
          break;
        }
        case 'voided':
          clients.toBoard(id, 'voided', {
            board: id,
            ...toldVoid(event.voided),
            ...(event.by === undefined ? {} : { by: event.by }),
          });
          break;
        case 'notice':
          clients.toBoard(id, 'notice', toldNotice(id, event));
          break;
        case 'chat':
        case 'confirmed':
          break;
      }
    });
    places.set(id, made);
    linger(made);
    return made;
  }

  function linger(at: Place): void {
    at.cancelLinger?.();
    at.cancelLinger = clock.after(LINGER, () => {
      at.cancelLinger = undefined;
      const { board } = at;
      if (clients.isOpen(board.id)) return;
      // A board stays as long as its notes are looked at.
      if (clients.isOpen(notesOfBoard(board.id))) return linger(at);
      // What others are still to get goes out first.
      if (board.joined && board.status().connection !== 'offline' && board.replica.pending().length > 0)
        return linger(at);
      drop(board.id).catch((error: unknown) => logger.error('a board could not be closed', { board: board.id, error }));
    });
  }

  async function drop(id: string): Promise<void> {
    const at = places.get(id);
    if (at === undefined) return;
    places.delete(id);
    at.cancelLinger?.();
    at.cancelStatus?.();
    at.feed.close();
    at.off?.();
    // Notes are their board's to close.
    if (at.board.type.kind === 'xhtml') return;
    await drop(notesOfBoard(id));
    await at.board.close();
  }

  /** The others are told whether somebody is at any of the windows; once there is none, nothing new. Notes are seen beside their board. */
  function attend({ board }: Place): void {
    if (board.type.kind !== 'xhtml' && clients.isOpen(board.id)) board.live.away(clients.areAway(board.id));
  }

  function left(id: string): void {
    const at = places.get(id);
    if (at === undefined) return;
    if (clients.isOpen(id)) return attend(at);
    at.feed.close();
    linger(at);
  }

  return {
    board: (id) => place(id).board,
    boards: () => [...places.values()].map(({ board }) => board),
    find: (id) => places.get(id)?.board,
    open(client, id) {
      const at = place(id);
      clients.open(client, id);
      attend(at);
      at.cancelLinger?.();
      at.cancelLinger = undefined;
      const root = at.feed.open();
      for (const message of at.untold) clients.toBoard(id, 'notice', { board: id, level: 'error', message });
      at.untold = [];
      const status = statusOf(at.board);
      at.told = JSON.stringify(status);
      return { status, root, people: [...at.board.people()] };
    },
    close(client, id) {
      clients.close(client, id);
      left(id);
    },
    away(client, id, on) {
      clients.away(client, id, on);
      const at = places.get(id);
      if (at) attend(at);
    },
    related: (id) => place(id).related.read(),
    tell: (id) => places.get(id)?.feed.flush(),
    disconnected(client) {
      for (const id of clients.disconnected(client)) left(id);
    },
    drop,
    refresh,
    async closeAll() {
      await Promise.all([...places.keys()].map(drop));
      offDirty();
      cancelUnsaved?.();
    },
  };
}
