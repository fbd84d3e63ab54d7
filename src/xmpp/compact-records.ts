/** Records of a state as bytes of the compact form: each as the New that would make it, and before it what a New doesn't say. */
import type { NodeRecord } from '#core/types.ts';
import { ByteReader, Malformed } from './compact-bytes.ts';
import { EditReader, EditWriter } from './compact-edits.ts';

// What stands before each New.
const INERT = 1;
/** The version at which the text was last written is the record's own ... */
const TEXT_NEWEST = 2;
/** ... or follows. */
const TEXT_OLDER = 4;

/** The bytes of all records; undefined when one of them can't be said on the wire as it is. */
export function writeRecords(records: readonly NodeRecord[]): Uint8Array | undefined {
  const writer = new EditWriter();
  const { bytes } = writer;
  writer.begin('');
  for (const { inert, chdataVersion, version, ...fields } of records) {
    const newest = chdataVersion === version;
    bytes.byte((inert ? INERT : 0) | (chdataVersion === undefined ? 0 : newest ? TEXT_NEWEST : TEXT_OLDER));
    if (chdataVersion !== undefined && !newest) {
      if (!Number.isSafeInteger(chdataVersion) || chdataVersion < 0) return undefined;
      bytes.varint(chdataVersion);
    }
    const more = { ...(version === 0 ? {} : { version }), ...(inert ? { malformed: inert } : {}) };
    if (!writer.write({ kind: 'new', ...fields, ...more })) return undefined;
  }
  return bytes.bytes.slice(0, bytes.length);
}

/** Reads them from a place in `data` to its end; undefined when they are none, more than `mostRecords`, or their texts longer than
 *  `mostText` UTF-16 units. */
export function readRecords(
  data: Uint8Array,
  from: number,
  mostRecords: number,
  mostText: number,
): NodeRecord[] | undefined {
  const bytes = new ByteReader(data, from);
  const reader = new EditReader();
  const records: NodeRecord[] = [];
  reader.begin('', mostText);
  try {
    while (bytes.at < bytes.end) {
      if (records.length === mostRecords) return undefined;
      records.push(readRecord(bytes, reader));
    }
    return records;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function readRecord(bytes: ByteReader, reader: EditReader): NodeRecord {
  const marks = bytes.byte();
  const older = marks & TEXT_OLDER ? bytes.varint() : undefined;
  const edit = reader.read(bytes);
  if (edit.kind !== 'new' || marks > (INERT | TEXT_NEWEST | TEXT_OLDER)) throw new Malformed('no record');
  const { kind: _, malformed, restores: __, version = 0, ...fields } = edit;
  // What lacks a name belongs to no tree, whoever says otherwise.
  if (malformed && !(marks & INERT)) throw new Malformed('a record that its sender should know as inert');
  const chdataVersion = marks & TEXT_NEWEST ? version : older;
  return {
    ...fields,
    version,
    ...(chdataVersion === undefined ? {} : { chdataVersion }),
    ...(marks & INERT ? { inert: true } : {}),
  };
}
