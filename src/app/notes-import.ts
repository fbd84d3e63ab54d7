/** XHTML files into notes. */
import { ApiError } from '#api/errors.ts';
import { localName } from '#xml/names.ts';
import { parseXhtml } from '#xhtml/parse.ts';
import type { Board } from './board-port.ts';
import type { LooseIntent } from './intents.ts';

/** Puts what a file holds at the end of notes, as one gesture; answers how many parts can't be in notes. Throws ApiError. */
export function importNotes(board: Board, xhtml: string, gesture: string): number {
  if (board.type.kind !== 'xhtml')
    throw new ApiError('refused', 'An XHTML file can only be put into notes. Open the notes first.');
  const parsed = parseXhtml(xhtml);
  if (!parsed.ok) throw new ApiError(parsed.code, parsed.reason);
  const { shown } = board.replica;
  const root = shown.root() ?? '';
  const body = shown.children(root).find((rid) => localName(shown.get(rid)?.name ?? '') === 'body') ?? root;
  const intents = parsed.blocks.map((node): LooseIntent => ({ do: 'add', parent: body, before: null, node }));
  if (body === '' || intents.length === 0)
    throw new ApiError('refused', 'There is no text in that file that notes could hold. Choose another one.');
  board.submit(intents, gesture);
  return parsed.left;
}
