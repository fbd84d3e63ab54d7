import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Raw DEFLATE (RFC 1951) with bounded expansion. */
export interface Deflate {
  /** With a `dictionary`, both sides begin as if it had come before. */
  deflate(data: Uint8Array, dictionary?: Uint8Array): Uint8Array;
  /** Throws RangeError when the result would exceed `limit` bytes or the data is malformed. */
  inflate(data: Uint8Array, limit: number, dictionary?: Uint8Array): Uint8Array;
}

/** Node's zlib. Inflating stops at the limit, so a bomb costs no more memory than it. */
export const systemDeflate: Deflate = {
  deflate: (data, dictionary) => new Uint8Array(deflateRawSync(data, dictionary && { dictionary })),
  inflate(data, limit, dictionary) {
    try {
      return new Uint8Array(inflateRawSync(data, { maxOutputLength: limit, ...(dictionary && { dictionary }) }));
    } catch (error) {
      throw new RangeError(`The compressed data is malformed or expands beyond ${limit} bytes.`, { cause: error });
    }
  },
};
