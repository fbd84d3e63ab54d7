/** A file that a person gives to Limn outside any board becomes a board: a drawing as it is, a picture as the first thing on it. */
import { inputBounds, toSvg } from '#renderer/board/node-input.ts';
import { height, width } from '#renderer/board/matrix.ts';
import { pictureNode } from '#renderer/board/pictures.ts';
import type { ActionContext } from './action.ts';

/** Pictures larger than this many user units are shown smaller. */
const FIT = { width: 1600, height: 1200 };

const isDrawing = (file: File): boolean => file.type === 'image/svg+xml' || /\.svg$/i.test(file.name);

/** Opens the board made from a file. Rejects with an ApiError, or a BoardProblem where it is neither drawing nor picture. */
export async function openFile({ api, store }: Pick<ActionContext, 'api' | 'store'>, file: File): Promise<void> {
  const svg = isDrawing(file) ? await file.text() : await pictureSvg(file);
  const { board, removed } = await api.call('boards.import', { name: file.name.replace(/\.\w+$/, ''), svg });
  store.showImported(board.id, removed);
}

async function pictureSvg(file: File): Promise<string> {
  const node = await pictureNode(file, { x: 0, y: 0 }, FIT);
  const box = inputBounds(node);
  return toSvg([node], { x: box.minX, y: box.minY, width: width(box), height: height(box) });
}
