/** Pictures on the board: embedded as data, scaled down so that a phone's photo doesn't cost everybody ten megabytes. */
import type { NodeInput } from '#api/contract.ts';
import { num, type Point } from './matrix.ts';
import { BoardProblem } from './problem.ts';

const TYPES = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif']);
/** Longer sides are scaled to this many pixels. */
const MAX_SIDE = 2048;
/** Files up to this many bytes are kept as they are (if not too large in pixels). */
const KEEP_BYTES = 256 * 1024;
const MAX_GIF = 4 * 1024 * 1024;

export const isPicture = (file: File): boolean => TYPES.has(file.type);

/** A picture centred on a point of the plane, at most `fit` user units wide and high. Throws a BoardProblem. */
export async function pictureNode(file: File, at: Point, fit: { width: number; height: number }): Promise<NodeInput> {
  if (!isPicture(file))
    throw new BoardProblem(
      'not-a-picture',
      `“${file.name}” is not a picture that fits here. Use a PNG, JPEG, WebP or GIF file.`,
      file.name,
    );
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new BoardProblem(
      'unreadable-picture',
      `“${file.name}” could not be read as a picture. Open it elsewhere and save it again as PNG.`,
      file.name,
    );
  }
  const { width, height } = bitmap;
  const href = await dataUri(await shrink(file, bitmap));
  bitmap.close();
  const k = Math.min(1, fit.width / width, fit.height / height);
  const [w, h] = [width * k, height * k];
  return {
    type: 'element',
    name: 'image',
    attrs: [
      { name: 'x', value: num(at.x - w / 2) },
      { name: 'y', value: num(at.y - h / 2) },
      { name: 'width', value: num(w) },
      { name: 'height', value: num(h) },
      { name: 'href', value: href },
    ],
    children: [],
  };
}

async function shrink(file: File, bitmap: ImageBitmap): Promise<Blob> {
  const longest = Math.max(bitmap.width, bitmap.height);
  // A GIF may move, which a canvas would lose.
  if (file.type === 'image/gif') {
    if (file.size > MAX_GIF)
      throw new BoardProblem(
        'large-picture',
        `“${file.name}” is larger than 4 MB. Make it smaller and add it again.`,
        file.name,
      );
    return file;
  }
  if (file.type !== 'image/webp' && file.size <= KEEP_BYTES && longest <= MAX_SIDE) return file;
  const k = Math.min(1, MAX_SIDE / longest);
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(bitmap.width * k)),
    Math.max(1, Math.round(bitmap.height * k)),
  );
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  // WebP becomes PNG: resvg and many editors don't read it.
  const made = await canvas.convertToBlob(
    file.type === 'image/jpeg' ? { type: 'image/jpeg', quality: 0.85 } : { type: 'image/png' },
  );
  return k === 1 && made.size >= file.size && file.type !== 'image/webp' ? file : made;
}

function dataUri(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === 'string' ? reader.result : '');
    reader.onerror = () =>
      reject(new BoardProblem('unreadable-picture', 'The picture could not be read. Add it again.'));
    reader.readAsDataURL(blob);
  });
}
