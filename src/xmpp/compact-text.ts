/**
 * Texts in the compact form, each in the shortest of its spellings: a known word, a number, a colour, numbers in a pattern, one
 * that came before in the same stanza, or its letters. The first byte says which.
 */
import { type ByteReader, type ByteWriter, Malformed } from './compact-bytes.ts';
import { NumberReader, NumberWriter } from './compact-numbers.ts';
import { NAMES, VALUES } from './compact-words.ts';
import { isXmlName, isXmlText } from './xml-text.ts';

// The first byte: 0x00 to 0x7f begin a number of tenths from 0 to 3276.7, 0x80 to 0xbf are the first 64 values.
const VALUE = 0x80;
const SHORT_VALUES = 64;
/** Up to 31 ASCII letters. */
const SHORT = 0xc0;
const SHORT_LENGTH = 32;
const LONG = 0xe0;
const UTF8 = 0xe1;
const MORE_VALUES = 0xe2;
const COLOUR = 0xe3;
const DECIMAL = 0xe4;
const NUMBERS = 0xe5;
const AGAIN = 0xe6;
/** A pattern of few numbers. */
const PATTERN = 0xe8;

/** A name's first byte: a known name's place, or one of these. */
const NAME_AGAIN = 0xfe;
const NAME_LITERAL = 0xff;

const VALUE_CODES: ReadonlyMap<string, number> = new Map(VALUES.map((text, code) => [text, code]));
const NAME_CODES: ReadonlyMap<string, number> = new Map(NAMES.map((text, code) => [text, code]));
const LONGEST_VALUE = Math.max(...VALUES.map((text) => text.length));
/** Shorter texts aren't worth remembering. */
const WORTH_REPEATING = 4;
const POWERS = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];

const ZERO = 48;
const POINT = 46;
const MINUS = 45;
const HASH = 35;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Writes the texts of one stanza after another. */
export class TextWriter {
  readonly #numbers = new NumberWriter();
  readonly #literals = new Map<string, number>();
  readonly #names = new Map<string, number>();
  /** Bytes that are letters as they stand: what DEFLATE may shorten. */
  letters = 0;
  /** UTF-16 units of all texts. */
  units = 0;

  /** A new stanza begins. */
  reset(): void {
    if (this.#literals.size > 0) this.#literals.clear();
    if (this.#names.size > 0) this.#names.clear();
    this.letters = 0;
    this.units = 0;
  }

  /** Writes a text; false (and nothing written) when XML can't carry it as it is. */
  write(writer: ByteWriter, text: string): boolean {
    const { length } = text;
    this.units += length;
    const first = text.charCodeAt(0);
    if (length > 0 && length <= 16 && (isDigit(first) || first === MINUS) && writeDecimal(writer, text)) return true;
    if (length <= LONGEST_VALUE) {
      const code = VALUE_CODES.get(text);
      if (code !== undefined) {
        if (code < SHORT_VALUES) writer.byte(VALUE + code);
        else {
          writer.byte(MORE_VALUES);
          writer.byte(code - SHORT_VALUES);
        }
        return true;
      }
      if (length === 7 && first === HASH && writeColour(writer, text)) return true;
    }
    if (length >= WORTH_REPEATING && this.#literals.size > 0) {
      const known = this.#literals.get(text);
      if (known !== undefined) {
        writer.byte(AGAIN);
        writer.varint(known);
        return true;
      }
    }
    if (length > 4 && this.#numbers.write(writer, text, NUMBERS, PATTERN)) return true;
    return this.#writeLetters(writer, text);
  }

  #writeLetters(writer: ByteWriter, text: string): boolean {
    const { length } = text;
    const start = writer.length;
    writer.reserve(length + 9);
    if (length < SHORT_LENGTH) writer.byte(SHORT + length);
    else {
      writer.byte(LONG);
      writer.varint(length);
    }
    const { bytes } = writer;
    let at = writer.length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code < 0x20 || code > 0x7e) {
        writer.length = start;
        return isXmlText(text) && this.#writeUtf8(writer, text);
      }
      bytes[at++] = code;
    }
    writer.length = at;
    this.#remember(text, length);
    return true;
  }

  #writeUtf8(writer: ByteWriter, text: string): boolean {
    const bytes = encoder.encode(text);
    writer.byte(UTF8);
    writer.varint(bytes.length);
    writer.reserve(bytes.length);
    writer.bytes.set(bytes, writer.length);
    writer.length += bytes.length;
    this.#remember(text, bytes.length);
    return true;
  }

  #remember(text: string, bytes: number): void {
    this.letters += bytes;
    if (text.length >= WORTH_REPEATING) this.#literals.set(text, this.#literals.size);
  }

  /** Writes the name of an element or attribute; false (and nothing written) when it is none. */
  writeName(writer: ByteWriter, name: string): boolean {
    const code = NAME_CODES.get(name);
    if (code !== undefined) {
      writer.byte(code);
      return true;
    }
    this.units += name.length;
    const known = this.#names.get(name);
    if (known !== undefined) {
      writer.byte(NAME_AGAIN);
      writer.varint(known);
      return true;
    }
    if (!isXmlName(name)) return false;
    writer.byte(NAME_LITERAL);
    if (!this.write(writer, name)) return false;
    this.#names.set(name, this.#names.size);
    return true;
  }
}

