/**
 * A document's tree to an SVG file. Whatever its records say, what comes out is well-formed XML 1.0 with namespaces, and by
 * default only what the allow-list lets through (allow-list.ts). Comments that would end early are broken up, names that
 * aren't names and characters that XML forbids are left out, and namespace declarations are added where they are missing.
 */
import { isMark } from '#core/complete.ts';
import type { NodeRecord, Rid, TreeView } from '#core/types.ts';
import { safeSheet } from './css.ts';
import { MAX_DEPTH } from '#xml/limits.ts';
import { escapeText } from '#xml/escape.ts';
import { cleanText, isNcName, localName, RID_NS, SVG_NS, splitName, XLINK_NS } from '#xml/names.ts';
import { type AttributeOut, NamespaceScope } from '#xml/namespaces.ts';
import { exportProlog } from './prolog.ts';
import { exportableAttribute, isExportableElement, isExportablePi, needsPrefix, safeAttribute } from './allow-list.ts';
import { TEXT_ELEMENTS } from './vocabulary.ts';

export interface SerializeOptions {
  /** Spaces per level; absent: the white space of the document and no other. */
  readonly indent?: number;
  /** Write each element's rid as `limn:rid`, so that a file that comes back finds its elements again. */
  readonly identities?: boolean;
  /** Only these elements with what they hold, their ancestors, and the definitions and styles of those. */
  readonly only?: ReadonlySet<Rid>;
  /** Keep https references of images: only after a person has agreed, as opening the file fetches them. */
  readonly outsideImages?: boolean;
  /** Write everything that can be written, unsafe content included: for archives and comparisons, never for people. */
  readonly unsafe?: boolean;
}

/** The document as an SVG file. Without a usable root it is an empty `<svg>`. Elements deeper than 250 levels are left out. */
export function serializeSvg(view: TreeView, prolog = '', options: SerializeOptions = {}): string {
  return new Writer(view, options).document(prolog);
}

class Writer {
  readonly #view: TreeView;
  readonly #options: SerializeOptions;
  readonly #kept: ReadonlySet<Rid> | undefined;
  readonly #out: string[] = [];
  readonly #scope = new NamespaceScope();

  constructor(view: TreeView, options: SerializeOptions) {
    this.#view = view;
    this.#options = options;
    this.#kept = options.only === undefined ? undefined : ancestors(view, options.only);
  }

  document(prolog: string): string {
    this.#out.push(exportProlog(prolog));
    const root = this.#view.root();
    for (const rid of this.#view.children('')) {
      if (rid === root) this.#root(rid);
      else this.#besideRoot(rid);
    }
    if (root === undefined) this.#out.push(`<svg xmlns="${SVG_NS}"/>\n`);
    return this.#out.join('');
  }

