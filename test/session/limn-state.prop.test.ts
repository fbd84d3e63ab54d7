import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReplica } from '#core/replica.ts';
import type { NodeRecord } from '#core/types.ts';
import { parseLimnState, serializeLimnState } from '#session/limn-state.ts';
import { wildEdits } from '#test/support/compact-edits.ts';
import { check } from '#test/support/property.ts';
import { createCompactCodec } from '#xmpp/compact.ts';
import { readRecords, writeRecords } from '#xmpp/compact-records.ts';
import type { LimnState } from '#xmpp/xep-0284.ts';
import { systemDeflate } from '#platform/deflate.ts';

const codec = createCompactCodec(systemDeflate);
const stanzas = fc.array(wildEdits, { maxLength: 6 });

/** What a replica holds after stanzas of every kind, as they come over the wire. */
function stateOf(list: readonly (readonly Parameters<typeof codec.write>[0][number][])[]): LimnState {
  const replica = createReplica({ prefix: 'aaaaaaaa', author: 'a', now: () => 1 });
  list.forEach((edits, index) => {
    const read = codec.read(codec.write(edits, 'aaaaaaaa') ?? '', 'aaaaaaaa');
    if (read.ok) replica.receive({ author: 'b', id: { prefix: 'b', n: index + 1 }, edits: read.edits, time: 1 });
  });
  return { ...replica.state(), hellos: ['x'], name: 'Board' };
}

describe('a state', () => {
  it('is the same in compact form and in JSON, inert records and all', () => {
    let compact = 0;
    check(
      fc.property(stanzas, (list) => {
        const state = stateOf(list);
        const short = serializeLimnState(state, true);
        compact += short[0] === 1 ? 1 : 0;
        expect(parseLimnState(short)).toEqual(state);
        expect(parseLimnState(serializeLimnState(state, false))).toEqual(state);
      }),
      { numRuns: 150 },
    );
    expect(compact).toBeGreaterThan(50);
  });

  it('is read or refused, however its records were damaged', () => {
    check(
      fc.property(stanzas, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }), (list, marks) => {
        const bytes = serializeLimnState(stateOf(list), true);
        for (const [at, value] of marks) bytes[at % bytes.length] = value;
        const state = parseLimnState(bytes);
        if (state?.records && bytes[0] === 1) {
          // A replica can take it over or refuse it, as any state.
          const again = serializeLimnState(state, true);
          expect(parseLimnState(again)?.records).toEqual(state.records);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('stops at its limits', () => {
    const records: NodeRecord[] = Array.from({ length: 100 }, (_, n) => ({
      rid: `aaaaaaaa.${n.toString(36)}`,
      type: 'text',
      parent: '',
      primaryWeight: n,
      version: 0,
      chdata: 'the same again',
    }));
    const bytes = writeRecords(records) ?? new Uint8Array();
    expect(bytes.length).toBeLessThan(1000);
    expect(readRecords(bytes, 0, 100, 10_000)).toEqual(records);
    expect(readRecords(bytes, 0, 99, 10_000)).toBeUndefined();
    expect(readRecords(bytes, 0, 100, 1000)).toBeUndefined();
    expect(readRecords(bytes.subarray(0, 50), 0, 100, 10_000)).toBeUndefined();
  });
});
