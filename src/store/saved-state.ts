/** What a snapshot of a board holds on disk: the length of its JSON in four bytes, the JSON of all but the records, the records. */
import type { SavedState, StoredState } from '#core/replica-port.ts';

const HEAD = 4;

export function encodeState({ columns, ...about }: SavedState): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(about));
  const data = new Uint8Array(HEAD + json.length + columns.length);
  new DataView(data.buffer).setUint32(0, json.length);
  data.set(json, HEAD);
  data.set(columns, HEAD + json.length);
  return data;
}

/** Reads what `encodeState` wrote, and the plain JSON of Limn before 0.3; a checksum has told that it is whole. */
export function decodeState(data: Uint8Array | string): StoredState {
  if (typeof data === 'string') return JSON.parse(data) as StoredState;
  const to = HEAD + new DataView(data.buffer, data.byteOffset, HEAD).getUint32(0);
  const about = JSON.parse(new TextDecoder().decode(data.subarray(HEAD, to))) as Omit<SavedState, 'columns'>;
  // Not a slice of a Buffer, which would be one, too.
  return { ...about, columns: new Uint8Array(data.buffer, data.byteOffset + to, data.length - to) };
}
