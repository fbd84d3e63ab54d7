/** A board's stored log as a session reads it, for those who come back, and as it is told to those who ask. */
import type { Place } from '#core/types.ts';
import { answerLog, type LogSource } from '#session/log-answer.ts';
import type { BoardAnswers } from '#session/board-service.ts';
import type { LogPort } from '#session/ports.ts';
import type { Board } from './board-port.ts';
import type { BoardStore } from './ports.ts';

export type { HistoryItem } from '#core/history-port.ts';
export { type LogFormat, logFile } from '#session/log-file.ts';

/** @param place where the board is in its session now */
export function createBoardLog(store: BoardStore, board: string, place: () => Place): LogPort & LogSource {
  return {
    *entries() {
      for (const { entry } of store.folded(board)) yield entry;
      yield* store.log(board);
    },
    since(from) {
      const index = store.indexOf(board, from);
      return index === undefined ? undefined : store.log(board, index + 1);
    },
    length: () => store.length(board),
    indexOf: (at) => store.indexOf(board, at),
    read: (from, to) => store.history(board, from, to),
    place,
  };
}

/** What a board in a session tells those who may ask. */
export function answersOf(log: LogSource, board: Pick<Board, 'replica' | 'status'>): BoardAnswers {
  return {
    name: () => board.status().name,
    log: (query) => answerLog(log, query),
    state: () => (board.status().connection === 'online' ? board.replica.state() : undefined),
  };
}
