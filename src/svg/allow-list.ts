/**
 * The allow-list. Every place that uses content (projection, export, thumbnails, import, paste) asks here, because a document may
 * hold anything that a peer sent: it is recorded, but never drawn, exported or fetched unless this file lets it.
 *
 * Three uses, each letting more through than the one before. *Draw*: SVG elements that make a picture, with the attributes
 * that matter to it. *Export*: also data: links, `data-*`, and elements and attributes of other namespaces (Inkscape's,
 * RDF, …), which no viewer acts on. *Record* (files and pastes): also https references of images, to be fetched
 * with consent. Nothing that runs, nothing of HTML, and no other reference outside the document passes in any of them.
 */
import { safeStyle, safeValue } from './css.ts';
import { isUsableNamespace, localName, RID_NS, SVG_NS, splitName, XLINK_NS, XML_NS, XMLNS_NS } from '#xml/names.ts';
import { safeHref, type Use } from './url.ts';
import {
  ANIMATIONS,
  ELEMENTS,
  HTML_NAMES,
  isAnimatable,
  isDataAttribute,
  PRESENTATION,
  XLINK_DATA,
  XML_DATA,
} from './vocabulary.ts';

/** True for an element that may be drawn. `name` is the qualified name; `ns` the effective namespace. */
export function isDrawableElement(ns: string, name: string): boolean {
  return ns === SVG_NS && ELEMENTS.has(localName(name));
}

/** True for an element that may be written to a file: drawable ones, and data of other namespaces. */
export function isExportableElement(ns: string, name: string): boolean {
  if (ns === SVG_NS) return isDrawableElement(ns, name) && splitName(name) !== undefined;
  const qname = splitName(name);
  if (qname === undefined) return false;
  // Without a namespace there is no prefix to keep it from becoming an element of a page that the file is pasted into.
  return ns === '' ? !isReserved(qname.local) : isHarmlessNamespace(ns);
}

/** True when an element of another namespace must not be written without a prefix (see HTML_NAMES). */
export function needsPrefix(ns: string, name: string): boolean {
  return ns !== SVG_NS && ns !== '' && isReserved(localName(name));
}

const RESERVED = new Set([...HTML_NAMES, ...[...ELEMENTS].map((name) => name.toLowerCase())]);

function isReserved(local: string): boolean {
  return RESERVED.has(local.toLowerCase());
}

/** The value with which an attribute may be drawn, or null. `attrNs` `''` or undefined: none. Namespace declarations aren't drawn. */
export function drawableAttribute(
  elementNs: string,
  elementName: string,
  attrNs: string | undefined,
  attrName: string,
  value: string,
): string | null {
  return safeAttribute('draw', elementNs, elementName, attrNs, attrName, value);
}

/** The value with which an attribute may be written to a file, or null. Namespace declarations included. */
export function exportableAttribute(
  elementNs: string,
  elementName: string,
  attrNs: string | undefined,
  attrName: string,
  value: string,
): string | null {
  return safeAttribute('export', elementNs, elementName, attrNs, attrName, value);
}

/** As `drawableAttribute`, for any use. */
export function safeAttribute(
  use: Use,
  elementNs: string,
  elementName: string,
  attrNs: string | undefined,
  attrName: string,
  value: string,
): string | null {
  const svg = elementNs === SVG_NS;
  if (use === 'draw' && !svg) return null;
  const ns = attrNs ?? '';
  if (ns === '') {
    if (attrName.includes(':')) return null;
    return svg ? ownAttribute(use, localName(elementName), attrName, value) : foreignValue(attrName, value);
  }
  const local = localName(attrName);
  if (ns === XLINK_NS) {
    if (local === 'href') return svg ? safeHref(localName(elementName), value, use) : null;
    return use !== 'draw' && XLINK_DATA.has(local) && !isScript(value) ? value : null;
  }
  if (ns === XML_NS) return XML_DATA.has(local) ? value : null;
  if (ns === XMLNS_NS) return use === 'draw' ? null : namespaceValue(use, value);
  // The identities of an exported file may come in with it; they are written anew on the way out, never from records.
  if (ns === RID_NS) return use === 'record' ? value : null;
  if (use === 'draw' || !isHarmlessNamespace(ns)) return null;
  return foreignValue(local, value);
}

