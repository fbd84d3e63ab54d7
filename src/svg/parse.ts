/**
 * SVG files and fragments to trees of nodes. saxes does the reading: it is strict, knows namespaces and keeps nothing, so
 * limits bite while a file is being read. What it leaves open (entities, attribute defaults, encodings, lone surrogates)
 * is settled before the text reaches it. Nothing is judged here but well-formedness and size; `cleanTrees` takes out what
 * is unsafe.
 */
import type { AttributeTree, ElementTree, NodeTree } from '#core/types.ts';
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { readDoctype } from './doctype.ts';
import { decodeXml } from './encoding.ts';
import { type Expansion, expand } from './expand.ts';
import { DEFAULT_LIMITS, type ParseLimits } from './limits.ts';
import { localName, SVG_NS, XLINK_NS } from './names.ts';
import { placeOf, SvgProblem } from './problem.ts';
import { prologOf } from './prolog.ts';

/** A refusal: `reason` is one or two sentences for a person, saying where, why and what to do. */
export interface ParseFailure {
  readonly ok: false;
  readonly code: 'bad-svg' | 'too-large';
  readonly reason: string;
}

export interface ParsedSvg {
  readonly ok: true;
  /** XML declaration and document type as text, `''` for none (see prolog.ts). */
  readonly prolog: string;
  /** The top level: the root element, and the comments and processing instructions around it. */
  readonly nodes: NodeTree[];
  /** Sentences about what could not be kept. */
  readonly removed: string[];
}

export interface ParsedFragment {
  readonly ok: true;
  /** One or more elements, with texts, comments and processing instructions between them. */
  readonly nodes: NodeTree[];
  readonly removed: string[];
}

/** Reads an SVG file. Never throws for what a file contains. */
export function parseSvg(source: string | Uint8Array, limits: Partial<ParseLimits> = {}): ParsedSvg | ParseFailure {
  const all = { ...DEFAULT_LIMITS, ...limits };
  return guarded('The file', () => {
    if (source.length > all.bytes) throw tooLarge(source.length, all.bytes);
    const text = typeof source === 'string' ? source : decodeXml(source);
    return readFile(text, all);
  });
}

/** Reads a paste or a bot's `xml`: a whole file, or any number of elements, in the SVG namespace unless they say otherwise. */
export function parseFragment(source: string, limits: Partial<ParseLimits> = {}): ParsedFragment | ParseFailure {
  const all = { ...DEFAULT_LIMITS, ...limits };
  return guarded('The fragment', () => {
    if (source.length > all.bytes) throw tooLarge(source.length, all.bytes);
    if (/^\s*<(?:\?xml\s|!DOCTYPE)/.test(source)) {
      const { nodes, removed } = readFile(source.trimStart(), all);
      return { ok: true, nodes, removed };
    }
    const nodes = new TreeReader(all, { fragment: true, defaultNamespace: SVG_NS }).read(source);
    if (!nodes.some((node) => node.type === 'element')) {
      throw new SvgProblem(
        'bad-svg',
        'There is no element in it. Give one or more SVG elements, such as <rect width="10" height="10"/>.',
      );
    }
    return { ok: true, nodes, removed: [] };
  });
}

/** Bytes (or UTF-16 units) of a file that is refused unread, or undefined when it may be read: ask before loading it. */
export function refuseBySize(bytes: number, limits: Partial<ParseLimits> = {}): ParseFailure | undefined {
  const limit = limits.bytes ?? DEFAULT_LIMITS.bytes;
  return bytes > limit ? { ok: false, code: 'too-large', reason: tooLarge(bytes, limit).message } : undefined;
}

function guarded<T>(what: string, read: () => T): T | ParseFailure {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SvgProblem)) throw error;
    const reason = error.offset === undefined ? error.message : `${what} can't be read: ${error.message}.`;
    return { ok: false, code: error.code, reason };
  }
}

function tooLarge(bytes: number, limit: number): SvgProblem {
  const mega = (n: number): string => `${Math.round((n / 1024 / 1024) * 10) / 10} MB`;
  return new SvgProblem(
    'too-large',
    `The drawing is ${mega(bytes)}, and Limn opens up to ${mega(limit)}. Make its images smaller or split it, then open it again.`,
  );
}

