/** Boards as they were, for clients that look at them: one question at a time each, in parts if they ask for that. */
import type { Params, Result } from '#api/contract.ts';
import type { Board } from './board-port.ts';
import type { Clients } from './clients.ts';
import { type Part, partsOf, shallow } from './past-parts.ts';

/** So many nodes are told at once, at most. */
const TOLD = 200;

/** Answers `history.at`. A client's next question about a board ends the one before. */
export function createPast(clients: Clients) {
  const latest = new Map<string, symbol>();

  return async (board: Board, { at, ask }: Params<'history.at'>, client: string): Promise<Result<'history.at'>> => {
    const key = `${client} ${board.id}`;
    const mine = Symbol(board.id);
    latest.set(key, mine);
    const gone = (): boolean => latest.get(key) !== mine;
    try {
      return await board.history.at(
        at,
        async ({ at: reached, gap, view, entry, name }, turn) => {
          const root = view.root();
          const { type } = board;
          if (root !== undefined && ask !== undefined) {
            const whole = Math.max(1, view.children(root).length);
            let told = 0;
            let parts: Part[] = [];
            const tell = (): void => {
              if (parts.length > 0)
                clients.to(client, 'past', { board: board.id, ask, parts, progress: Math.min(1, told / whole) });
              parts = [];
            };
            for (const part of partsOf(type, view, root)) {
              parts.push(part);
              if (part.parent === root) told++;
              if (parts.length >= TOLD) tell();
              await turn();
            }
            tell();
          }
          const shown =
            root === undefined
              ? undefined
              : ask === undefined
                ? type.shown.tree(view, root)
                : shallow(type, view, root);
          return {
            ...{ at: reached, root: shown ?? null },
            ...(gap === undefined ? {} : { gap }),
            ...(entry === undefined ? {} : { author: entry.author, name, time: entry.time }),
          };
        },
        gone,
      );
    } finally {
      if (latest.get(key) === mine) latest.delete(key);
    }
  };
}
