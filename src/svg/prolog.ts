/**
 * The prolog as a board keeps it and as SXE sends it: the XML declaration and the document type declaration, as text.
 * Comments and processing instructions before the root are records and not part of it. A prolog may come from a peer, so
 * `exportProlog` writes only what it understands and knows to be harmless.
 */
import type { Doctype } from '#xml/doctype.ts';
import { readDoctype } from '#xml/doctype.ts';
import { XmlProblem } from '#xml/problem.ts';

/** The public document types of SVG, which every reader knows without fetching them. */
const KNOWN = new Map([
  ['-//W3C//DTD SVG 1.0//EN', 'http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd'],
  ['-//W3C//DTD SVG 20010904//EN', 'http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd'],
  ['-//W3C//DTD SVG 1.1//EN', 'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'],
  ['-//W3C//DTD SVG 1.1 Basic//EN', 'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11-basic.dtd'],
  ['-//W3C//DTD SVG 1.1 Tiny//EN', 'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11-tiny.dtd'],
]);

const DECLARATION = /^\ufeff?<\?xml\s[^<>]*?\?>/;
const STANDALONE = /\sstandalone\s*=\s*(?:"(yes|no)"|'(yes|no)')/;
const MAX_PROLOG = 64 * 1024;

/** The prolog of a file: `''` when it has none. The internal subset is left behind: its entities have been resolved. */
export function prologOf(text: string, doctype: Doctype | undefined): string {
  return [declaration(text), doctype === undefined ? '' : doctypeText(doctype)]
    .filter((part) => part !== '')
    .join('\n');
}

/** What an export begins with, each part on its own line; `''` for an empty or unreadable prolog. Never throws. */
export function exportProlog(prolog: string): string {
  if (prolog === '' || prolog.length > MAX_PROLOG) return '';
  let doctype: Doctype | undefined;
  try {
    doctype = readDoctype(prolog);
  } catch (error) {
    if (!(error instanceof XmlProblem)) throw error;
  }
  const type = doctype === undefined ? '' : doctypeText(doctype);
  return [declaration(prolog), type]
    .filter((part) => part !== '')
    .map((part) => `${part}\n`)
    .join('');
}

/** The text is a string from here on and is written as UTF-8, so this is the only encoding it may name. */
function declaration(text: string): string {
  const found = DECLARATION.exec(text)?.[0];
  if (found === undefined) return '';
  const standalone = STANDALONE.exec(found);
  const value = standalone?.[1] ?? standalone?.[2];
  return `<?xml version="1.0" encoding="UTF-8"${value === undefined ? '' : ` standalone="${value}"`}?>`;
}

/** A document type with an address that isn't a known one could make its reader fetch it, so it is left out. */
function doctypeText({ name, publicId, systemId }: Doctype): string {
  if (name !== 'svg' && !/^[A-Za-z_][\w.-]*:svg$/.test(name)) return '';
  const known = publicId === undefined ? undefined : KNOWN.get(publicId.trim().replace(/\s+/g, ' '));
  if (publicId !== undefined && known !== undefined)
    return `<!DOCTYPE ${name} PUBLIC "${publicId.trim().replace(/\s+/g, ' ')}" "${known}">`;
  return systemId === undefined ? `<!DOCTYPE ${name}>` : '';
}
