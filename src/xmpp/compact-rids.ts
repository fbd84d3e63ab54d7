/**
 * Record ids in the compact form. Limn's are `<replica prefix>.<counter in base 36>`: a stanza holds each prefix once, and
 * each counter as its distance from the last one of that prefix. Ids of any other form go as text.
 */
import type { Rid } from '#core/types.ts';
import { type ByteReader, type ByteWriter, Malformed } from './compact-bytes.ts';
import type { TextReader, TextWriter } from './compact-text.ts';
import { MAX_RID } from './xep-0284-edits.ts';
import { hasAttributeBreaks, isXmlText } from './xml-text.ts';

/** Nine digits of base 36 stay far below 2^53. */
const MAX_DIGITS = 9;
const MAX_COUNTER = 36 ** MAX_DIGITS;
const DOT = 46;

// An even number says the distance within the last prefix used; odd ones say:
const FRESH_PREFIX = 1;
const AS_TEXT = 3;
const NOTHING = 5;
const FIRST_PREFIX = 7;

/** The number that base 36 digits say, in their shortest spelling; -1 for anything else. */
function counterOf(rid: Rid, from: number): number {
  const { length } = rid;
  if (from >= length || length - from > MAX_DIGITS) return -1;
  let value = 0;
  for (let at = from; at < length; at++) {
    const code = rid.charCodeAt(at);
    if (code >= 48 && code <= 57) value = value * 36 + code - 48;
    else if (code >= 97 && code <= 122) value = value * 36 + code - 87;
    else return -1;
  }
  return rid.charCodeAt(from) === 48 && length - from > 1 ? -1 : value;
}

/** A prefix that stanzas may begin with; any other is told apart as text. */
function usable(prefix: string): boolean {
  return prefix.length <= MAX_RID - MAX_DIGITS - 2 && isXmlText(prefix) && !hasAttributeBreaks(prefix);
}

/** Writes the rids of one stanza after another. */
export class RidWriter {
  readonly #texts: TextWriter;
  #prefixes: string[] = [];
  #last: number[] = [];
  #current = 0;
  /** The prefix that made the last new record, its dot included, its place and its counter; undefined for other forms. */
  #maker: string | undefined;
  #makerIndex = 0;
  #made = 0;

  constructor(texts: TextWriter) {
    this.#texts = texts;
  }

  /** A new stanza begins, whose author's rids begin with this prefix. */
  reset(prefix: string): void {
    this.#prefixes = [usable(prefix) ? prefix : ''];
    this.#last = [0];
    this.#current = 0;
    this.#maker = undefined;
  }

