/** Bytes of saved columns (columns.ts): integers of variable length, record ids as counters, and all texts in one piece behind them. */

/** Texts up to this long are kept once, however often they come. */
const WORTH_KEEPING = 40;
/** The counter of a rid in base 36; more digits than this go as text. */
const MAX_DIGITS = 9;
/** How many UTF-16 units are made a string at a time. */
const SLICE = 8192;

// A text is a number: which of those that came before, or its length and, in the lowest bits, where its letters are.
const AGAIN = 0;
const NARROW = 1;
const WIDE = 2;

// A rid is an even number, its distance from the one before of its prefix, or one of these, or the place of another prefix.
const AS_TEXT = 1;
const FRESH_PREFIX = 3;
const FIRST_PREFIX = 5;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export class ColumnWriter {
  #bytes = new Uint8Array(1 << 16);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  /** Letters of texts of ASCII, and of all others. */
  readonly #narrow: string[] = [];
  readonly #wide: string[] = [];
  readonly #texts = new Map<string, number>();
  readonly #prefixes = new Map<string, number>();
  readonly #counters: number[] = [];
  #prefix = '';
  #current = -1;
  #time = 0;

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** From 0 to 2^53 - 1, seven bits a byte, the least significant first. */
  integer(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Any number: small integers as such, others as doubles. */
  number(value: number): void {
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 50) return this.integer(zigzag(value) * 2);
    this.byte(1);
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value);
    this.#length += 8;
  }

  /** Milliseconds, or undefined. */
  moment(time: number | undefined): void {
    if (time === undefined) return this.byte(0);
    const near = Number.isSafeInteger(time) && Number.isSafeInteger(time - this.#time);
    this.byte(near ? 1 : 2);
    this.number(near ? time - this.#time : time);
    this.#time = Number.isSafeInteger(time) ? time : 0;
  }

  optional(text: string | undefined): void {
    this.byte(text === undefined ? 0 : 1);
    if (text !== undefined) this.text(text);
  }

  text(text: string): void {
    const known = this.#texts.get(text);
    if (known !== undefined) return this.integer(known * 4 + AGAIN);
    if (text.length <= WORTH_KEEPING) this.#texts.set(text, this.#texts.size);
    const narrow = isAscii(text);
    (narrow ? this.#narrow : this.#wide).push(text);
    this.integer(text.length * 4 + (narrow ? NARROW : WIDE));
  }

  rid(rid: string): void {
    const dot = rid.lastIndexOf('.');
    const prefix = rid.slice(0, Math.max(dot, 0));
    const digits = rid.slice(dot + 1);
    const counter = digits.length <= MAX_DIGITS ? Number.parseInt(digits, 36) : Number.NaN;
    if (dot < 0 || !(counter >= 0) || counter.toString(36) !== digits || !isAscii(prefix)) {
      this.integer(AS_TEXT);
      return this.text(rid);
    }
    if (this.#current < 0 || prefix !== this.#prefix) {
      const known = this.#prefixes.get(prefix);
      this.#prefix = prefix;
      if (known === undefined) {
        this.integer(FRESH_PREFIX);
        this.text(prefix);
        this.#current = this.#counters.push(0) - 1;
        this.#prefixes.set(prefix, this.#current);
      } else {
        this.integer(FIRST_PREFIX + 2 * known);
        this.#current = known;
      }
    }
    this.integer(zigzag(counter - (this.#counters[this.#current] as number)) * 2);
    this.#counters[this.#current] = counter;
  }

  /** All that was written, the texts behind it. */
  finish(): Uint8Array {
    const narrow = encoder.encode(this.#narrow.join(''));
    const wide = this.#wide.join('');
    const data = new Uint8Array(8 + this.#length + narrow.length + 2 * wide.length);
    const view = new DataView(data.buffer);
    view.setUint32(0, this.#length);
    view.setUint32(4, narrow.length);
    data.set(this.#bytes.subarray(0, this.#length), 8);
    data.set(narrow, 8 + this.#length);
    const from = 8 + this.#length + narrow.length;
    for (let i = 0; i < wide.length; i++) view.setUint16(from + 2 * i, wide.charCodeAt(i));
    return data;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(this.#bytes.length * 2);
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** Reads what ColumnWriter wrote. What is cut short reads as zeros, and `atEnd` is false in the end. */
export class ColumnReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  readonly #narrow: string;
  readonly #wide: string;
  #at = 8;
  #narrowAt = 0;
  #wideAt = 0;
  readonly #texts: string[] = [];
  #time = 0;
  /** The rids one behind the other, and where each ends. */
  #rids = '';
  #ridEnds = new Uint32Array(0);
  readonly #oddRids = new Map<number, string>();

  /** @throws RangeError when the lengths at the beginning can't be. */
  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#bytes = bytes;
    this.#view = view;
    this.#end = 8 + view.getUint32(0);
    const wideFrom = this.#end + view.getUint32(4);
    if (wideFrom > bytes.length) throw new RangeError('a saved state that is cut short');
    this.#narrow = decoder.decode(bytes.subarray(this.#end, wideFrom));
    this.#wide = wideString(view, wideFrom);
  }

  /** Whether all has been read, and no more than was there. */
  get atEnd(): boolean {
    return this.#at === this.#end && this.#narrowAt === this.#narrow.length && this.#wideAt === this.#wide.length;
  }

  byte(): number {
    return this.#at < this.#end ? (this.#bytes[this.#at++] as number) : this.#over();
  }

  integer(): number {
    const first = this.byte();
    if (first < 128) return first;
    let value = first & 127;
    for (let scale = 128; ; scale *= 128) {
      const next = this.byte();
      value += (next & 127) * scale;
      if (next < 128) return value;
    }
  }

  number(): number {
    const code = this.integer();
    if (code % 2 === 0) return unzigzag(code / 2);
    if (this.#at + 8 > this.#end) return this.#over();
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8);
  }

  moment(): number | undefined {
    const how = this.byte();
    if (how === 0) return undefined;
    const time = this.number() + (how === 1 ? this.#time : 0);
    this.#time = Number.isSafeInteger(time) ? time : 0;
    return time;
  }

  optional(): string | undefined {
    return this.byte() === 0 ? undefined : this.text();
  }

  text(): string {
    const code = this.integer();
    const kind = code & 3;
    const length = code >>> 2;
    if (kind === AGAIN) {
      const text = this.#texts[length];
      if (text === undefined) throw new RangeError('a saved text that is not there');
      return text;
    }
    let text: string;
    if (kind === NARROW) {
      text = this.#narrow.substring(this.#narrowAt, this.#narrowAt + length);
      this.#narrowAt += length;
    } else {
      text = this.#wide.substring(this.#wideAt, this.#wideAt + length);
      this.#wideAt += length;
    }
    if (length <= WORTH_KEEPING) this.#texts.push(text);
    return text;
  }

  /** Reads the rids that come next; `rid` gives them. They are spelt as bytes first: cutting one off then takes no arithmetic. */
  readRids(count: number): void {
    // Each takes a byte at least.
    if (count > this.#end - this.#at) throw new RangeError('a saved state that is cut short');
    this.#ridEnds = new Uint32Array(count);
    let spelt = new Uint8Array(count * 24 + 64);
    let length = 0;
    const prefixes: Uint8Array[] = [];
    const counters: number[] = [];
    let current = -1;
    for (let i = 0; i < count; i++) {
      let code = this.integer();
      if (code === AS_TEXT) {
        this.#oddRids.set(i, this.text());
        this.#ridEnds[i] = length;
        continue;
      }
      if (code % 2 === 1) {
        if (code === FRESH_PREFIX) {
          prefixes.push(encoder.encode(`${this.text()}.`));
          current = counters.push(0) - 1;
        } else current = (code - FIRST_PREFIX) / 2;
        code = this.integer();
      }
      const prefix = prefixes[current];
      if (prefix === undefined) throw new RangeError('a saved rid without a prefix');
      const counter = (counters[current] as number) + unzigzag(code / 2);
      if (!(counter >= 0 && counter < 36 ** MAX_DIGITS)) throw new RangeError('a saved rid out of range');
      counters[current] = counter;
      if (length + prefix.length + MAX_DIGITS > spelt.length) spelt = grown(spelt, prefix.length);
      for (let k = 0; k < prefix.length; k++) spelt[length++] = prefix[k] as number;
      length = spell(counter, spelt, length);
      this.#ridEnds[i] = length;
    }
    this.#rids = decoder.decode(spelt.subarray(0, length));
  }

  rid(i: number): string {
    const from = i === 0 ? 0 : (this.#ridEnds[i - 1] as number);
    const to = this.#ridEnds[i] as number;
    return from === to ? (this.#oddRids.get(i) ?? '') : this.#rids.substring(from, to);
  }

  /** Nothing is left: what is read from here on is nothing. */
  #over(): 0 {
    this.#at = this.#end + 1;
    return 0;
  }
}

/** Writes a counter in base 36; answers where it ends. */
function spell(counter: number, bytes: Uint8Array, from: number): number {
  let digits = 1;
  for (let rest = counter; rest >= 36; rest = Math.floor(rest / 36)) digits++;
  let rest = counter;
  for (let at = from + digits - 1; at >= from; at--) {
    const next = Math.floor(rest / 36);
    const digit = rest - next * 36;
    bytes[at] = digit < 10 ? 48 + digit : 87 + digit;
    rest = next;
  }
  return from + digits;
}

function grown(bytes: Uint8Array, by: number): Uint8Array<ArrayBuffer> {
  const more = new Uint8Array(bytes.length * 2 + by);
  more.set(bytes);
  return more;
}

function wideString(view: DataView, from: number): string {
  let text = '';
  for (let at = from; at < view.byteLength; at += 2 * SLICE) {
    const units = new Uint16Array(Math.min(SLICE, (view.byteLength - at) >> 1));
    for (let i = 0; i < units.length; i++) units[i] = view.getUint16(at + 2 * i);
    text += String.fromCharCode(...units);
  }
  return text;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(code: number): number {
  return code % 2 === 0 ? code / 2 : -(code + 1) / 2;
}
