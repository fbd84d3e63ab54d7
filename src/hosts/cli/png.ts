/** SVG to PNG without a browser, by resvg. */
import { Resvg } from '@resvg/resvg-js';
import { CommandFailure } from './failure.ts';

/** 64 million pixels take a quarter of a gigabyte. */
const MAX_PIXELS = 64_000_000;

/**
 * Renders at `scale` pixels per user unit on a white ground, with the system's fonts.
 * @throws CommandFailure when the picture would be too large or resvg can't read the drawing.
 */
export async function renderPng(svg: string, scale: number): Promise<Uint8Array> {
  try {
    const { width, height } = new Resvg(svg, { font: { loadSystemFonts: false }, logLevel: 'off' });
    if (width * height * scale * scale > MAX_PIXELS) {
      throw new CommandFailure('The picture would be larger than 64 million pixels: choose a smaller --scale.');
    }
    const resvg = new Resvg(svg, { fitTo: { mode: 'zoom', value: scale }, background: '#ffffff', logLevel: 'off' });
    return resvg.render().asPng();
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(
      `The drawing could not be rendered: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
