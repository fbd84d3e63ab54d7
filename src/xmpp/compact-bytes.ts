/** Bytes of the compact form (urn:x-limn:compact:0): integers of variable length, and a reader that never leaves its bytes. */

/** What is read is no compact form; thrown inside the compact modules alone, which turn it into a result. */
export class Malformed extends Error {}

/** Integers are at most this: above it doubles skip some. */
const MAX_INTEGER = Number.MAX_SAFE_INTEGER;

/** Bytes that grow, kept from one stanza to the next. */
export class ByteWriter {
  bytes = new Uint8Array(8192);
  length = 0;
  #view = new DataView(this.bytes.buffer);

  /** Makes room for `count` more bytes; whoever writes into `bytes` directly asks for it first. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** An integer from 0 to MAX_INTEGER, seven bits a byte, the least significant first (LEB128). */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 0x8000_0000) {
      this.bytes[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  /** An integer of either sign, of at most 2^51 in size. */
  signed(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  double(value: number): void {
    this.reserve(8);
    this.#view.setFloat64(this.length, value);
    this.length += 8;
  }
}

/** Reads what ByteWriter wrote, from bytes of whatever origin. Every method throws Malformed at the end of the bytes. */
export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, from = 0) {
    this.bytes = bytes;
    this.at = from;
    this.end = bytes.length;
  }

  byte(): number {
    if (this.at >= this.end) throw new Malformed('it is cut short');
    return this.bytes[this.at++] as number;
  }

  varint(): number {
    const first = this.byte();
    if (first < 128) return first;
    let value = first & 127;
    let scale = 128;
    for (let count = 1; count < 8; count++) {
      const next = this.byte();
      value += (next & 127) * scale;
      if (next < 128) {
        if (value > MAX_INTEGER) break;
        return value;
      }
      scale *= 128;
    }
    throw new Malformed('an integer is out of range');
  }

  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  double(): number {
    const from = this.skip(8);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + from, 8).getFloat64(0);
  }

  /** Steps over `count` bytes and answers where they begin. */
  skip(count: number): number {
    const from = this.at;
    if (count > this.end - from) throw new Malformed('it is cut short');
    this.at = from + count;
    return from;
  }
}
