/**
 * What stands before the root element: the XML declaration and the document type declaration with its internal subset
 * (XML 1.0, sections 2.8, 3.3 and 4.2). Nothing outside the file is ever read; what would have to be is noted instead.
 */
import { isNcName } from './names.ts';
import { XmlProblem } from './problem.ts';

export interface Doctype {
  /** Offsets of the whole declaration in the text. */
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly publicId: string | undefined;
  readonly systemId: string | undefined;
  readonly declarations: Declarations;
}

export interface Declarations {
  /** General entities: the replacement text, or null for one that lies outside the file. */
  readonly entities: ReadonlyMap<string, string | null>;
  /** Attribute defaults per element name: name and value as written. */
  readonly defaults: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** True when declarations are unknown because they lie outside the file: then an unknown entity is no error (WFC: Entity Declared). */
  readonly incomplete: boolean;
}

const SPACE = /[ \t\r\n]*/y;
const LITERAL = /"[^"]*"|'[^']*'/y;
const NAME = /[^\s<>&;%"'()[\]/|=#?*+,!]+/y;

/** Reads the document type declaration, if there is one. Throws an XmlProblem when it is malformed. */
export function readDoctype(text: string): Doctype | undefined {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (;;) {
    at = after(text, SPACE, at);
    if (text.startsWith('<?', at)) at = closing(text, '?>', at);
    else if (text.startsWith('<!--', at)) at = closing(text, '-->', at + 4);
    else break;
  }
  return text.startsWith('<!DOCTYPE', at) ? new DoctypeReader(text, at).read() : undefined;
}

function after(text: string, pattern: RegExp, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function closing(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  if (found < 0) throw new XmlProblem('malformed', `"${mark}" is missing`, from);
  return found + mark.length;
}

class DoctypeReader {
  readonly #text: string;
  readonly #start: number;
  #at: number;
  readonly #entities = new Map<string, string | null>();
  readonly #defaults = new Map<string, Map<string, string>>();
  #incomplete = false;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#start = start;
    this.#at = start + '<!DOCTYPE'.length;
  }

  read(): Doctype {
    this.#space();
    const name = this.#name();
    const { publicId, systemId } = this.#externalId();
    if (systemId !== undefined) this.#incomplete = true;
    if (this.#take('[')) this.#subset();
    this.#space();
    this.#expect('>');
    const declarations = { entities: this.#entities, defaults: this.#defaults, incomplete: this.#incomplete };
    return { start: this.#start, end: this.#at, name, publicId, systemId, declarations };
  }

  #subset(): void {
    let known = true;
    for (;;) {
      this.#space();
      if (this.#take(']')) return;
      if (this.#take('<!--')) this.#at = closing(this.#text, '-->', this.#at);
      else if (this.#take('<?')) this.#at = closing(this.#text, '?>', this.#at);
      else if (this.#take('<!ENTITY')) this.#entity(known);
      else if (this.#take('<!ATTLIST')) this.#attributes(known);
      else if (this.#take('<!ELEMENT') || this.#take('<!NOTATION')) this.#skipDeclaration();
      else if (this.#take('%')) {
        // A parameter entity may declare anything; what follows it is not to be relied on (XML 1.0, section 5.1).
        this.#name();
        this.#expect(';');
        known = false;
        this.#incomplete = true;
      } else this.#fail('the document type declaration is malformed');
    }
  }

  #entity(known: boolean): void {
    this.#space();
    const parameter = this.#take('%');
    this.#space();
    const name = this.#name();
    const external = this.#externalId();
    let value: string | null = null;
    if (external.systemId === undefined)
      value = replacementText(this.#literal(), () => this.#fail('a character reference is malformed'));
    else if (this.#spaceThen('NDATA')) {
      this.#space();
      this.#name();
    }
    this.#space();
    this.#expect('>');
    if (!parameter && known && !this.#entities.has(name)) this.#entities.set(name, value);
  }

  #attributes(known: boolean): void {
    this.#space();
    const element = this.#name();
    for (;;) {
      this.#space();
      if (this.#take('>')) return;
      const attribute = this.#name();
      this.#space();
      if (this.#take('NOTATION')) this.#space();
      if (this.#take('(')) this.#at = closing(this.#text, ')', this.#at);
      else this.#name();
      this.#space();
      if (this.#take('#REQUIRED') || this.#take('#IMPLIED')) continue;
      this.#take('#FIXED');
      this.#space();
      const value = this.#literal();
      const ofElement = this.#defaults.get(element) ?? new Map<string, string>();
      if (known && !ofElement.has(attribute)) this.#defaults.set(element, ofElement.set(attribute, value));
    }
  }

  #skipDeclaration(): void {
    for (;;) {
      const c = this.#text[this.#at];
      if (c === undefined || c === '<') this.#fail('the document type declaration is malformed');
      if (c === '"' || c === "'") this.#literal();
      else this.#at++;
      if (c === '>') return;
    }
  }

  #externalId(): { publicId: string | undefined; systemId: string | undefined } {
    this.#space();
    if (this.#take('SYSTEM')) {
      this.#space();
      return { publicId: undefined, systemId: this.#literalThenSpace() };
    }
    if (!this.#take('PUBLIC')) return { publicId: undefined, systemId: undefined };
    this.#space();
    const publicId = this.#literalThenSpace();
    return { publicId, systemId: this.#literalThenSpace() };
  }

  #literalThenSpace(): string {
    const value = this.#literal();
    this.#space();
    return value;
  }

  #literal(): string {
    const end = after(this.#text, LITERAL, this.#at);
    if (end === this.#at) this.#fail('a quoted value is missing in the document type declaration');
    const value = this.#text.slice(this.#at + 1, end - 1);
    this.#at = end;
    return value;
  }

  #name(): string {
    const end = after(this.#text, NAME, this.#at);
    const name = this.#text.slice(this.#at, end);
    if (!name.split(':').every((part) => isNcName(part) || /^[\w.-]+$/.test(part)))
      this.#fail('a name is missing in the document type declaration');
    this.#at = end;
    return name;
  }

  #space(): void {
    this.#at = after(this.#text, SPACE, this.#at);
  }

  #spaceThen(token: string): boolean {
    this.#space();
    return this.#take(token);
  }

  #take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) this.#fail(`"${token}" is missing in the document type declaration`);
  }

  #fail(why: string): never {
    throw new XmlProblem('malformed', why, this.#at);
  }
}

/** An entity value with its character references resolved; general entities wait until they are used (XML 1.0, 4.4). */
function replacementText(literal: string, fail: () => never): string {
  return literal.replace(
    /&#(?:x([0-9a-fA-F]+)|([0-9]+));/g,
    (_, hex: string | undefined, decimal: string | undefined) => {
      const code = hex === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hex, 16);
      const allowed =
        code === 9 ||
        code === 10 ||
        code === 13 ||
        (code >= 0x20 && code < 0xd800) ||
        (code >= 0xe000 && code < 0xfffe) ||
        (code >= 0x10000 && code <= 0x10ffff);
      return allowed ? String.fromCodePoint(code) : fail();
    },
  );
}
