/** The boards of a profile: listed, made, imported, renamed, removed. */
import { createReplica } from '#core/replica.ts';
import type { Replica } from '#core/replica-port.ts';
import type { KnownDocument } from '#session/board-service.ts';
import type { BoardInfo } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import { randomName } from './ids.ts';
import { isNearbyRoom } from './nearby-room.ts';
import { documentType } from './document-types.ts';
import type { BoardStore, Clock, Random, StoredBoard } from './ports.ts';
import { readSvgFile, replicaOfFile } from './svg-files.ts';

export interface LibraryOptions {
  readonly store: BoardStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly author: () => string;
}

export interface Library {
  list(): BoardInfo[];
  create(name?: string): StoredBoard;
  /** A board without any content, for a room's own to come. */
  createForRoom(name: string): StoredBoard;
  /** Throws ApiError 'bad-svg' or 'too-large'; nothing was made then. */
  import(name: string, svg: string | Uint8Array): { board: StoredBoard; removed: string[] };
  /** Throws ApiError 'not-found'. */
  get(id: string): StoredBoard;
  inRoom(room: string): StoredBoard | undefined;
  /** All boards, with where this account shares them: what another account does is none of its contacts' business. */
  known(account: string): readonly KnownDocument[];
}

/** A board as clients see it in lists. */
export function boardInfo({ id, name, created, modified, room }: StoredBoard): BoardInfo {
  if (room === undefined) return { id, name, created, modified };
  return { id, name, created, modified, room: room.jid, ...(isNearbyRoom(room.jid) && { nearby: true }) };
}

const MAX_NAME = 200;

/** A board's name as a person gave it, without white space around it. Throws ApiError 'bad-request' for an empty one. */
export function boardName(text: string): string {
  const name = text.replace(/\s+/g, ' ').trim().slice(0, MAX_NAME);
  if (name === '') throw new ApiError('bad-request', 'A board needs a name. Write one.');
  return name;
}

export function createLibrary({ store, clock, random, author }: LibraryOptions): Library {
  const add = (name: string): StoredBoard => {
    const now = clock.now();
    const board = { id: randomName(random, 12), name, created: now, modified: now };
    store.put(board);
    return board;
  };
  const keep = (name: string, replica: Replica): StoredBoard => {
    const entries = replica.confirmAlone();
    const board = add(name);
    store.append(board.id, entries);
    store.snapshot(board.id, replica.saved());
    return board;
  };
  const unused = (wanted: string): string => {
    const names = new Set(store.list().map((board) => board.name));
    let name = wanted;
    for (let n = 2; names.has(name); n++) name = `${wanted} ${n}`;
    return name;
  };
  const replicaOptions = () => ({ prefix: randomName(random, 13), author: author(), now: () => clock.now() });

  return {
    list: () => store.list().flatMap((board) => (board.kind === 'xhtml' ? [] : [boardInfo(board)])),
    create(name) {
      const replica = createReplica(replicaOptions());
      const made = replica.submit(
        [{ do: 'add', parent: '', before: null, node: documentType('svg').root('', undefined) }],
        'create',
      );
      if (!made.ok) throw new RangeError(made.reason);
      return keep(name === undefined ? unused('Untitled') : boardName(name), replica);
    },
    createForRoom: (name) => add(name),
    import(name, svg) {
      const file = readSvgFile(svg);
      const replica = replicaOfFile(file, replicaOptions());
      const clean = name.replace(/\.svgz?$/i, '');
      return {
        board: keep(clean.trim() === '' ? unused('Untitled') : boardName(clean), replica),
        removed: file.removed,
      };
    },
    get(id) {
      const board = store.get(id);
      if (board === undefined) throw new ApiError('not-found', 'This board is not there any more. Choose another one.');
      return board;
    },
    known: (account) =>
      store.list().flatMap(({ kind, id, name, room }) => {
        if (kind === 'xhtml') return [];
        if (room === undefined || room.account !== account) return [{ id, name }];
        const { session, jid, direct = false } = room;
        return [{ id, name, shared: { session, jid, direct } }];
      }),
    inRoom: (room) => store.list().find((board) => board.room?.jid === room && board.kind !== 'xhtml'),
  };
}