  /** Whether a new record's rid follows on the last one's: then it needn't be written. */
  follows(rid: Rid): boolean {
    if (this.#maker === undefined || !rid.startsWith(this.#maker)) return false;
    if (counterOf(rid, this.#maker.length) !== this.#made + 1) return false;
    this.#made++;
    this.#texts.units += this.#maker.length;
    this.#current = this.#makerIndex;
    this.#last[this.#current] = this.#made;
    return true;
  }

  /** Writes the rid of a new record. */
  writeNew(writer: ByteWriter, rid: Rid): boolean {
    const own = this.write(writer, rid);
    const counter = this.#last[this.#current] as number;
    const maker = `${this.#prefixes[this.#current]}.`;
    this.#maker = rid.startsWith(maker) && counterOf(rid, maker.length) === counter ? maker : undefined;
    this.#makerIndex = this.#current;
    this.#made = counter;
    return own && rid !== '';
  }

  /** Writes a rid, or '' for the document; false for what names no record on the wire. */
  write(writer: ByteWriter, rid: Rid): boolean {
    if (rid === '') {
      writer.byte(NOTHING);
      return true;
    }
    if (rid.length > MAX_RID) return false;
    const current = this.#prefixes[this.#current] as string;
    const own = rid.charCodeAt(current.length) === DOT && rid.startsWith(current);
    const near = own ? counterOf(rid, current.length + 1) : -1;
    if (near >= 0) {
      this.#distance(writer, this.#current, near, 2);
      return true;
    }
    const dot = rid.lastIndexOf('.');
    const counter = dot < 0 ? -1 : counterOf(rid, dot + 1);
    const prefix = rid.slice(0, Math.max(dot, 0));
    if (counter < 0 || !usable(prefix)) {
      writer.byte(AS_TEXT);
      return !hasAttributeBreaks(rid) && this.#texts.write(writer, rid);
    }
    let index = this.#prefixes.indexOf(prefix);
    if (index >= 0) writer.varint(FIRST_PREFIX + 2 * index);
    else {
      writer.byte(FRESH_PREFIX);
      this.#texts.write(writer, prefix);
      index = this.#prefixes.push(prefix) - 1;
    }
    this.#distance(writer, index, counter, 1);
    return true;
  }

  #distance(writer: ByteWriter, index: number, counter: number, factor: 1 | 2): void {
    const distance = counter - (this.#last[index] ?? 0);
    this.#texts.units += (this.#prefixes[index] as string).length;
    this.#last[index] = counter;
    this.#current = index;
    writer.varint((distance < 0 ? -2 * distance - 1 : 2 * distance) * factor);
  }
}

/** Reads the rids of one stanza. Throws Malformed for what no writer writes. */
export class RidReader {
  readonly #texts: TextReader;
  #prefixes: string[] = [];
  #last: number[] = [];
  #current = 0;
  #maker: number | undefined;
  #made = 0;

  constructor(texts: TextReader) {
    this.#texts = texts;
  }

  /** A new stanza begins, of the author with this prefix. */
  reset(prefix: string): void {
    this.#prefixes = [usable(prefix) ? prefix : ''];
    this.#last = [0];
    this.#current = 0;
    this.#maker = undefined;
  }

  /** The rid that follows on the last new record's. */
  next(): Rid {
    if (this.#maker === undefined) throw new Malformed('a rid that follows on none');
    return this.#at(this.#maker, ++this.#made);
  }

  /** The rid of a new record. */
  readNew(reader: ByteReader): Rid {
    const rid = this.read(reader);
    if (rid === '') throw new Malformed('a rid that names nothing');
    const counter = this.#last[this.#current] as number;
    const maker = `${this.#prefixes[this.#current]}.`;
    this.#maker = rid.startsWith(maker) && counterOf(rid, maker.length) === counter ? this.#current : undefined;
    this.#made = counter;
    return rid;
  }

  /** A rid, or '' for the document. */
  read(reader: ByteReader): Rid {
    const code = reader.varint();
    if (code % 2 === 0) return this.#move(this.#current, code / 2);
    if (code === NOTHING) return '';
    if (code === AS_TEXT) {
      const rid = this.#texts.read(reader);
      if (rid === '' || rid.length > MAX_RID || hasAttributeBreaks(rid))
        throw new Malformed('a rid that names nothing');
      return rid;
    }
    if (code === FRESH_PREFIX) {
      const prefix = this.#texts.read(reader);
      if (!usable(prefix)) throw new Malformed('a prefix of no rid');
      this.#last.push(0);
      return this.#move(this.#prefixes.push(prefix) - 1, reader.varint());
    }
    return this.#move((code - FIRST_PREFIX) / 2, reader.varint());
  }

  #move(index: number, zigzag: number): Rid {
    const last = this.#last[index];
    if (last === undefined) throw new Malformed('a prefix that isn’t there');
    return this.#at(index, last + (zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2));
  }

  #at(index: number, counter: number): Rid {
    const prefix = this.#prefixes[index] as string;
    if (counter < 0 || counter >= MAX_COUNTER) throw new Malformed('a rid out of range');
    this.#texts.count(prefix.length);
    this.#last[index] = counter;
    this.#current = index;
    return `${prefix}.${counter.toString(36)}`;
  }
}
