/**
 * Internal entities and attribute defaults, written out in the text before it is parsed: what a parser that knows neither
 * then reads is what XML 1.0 (sections 3.3.2 and 4.4) says they mean. Every reference is paid for, so that neither nesting
 * (billion laughs), repetition (quadratic blow-up) nor empty entities cost more than the limit.
 */
import type { Declarations } from './doctype.ts';
import { isNcName } from './names.ts';
import { XmlProblem } from './problem.ts';

const PREDEFINED = new Set(['lt', 'gt', 'amp', 'quot', 'apos']);
/** Entities inside entities: real files nest two or three deep; the limit keeps the stack small. */
const MAX_NESTING = 32;
const ATTRIBUTE = /[\s]+([^\s=/>]+)(\s*=\s*)("[^"]*"|'[^']*')/y;
const TAG_NAME = /[^\s/>]+/y;
/** Bounded, so that a text full of ampersands isn't searched to its end from each of them. */
const REFERENCE = /&([^\s<>&;"']{1,1024});/y;
const TAG_END = /\s*(\/?)>/y;

export interface Expansion {
  readonly text: string;
  /** Offset in the file of an offset in `text`. */
  original(offset: number): number;
  /** References to entities outside the file; nothing stands in their place. */
  readonly unresolved: number;
}

/** Expands what follows `from`. Throws an XmlProblem for a recursive, unbalanced, undeclared or too costly entity. */
export function expand(text: string, from: number, declarations: Declarations, limit: number): Expansion {
  return new Expander(declarations, limit).document(text, from);
}

class Expander {
  readonly #declarations: Declarations;
  readonly #limit: number;
  readonly #open: string[] = [];
  #out: string[] = [];
  #length = 0;
  #spent = 0;
  #unresolved = 0;
  /** Pairs of offsets, out and in, at which the two texts run in step again. */
  readonly #steps: [number, number][] = [];
  #place = 0;

  constructor(declarations: Declarations, limit: number) {
    this.#declarations = declarations;
    this.#limit = limit;
  }

  document(text: string, from: number): Expansion {
    this.#put(text.slice(0, from));
    this.#content(text, from);
    const steps = this.#steps;
    const original = (offset: number): number => {
      let low = 0;
      let high = steps.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((steps[middle]?.[0] ?? 0) <= offset) low = middle + 1;
        else high = middle;
      }
      const step = steps[low - 1];
      return step === undefined ? offset : step[1] + offset - step[0];
    };
    return { text: this.#out.join(''), original, unresolved: this.#unresolved };
  }

  /** Copies content, with everything that isn't a reference or a start tag as it stands. */
  #content(text: string, from: number): void {
    let at = from;
    let depth = 0;
    while (at < text.length) {
      const next = nextMark(text, at);
      this.#text(text.slice(at, next));
      at = next;
      if (this.#open.length === 0) this.#place = at;
      if (text[at] === '&') at = this.#reference(text, at, false);
      else if (text.startsWith('<!--', at)) at = this.#copyTo(text, at, '-->', 4);
      else if (text.startsWith('<![CDATA[', at)) at = this.#copyTo(text, at, ']]>', 9);
      else if (text.startsWith('<?', at)) at = this.#copyTo(text, at, '?>', 2);
      else if (text.startsWith('</', at)) {
        depth--;
        at = this.#copyTo(text, at, '>', 2);
      } else if (at < text.length) {
        const tag = this.#startTag(text, at);
        at = tag.end;
        if (!tag.empty) depth++;
      }
      // An entity must be balanced by itself; the document's own balance is the parser's affair.
      if (depth < 0 && this.#open.length > 0) this.#unbalanced();
      if (this.#open.length === 0) this.#steps.push([this.#length, at]);
    }
    if (depth !== 0 && this.#open.length > 0) this.#unbalanced();
  }

  /** Line feeds of the file are the parser's to normalise, a carriage return that an entity spells out stays one. */
  #text(text: string): void {
    this.#put(this.#open.length > 0 ? text.replaceAll('\r', '&#13;') : text);
  }

  #startTag(text: string, at: number): { end: number; empty: boolean } {
    TAG_NAME.lastIndex = at + 1;
    const name = TAG_NAME.exec(text)?.[0] ?? '';
    let end = at + 1 + name.length;
    this.#put(text.slice(at, end));
    const seen = new Set<string>();
    for (;;) {
      ATTRIBUTE.lastIndex = end;
      const match = ATTRIBUTE.exec(text);
      if (match === null) break;
      const [whole, attribute = '', equals = '', quoted = '""'] = match;
      seen.add(attribute);
      this.#put(whole.slice(0, whole.length - quoted.length - equals.length) + equals);
      this.#value(quoted.slice(1, -1), quoted[0] ?? '"');
      end = ATTRIBUTE.lastIndex;
    }
    for (const [attribute, value] of this.#declarations.defaults.get(name) ?? []) {
      if (seen.has(attribute)) continue;
      this.#pay(attribute.length + value.length);
      this.#put(` ${attribute}=`);
      this.#value(value.replaceAll('"', '&quot;'), '"');
    }
    TAG_END.lastIndex = end;
    const close = TAG_END.exec(text);
    // What is malformed is copied on, so that the parser can say what is wrong with it.
    if (close === null) return { end: this.#copyRest(text, end), empty: false };
    this.#put(close[0]);
    return { end: TAG_END.lastIndex, empty: close[1] === '/' };
  }

  #value(value: string, quote: string): void {
    this.#put(quote);
    let at = 0;
    for (let amp = value.indexOf('&'); amp >= 0; amp = value.indexOf('&', at)) {
      this.#put(value.slice(at, amp));
      at = this.#reference(value, amp, true);
    }
    this.#put(value.slice(at) + quote);
  }

  /** Writes what the reference at `at` stands for and returns the offset after it. */
  #reference(text: string, at: number, inValue: boolean): number {
    REFERENCE.lastIndex = at;
    const name = REFERENCE.exec(text)?.[1] ?? '';
    // Character references, predefined entities and what is no reference at all are the parser's to read.
    if (PREDEFINED.has(name) || !name.split(':').every(isNcName)) {
      this.#put('&');
      return at + 1;
    }
    const replacement = this.#declarations.entities.get(name);
    if (replacement === undefined && !this.#declarations.incomplete) this.#fail(`the entity "${name}" is not declared`);
    if (replacement === null && inValue)
      this.#fail(`the entity "${name}" lies outside the file and may not stand in an attribute`);
    this.#pay(1 + (replacement?.length ?? 0));
    if (replacement === undefined || replacement === null) this.#unresolved++;
    else this.#include(name, replacement, inValue);
    return at + name.length + 2;
  }

  #include(name: string, replacement: string, inValue: boolean): void {
    if (this.#open.includes(name)) this.#fail(`the entity "${name}" contains itself`);
    if (this.#open.length >= MAX_NESTING) this.#fail('entities are nested too deeply');
    this.#open.push(name);
    if (inValue) this.#valueOfEntity(name, replacement);
    else this.#content(replacement, 0);
    this.#open.pop();
  }

  #valueOfEntity(name: string, replacement: string): void {
    if (replacement.includes('<')) this.#fail(`the entity "${name}" contains "<", which may not stand in an attribute`);
    let at = 0;
    const plain = (part: string): string =>
      part
        .replace(/[\t\r\n]/g, ' ')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;');
    for (let amp = replacement.indexOf('&'); amp >= 0; amp = replacement.indexOf('&', at)) {
      this.#put(plain(replacement.slice(at, amp)));
      at = this.#reference(replacement, amp, true);
    }
    this.#put(plain(replacement.slice(at)));
  }

  #copyTo(text: string, at: number, mark: string, skip: number): number {
    const found = text.indexOf(mark, at + skip);
    if (found < 0) return this.#copyRest(text, at);
    this.#put(text.slice(at, found + mark.length));
    return found + mark.length;
  }

  #copyRest(text: string, at: number): number {
    if (this.#open.length > 0) this.#unbalanced();
    this.#put(text.slice(at));
    return text.length;
  }

  #put(text: string): void {
    if (text === '') return;
    this.#out.push(text);
    this.#length += text.length;
  }

  #pay(cost: number): void {
    this.#spent += cost;
    if (this.#spent > this.#limit) {
      throw new XmlProblem(
        'too-large',
        'The entities declared in this file expand to too much text. Save it without a document type declaration and open it again.',
      );
    }
  }

  #unbalanced(): never {
    return this.#fail(`the entity "${this.#open.at(-1) ?? ''}" contains a tag without its counterpart`);
  }

  #fail(why: string): never {
    throw new XmlProblem('malformed', why, this.#place);
  }
}

function nextMark(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === 0x26 || c === 0x3c) return at;
  }
  return text.length;
}
