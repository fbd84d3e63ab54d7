/** Which references a drawing may hold, and which of them are followed. */
import { isFragment, isLink, isPlain } from '#xml/link.ts';

/** How far content is let: `draw` it, write it to an `export`, or only `record` it in a document. Each allows at least what the one before does. */
export type Use = 'draw' | 'export' | 'record';

/** Elements whose reference names another part of the same document. */
const LOCAL_ONLY = new Set(
  'altGlyph animate animateColor animateMotion animateTransform cursor feImage filter glyphRef hatch linearGradient meshgradient mpath pattern radialGradient set textPath tref use'.split(
    ' ',
  ),
);

/** The value of `href` (or `xlink:href`) that an SVG element may have, or null. White space around it is taken off. */
export function safeHref(element: string, value: string, use: Use): string | null {
  const url = value.trim();
  if (element === 'a') return use !== 'draw' && isLink(url) ? url : null;
  if (element === 'image') return isRasterData(url) || (use === 'record' && isHttps(url)) ? url : null;
  if (!LOCAL_ONLY.has(element)) return null;
  if (element === 'feImage' && isRasterData(url)) return url;
  return isFragment(url) ? url : null;
}

const RASTER = /^data:image\/(?:png|jpeg|jpg|gif|webp);base64,/i;

/** A PNG, JPEG, GIF or WebP in the file itself. SVG and HTML in a data URI are documents and may not. */
export function isRasterData(url: string): boolean {
  const head = RASTER.exec(url)?.[0];
  return head !== undefined && !/[^A-Za-z0-9+/=\s]/.test(url.slice(head.length));
}

const FONT =
  /^data:(?:font\/(?:woff2?|ttf|otf|sfnt|collection)|application\/(?:x-)?font-(?:woff2?|ttf|otf|sfnt|truetype|opentype)|application\/vnd\.ms-opentype);(?:charset=utf-8;)?base64,/i;

/** A font in the file itself. */
export function isFontData(url: string): boolean {
  const head = FONT.exec(url)?.[0];
  return head !== undefined && !/[^A-Za-z0-9+/=\s]/.test(url.slice(head.length));
}

/** An address of the web: recorded for an image, fetched only with consent (FEATURES G4.3) and never by this folder. */
function isHttps(url: string): boolean {
  return /^https:\/\/[^/\s\\]/i.test(url) && isPlain(url) && !/[\s\\]/.test(url);
}
