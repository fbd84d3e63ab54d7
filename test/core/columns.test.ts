/** What a store keeps of a document: whatever records hold comes back as it was, and bytes that are none are refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplicaState, StoredState } from '#core/replica-port.ts';
import type { NodeRecord } from '#core/types.ts';
import { replica } from '#test/support/document.ts';
import { check } from '#test/support/property.ts';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  // Also what no XML holds: halves of surrogate pairs.
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc.constantFrom('1', '#1971c2', 'M1 2L3 4', 'x'.repeat(39), 'x'.repeat(40), 'x'.repeat(41)),
);
const counter = fc.oneof(fc.nat(40), fc.nat(36 ** 6), fc.integer({ min: 36 ** 8, max: 36 ** 10 }));
const rid = fc.oneof(
  fc
    .tuple(fc.constantFrom('a', '1qkzr0v9xw3la', 'é', '', '~x/y'), counter)
    .map(([prefix, n]) => `${prefix}.${n.toString(36)}`),
  fc.constantFrom('a.01', 'a.1.', 'a.Z', '.', 'NaN', 'a.-1', 'a.1e3', 'zz.zzzzzzzzzz'),
  fc.string({ minLength: 1 }),
);
const weight = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);
const time = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 45 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);
const version = fc.oneof(fc.constant(0), fc.nat(300), fc.maxSafeNat());
const authorship = fc.record(
  { creator: text, created: time, lastModifiedBy: text, modified: time },
  { requiredKeys: [] },
);

/** Records of all kinds: elements anywhere above, then what hangs there, some of it inert and with whatever fields. */
const records = fc
  .array(fc.tuple(rid, fc.nat(5), fc.nat(), weight, version, version, authorship, text, text, fc.nat(4)), {
    minLength: 1,
    maxLength: 40,
  })
  .map((rows) => {
    const made: NodeRecord[] = [];
    const elements: string[] = [];
    const seen = new Set<string>();
    for (const [own, kind, under, primaryWeight, count, known, who, one, two, odd] of rows) {
      if (seen.has(own)) continue;
      seen.add(own);
      const parent = elements.length === 0 ? '' : (elements[under % elements.length] ?? '');
      const common = {
        rid: own,
        parent,
        primaryWeight,
        version: count,
        ...who,
        ...(known > 0 ? { chdataVersion: known } : {}),
      };
      const ns = odd === 0 ? { ns: two } : {};
      if (elements.length === 0 || kind === 0) {
        elements.push(own);
        made.push({ ...common, type: 'element', name: one, ...ns });
      } else if (kind <= 2) made.push({ ...common, type: 'attr', name: one, chdata: two, ...ns });
      else if (kind === 3) made.push({ ...common, type: odd > 2 ? 'text' : 'comment', chdata: one });
      else if (kind === 4) made.push({ ...common, type: 'processinginstruction', pitarget: one, pidata: two });
      else
        made.push({
          ...common,
          parent: odd > 2 ? two : parent,
          type: odd > 1 ? 'attr' : 'element',
          ...(odd > 1 ? { pidata: one } : {}),
          inert: true,
        });
    }
    return made;
  });

const stateOf = (list: readonly NodeRecord[]): StoredState => {
  return { place: { epoch: 'e', seq: 1 }, records: list, known: {}, digest: '', prolog: '' };
};

/** A state as text; what isn't in the tree has no order of its own. */
const sorted = ({ records: list, ...rest }: ReplicaState): string =>
  JSON.stringify({ ...rest, records: list.toSorted((a, b) => (a.rid < b.rid ? -1 : 1)) });

describe('saved columns', () => {
  it('hold all of every record', () => {
    check(
      fc.property(records, (list) => {
        const one = replica('p', { state: stateOf(list) });
        const two = replica('q', { state: one.saved() });
        expect(sorted(two.state())).toBe(sorted(one.state()));
        const three = replica('r', { state: two.saved() });
        expect(Buffer.compare(three.saved().columns, two.saved().columns)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('hold long texts', () => {
    const made = 'xé\u{1f600}'.repeat(9000);
    const root: NodeRecord = { rid: 'r', type: 'element', version: 0, parent: '', primaryWeight: 0, name: 'svg' };
    const texts = ['a', 'b'].map(
      (own): NodeRecord => ({ ...root, rid: own, parent: 'r', type: 'text', chdata: made + own }),
    );
    const one = replica('p', { state: stateOf([root, ...texts.map(({ name: _, ...rest }) => rest)]) });
    const two = replica('q', { state: one.saved() });
    expect(two.state().records.map(({ chdata }) => chdata)).toEqual([undefined, `${made}a`, `${made}b`]);
  });

  it('of an empty document are one', () => {
    const { columns } = replica('p').saved();
    expect(replica('q', { state: { ...stateOf([]), columns } as StoredState }).state().records).toEqual([]);
  });

  it('that are damaged are refused or make some document, and nothing else happens', () => {
    const places = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
    check(
      fc.property(records, places, fc.nat(), (list, changes, cut) => {
        const { columns, ...about } = replica('p', { state: stateOf(list) }).saved();
        const bytes = columns.slice(0, cut % 4 === 0 ? cut % columns.length : columns.length);
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
        let records: readonly unknown[] | RangeError;
        try {
          ({ records } = replica('q', { state: { ...about, columns: bytes } }).state());
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          records = error;
        }
        expect(records).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });

  it('that hold a record twice, or one without a place, are refused', () => {
    const root: NodeRecord = { rid: 'r', type: 'element', version: 0, parent: '', primaryWeight: 0, name: 'svg' };
    const { columns, ...about } = replica('p', {
      state: stateOf([root, { ...root, rid: 'c', type: 'comment', chdata: 'r' }]),
    }).saved();
    // The texts end in the two rids' letters: r, '', svg, c and so on; the second rid becomes the first's.
    const twice = columns.slice();
    twice[columns.lastIndexOf('c'.charCodeAt(0))] = 'r'.charCodeAt(0);
    expect(() => replica('q', { state: { ...about, columns: twice } })).toThrow('twice');
  });
});