/** A number in its shortest spelling with up to six decimals: tenths in two bytes, others with their scale. */
function writeDecimal(writer: ByteWriter, text: string): boolean {
  const { length } = text;
  const negative = text.charCodeAt(0) === MINUS;
  let value = 0;
  let point = -1;
  for (let at = negative ? 1 : 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) value = value * 10 + (code - ZERO);
    else if (code === POINT && point < 0) point = at;
    else return false;
  }
  const whole = (point < 0 ? length : point) - (negative ? 1 : 0);
  const decimals = point < 0 ? 0 : length - point - 1;
  if (whole === 0 || whole + decimals > 15 || decimals >= POWERS.length || point === length - 1) return false;
  if (whole > 1 && text.charCodeAt(negative ? 1 : 0) === ZERO) return false;
  if (decimals > 0 && text.charCodeAt(length - 1) === ZERO) return false;
  if (negative && value === 0) return false;
  const tenths = decimals === 0 ? value * 10 : value;
  if (!negative && decimals <= 1 && tenths < 0x8000) {
    // Whole numbers that are known words take one byte.
    const code = decimals === 0 && length < 3 ? VALUE_CODES.get(text) : undefined;
    if (code !== undefined && code < SHORT_VALUES) writer.byte(VALUE + code);
    else {
      writer.byte(tenths >> 8);
      writer.byte(tenths & 255);
    }
    return true;
  }
  writer.byte(DECIMAL);
  writer.byte(decimals * 2 + (negative ? 1 : 0));
  writer.varint(value);
  return true;
}

/** #rrggbb in small letters. */
function writeColour(writer: ByteWriter, text: string): boolean {
  let value = 0;
  for (let at = 1; at < 7; at++) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) value = value * 16 + code - ZERO;
    else if (code >= 97 && code <= 102) value = value * 16 + code - 87;
    else return false;
  }
  writer.byte(COLOUR);
  writer.byte(value >> 16);
  writer.byte((value >> 8) & 255);
  writer.byte(value & 255);
  return true;
}

/** Reads the texts of one stanza. Throws Malformed for what no writer writes, and when they exceed their limit. */
export class TextReader {
  readonly #numbers = new NumberReader();
  #literals: string[] = [];
  #names: string[] = [];
  #units = 0;
  #most = 0;

  /** A new stanza begins, whose texts come to at most this many UTF-16 units. */
  reset(most: number): void {
    this.#most = most;
    this.#literals = [];
    this.#names = [];
    this.#units = 0;
  }

  read(reader: ByteReader): string {
    const text = this.#read(reader);
    this.count(text.length);
    return text;
  }

  /** Counts characters that were made of something read before. */
  count(units: number): void {
    this.#units += units;
    if (this.#units > this.#most) throw new Malformed('it expands beyond its limit');
  }

  #read(reader: ByteReader): string {
    const first = reader.byte();
    if (first < VALUE) return decimalText((first << 8) | reader.byte(), 1, false);
    if (first < SHORT) return VALUES[first - VALUE] as string;
    if (first < LONG) return this.#letters(reader, first - SHORT);
    switch (first) {
      case LONG:
        return this.#letters(reader, reader.varint());
      case UTF8:
        return this.#utf8(reader, reader.varint());
      case MORE_VALUES:
        return known(VALUES, SHORT_VALUES + reader.byte());
      case COLOUR: {
        const from = reader.skip(3);
        const { bytes } = reader;
        const value =
          (bytes[from] as number) * 65_536 + (bytes[from + 1] as number) * 256 + (bytes[from + 2] as number);
        return `#${(0x1000000 + value).toString(16).slice(1)}`;
      }
      case DECIMAL: {
        const head = reader.byte();
        if (head >> 1 >= POWERS.length) throw new Malformed('a scale is out of range');
        return decimalText(reader.varint(), head >> 1, (head & 1) === 1);
      }
      case NUMBERS:
        return this.#numbers.read(reader, this.#most - this.#units);
      case AGAIN:
        return known(this.#literals, reader.varint());
      default:
        if (first < PATTERN) throw new Malformed('a text of an unknown kind');
        return this.#numbers.readPattern(reader, first - PATTERN);
    }
  }

  #letters(reader: ByteReader, length: number): string {
    const from = reader.skip(length);
    const { bytes } = reader;
    for (let i = from; i < reader.at; i++) {
      const code = bytes[i] as number;
      if (code < 0x20 || code > 0x7e) throw new Malformed('letters out of range');
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString('latin1');
    if (length >= WORTH_REPEATING) this.#literals.push(text);
    return text;
  }

  #utf8(reader: ByteReader, length: number): string {
    const from = reader.skip(length);
    const text = decodeUtf8(reader.bytes.subarray(from, reader.at));
    if (text === undefined || !isXmlText(text)) throw new Malformed('characters that XML forbids');
    if (text.length >= WORTH_REPEATING) this.#literals.push(text);
    return text;
  }

  readName(reader: ByteReader): string {
    const code = reader.byte();
    if (code < NAME_AGAIN) return known(NAMES, code);
    const name = code === NAME_AGAIN ? known(this.#names, reader.varint()) : this.read(reader);
    if (code === NAME_LITERAL) {
      if (!isXmlName(name)) throw new Malformed('a name that is none');
      this.#names.push(name);
    } else this.count(name.length);
    return name;
  }
}

function known(list: readonly string[], code: number): string {
  const text = list[code];
  if (text === undefined) throw new Malformed('a place in a table that isn’t there');
  return text;
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** value / 10^decimals in its shortest spelling. */
function decimalText(value: number, decimals: number, negative: boolean): string {
  const unit = POWERS[decimals] as number;
  const whole = Math.floor(value / unit);
  let part = value - whole * unit;
  let text = negative ? `-${whole}` : String(whole);
  if (part === 0) return text;
  let places = decimals;
  for (; part % 10 === 0; places--) part /= 10;
  text += '.';
  const digits = String(part);
  for (let i = digits.length; i < places; i++) text += '0';
  return text + digits;
}
