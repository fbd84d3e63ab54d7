/**
 * The last fence before the page: whatever main sends, nothing here can run script, load from outside or leave the
 * drawing. Main's allow-list (svg/safe) is the first; this one only has to be right, not complete.
 */

export const SVG_NS = 'http://www.w3.org/2000/svg';
const XLINK_NS = 'http://www.w3.org/1999/xlink';
const XML_NS = 'http://www.w3.org/XML/1998/namespace';

/** Elements that run, animate (an animation can write an href) or hold foreign content. */
const FORBIDDEN = /^(script|foreignobject|handler|listener|iframe|set|animate.*|discard|audio|video|canvas)$/i;
const REFERRING = new Set([
  'use',
  'textPath',
  'linearGradient',
  'radialGradient',
  'pattern',
  'filter',
  'mpath',
  'feImage',
]);
const PICTURE = /^data:image\/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/=\s]*$/;
const OUTSIDE = /url\(\s*(?!['"]?#)|image-set|cross-fade|element\s*\(|src\s*\(|@import|javascript:|expression\s*\(/i;

/** True for an SVG element that may be made; others are drawn as nothing. */
export function mayDraw(ns: string, name: string): boolean {
  return ns === SVG_NS && !FORBIDDEN.test(name.slice(name.indexOf(':') + 1)) && /^[A-Za-z][\w.-]*$/.test(name);
}

/** True for CSS text that refers to nothing outside the drawing. An escape could hide a name, so there may be none. */
export const safeCss = (text: string): boolean => !text.includes('\\') && !OUTSIDE.test(text);

/** Writes an attribute if it is harmless and returns whether it was. `style` goes through the CSSOM: a strict content
 *  security policy ignores it as an attribute. */
export function writeAttribute(element: SVGElement, ns: string | undefined, name: string, value: string): boolean {
  const local = name.slice(name.indexOf(':') + 1);
  if (/^on/i.test(local) || name === 'xmlns' || name.startsWith('xmlns:')) return false;
  if (local === 'href') {
    if (!mayRefer(element.localName, value)) return false;
    element.setAttributeNS(ns === XLINK_NS ? XLINK_NS : null, ns === XLINK_NS ? 'xlink:href' : 'href', value);
    return true;
  }
  if (local === 'src' || local === 'base') return false;
  if (name === 'style' && !ns) {
    if (!safeCss(value)) return false;
    element.style.cssText = value;
    return true;
  }
  if (value.includes('(') && !safeCss(value)) return false;
  if (!/^[A-Za-z_][\w.:-]*$/.test(name)) return false;
  if (ns === XML_NS) element.setAttributeNS(XML_NS, `xml:${local}`, value);
  else if (ns) element.setAttributeNS(ns, name.includes(':') ? name : `n:${name}`, value);
  else if (!name.includes(':')) element.setAttribute(name, value);
  return true;
}

function mayRefer(element: string, value: string): boolean {
  if (element === 'image') return PICTURE.test(value);
  return REFERRING.has(element) && (/^#[^\s]+$/.test(value) || (element === 'feImage' && PICTURE.test(value)));
}

/** Takes an attribute away. */
export function dropAttribute(element: SVGElement, ns: string | undefined, name: string): void {
  const local = name.slice(name.indexOf(':') + 1);
  if (name === 'style' && !ns) element.style.cssText = '';
  if (ns) element.removeAttributeNS(ns, local);
  else element.removeAttribute(name);
}
