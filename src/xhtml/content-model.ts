/**
 * What notes may be made of: the part of XHTML that they use (vocabulary.ts), and which of it may stand in which. Looser than
 * XHTML where a file is mended anyway (serialise.ts): text may stand between blocks, and nothing is required or in an order. So
 * no edit that moves text is ever at fault where its text would be lost. Other namespaces are free: nothing of them is used.
 */
import type { Judge } from '#core/judge.ts';
import type { Fault, Rid, TreeView } from '#core/types.ts';
import { localName } from '#xml/names.ts';
import { safeAttribute } from './allow-list.ts';
import { ELEMENTS, EMPTY, LINES, LISTS, MAX_NESTING, PHRASES, XHTML_NS } from './vocabulary.ts';

/** What files have in their head, and notes by other programs may. */
const HEAD: ReadonlySet<string> = new Set(['title', 'meta']);
const KNOWN: ReadonlySet<string> = new Set([...ELEMENTS, ...HEAD, 'head']);
/** Attributes without a namespace that say nothing here, and harm nobody. */
const IDLE = /^(?:id|class|data-[^\s]+|aria-[^\s]+|role|charset|name|content)$/;

/** What is wrong with an element of XHTML in one of another name; `parent` undefined at the top. */
export function elementFault(parent: string | undefined, element: string): Fault | undefined {
  if (parent === undefined) return element === 'html' ? undefined : fault('notes-root', { element });
  if (!KNOWN.has(element)) return fault('notes-element', { element });
  // What a file or another program brought is left alone, and so is what it holds.
  if (!KNOWN.has(parent)) return undefined;
  return mayHold(parent, element) ? undefined : fault('child', { parent, element });
}

function mayHold(parent: string, element: string): boolean {
  if (parent === 'html') return element === 'head' || element === 'body';
  if (parent === 'head') return HEAD.has(element);
  if (HEAD.has(parent) || EMPTY.has(parent)) return false;
  if (element === 'html' || element === 'body' || element === 'head' || HEAD.has(element)) return false;
  if (LISTS.has(parent)) return element === 'li';
  if (element === 'li') return false;
  if (parent === 'a' && element === 'a') return false;
  return LINES.has(parent) || PHRASES.has(parent) ? PHRASES.has(element) || element === 'br' : true;
}

/** What is wrong with an attribute of an element of XHTML. */
export function attributeFault(
  element: string,
  ns: string | undefined,
  name: string,
  value: string,
): Fault | undefined {
  if (ns !== undefined && ns !== '') return undefined;
  if (name !== localName(name) || safeAttribute(element, ns, name, value) !== null) return undefined;
  if (!USED.has(name)) return IDLE.test(name) ? undefined : fault('attribute', { element, attribute: name });
  return fault('notes-value', { attribute: name, value: value.slice(0, 60) });
}

/** Attributes that have a value which is let through. */
const USED: ReadonlySet<string> = new Set(['lang', 'dir', 'title', 'href', 'data-done', 'start']);

/** What is wrong with text in an element of XHTML. White space may stand anywhere. */
export function textFault(element: string, text: string): Fault | undefined {
  if (!/\S/.test(text) || !(LISTS.has(element) || EMPTY.has(element) || element === 'head')) return undefined;
  return fault('notes-text', { element });
}

/** The judge of notes. */
export const notesJudge: Judge = {
  fault(view, rid) {
    const record = view.get(rid);
    const parent = view.parentOf(rid);
    if (record === undefined || parent === undefined) return undefined;
    const above = parent === '' ? undefined : view.get(parent);
    const around = above === undefined ? undefined : localName(above.name ?? '');
    const outer = above === undefined ? XHTML_NS : namespaceOf(view, parent);
    if (record.type === 'element') {
      if (depthOf(view, parent) >= MAX_NESTING) return fault('depth', {});
      const own = record.ns ?? outer;
      if (own !== XHTML_NS)
        return above === undefined ? fault('notes-root', { element: record.name ?? '' }) : undefined;
      return outer === XHTML_NS ? elementFault(around, localName(record.name ?? '')) : undefined;
    }
    if (around === undefined || outer !== XHTML_NS) return undefined;
    if (record.type === 'attr') return attributeFault(around, record.ns, record.name ?? '', record.chdata ?? '');
    return record.type === 'text' ? textFault(around, record.chdata ?? '') : undefined;
  },
};

function namespaceOf(view: TreeView, element: Rid): string {
  let at: Rid | undefined = element;
  for (let i = 0; at !== undefined && at !== '' && i <= MAX_NESTING; i++, at = view.parentOf(at)) {
    const ns = view.get(at)?.ns;
    if (ns !== undefined) return ns;
  }
  return XHTML_NS;
}

function depthOf(view: TreeView, element: Rid): number {
  let depth = 0;
  for (let at: Rid | undefined = element; at !== undefined && at !== '' && depth < MAX_NESTING; at = view.parentOf(at))
    depth++;
  return depth;
}

type Code = 'notes-root' | 'notes-element' | 'child' | 'attribute' | 'notes-value' | 'notes-text' | 'depth';

function fault(code: Code, detail: Readonly<Record<string, string>>): Fault {
  return { code, detail, reason: sentence(code, detail) };
}

function sentence(code: Code, { element, parent, attribute, value }: Readonly<Record<string, string>>): string {
  switch (code) {
    case 'notes-root':
      return `Notes begin with html, not with “${element}”. Put it into the body.`;
    case 'notes-element':
      return `Notes have no element “${element}”. Choose one that they have, such as p.`;
    case 'child':
      return `“${element}” can’t stand inside “${parent}”. Put it beside it.`;
    case 'attribute':
      return `“${element}” has no attribute “${attribute}” in notes. Leave it out.`;
    case 'notes-value':
      return `“${value}” is no value for “${attribute}”. Choose another.`;
    case 'notes-text':
      return `“${element}” can’t hold words. Put them into a paragraph or an item.`;
    case 'depth':
      return `That would be nested more than ${MAX_NESTING} levels deep. Put it further up.`;
  }
}
