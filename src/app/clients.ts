import type { EventData, EventName } from '#api/contract.ts';

export type Emit = <N extends EventName>(name: N, data: EventData<N>) => void;

/** The API's connected clients, and the boards that each has open. */
export interface Clients {
  connected(client: string, emit: Emit): void;
  /** Returns the boards that the client had open. */
  disconnected(client: string): string[];
  /** False when the client has it open already. */
  open(client: string, board: string): boolean;
  close(client: string, board: string): void;
  isOpen(board: string): boolean;
  /** Nobody is at this client's window, or somebody is again. */
  away(client: string, board: string, on: boolean): void;
  /** Whether nobody is at any of those that have the board open. */
  areAway(board: string): boolean;
  toAll: Emit;
  to<N extends EventName>(client: string, name: N, data: EventData<N>): void;
  /** To the clients that have the board open. */
  toBoard<N extends EventName>(board: string, name: N, data: EventData<N>): void;
}

export function createClients(): Clients {
  const clients = new Map<string, { emit: Emit; boards: Map<string, { away: boolean }> }>();
  return {
    connected(client, emit) {
      clients.set(client, { emit, boards: new Map() });
    },
    disconnected(client) {
      const boards = [...(clients.get(client)?.boards.keys() ?? [])];
      clients.delete(client);
      return boards;
    },
    open(client, board) {
      const boards = clients.get(client)?.boards;
      if (boards === undefined || boards.has(board)) return false;
      boards.set(board, { away: false });
      return true;
    },
    close(client, board) {
      clients.get(client)?.boards.delete(board);
    },
    isOpen: (board) => [...clients.values()].some(({ boards }) => boards.has(board)),
    away(client, board, on) {
      const here = clients.get(client)?.boards.get(board);
      if (here) here.away = on;
    },
    areAway: (board) => [...clients.values()].every(({ boards }) => boards.get(board)?.away !== false),
    toAll(name, data) {
      for (const { emit } of clients.values()) emit(name, data);
    },
    to(client, name, data) {
      clients.get(client)?.emit(name, data);
    },
    toBoard(board, name, data) {
      for (const { emit, boards } of clients.values()) if (boards.has(board)) emit(name, data);
    },
  };
}
