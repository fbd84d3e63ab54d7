/** Namespace declarations while a tree is written: which prefixes are bound, and what an element must declare anew. */
import { isUsableNamespace, RID_NS, SVG_NS, splitName, XLINK_NS, XML_NS, XMLNS_NS } from './names.ts';
import { escapeValue } from './escape.ts';

export interface AttributeOut {
  /** `''`: none. Declarations are in XMLNS_NS. */
  readonly ns: string;
  readonly name: string;
  readonly value: string;
}

export interface StartTag {
  /** The qualified name to write. */
  readonly name: string;
  /** ` name="value"` of every attribute, declarations first. */
  readonly attributes: string;
  /** Bindings that end with the element: prefix and what it was bound to before. */
  readonly undo: readonly (readonly [string, string | undefined])[];
}

const USUAL = new Map([
  [XLINK_NS, 'xlink'],
  [SVG_NS, 'svg'],
  [RID_NS, 'limn'],
]);

export class NamespaceScope {
  readonly #bound = new Map<string, string>([['', '']]);
  /** A prefix that was bound to a namespace lately; to be checked against `#bound`. */
  readonly #hints = new Map<string, string>();
  #generated = 0;

  /** Binds declarations that are written by other means. */
  enter(declarations: ReadonlyMap<string, string>): void {
    for (const [prefix, uri] of declarations) this.#bind(prefix, uri, []);
  }

  /**
   * What a start tag must say so that it means `ns` and `attributes`: declarations among the attributes are kept unless
   * the element's own name contradicts them. Undefined when the element can't be written. To be paired with `leave`.
   */
  resolve(ns: string, name: string, attributes: readonly AttributeOut[], forcePrefix: boolean): StartTag | undefined {
    const qname = splitName(name);
    if (qname === undefined || ns === XMLNS_NS || (ns !== '' && ns !== XML_NS && !isUsableNamespace(ns)))
      return undefined;
    const undo: [string, string | undefined][] = [];
    const declared = declarationsOf(attributes);
    const prefix = elementPrefix(ns, qname.prefix, forcePrefix);
    if (prefix === undefined) {
      for (const [p, uri] of declared) this.#bind(p, uri, undo);
      const made = this.#prefixFor(ns, qname.prefix, declared, undo);
      return this.#tag(`${made}:${qname.local}`, attributes, declared, undo);
    }
    // The element's own name outranks a declaration that would give it another meaning.
    if (declared.has(prefix) && declared.get(prefix) !== ns) declared.delete(prefix);
    if (prefix !== 'xml' && !declared.has(prefix) && this.#bound.get(prefix) !== ns) declared.set(prefix, ns);
    for (const [p, uri] of declared) this.#bind(p, uri, undo);
    return this.#tag(prefix === '' ? qname.local : `${prefix}:${qname.local}`, attributes, declared, undo);
  }

  leave(tag: StartTag): void {
    for (let i = tag.undo.length - 1; i >= 0; i--) {
      const [prefix, before] = tag.undo[i] ?? ['', ''];
      if (before === undefined) this.#bound.delete(prefix);
      else this.#bound.set(prefix, before);
    }
  }

  #tag(
    name: string,
    attributes: readonly AttributeOut[],
    declared: Map<string, string>,
    undo: [string, string | undefined][],
  ): StartTag {
    const seen = new Set<string>();
    let plain = '';
    for (const attribute of attributes) {
      if (attribute.ns === XMLNS_NS) continue;
      const written = this.#attributeName(attribute, declared, undo);
      if (written === undefined) continue;
      const expanded = attribute.ns === '' ? written.local : `${attribute.ns} ${written.local}`;
      if (seen.has(expanded)) continue;
      seen.add(expanded);
      plain += ` ${written.name}="${escapeValue(attribute.value)}"`;
    }
    let declarations = '';
    for (const [prefix, uri] of declared)
      declarations += ` ${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${escapeValue(uri)}"`;
    return { name, attributes: declarations + plain, undo };
  }

  #attributeName(
    { ns, name }: AttributeOut,
    declared: Map<string, string>,
    undo: [string, string | undefined][],
  ): { name: string; local: string } | undefined {
    const qname = splitName(name);
    if (qname === undefined) return undefined;
    const { prefix, local } = qname;
    if (ns === '') return prefix === '' && local !== 'xmlns' ? { name, local } : undefined;
    if (ns === XML_NS) return { name: `xml:${local}`, local };
    if (!isUsableNamespace(ns)) return undefined;
    return { name: `${this.#prefixFor(ns, prefix, declared, undo)}:${local}`, local };
  }

  /** A prefix bound to `ns` here: the wanted one if it is or can be, else any that is, else a new one. */
  #prefixFor(ns: string, wanted: string, declared: Map<string, string>, undo: [string, string | undefined][]): string {
    if (wanted !== '' && this.#bound.get(wanted) === ns) return wanted;
    const hint = this.#hints.get(ns);
    const free = (prefix: string): boolean =>
      prefix !== '' && prefix !== 'xml' && prefix !== 'xmlns' && !this.#bound.has(prefix);
    let prefix = wanted;
    if (!free(prefix)) {
      if (hint !== undefined && this.#bound.get(hint) === ns) return hint;
      prefix = USUAL.get(ns) ?? '';
      while (!free(prefix)) prefix = `ns${++this.#generated}`;
    }
    declared.set(prefix, ns);
    this.#bind(prefix, ns, undo);
    return prefix;
  }

  #bind(prefix: string, uri: string, undo: [string, string | undefined][]): void {
    undo.push([prefix, this.#bound.get(prefix)]);
    this.#bound.set(prefix, uri);
    if (prefix !== '' && uri !== '') this.#hints.set(uri, prefix);
  }
}

/** The prefix an element's name has, or undefined when a new one must be found. */
function elementPrefix(ns: string, prefix: string, forcePrefix: boolean): string | undefined {
  if (ns === XML_NS) return 'xml';
  if (ns === '') return '';
  if (prefix === 'xml' || prefix === 'xmlns' || (prefix === '' && forcePrefix)) return undefined;
  return prefix;
}

/** The declarations among the attributes that Namespaces in XML 1.0 allows. */
function declarationsOf(attributes: readonly AttributeOut[]): Map<string, string> {
  const declared = new Map<string, string>();
  for (const { ns, name, value } of attributes) {
    if (ns !== XMLNS_NS) continue;
    if (name === 'xmlns') {
      if (value === '' || (isUsableNamespace(value) && value !== XML_NS && value !== XMLNS_NS)) declared.set('', value);
      continue;
    }
    const qname = splitName(name);
    if (qname?.prefix !== 'xmlns' || qname.local === 'xml' || qname.local === 'xmlns') continue;
    if (isUsableNamespace(value) && value !== XML_NS && value !== XMLNS_NS && !declared.has(qname.local))
      declared.set(qname.local, value);
  }
  return declared;
}
