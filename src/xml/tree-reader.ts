/** saxes, told to build trees and to count what they cost. */
import type { AttributeTree, NodeTree } from '#core/types.ts';
import { SaxesParser, type SaxesTagNS } from 'saxes';
import type { ParseLimits } from './limits.ts';
import { splitName, XLINK_NS } from './names.ts';
import { XmlProblem } from './problem.ts';

/** A parser may take half of a surrogate pair for a whole character and swallow what follows, so none gets that far. */
export function refuseLoneSurrogates(text: string): void {
  const at = text.search(/[\u{d800}-\u{dfff}]/u);
  if (at >= 0) throw new XmlProblem('malformed', 'half of a character stands here', at);
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

/** Reads one text and is used up. Throws an XmlProblem with an offset for what is malformed or over a limit. */
export class TreeReader {
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
      this.#checkName(name);
      if (value.length > this.#limits.value)
        this.#tooMuch(`the value of ${name} is longer than ${this.#limits.value} characters`);
      attrs.push(uri === '' ? { name, value } : { ns: uri, name, value });
    }
    this.#checkName(tag.name);
    const element: OpenElement = { type: 'element', ns: tag.uri, name: tag.name, attrs, children: [] };
    this.#count();
    this.#siblings().push(element);
    this.#open.push(element);
    if (this.#open.length > this.#limits.depth)
      this.#tooMuch(`elements are nested more than ${this.#limits.depth} deep here. Ungroup some of them`);
  }

  /** saxes lets through what follows a colon without being a name by itself. */
  #checkName(name: string): void {
    if (splitName(name) === undefined)
      throw new XmlProblem('malformed', `"${name.slice(0, 60)}" is not a name`, this.#parser.position);
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
      this.#tooMuch(`there are more than ${this.#limits.nodes} nodes. Split the document`);
  }

  #tooMuch(why: string): never {
    throw new XmlProblem('too-large', why, this.#parser.position);
  }

  #fail(error: Error): never {
    const message = error.message.replace(/^[^ ]*\d+:\d+: /, '').replace(/\.$/, '');
    throw new XmlProblem('malformed', this.#explain(message), this.#parser.position);
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
