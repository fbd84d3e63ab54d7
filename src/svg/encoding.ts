/** From the bytes of a file to its text: byte order marks, the XML declaration, and files that are no text at all. */
import { XmlProblem } from '#xml/problem.ts';

const DECLARED = /^<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/;

/** Decodes an XML file (XML 1.0, appendix F). Throws an XmlProblem for binary files and bytes that don't fit the encoding. */
export function decodeXml(bytes: Uint8Array): string {
  refuseBinary(bytes);
  const encoding = byMark(bytes) ?? byZeros(bytes) ?? declared(bytes) ?? 'utf-8';
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new XmlProblem(
      'malformed',
      `The file says it is written in ${encoding}, which Limn can't read. Save it as UTF-8 and open it again.`,
    );
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw new XmlProblem(
      'malformed',
      `The file isn't valid ${encoding.toUpperCase()} text. Save it as UTF-8 in the program that made it and open it again.`,
    );
  }
}

function byMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return undefined;
}

function byZeros(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0 && bytes[1] === 0x3c) return 'utf-16be';
  if (bytes[0] === 0x3c && bytes[1] === 0) return 'utf-16le';
  return undefined;
}

/** An encoding that names 16 bits can't be true of bytes in which the declaration was found as ASCII. */
function declared(bytes: Uint8Array): string | undefined {
  const name = DECLARED.exec(String.fromCharCode(...bytes.subarray(0, 256)))?.[1]?.toLowerCase();
  return name === undefined || name.startsWith('utf-16') || name.startsWith('ucs-') || name.startsWith('iso-10646')
    ? undefined
    : name;
}

const KINDS: readonly (readonly [string, readonly number[]])[] = [
  ['a compressed SVG (.svgz). Unpack it first (gunzip), then open the .svg', [0x1f, 0x8b]],
  ['a PNG image. Insert it as an image instead', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG image. Insert it as an image instead', [0xff, 0xd8, 0xff]],
  ['a GIF image. Insert it as an image instead', [0x47, 0x49, 0x46, 0x38]],
  ['a PDF. Convert it to SVG first, for example with Inkscape', [0x25, 0x50, 0x44, 0x46]],
  ['a ZIP archive. Unpack it first, then open the .svg', [0x50, 0x4b, 0x03, 0x04]],
];

function refuseBinary(bytes: Uint8Array): void {
  if (bytes.length === 0)
    throw new XmlProblem('malformed', 'The file is empty. Choose another file, or save the drawing again.');
  for (const [what, magic] of KINDS) {
    if (magic.every((byte, i) => bytes[i] === byte)) throw new XmlProblem('malformed', `The file is ${what}.`);
  }
  if (byMark(bytes) === undefined && byZeros(bytes) === undefined && bytes.subarray(0, 1024).includes(0)) {
    throw new XmlProblem('malformed', 'The file is not text, so it is no SVG. Choose a file that ends in .svg.');
  }
}
