/** How components reach the window's store, the API and the open board without threading them through every prop. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { Api, Result } from '#api/contract.ts';
import type { ActionContext } from '#renderer/actions/action.ts';
import type { BoardController, BoardState } from '#renderer/board/controller.ts';
import type { AppState, AppStore } from './store.ts';

/** Makes the canvas in a container (renderer/board/create-board.ts, or a stand-in in tests). */
export type CreateBoard = (
  container: HTMLElement,
  options: {
    api: Api;
    board: string;
    opened: Result<'boards.open'>;
    /** Gets what went wrong on the canvas; the message is a sentence for a person. */
    problem: (error: Error) => void;
    follow: (rid: string) => void;
    /** What stands on the part that a presenter shows. */
    showingThis: (name: string) => string;
  },
) => BoardController;

export interface AppServices {
  readonly api: Api;
  readonly store: AppStore;
  readonly createBoard: CreateBoard;
  /** What actions act on; its `board` follows the open board. */
  readonly actions: ActionContext;
}

const Services = createContext<AppServices | null>(null);
const Board = createContext<BoardController | null>(null);
export const ServicesProvider = Services.Provider;
export const BoardProvider = Board.Provider;

export function useServices(): AppServices {
  const services = useContext(Services);
  if (!services) throw new RangeError('useServices outside ServicesProvider');
  return services;
}

/** A part of the window's state; re-renders when the part changes. */
export function useApp<T>(select: (state: AppState) => T): T {
  return useStore(useServices().store.state, select);
}

export function useBoard(): BoardController {
  const board = useContext(Board);
  if (!board) throw new RangeError('useBoard outside BoardProvider');
  return board;
}

/** A part of the board's state. `select` must return a primitive or something that the state holds, not a new object. */
export function useBoardState<T>(select: (state: BoardState) => T): T {
  const board = useBoard();
  return useSyncExternalStore(
    (listener) => board.subscribe(listener),
    () => select(board.state),
  );
}
