/** XML's vocabulary that parsing, the allow-list and serialising share: namespaces, names and permitted characters. */

export const SVG_NS = 'http://www.w3.org/2000/svg';
export const XLINK_NS = 'http://www.w3.org/1999/xlink';
export const XML_NS = 'http://www.w3.org/XML/1998/namespace';
export const XMLNS_NS = 'http://www.w3.org/2000/xmlns/';
/** Exported identities: `<rect limn:rid="…">` (serializeSvg's `identities`). */
export const RID_NS = 'urn:x-limn:rid:0';

const START =
  'A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}' +
  '\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}';
const NCNAME = new RegExp(`^[${START}][${START}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}]*$`, 'u');
const PLAIN_NCNAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** Names longer than this are nobody's; they would only be a burden to every parser that reads an export. */
const MAX_NAME = 1024;

/** True for a name without a colon that XML 1.0 (fifth edition) and Namespaces in XML allow. */
export function isNcName(name: string): boolean {
  return name.length <= MAX_NAME && (PLAIN_NCNAME.test(name) || NCNAME.test(name));
}

export interface QName {
  readonly prefix: string;
  readonly local: string;
}

/** Splits a qualified name; undefined when it isn't one. Drawings use few names, so the first ones are remembered. */
export function splitName(name: string): QName | undefined {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const split = readName(name);
  if (split !== undefined && remembered.size < MAX_REMEMBERED && name.length < 64) remembered.set(name, split);
  return split;
}

const MAX_REMEMBERED = 1000;
const remembered = new Map<string, QName>();

function readName(name: string): QName | undefined {
  const colon = name.indexOf(':');
  if (colon < 0) return isNcName(name) ? { prefix: '', local: name } : undefined;
  const prefix = name.slice(0, colon);
  const local = name.slice(colon + 1);
  return isNcName(prefix) && isNcName(local) ? { prefix, local } : undefined;
}

/** The part after the colon, whatever the name; for names that are looked up in a list afterwards. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** A namespace that can be declared. White space is refused because parsers differ on trimming it. */
export function isUsableNamespace(uri: string): boolean {
  return (
    uri.length > 0 &&
    uri.length <= MAX_NAME &&
    !/[\u0000-\u0020<>"&\u007f\u00a0\u{d800}-\u{dfff}\ufffe\uffff]/u.test(uri)
  );
}

const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\u{d800}-\u{dfff}]/gu;

const SUSPECT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/;

/** The text without what XML 1.0 forbids: control characters, U+FFFE, U+FFFF and lone surrogates. */
export function cleanText(text: string): string {
  return SUSPECT.test(text) ? text.replace(FORBIDDEN, '') : text;
}
