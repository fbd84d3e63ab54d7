/** The log of traffic: stanzas as text, with passwords, tokens and SASL's data taken out. */
import xml, { type Element } from '@xmpp/xml';

/** Takes each element sent or received, already without secrets. */
export type TrafficLog = (direction: 'in' | 'out', text: string) => void;

const SECRET_NAMESPACES = new Set([
  'urn:ietf:params:xml:ns:xmpp-sasl',
  'urn:xmpp:sasl:2',
  'urn:xmpp:fast:0',
  'jabber:iq:auth',
  'jabber:iq:register',
]);
const SECRET_NAMES = new Set(['password', 'token', 'secret', 'digest', 'previd', 'header']);
/** Form fields that hold secrets (room configuration, registration). */
const SECRET_FIELD = /password|secret|token/i;
const HIDDEN = '[removed]';

/** A copy in which every secret is replaced. */
export function withoutSecrets(element: Element, inherited = false): Element {
  const name = element.getName();
  const ns = element.getNS() ?? '';
  const field = name === 'field' && SECRET_FIELD.test(String(element.attrs['var'] ?? ''));
  // Which condition or mechanism it was is no secret; the data are.
  const secret = inherited || field || SECRET_NAMES.has(name) || (SECRET_NAMESPACES.has(ns) && name !== 'mechanism');
  // What opens an uploaded file, and what lets one upload.
  const opens = name === 'limn-upload' ? 'key' : undefined;
  const attrs = Object.fromEntries(
    Object.entries(element.attrs as Record<string, unknown>).map(([key, value]) => [
      key,
      SECRET_NAMES.has(key) || key === opens ? HIDDEN : value,
    ]),
  );
  const children = element.children.map((child) => {
    if (typeof child === 'object' && child !== null) return withoutSecrets(child, inherited || field);
    return secret && String(child).trim() !== '' ? HIDDEN : child;
  });
  const copy = xml(element.name, attrs);
  copy.append(...children);
  copy.parent = element.parent;
  return copy;
}
