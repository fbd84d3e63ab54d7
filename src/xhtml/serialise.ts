/**
 * Notes to a file: XHTML that is well-formed and reads alike as HTML 5, whatever the records say. Only what the allow-list lets
 * through is written, and where the elements that hold it allow it: what is no item in a list becomes one, a block among
 * phrases gives way to its phrases.
 */
import type { NodeRecord, Rid, TreeView } from '#core/types.ts';
import { escapeText, escapeValue } from '#xml/escape.ts';
import { cleanText, localName } from '#xml/names.ts';
import { passageOf, safeAttribute } from './allow-list.ts';
import { EMPTY, LINES, LISTS, MAX_NESTING, PHRASES, XHTML_NS } from './vocabulary.ts';

export interface NotesFile {
  /** What the file is called by readers. */
  readonly title: string;
}

/** What may stand where we write: any text and blocks, items of a list, or phrases alone. */
type Place = 'flow' | 'items' | 'phrases';

/** Boxes before the items of a checklist, for readers of the file. */
const CHECKLIST =
  '<style>li[data-done]{list-style:none}li[data-done]::before{content:"\\2610\\a0"}li[data-done="true"]::before{content:"\\2611\\a0"}</style>\n';

/** The notes as an XHTML file. Without a usable root its body is empty. */
export function serializeXhtml(view: TreeView, { title }: NotesFile): string {
  const root = view.root();
  const record = root === undefined ? undefined : view.get(root);
  const writer = new Writer(view);
  if (record !== undefined) writer.element(record, XHTML_NS, 'flow', 0, false);
  const body = writer.text();
  const lang = record === undefined ? null : languageOf(view, record.rid);
  const says = lang === null ? '' : ` lang="${lang}" xml:lang="${lang}"`;
  return (
    `<!DOCTYPE html>\n<html xmlns="${XHTML_NS}"${says}>\n<head>\n<meta charset="UTF-8"/>\n` +
    `<title>${escapeText(title)}</title>\n${body.includes(' data-done="') ? CHECKLIST : ''}</head>\n` +
    `<body>\n${body}</body>\n</html>\n`
  );
}

class Writer {
  readonly #view: TreeView;
  readonly #out: string[] = [];

  constructor(view: TreeView) {
    this.#view = view;
  }

  text(): string {
    return this.#out.join('');
  }

  /** `linked`: inside a link, where there can't be another. */
  element(record: NodeRecord, parentNs: string, place: Place, depth: number, linked: boolean): void {
    const ns = record.ns ?? parentNs;
    const passage = passageOf(ns, record.name ?? '');
    if (passage === 'out' || depth > MAX_NESTING) return;
    const name = localName(record.name ?? '');
    const holds = contentOf(name);
    const written =
      passage === 'through' && !/^(?:html|body)$/.test(name) && !(name === 'a' && linked) && fits(name, place);
    if (!written) return this.#children(record.rid, ns, place, depth, linked);
    const wrapped = place === 'items' && name !== 'li';
    const tag = name === 'li' && place === 'flow' ? 'div' : name;
    const before = this.#out.length;
    if (wrapped) this.#out.push('<li>');
    this.#out.push('<', tag, this.#attributes(record, tag));
    if (EMPTY.has(name)) this.#out.push('/>');
    else {
      const start = this.#out.push('>', LISTS.has(name) ? '\n' : '');
      this.#children(record.rid, ns, holds, depth, linked || name === 'a');
      // Without any text in it, even an empty one, an element is a husk (README.md). A phrase without a letter says nothing.
      const husk = this.#out.length === start;
      if (husk || (PHRASES.has(name) && this.#out.slice(start).every((part) => part === ''))) {
        this.#out.length = before;
        if (!husk) this.#out.push('');
        return;
      }
      this.#out.push('</', tag, '>');
    }
    if (wrapped) this.#out.push('</li>');
    if (!PHRASES.has(name) && name !== 'br') this.#out.push('\n');
  }

  #children(rid: Rid, ns: string, place: Place, depth: number, linked: boolean): void {
    for (const child of this.#view.children(rid)) {
      const record = this.#view.get(child);
      if (record?.type === 'element') this.element(record, ns, place, depth + 1, linked);
      else if (record?.type === 'text') this.#characters(record.chdata ?? '', place);
    }
  }

  #characters(data: string, place: Place): void {
    if (place !== 'items') this.#out.push(escapeText(data));
    else if (data.trim() !== '') this.#out.push('<li>', escapeText(data), '</li>\n');
  }

  #attributes(record: NodeRecord, element: string): string {
    const written = new Map<string, string>();
    for (const rid of this.#view.attributes(record.rid)) {
      const attr = this.#view.get(rid);
      const safe = attr?.name === undefined ? null : safeAttribute(element, attr.ns, attr.name, attr.chdata ?? '');
      // A line that is no item any more may still say whether it was done.
      if (attr?.name === 'data-done' && element !== 'li') continue;
      if (attr?.name !== undefined && safe !== null) written.set(localName(attr.name), safe);
    }
    const lang = written.get('lang');
    if (lang !== undefined) written.set('xml:lang', lang);
    return [...written].map(([name, value]) => ` ${name}="${escapeValue(cleanText(value))}"`).join('');
  }
}

function contentOf(name: string): Place {
  if (LISTS.has(name)) return 'items';
  return LINES.has(name) || PHRASES.has(name) ? 'phrases' : 'flow';
}

/** Whether an element may stand in a place: as it is, in an item of its own, or, for an item outside a list, as a division. */
function fits(name: string, place: Place): boolean {
  return place !== 'phrases' || PHRASES.has(name) || name === 'br';
}

function languageOf(view: TreeView, root: Rid): string | null {
  const attr = view.attribute(root, '', 'lang');
  return attr === undefined ? null : safeAttribute('html', undefined, 'lang', view.get(attr)?.chdata ?? '');
}
