/**
 * Texts made of decimal numbers and few separators (path data, points, transforms) in the compact form: the pattern of
 * separators as runs, the numbers as integers of one scale, each told from the one two before it (a pen moves little, and x
 * follows x). What wouldn't come out letter by letter as it went in is left to others.
 */
import { type ByteReader, type ByteWriter, Malformed } from './compact-bytes.ts';
import { PATTERNS, SEPARATORS } from './compact-words.ts';

/** Beyond this (2^49) a number isn't handled here: twice it, and differences, must stay exact. */
const MAX_SCALED = 562_949_953_421_312;
const MAX_SCALE = 9;
const MAX_PERIOD = 7;
/** Longest separator and longest number, in characters. */
const MAX_SPELT = 32;
const POWERS = Array.from({ length: 17 }, (_, exponent) => 10 ** exponent);
/** Periods of separators, those of coordinates and curves first. */
const PERIODS = [2, 1, 6, 4, 3, 7, 5];
const NONE = 255;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;

const CODES: ReadonlyMap<string, number> = new Map(SEPARATORS.map((text, code) => [text, code]));
/** The codes of separators of one character, by character. */
const SINGLE = new Uint8Array(128).fill(NONE);
/** Whether a separator ends in a relative path command. */
const RELATIVE = SEPARATORS.map((text) => /[a-z]$/.test(text));
const SPELT = SEPARATORS.map((text) => Buffer.from(text, 'latin1'));
for (const [text, code] of CODES) if (text.length === 1) SINGLE[text.charCodeAt(0)] = code;

/** The separators of each pattern, the last one being its tail. */
const PATTERN_CODES = PATTERNS.map((pattern) => pattern.split('#').map((text) => CODES.get(text) ?? NONE));
/** Scales that a pattern's byte can say: 0, 1 and 2. */
const PATTERN_SCALES = 3;

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;

/** The code of what stands in a text from one place to another; NONE for what is in no list. */
function separatorCode(text: string, from: number, to: number): number {
  if (to === from) return 0;
  if (to === from + 1) return SINGLE[text.charCodeAt(from)] ?? NONE;
  return to - from > MAX_SPELT ? NONE : (CODES.get(text.slice(from, to)) ?? NONE);
}

/** Writes texts of numbers; its tables are kept from one text to the next. */
export class NumberWriter {
  #values = new Float64Array(256);
  #decimals = new Uint8Array(256);
  #separators = new Uint8Array(256);
  #count = 0;
  /** The most decimals of any number. */
  #scale = 0;
  #tail = 0;

