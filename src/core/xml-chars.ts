/** What XML 1.0 lets into names and text, and how qualified names split. Pure string helpers that rules and builders share. */

const NAME_START =
  'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}';
const NAME = `[${NAME_START}][-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040${NAME_START}]*`;
const QNAME = new RegExp(`^${NAME}(?::${NAME})?$`, 'u');
const NCNAME = new RegExp(`^${NAME}$`, 'u');
const FORBIDDEN =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Names seen lately. Documents use a few dozen; a hostile peer's flood of names empties it. */
let seenNames = new Map<string, boolean>();

/** Whether `name` is a qualified name (Namespaces in XML 1.0, QName). */
export function isQName(name: string): boolean {
  const seen = seenNames.get(name);
  if (seen !== undefined) return seen;
  const is = name.length <= 1024 && QNAME.test(name);
  if (seenNames.size >= 2048) seenNames = new Map();
  seenNames.set(name, is);
  return is;
}

/** Whether `target` may name a processing instruction (XML 1.0, PITarget; `xml` itself is the declaration). */
export function isPiTarget(target: string): boolean {
  return target.length <= 1024 && NCNAME.test(target) && target.toLowerCase() !== 'xml';
}

/** A value no longer than this is looked at letter by letter, which is sooner done than a search begun. */
const SHORT = 32;

/** Whether every character may stand in an XML 1.0 document (Char production; no lone surrogates). */
export function isXmlText(text: string): boolean {
  return (text.length <= SHORT && isAsciiText(text)) || !FORBIDDEN.test(text);
}

/** Whether a text holds nothing but visible ASCII and spaces. */
export function isAsciiText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit > 0x7e) return false;
  }
  return true;
}

/** The part of a qualified name behind its prefix. */
export function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

/** Whether `index` lies between the halves of a surrogate pair of `text`. */
export function splitsPair(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return false;
  const before = text.charCodeAt(index - 1);
  const after = text.charCodeAt(index);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
