/**
 * A file of XHTML to what notes hold of it: blocks for the body, with nothing in them that the allow-list (allow-list.ts) or the
 * content model doesn't let through. What isn't used gives way to what it holds; what runs, loads or asks goes whole.
 */
import type { ElementTree, NodeTree } from '#core/types.ts';
import { DEFAULT_LIMITS, type ParseLimits } from '#xml/limits.ts';
import { localName } from '#xml/names.ts';
import { placeOf, XmlProblem } from '#xml/problem.ts';
import { refuseLoneSurrogates, TreeReader } from '#xml/tree-reader.ts';
import { passageOf, safeAttribute } from './allow-list.ts';
import { EMPTY, LINES, LISTS, MAX_NESTING, PHRASES, XHTML_NS } from './vocabulary.ts';

/** Notes are read by people: these are some thousand pages. */
const LIMITS: ParseLimits = { ...DEFAULT_LIMITS, bytes: 8 * 1024 * 1024, nodes: 100_000, expansion: 0 };

export type ParsedXhtml =
  /** `left`: how many elements of the file's body, with all that they held, can't be in notes. */
  | { readonly ok: true; readonly blocks: readonly ElementTree[]; readonly left: number }
  /** One or two sentences for a person. */
  | { readonly ok: false; readonly code: 'bad-xhtml' | 'too-large'; readonly reason: string };

/** Reads an XHTML file, with or without a document type. Never throws for what a file contains. */
export function parseXhtml(source: string): ParsedXhtml {
  if (source.length > LIMITS.bytes)
    return { ok: false, code: 'too-large', reason: 'The file is larger than 8 MB. Split it, then open it again.' };
  const text = withoutNames(source.replace(/^\ufeff/, ''));
  try {
    refuseLoneSurrogates(text);
    const nodes = new TreeReader(LIMITS, { defaultNamespace: XHTML_NS }).read(text);
    const root = nodes.find((node): node is ElementTree => node.type === 'element');
    if (root === undefined || localName(root.name) !== 'html' || (root.ns ?? XHTML_NS) !== XHTML_NS)
      throw new XmlProblem('malformed', `its first element is <${(root?.name ?? '').slice(0, 60)}>, not <html>`);
    const cleaner = new Cleaner();
    const blocks = cleaner.flow(root.children, XHTML_NS, 2);
    return { ok: true, blocks, left: cleaner.left };
  } catch (error) {
    if (!(error instanceof XmlProblem)) throw error;
    if (error.code === 'too-large') return { ok: false, code: 'too-large', reason: `${error.message}.` };
    const where = error.offset === undefined ? '' : `${placeOf(text, error.offset)}: `;
    const reason = `The file can't be read as XHTML: ${where}${error.message}. Save it again as XHTML, then open it.`;
    return { ok: false, code: 'bad-xhtml', reason };
  }
}

class Cleaner {
  /** Elements that were left out whole, but for those of heads. */
  left = 0;