  #root(rid: Rid): void {
    const record = this.#view.get(rid);
    const ns = record?.ns ?? SVG_NS;
    const wrap =
      record === undefined ||
      (this.#options.unsafe !== true && !(ns === SVG_NS && localName(record.name ?? '') === 'svg'));
    const before = this.#out.length;
    if (wrap) this.#out.push(`<svg xmlns="${SVG_NS}">`);
    if (wrap) this.#scope.enter(new Map([['', SVG_NS]]));
    const start = this.#out.length;
    if (record !== undefined)
      this.#element(record, SVG_NS, 1, this.#kept !== undefined && !(this.#options.only?.has(rid) ?? false), false);
    if (wrap) this.#out.push('</svg>');
    else if (this.#out.length === start) this.#out.splice(before, Number.POSITIVE_INFINITY, `<svg xmlns="${SVG_NS}"/>`);
    this.#out.push('\n');
  }

  #besideRoot(rid: Rid): void {
    const record = this.#view.get(rid);
    const before = this.#out.length;
    if (record?.type === 'comment') this.#comment(record);
    else if (record?.type === 'processinginstruction') this.#instruction(record);
    if (this.#out.length > before) this.#out.push('\n');
  }

  /** `filtered`: of the children only what `only` asks for. `indented`: white space may be added around this element. */
  #element(record: NodeRecord, parentNs: string, depth: number, filtered: boolean, indented: boolean): void {
    const ns = record.ns ?? parentNs;
    const name = record.name ?? '';
    if (depth > MAX_DEPTH || !this.#mayWrite(ns, name)) return;
    const start = this.#scope.resolve(ns, name, this.#attributes(record, ns, name), needsPrefix(ns, name));
    if (start === undefined) return;
    if (indented) this.#newLine(depth - 1);
    this.#out.push('<', start.name, start.attributes);
    const mark = this.#out.push('>');
    if (localName(name) === 'style' && ns === SVG_NS && this.#options.unsafe !== true) this.#sheet(record.rid);
    else this.#children(record.rid, ns, localName(name), depth, filtered);
    if (this.#out.length === mark) this.#out[mark - 1] = '/>';
    else this.#out.push('</', start.name, '>');
    this.#scope.leave(start);
  }

  #children(rid: Rid, ns: string, local: string, depth: number, filtered: boolean): void {
    const children = this.#view.children(rid);
    const indented =
      this.#options.indent !== undefined &&
      !TEXT_ELEMENTS.has(local) &&
      children.every((child) => this.#isBlankOrMarkup(child));
    const before = this.#out.length;
    for (const rid of children) {
      const child = this.#view.get(rid);
      if (child === undefined) continue;
      if (child.type === 'text') {
        if (!indented && !filtered) this.#out.push(escapeText(child.chdata ?? ''));
      } else if (child.type === 'element') {
        const wanted = !filtered || (this.#options.only?.has(rid) ?? false);
        if (wanted || this.#kept?.has(rid) === true) this.#element(child, ns, depth + 1, !wanted, indented);
        else if (isShared(child)) this.#element(child, ns, depth + 1, false, indented);
      } else if (!filtered) {
        const start = this.#out.length;
        if (indented) this.#newLine(depth);
        const marked = this.#out.length;
        if (child.type === 'comment') this.#comment(child);
        else if (child.type === 'processinginstruction') this.#instruction(child);
        if (this.#out.length === marked) this.#out.length = start;
      }
    }
    if (indented && this.#out.length > before) this.#newLine(depth - 1);
  }

  #sheet(rid: Rid): void {
    const text = this.#view
      .children(rid)
      .map((child) => textOf(this.#view.get(child)))
      .join('');
    const safe = safeSheet(text, 'export');
    if (safe !== '') this.#out.push(escapeText(safe));
  }

  #attributes(record: NodeRecord, ns: string, name: string): AttributeOut[] {
    const list: AttributeOut[] = [];
    for (const rid of this.#view.attributes(record.rid)) {
      const attribute = this.#view.get(rid);
      if (attribute?.name === undefined) continue;
      // A file that doesn't come back to a board is nobody's to reopen.
      if (isMark(attribute) && this.#options.identities !== true) continue;
      const value = this.#value(ns, name, attribute.ns, attribute.name, attribute.chdata ?? '');
      if (value !== null) list.push({ ns: attribute.ns ?? '', name: attribute.name, value: cleanText(value) });
    }
    if (this.#options.identities === true) list.push({ ns: RID_NS, name: 'limn:rid', value: cleanText(record.rid) });
    return list;
  }

  #value(elementNs: string, elementName: string, ns: string | undefined, name: string, value: string): string | null {
    if (this.#options.unsafe === true) return ns === RID_NS ? null : value;
    const safe = exportableAttribute(elementNs, elementName, ns, name, value);
    if (safe !== null || this.#options.outsideImages !== true) return safe;
    const href = localName(name) === 'href' && (ns === undefined || ns === '' || ns === XLINK_NS);
    return href ? safeAttribute('record', elementNs, elementName, ns, name, value) : null;
  }

  #mayWrite(ns: string, name: string): boolean {
    return this.#options.unsafe === true ? splitName(name) !== undefined : isExportableElement(ns, name);
  }

  /** A comment may hold no `--`; one that begins with `>` or `->` would be over at once for a reader of HTML. */
  #comment(record: NodeRecord): void {
    const data = cleanText(record.chdata ?? '')
      .replace(/--+/g, (run) => run.split('').join(' '))
      .replace(/-$/, '- ')
      .replace(/^(?=-?>)/, ' ');
    this.#out.push('<!--', data.replaceAll('\r', ' '), '-->');
  }

  #instruction(record: NodeRecord): void {
    const target = record.pitarget ?? '';
    const may =
      this.#options.unsafe === true ? isNcName(target) && target.toLowerCase() !== 'xml' : isExportablePi(target);
    if (!may) return;
    const data = cleanText(record.pidata ?? '')
      .replaceAll('?>', '? >')
      .replaceAll('\r', ' ')
      .trimStart();
    this.#out.push('<?', target, data === '' ? '' : ` ${data}`, '?>');
  }

  #isBlankOrMarkup(rid: Rid): boolean {
    const record = this.#view.get(rid);
    return record?.type !== 'text' || (record.chdata ?? '').trim() === '';
  }

  #newLine(depth: number): void {
    this.#out.push('\n', ' '.repeat(depth * Math.max(0, Math.min(8, this.#options.indent ?? 0))));
  }
}

/** Definitions and styles belong to every part of the drawing. */
function isShared(record: NodeRecord): boolean {
  const local = localName(record.name ?? '');
  return (
    local === 'defs' ||
    local === 'style' ||
    local.endsWith('Gradient') ||
    /^(?:marker|pattern|filter|mask|clipPath|symbol)$/.test(local)
  );
}

function ancestors(view: TreeView, only: ReadonlySet<Rid>): Set<Rid> {
  const kept = new Set<Rid>();
  for (const rid of only) {
    for (let at: Rid | undefined = rid; at !== undefined && at !== '' && !kept.has(at); at = view.parentOf(at))
      kept.add(at);
  }
  return kept;
}

function textOf(record: NodeRecord | undefined): string {
  return record?.type === 'text' ? (record.chdata ?? '') : '';
}
