/** `limn related`: the documents that belong with a board of the profile. */
import type { Board } from '#app/board.ts';
import { addRelated, relatedOf, removeRelated } from '#app/board-links.ts';
import { CommandFailure } from './failure.ts';
import type { RelatedOptions } from './program.ts';

/** Puts a document on a board's list or takes one off, if asked, and tells what is on it. What is shared goes out when the board is next in
 *  its room. @throws CommandFailure status 1 for what is not on the list; ApiError 'refused' for what is no address */
export function runRelated(board: Board, options: RelatedOptions, gesture: string, out: (line: string) => void): void {
  const { add, title = '', remove } = options;
  if (remove !== undefined) {
    if (!relatedOf(board).some(({ address }) => address === remove))
      throw new CommandFailure(`${remove} is not on the list of this board. Look at the list without --remove.`);
    removeRelated(board, remove, `${gesture} remove`);
  }
  if (add !== undefined) addRelated(board, { address: add, title }, `${gesture} add`);
  for (const one of relatedOf(board))
    out(options.json ? JSON.stringify(one) : one.title === '' ? one.address : `${one.address}  ${one.title}`);
}