  /** Blocks: what isn't one is put into paragraphs. */
  flow(nodes: readonly NodeTree[], ns: string, depth: number): ElementTree[] {
    const blocks: ElementTree[] = [];
    let loose: NodeTree[] = [];
    const flush = (): void => {
      if (loose.some((node) => node.type === 'element' || /\S/.test('chdata' in node ? node.chdata : '')))
        blocks.push(block('p', [], trimmed(loose)));
      loose = [];
    };
    for (const node of nodes) {
      const name = node.type === 'element' ? localName(node.name) : '';
      if (node.type !== 'element' || PHRASES.has(name) || name === 'br')
        loose.push(...this.#phrases([node], ns, depth, false));
      else {
        flush();
        blocks.push(...this.#block(node, node.ns ?? ns, name, depth));
      }
    }
    flush();
    return blocks;
  }

  #block(node: ElementTree, ns: string, name: string, depth: number): ElementTree[] {
    const passage = passageOf(ns, node.name);
    if (passage === 'out' || depth >= MAX_NESTING) {
      if (name !== 'head') this.left += 1;
      return [];
    }
    if (passage === 'transparent' || name === 'html' || name === 'body' || name === 'div')
      return this.flow(node.children, ns, depth);
    if (name === 'hr') return [block('hr', [], [])];
    const attrs = attributesOf(node, name);
    if (LINES.has(name)) return [block(name, attrs, trimmed(this.#phrases(node.children, ns, depth + 1, false)))];
    if (LISTS.has(name)) {
      const items = this.#items(node.children, ns, depth + 1);
      return items.length > 0 ? [block(name, attrs, items)] : [];
    }
    // An item that is in no list is one of its own.
    if (name === 'li') return [block('ul', [], this.#items([node], ns, depth + 1))];
    const inner = this.flow(node.children, ns, depth + 1);
    return inner.length > 0 ? [block(name, attrs, inner)] : [];
  }

  #items(nodes: readonly NodeTree[], ns: string, depth: number): ElementTree[] {
    return nodes.flatMap((node): ElementTree[] => {
      if (node.type === 'text' && !/\S/.test(node.chdata)) return [];
      if (node.type !== 'element' || localName(node.name) !== 'li' || passageOf(node.ns ?? ns, node.name) !== 'through')
        return this.flow([node], ns, depth + 1).map((inner) => item([], [inner]));
      return [item(attributesOf(node, 'li'), this.flow(node.children, node.ns ?? ns, depth + 1))];
    });
  }

  /** Phrases: a block among them gives way to what it holds. */
  #phrases(nodes: readonly NodeTree[], ns: string, depth: number, linked: boolean): NodeTree[] {
    return nodes.flatMap((node): NodeTree[] => {
      if (node.type === 'text') return [{ type: 'text', chdata: node.chdata.replace(/[ \t\r\n]+/g, ' ') }];
      if (node.type !== 'element') return [];
      const own = node.ns ?? ns;
      const passage = passageOf(own, node.name);
      if (passage === 'out' || depth >= MAX_NESTING) {
        this.left += 1;
        return [];
      }
      const name = localName(node.name);
      if (name === 'br') return [block('br', [], [])];
      const inner = this.#phrases(node.children, own, depth + 1, linked || name === 'a');
      const attrs = attributesOf(node, name);
      const isLink = name === 'a' && !linked && attrs.some((attr) => attr.name === 'href');
      if (passage === 'transparent' || !PHRASES.has(name) || EMPTY.has(name) || (name === 'a' && !isLink)) return inner;
      return inner.length > 0 ? [block(name, attrs, inner)] : [];
    });
  }
}

/** An item with a line of its own and what else it holds behind it: its first paragraph is its line. */
function item(attrs: ElementTree['attrs'], blocks: readonly ElementTree[]): ElementTree {
  const [first, ...rest] = blocks;
  if (first?.name === 'p') return block('li', attrs, [...first.children, ...rest]);
  return block(
    'li',
    attrs,
    first === undefined ? [{ type: 'text', chdata: '' }] : [{ type: 'text', chdata: '' }, first, ...rest],
  );
}

function block(name: string, attrs: ElementTree['attrs'], children: readonly NodeTree[]): ElementTree {
  // Every line has a text node, if an empty one (README.md).
  const line = LINES.has(name) && children.length === 0 ? [{ type: 'text', chdata: '' } as const] : children;
  return { type: 'element', ns: XHTML_NS, name, attrs, children: [...line] };
}

function attributesOf(node: ElementTree, name: string): ElementTree['attrs'] {
  return node.attrs.flatMap((attr) => {
    const value = safeAttribute(name, attr.ns, attr.name, attr.value);
    return value === null || (attr.ns ?? '') !== '' ? [] : [{ name: attr.name, value }];
  });
}

/** A line with its texts joined, without white space at its ends, which files have for their own looks. */
function trimmed(nodes: readonly NodeTree[]): NodeTree[] {
  const line: NodeTree[] = [];
  for (const node of nodes) {
    const before = line.at(-1);
    if (node.type === 'text' && before?.type === 'text')
      line[line.length - 1] = { type: 'text', chdata: (before.chdata + node.chdata).replace(/ +/g, ' ') };
    else line.push(node);
  }
  const first = line[0];
  if (first?.type === 'text') line[0] = { type: 'text', chdata: first.chdata.replace(/^ +/, '') };
  const last = line.at(-1);
  if (last?.type === 'text') line[line.length - 1] = { type: 'text', chdata: last.chdata.replace(/ +$/, '') };
  return line.filter((node, i) => node.type !== 'text' || node.chdata !== '' || (i === 0 && line.length === 1));
}

/** The characters that XHTML's document type names and files most use; XML itself knows none of them. */
const NAMED: Readonly<Record<string, string>> = {
  ...{ nbsp: '\u00a0', shy: '\u00ad', copy: '©', reg: '®', trade: '™', hellip: '…', ndash: '–', mdash: '—', bull: '•' },
  ...{ lsquo: '‘', rsquo: '’', sbquo: '‚', ldquo: '“', rdquo: '”', bdquo: '„', laquo: '«', raquo: '»', middot: '·' },
  ...{ times: '×', euro: '€', pound: '£', sect: '§', deg: '°', szlig: 'ß', auml: 'ä', ouml: 'ö', uuml: 'ü' },
  ...{ Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', eacute: 'é', egrave: 'è', agrave: 'à', ccedil: 'ç', ntilde: 'ñ' },
};

function withoutNames(text: string): string {
  return text.replace(/&([A-Za-z]{2,8});/g, (whole, name: string) => NAMED[name] ?? whole);
}