function readFile(text: string, limits: ParseLimits): ParsedSvg {
  try {
    refuseLoneSurrogates(text);
    const doctype = readDoctype(text);
    const known = doctype?.declarations;
    const expansion =
      doctype !== undefined &&
      known !== undefined &&
      (known.entities.size > 0 || known.defaults.size > 0 || known.incomplete)
        ? expand(text, doctype.end, known, limits.expansion)
        : undefined;
    const nodes = readNodes(expansion?.text ?? text, limits, expansion);
    const removed: string[] = [];
    if (nodes.assumed) removed.push('The SVG namespace was missing and was added.');
    const lost = expansion?.unresolved ?? 0;
    if (lost > 0)
      removed.push(
        `${lost} ${lost === 1 ? 'reference' : 'references'} to text outside the file ${lost === 1 ? 'was' : 'were'} taken out.`,
      );
    return { ok: true, prolog: prologOf(text, doctype), nodes: nodes.nodes, removed };
  } catch (error) {
    if (!(error instanceof SvgProblem) || error.offset === undefined) throw error;
    const advice = error.code === 'bad-svg' ? '. Open it in the program that made it and save it again as SVG' : '';
    throw new SvgProblem(error.code, `${placeOf(text, error.offset)}: ${error.message}${advice}`, error.offset);
  }
}

function readNodes(
  text: string,
  limits: ParseLimits,
  expansion: Expansion | undefined,
): { nodes: NodeTree[]; assumed: boolean } {
  try {
    const nodes = new TreeReader(limits, {}).read(text);
    const root = nodes.find((node): node is ElementTree => node.type === 'element');
    if (root?.ns === SVG_NS && localName(root.name) === 'svg') return { nodes, assumed: false };
    if (root?.ns === '' && root.name === 'svg')
      return { nodes: new TreeReader(limits, { defaultNamespace: SVG_NS }).read(text), assumed: true };
    throw new SvgProblem(
      'bad-svg',
      `The file is XML but not SVG: its first element is <${(root?.name ?? '').slice(0, 60)}>. Choose a file whose first element is <svg>.`,
    );
  } catch (error) {
    if (!(error instanceof SvgProblem) || error.offset === undefined || expansion === undefined) throw error;
    throw new SvgProblem(error.code, error.message, expansion.original(error.offset));
  }
}

/** A parser may take half of a surrogate pair for a whole character and swallow what follows, so none gets that far. */
function refuseLoneSurrogates(text: string): void {
  const at = text.search(/[\u{d800}-\u{dfff}]/u);
  if (at >= 0) throw new SvgProblem('bad-svg', 'half of a character stands here', at);
}

interface ReaderOptions {
  readonly fragment?: boolean;
  readonly defaultNamespace?: string;
}

interface OpenElement {
  readonly type: 'element';
  readonly ns: string;
  readonly name: string;
  readonly attrs: AttributeTree[];
  readonly children: NodeTree[];
}

/** One run of saxes that builds trees and counts what they cost. */
class TreeReader {
  readonly #limits: ParseLimits;
  readonly #fragment: boolean;
  readonly #parser: SaxesParser<{ xmlns: true; fragment: boolean; additionalNamespaces: Record<string, string> }>;
  readonly #top: NodeTree[] = [];
  readonly #open: OpenElement[] = [];
  #text: string[] = [];
  #textLength = 0;
  #lastClosed = '';
  #nodes = 0;
  #attributes = 0;