  /** Writes a text of numbers behind the byte `head`, or a pattern behind one of those that begin with `patterns`; false (and
   *  nothing written) when it is none, or wouldn't get shorter. */
  write(writer: ByteWriter, text: string, head: number, patterns: number): boolean {
    if (!this.#scan(text)) return false;
    const start = writer.length;
    const pattern = this.#scale < PATTERN_SCALES ? this.#pattern() : -1;
    if (pattern >= 0) {
      writer.byte(patterns + pattern * PATTERN_SCALES + this.#scale);
      return this.#writeValues(writer, true) || this.#undo(writer, start);
    }
    const relative = this.#isRelative();
    writer.byte(head);
    writer.byte(this.#scale * 2 + (relative ? 1 : 0));
    this.#writeRuns(writer);
    writer.byte(this.#tail);
    return (this.#writeValues(writer, relative) && writer.length - start <= text.length) || this.#undo(writer, start);
  }

  #undo(writer: ByteWriter, start: number): false {
    writer.length = start;
    return false;
  }

  /** The pattern that the text has, or -1. */
  #pattern(): number {
    const separators = this.#separators;
    const count = this.#count;
    for (let at = 0; at < PATTERN_CODES.length; at++) {
      const codes = PATTERN_CODES[at] as number[];
      if (codes.length !== count + 1 || codes[count] !== this.#tail) continue;
      let i = 0;
      while (i < count && codes[i] === separators[i]) i++;
      if (i === count) return at;
    }
    return -1;
  }

  /** Takes a text apart; false when it is anything but numbers in their shortest spelling and known separators. */
  #scan(text: string): boolean {
    const { length } = text;
    let at = 0;
    this.#count = 0;
    this.#scale = 0;
    for (;;) {
      const from = at;
      let code = text.charCodeAt(at);
      while (at < length && !isDigit(code) && !(code === MINUS && isDigit(text.charCodeAt(at + 1)))) {
        code = text.charCodeAt(++at);
      }
      const separator = separatorCode(text, from, at);
      if (separator === NONE) return false;
      if (at === length) {
        this.#tail = separator;
        return this.#count > 0;
      }
      const negative = code === MINUS;
      if (negative) code = text.charCodeAt(++at);
      const first = at;
      let value = 0;
      while (isDigit(code)) {
        value = value * 10 + (code - ZERO);
        code = text.charCodeAt(++at);
      }
      if (at - first > 1 && text.charCodeAt(first) === ZERO) return false;
      let decimals = 0;
      if (code === POINT && isDigit(text.charCodeAt(at + 1))) {
        code = text.charCodeAt(++at);
        for (; isDigit(code); decimals++) {
          value = value * 10 + (code - ZERO);
          code = text.charCodeAt(++at);
        }
        if (text.charCodeAt(at - 1) === ZERO) return false;
      }
      if (at - first > 16 || decimals > MAX_SCALE || (negative && value === 0)) return false;
      this.#push(negative ? -value : value, decimals, separator);
    }
  }

  #push(value: number, decimals: number, separator: number): void {
    const at = this.#count++;
    if (at === this.#values.length) this.#grow(at * 2);
    this.#values[at] = value;
    this.#decimals[at] = decimals;
    this.#separators[at] = separator;
    if (decimals > this.#scale) this.#scale = decimals;
  }

  #grow(size: number): void {
    const [values, decimals, separators] = [this.#values, this.#decimals, this.#separators];
    this.#values = new Float64Array(size);
    this.#decimals = new Uint8Array(size);
    this.#separators = new Uint8Array(size);
    this.#values.set(values);
    this.#decimals.set(decimals);
    this.#separators.set(separators);
  }

  /** Relative path commands say small numbers as they are; the first few separators tell. */
  #isRelative(): boolean {
    for (let i = 0; i < Math.min(this.#count, 4); i++) if (RELATIVE[this.#separators[i] as number]) return true;
    return false;
  }

  /** The separators as runs: a period, its separators, how often it comes; a period of 0 ends them. */
  #writeRuns(writer: ByteWriter): void {
    const separators = this.#separators;
    const count = this.#count;
    for (let at = 0; at < count; ) {
      let period = Math.min(2, count - at);
      let times = 1;
      for (const candidate of PERIODS) {
        let same = at;
        while (same + candidate < count && separators[same] === separators[same + candidate]) same++;
        const found = 1 + Math.floor((same - at) / candidate);
        if (found > 1 && found * candidate > period * times) {
          period = candidate;
          times = found;
          if (at + period * times >= count - candidate) break;
        }
      }
      writer.byte(period);
      for (let i = 0; i < period; i++) writer.byte(separators[at + i] as number);
      writer.varint(times);
      at += period * times;
    }
    writer.byte(0);
  }

  #writeValues(writer: ByteWriter, relative: boolean): boolean {
    const scale = this.#scale;
    let before = 0;
    let last = 0;
    for (let i = 0; i < this.#count; i++) {
      const value = (this.#values[i] as number) * (POWERS[scale - (this.#decimals[i] as number)] as number);
      if (value > MAX_SCALED || value < -MAX_SCALED) return false;
      writer.signed(relative ? value : value - before);
      before = last;
      last = value;
    }
    return true;
  }
}

/** Reads texts of numbers; its buffer is kept from one text to the next. */
export class NumberReader {
  #out = Buffer.alloc(4096);

  /** The text of a pattern, whose byte was the `code`th of those that say patterns. Throws Malformed for what is none. */
  readPattern(reader: ByteReader, code: number): string {
    const codes = PATTERN_CODES[Math.floor(code / PATTERN_SCALES)] as number[];
    const scale = code % PATTERN_SCALES;
    const count = codes.length - 1;
    let at = 0;
    for (let i = 0; i < count; i++) {
      at = this.#put(SPELT[codes[i] as number] as Uint8Array, at);
      at = this.#print(bounded(reader.signed()), scale, at);
    }
    at = this.#put(SPELT[codes[count] as number] as Uint8Array, at);
    return this.#out.toString('latin1', 0, at);
  }

  /** The text of at most `most` characters. Throws Malformed for what is none. */
  read(reader: ByteReader, most: number): string {
    const head = reader.byte();
    const scale = head >> 1;
    const relative = (head & 1) === 1;
    if (scale > MAX_SCALE) throw new Malformed('a scale is out of range');
    const runs = reader.at;
    const count = this.#skipRuns(reader);
    const tail = spelling(reader.byte());
    if (count > reader.end - reader.at) throw new Malformed('it is cut short');
    const run = new RunReader(reader.bytes, runs);
    let at = 0;
    let before = 0;
    let last = 0;
    for (let left = count; left > 0; left--) {
      if (at + 2 * MAX_SPELT > this.#out.length) this.#widen();
      at = this.#put(spelling(run.next()), at);
      const value = bounded(reader.signed() + (relative ? 0 : before));
      at = this.#print(value, scale, at);
      if (at > most) throw new Malformed('it expands beyond its limit');
      before = last;
      last = value;
    }
    if (at + MAX_SPELT > this.#out.length) this.#widen();
    at = this.#put(tail, at);
    return this.#out.toString('latin1', 0, at);
  }

  /** Steps over the runs; answers how many numbers they announce. */
  #skipRuns(reader: ByteReader): number {
    let count = 0;
    for (let period = reader.byte(); period > 0; period = reader.byte()) {
      if (period > MAX_PERIOD) throw new Malformed('a period is out of range');
      reader.skip(period);
      const times = reader.varint();
      count += period * times;
      // Each number takes a byte at least.
      if (times === 0 || count > reader.end) throw new Malformed('it announces more numbers than it holds');
    }
    return count;
  }

  #widen(): void {
    const wider = Buffer.alloc(this.#out.length * 2);
    wider.set(this.#out);
    this.#out = wider;
  }

  #put(text: Uint8Array, from: number): number {
    for (let i = 0; i < text.length; i++) this.#out[from + i] = text[i] as number;
    return from + text.length;
  }

  /** Writes value / 10^scale in its shortest spelling; answers where it ends. */
  #print(value: number, scale: number, from: number): number {
    let at = from;
    if (value < 0) this.#out[at++] = MINUS;
    const size = Math.abs(value);
    if (scale === 0) return this.#digits(size, 1, at);
    const unit = POWERS[scale] as number;
    const whole = Math.floor(size / unit);
    let part = size - whole * unit;
    at = this.#digits(whole, 1, at);
    if (part === 0) return at;
    let places = scale;
    for (; part % 10 === 0; places--) part /= 10;
    this.#out[at++] = POINT;
    return this.#digits(part, places, at);
  }

  /** Writes an integer with at least `least` digits. */
  #digits(value: number, least: number, from: number): number {
    let length = least;
    while (value >= (POWERS[length] as number)) length++;
    let rest = value;
    for (let at = from + length - 1; at >= from; at--) {
      const next = Math.floor(rest / 10);
      this.#out[at] = ZERO + (rest - next * 10);
      rest = next;
    }
    return from + length;
  }
}

/** Walks through the separators that runs say, which have been looked through before. */
class RunReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #first = 0;
  #period = 0;
  #index = 0;
  #times = 0;

  constructor(bytes: Uint8Array, from: number) {
    this.#bytes = bytes;
    this.#at = from;
  }

  next(): number {
    if (this.#index === this.#period) {
      this.#index = 0;
      if (--this.#times <= 0) this.#begin();
    }
    return this.#bytes[this.#first + this.#index++] as number;
  }

  #begin(): void {
    this.#period = this.#bytes[this.#at] as number;
    this.#first = this.#at + 1;
    this.#at = this.#first + this.#period;
    this.#times = 0;
    for (let scale = 1; ; scale *= 128) {
      const next = this.#bytes[this.#at++] as number;
      this.#times += (next & 127) * scale;
      if (next < 128) return;
    }
  }
}

function bounded(value: number): number {
  if (value > MAX_SCALED || value < -MAX_SCALED) throw new Malformed('a number is out of range');
  return value;
}

function spelling(code: number): Uint8Array {
  const bytes = SPELT[code];
  if (bytes === undefined) throw new Malformed('a separator is unknown');
  return bytes;
}
