/**
 * What of notes may be used. A peer may record anything; the page, exports and our own edits ask here, as for drawings
 * (src/svg/allow-list.ts). Elements are in one of three ways: let through, left out with all that they hold, or
 * transparent: they themselves are left out, and what they hold stands in their place.
 */
import { isLink } from '#xml/link.ts';
import { localName, XML_NS } from '#xml/names.ts';
import { ELEMENTS, LEFT_OUT, XHTML_NS } from './vocabulary.ts';

export type Passage = 'through' | 'transparent' | 'out';

/** How an element is let through. `ns` is the effective namespace; `name` the qualified name. */
export function passageOf(ns: string, name: string): Passage {
  if (ns !== XHTML_NS) return 'out';
  const local = localName(name);
  if (ELEMENTS.has(local)) return 'through';
  return LEFT_OUT.has(local.toLowerCase()) ? 'out' : 'transparent';
}

/** The value with which an attribute may be used on an element of XHTML, or null. `attrNs` `''` or undefined: none. */
export function safeAttribute(
  element: string,
  attrNs: string | undefined,
  attrName: string,
  value: string,
): string | null {
  const local = localName(attrName);
  if (attrNs === XML_NS) return local === 'lang' ? language(value) : null;
  if ((attrNs ?? '') !== '' || attrName !== local) return null;
  switch (local) {
    case 'lang':
      return language(value);
    case 'dir':
      return /^(?:ltr|rtl|auto)$/.test(value) ? value : null;
    case 'title':
      return value.length <= 1024 ? value : null;
    case 'href':
      return localName(element) === 'a' && isLink(value.trim()) ? value.trim() : null;
    case 'data-done':
      return /^(?:true|false)$/.test(value) ? value : null;
    case 'start':
      return localName(element) === 'ol' && /^\d{1,6}$/.test(value) ? value : null;
    default:
      return null;
  }
}

/** A language tag (BCP 47, loosely). */
function language(value: string): string | null {
  return /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}$/.test(value) ? value : null;
}