  constructor(limits: ParseLimits, options: ReaderOptions) {
    this.#limits = limits;
    this.#fragment = options.fragment ?? false;
    const namespaces: Record<string, string> =
      options.defaultNamespace === undefined ? {} : { '': options.defaultNamespace };
    // Fragments are cut out of files whose root declares it.
    if (this.#fragment) namespaces['xlink'] = XLINK_NS;
    this.#parser = new SaxesParser({ xmlns: true, fragment: this.#fragment, additionalNamespaces: namespaces });
  }

  read(text: string): NodeTree[] {
    const parser = this.#parser;
    parser.on('error', (error) => this.#fail(error));
    parser.on('text', (data) => this.#characters(data));
    parser.on('cdata', (data) => this.#characters(data));
    parser.on('comment', (chdata) => this.#add({ type: 'comment', chdata }));
    parser.on('processinginstruction', ({ target, body }) =>
      this.#add({ type: 'processinginstruction', pitarget: target, pidata: body }),
    );
    parser.on('attribute', () => this.#countAttribute());
    parser.on('opentag', (tag) => this.#start(tag));
    parser.on('closetag', () => this.#end());
    if (this.#fragment) refuseLoneSurrogates(text);
    parser.write(text).close();
    this.#flush();
    return this.#top;
  }

  #start(tag: SaxesTagNS): void {
    this.#attributes = 0;
    this.#flush();
    const attrs: AttributeTree[] = [];
    for (const key in tag.attributes) {
      const attribute = tag.attributes[key];
      if (attribute === undefined) continue;
      const { uri, name, value } = attribute;
      if (value.length > this.#limits.value)
        this.#tooMuch(`the value of ${name} is longer than ${this.#limits.value} characters`);
      attrs.push(uri === '' ? { name, value } : { ns: uri, name, value });
    }
    const element: OpenElement = { type: 'element', ns: tag.uri, name: tag.name, attrs, children: [] };
    this.#count();
    this.#siblings().push(element);
    this.#open.push(element);
    if (this.#open.length > this.#limits.depth)
      this.#tooMuch(`elements are nested more than ${this.#limits.depth} deep here. Ungroup some of them`);
  }

  #end(): void {
    this.#flush();
    this.#lastClosed = this.#open.pop()?.name ?? '';
  }

  #characters(data: string): void {
    if (this.#open.length === 0 && !this.#fragment) return;
    this.#textLength += data.length;
    if (this.#textLength > this.#limits.value) this.#tooMuch(`a text is longer than ${this.#limits.value} characters`);
    this.#text.push(data);
  }

  #add(node: NodeTree): void {
    this.#flush();
    this.#count();
    this.#siblings().push(node);
  }

  /** Text, CDATA sections and what entities stand for are one text node where they meet, as in the XPath data model. */
  #flush(): void {
    if (this.#text.length === 0) return;
    const chdata = this.#text.join('');
    this.#text = [];
    this.#textLength = 0;
    if (chdata === '' || (this.#open.length === 0 && chdata.trim() === '')) return;
    this.#count();
    this.#siblings().push({ type: 'text', chdata });
  }

  #siblings(): NodeTree[] {
    return this.#open.at(-1)?.children ?? this.#top;
  }

  #countAttribute(): void {
    this.#count();
    if (++this.#attributes > this.#limits.attributes)
      this.#tooMuch(`an element has more than ${this.#limits.attributes} attributes`);
  }

  #count(): void {
    if (++this.#nodes > this.#limits.nodes)
      this.#tooMuch(`there are more than ${this.#limits.nodes} nodes. Split the drawing`);
  }

  #tooMuch(why: string): never {
    throw new SvgProblem('too-large', why, this.#parser.position);
  }

  #fail(error: Error): never {
    const message = error.message.replace(/^[^ ]*\d+:\d+: /, '').replace(/\.$/, '');
    throw new SvgProblem('bad-svg', this.#explain(message), this.#parser.position);
  }

  /** saxes' terse words in words that help. */
  #explain(message: string): string {
    const open = this.#open.at(-1)?.name;
    if (message.startsWith('unclosed tag') || message === 'unexpected end') {
      return open === undefined
        ? 'the file ends too early. It may not have been copied completely'
        : `the file ends before <${open}> is closed. It may not have been copied completely`;
    }
    if (message === 'unexpected close tag')
      return `an element is closed here while <${this.#lastClosed}> is still open`;
    if (message === 'undefined entity') return 'an entity is used that the file does not declare';
    if (message === 'document must contain a root element') return 'there is no element in it';
    if (message === 'text data outside of root node') return 'there is text outside the first element';
    if (message === 'disallowed character') return 'a character stands here that XML does not allow';
    return message;
  }
}
