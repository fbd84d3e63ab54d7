/** Text as XML 1.0 allows it, the escapes of Limn's own elements, and base64 of bytes. */
import xml, { type Element } from '@xmpp/xml';

export { type Element, xml };

const ILLEGAL =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const ILLEGAL_ONE = new RegExp(ILLEGAL.source);

/** Whether every character is one that XML 1.0 allows (section 2.2, Char); lone surrogates are not. */
export function isXmlText(text: string): boolean {
  return !ILLEGAL_ONE.test(text);
}

/** The text with U+FFFD for each character that XML forbids: sent as it is, one would end the stream. */
export function toXmlText(text: string): string {
  return text.replace(ILLEGAL, '\ufffd');
}

const NAME_START =
  ':A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\u{10000}-\u{effff}';
const NAME = new RegExp(`^[${NAME_START}][${NAME_START}.0-9\u00b7\u0300-\u036f\u203f\u2040-]*$`, 'u');

/** Whether the text can name an element, attribute or processing instruction (XML 1.0, section 2.3, Name). */
export function isXmlName(text: string): boolean {
  return NAME.test(text);
}

/** Whether a value would lose its TAB, LF or CR in an XML attribute that a server re-serialises raw (DESIGN section 3). */
export function hasAttributeBreaks(text: string): boolean {
  return /[\t\n\r]/.test(text);
}

/** The value as a conforming parser reads it from an attribute in which TAB, LF and CR stand raw. */
export function asAttribute(text: string): string {
  return text.replace(/[\t\n\r]/g, ' ');
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const UNESCAPES: Readonly<Record<string, string>> = { '\\': '\\', t: '\t', n: '\n', r: '\r' };

/** Backslash escapes for TAB, LF, CR and the backslash, so that the text survives every hop. */
export function escapeBreaks(text: string): string {
  return text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}

/** Undoes {@link escapeBreaks}, or undefined when the text holds an escape that is none of its. */
export function unescapeBreaks(text: string): string | undefined {
  let known = true;
  const plain = text.replace(/\\([\s\S]?)/g, (_, code: string) => {
    const character = UNESCAPES[code];
    if (character === undefined) known = false;
    return character ?? '';
  });
  return known ? plain : undefined;
}

/** Base64 of bytes (RFC 4648, section 4). */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

/** The bytes of a base64 text (white space ignored), or undefined when it is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** An attribute's value, or undefined. */
export function attribute(element: Element, name: string): string | undefined {
  const attrs: Readonly<Record<string, unknown>> = element.attrs;
  const value = Object.hasOwn(attrs, name) ? attrs[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** The child elements in document order. */
export function childElements(element: Element): Element[] {
  return element.children.filter((child): child is Element => typeof child === 'object' && child !== null);
}

/** The first child element with this name and namespace. */
export function childOf(element: Element, name: string, ns: string): Element | undefined {
  return element.getChild(name, ns);
}

const DIGITS = /^\d{1,15}$/;

/** A non-negative integer up to `max`, or undefined for anything else. */
export function parseCount(text: string | undefined, max = Number.MAX_SAFE_INTEGER): number | undefined {
  if (text === undefined || !DIGITS.test(text)) return undefined;
  const count = Number(text);
  return count <= max ? count : undefined;
}

/** Whether a child is an element, not text. */
export function isElement(child: unknown): child is Element {
  return typeof child === 'object' && child !== null;
}
