/**
 * The compact form of a stanza's edits between Limn peers (`urn:x-limn:compact:0`): bytes as compact-edits.ts has them, through
 * raw DEFLATE with a preset dictionary where that pays, in base64. The first byte says which, so that other forms can
 * follow under other numbers. What can't be read is one malformed stanza on every replica alike; nothing here throws at it.
 */
import type { Edit } from '#core/types.ts';
import { ByteReader, Malformed } from './compact-bytes.ts';
import { EditReader, EditWriter } from './compact-edits.ts';
import { PRESET } from './compact-words.ts';
import type { Compression } from './ports.ts';
import { parseEdit, serializeEdit, SXE_DIALECT } from './xep-0284-edits.ts';

/** The bytes of edits as they are. */
const PLAIN = 1;
/** The same, DEFLATEd with the preset dictionary. */
const DEFLATED = 2;
/** So many letters are worth a call of DEFLATE: below, the words and patterns of the form are as short, and it costs 30 us and more. */
const WORTH_DEFLATING = 400;
/** What a stanza expands to at most, in bytes before reading and in UTF-16 units of all its texts after. Far above what any honest
 *  one holds (48 KiB), and the same on every replica. */
export const MAX_EXPANDED = 1024 * 1024;
/** Edits of one stanza at most; an honest one holds some hundred. */
const MAX_EDITS = 16_384;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export type CompactResult =
  | { readonly ok: true; readonly edits: readonly Edit[] }
  | { readonly ok: false; readonly reason: string };

export interface CompactCodec {
  /** The edits of a stanza whose author's rids begin with `prefix`, as base64; undefined when they can't be said in bounds and
   *  have to go plain. Whatever the plain form doesn't carry, this doesn't either. Throws RangeError for a non-finite weight. */
  write(edits: readonly Edit[], prefix: string): string | undefined;
  /** Reads it again. Never throws. */
  read(base64: string, prefix: string): CompactResult;
}

/** Makes a codec; its tables are kept from one stanza to the next. */
export function createCompactCodec(compression: Compression): CompactCodec {
  const preset = new TextEncoder().encode(PRESET);
  const writer = new EditWriter();
  const reader = new EditReader();

  const writeAll = (edits: readonly Edit[], prefix: string): boolean => {
    writer.begin(prefix);
    writer.bytes.byte(PLAIN);
    for (const edit of edits) if (!writer.write(edit)) return false;
    return true;
  };

  /** Only as much of it as would repay the call. */
  const deflated = (body: Uint8Array): Uint8Array | undefined => {
    if (writer.texts.letters < WORTH_DEFLATING) return undefined;
    const shorter = compression.deflate(body.subarray(1), preset);
    return shorter.length < body.length * 0.95 ? shorter : undefined;
  };

  const readBody = (data: Uint8Array): ByteReader => {
    if (data[0] === PLAIN) return new ByteReader(data, 1);
    if (data[0] !== DEFLATED) throw new Malformed('a form of an unknown version');
    return new ByteReader(inflate(compression, data.subarray(1), preset));
  };

  return {
    write(edits, prefix) {
      if (edits.length > MAX_EDITS) return undefined;
      if (!writeAll(edits, prefix) && !writeAll(asPlain(edits), prefix)) return undefined;
      const body = writer.bytes.bytes.subarray(0, writer.bytes.length);
      if (body.length > MAX_EXPANDED || writer.texts.units > MAX_EXPANDED) return undefined;
      const shorter = deflated(body);
      if (!shorter) return toBase64(body);
      const data = new Uint8Array(shorter.length + 1);
      data[0] = DEFLATED;
      data.set(shorter, 1);
      return toBase64(data);
    },
    read(base64, prefix) {
      if (base64.length % 4 !== 0 || !BASE64.test(base64)) return { ok: false, reason: 'its base64 is damaged' };
      try {
        const body = readBody(Buffer.from(base64, 'base64'));
        reader.begin(prefix, MAX_EXPANDED);
        const edits: Edit[] = [];
        while (body.at < body.end) {
          if (edits.length === MAX_EDITS) throw new Malformed('it holds too many edits');
          edits.push(reader.read(body));
        }
        return { ok: true, edits };
      } catch (error) {
        if (error instanceof Malformed) return { ok: false, reason: error.message };
        throw error;
      }
    },
  };
}

const toBase64 = (data: Uint8Array): string =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');

function inflate(compression: Compression, data: Uint8Array, preset: Uint8Array): Uint8Array {
  try {
    return compression.inflate(data, MAX_EXPANDED, preset);
  } catch {
    throw new Malformed('its DEFLATE is damaged or expands beyond its limit');
  }
}

/** The edits as the plain form would bring them to the other side: what it drops is dropped, what it spoils is malformed. */
function asPlain(edits: readonly Edit[]): Edit[] {
  return edits.flatMap((edit) => {
    const result = parseEdit(serializeEdit(edit, SXE_DIALECT), SXE_DIALECT);
    return result.ok ? [result.edit] : [];
  });
}