/** Attributes without a namespace on an SVG element. */
function ownAttribute(use: Use, element: string, name: string, value: string): string | null {
  if (PRESENTATION.has(name)) return safeValue(name, value);
  if (name === 'style') return safeStyle(value);
  if (name === 'href') return safeHref(element, value, use);
  if (name === 'attributeName') return ANIMATIONS.has(element) && isAnimatable(value) ? value : null;
  if (!isDataAttribute(name)) return null;
  if (use === 'draw' && UNDRAWN.test(name)) return null;
  if (!ANIMATIONS.has(element)) return isScript(value) ? null : value;
  return ANIMATED_VALUES.has(name) ? animatedValue(value) : value;
}

/** Data that draws nothing but would act on the page, its focus or its accessibility tree. */
const UNDRAWN = /^(?:data-.*|aria-.*|role|tabindex|focusable|target|rel|hreflang)$/;
const ANIMATED_VALUES = new Set(['from', 'to', 'by', 'values']);

function animatedValue(value: string): string | null {
  return !isScript(value) && value.split(';').every((part) => safeValue('', part) !== null) ? value : null;
}

/** An attribute of another namespace, or on an element of one: data, except what a page would act on. */
function foreignValue(local: string, value: string): string | null {
  if (/^on/i.test(local) || isScript(value)) return null;
  return local.toLowerCase() === 'style' ? safeStyle(value) : value;
}

const SCRIPTS = new Set(['javascript', 'vbscript', 'livescript', 'mocha', 'data', 'filesystem', 'blob', 'view-source']);
const RASTER_DATA = /^\s*data:image\/(?:png|jpe?g|gif|webp)[;,]/i;
/** What some reader of addresses strips: control characters, blanks, and marks that can't be seen. */
const UNSEEN = /[\u0000-\u0020\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g;

/** True for a value that a program which takes it for an address could run. */
function isScript(value: string): boolean {
  const colon = value.indexOf(':');
  if (colon < 0) return false;
  const scheme = value.slice(0, colon).replace(UNSEEN, '').toLowerCase();
  return SCRIPTS.has(scheme) && !RASTER_DATA.test(value);
}

function namespaceValue(use: Use, value: string): string | null {
  if (value === '' || value === SVG_NS || value === XLINK_NS || value === XML_NS) return value;
  return isHarmlessNamespace(value) || (value === RID_NS && use === 'record') ? value : null;
}

/** The W3C's namespaces that carry data; its others carry behaviour (HTML, MathML, XSLT, XForms, events, XInclude, …). */
const W3C_DATA = new Set([
  'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  'http://www.w3.org/2000/01/rdf-schema#',
  'http://www.w3.org/2001/XMLSchema#',
  'http://www.w3.org/2002/07/owl#',
  'http://www.w3.org/2004/02/skos/core#',
  'http://www.w3.org/ns/prov#',
]);
const ACTIVE =
  /\/\/(?:www\.)?w3\.org|w3\.org\/|mozilla\.org\/(?:keymaster|xbl|xul)|schemas-microsoft-com|xhtml|wml|vml/i;

/** A namespace on which no viewer acts. Spellings that resemble an active one are taken for it. */
function isHarmlessNamespace(ns: string): boolean {
  if (W3C_DATA.has(ns)) return true;
  return (
    isUsableNamespace(ns) && ns !== XMLNS_NS && ns !== XML_NS && ns !== RID_NS && !ACTIVE.test(ns) && !isScript(ns)
  );
}

/** True for a processing instruction that may be kept: style sheets and other orders to whoever reads the file may not. */
export function isExportablePi(target: string): boolean {
  return splitName(target)?.prefix === '' && !/^(?:xml|php|mso|import)/i.test(target);
}
