import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applySplice, diffTexts, invertSplice, rebase, type Splice } from '#core/splice.ts';

const text = fc.string({ maxLength: 12 });
const spliceOf = (length: number): fc.Arbitrary<Splice> =>
  fc
    .nat(length)
    .chain((from) =>
      fc.record({ from: fc.constant(from), count: fc.nat(length - from), insert: fc.string({ maxLength: 4 }) }),
    );
const case2 = text.chain((t) => fc.tuple(fc.constant(t), spliceOf(t.length), spliceOf(t.length)));

describe('splices', () => {
  it('are taken back by their inverse', () => {
    fc.assert(
      fc.property(case2, ([before, splice]) => {
        const after = applySplice(before, splice) as string;
        expect(applySplice(after, invertSplice(before, splice))).toBe(before);
      }),
    );
  });

  it('rebased over each other lead to one text', () => {
    fc.assert(
      fc.property(case2, ([before, mine, theirs]) => {
        const [mineAfter, theirsAfter] = rebase(mine, theirs);
        const one = applySplice(applySplice(before, theirs) as string, mineAfter);
        const two = applySplice(applySplice(before, mine) as string, theirsAfter);
        expect(one).toBeDefined();
        expect(one).toBe(two);
      }),
    );
  });

  it('keep every inserted letter when rebased, and what neither deleted', () => {
    fc.assert(
      fc.property(fc.nat(10), fc.nat(10), fc.nat(10), fc.nat(10), (f1, c1, f2, c2) => {
        const before = 'abcdefghij';
        const mine = { from: Math.min(f1, 10), count: Math.min(c1, 10 - Math.min(f1, 10)), insert: 'MINE' };
        const theirs = { from: Math.min(f2, 10), count: Math.min(c2, 10 - Math.min(f2, 10)), insert: 'THEIRS' };
        const merged = applySplice(applySplice(before, theirs) as string, rebase(mine, theirs)[0]) as string;
        expect(merged).toContain('MINE');
        expect(merged).toContain('THEIRS');
        for (let i = 0; i < 10; i++) {
          const deleted = [mine, theirs].some(({ from, count }) => i >= from && i < from + count);
          expect(merged.includes(before[i] as string)).toBe(!deleted);
        }
      }),
    );
  });

  it('are found between two texts, and never cut a surrogate pair', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 8 }),
        fc.string({ unit: 'grapheme', maxLength: 8 }),
        (a, b) => {
          expect(applySplice(a, diffTexts(a, b))).toBe(b);
        },
      ),
    );
    expect(applySplice('a😀b', { from: 2, count: 0, insert: 'x' })).toBeUndefined();
    expect(applySplice('a😀b', { from: 0, count: 2, insert: '' })).toBeUndefined();
    expect(applySplice('abc', { from: 2, count: 2, insert: '' })).toBeUndefined();
    expect(applySplice('abc', { from: Number.NaN, count: 0, insert: '' })).toBeUndefined();
  });
});
