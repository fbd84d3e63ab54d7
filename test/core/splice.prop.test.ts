import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '#test/support/property.ts';
import { applySplice, diffTexts, invertSplice, rebase, type Splice } from '#core/splice.ts';

const text = fc.string({ maxLength: 12 });
const spliceOf = (length: number): fc.Arbitrary<Splice> =>
  fc
    .nat(length)
    .chain((from) =>
      fc.record({ from: fc.constant(from), count: fc.nat(length - from), insert: fc.string({ maxLength: 4 }) }),
    );
const case2 = text.chain((t) => fc.tuple(fc.constant(t), spliceOf(t.length), spliceOf(t.length)));

/** Splices one after the other, each of the text that the one before left. */
function runOf(before: string, most: number): fc.Arbitrary<readonly Splice[]> {
  return fc.array(fc.tuple(fc.nat(), fc.nat(), fc.string({ maxLength: 3 })), { maxLength: most }).map((raw) => {
    const run: Splice[] = [];
    let now = before;
    for (const [a, b, insert] of raw) {
      const from = a % (now.length + 1);
      const splice = { from, count: b % (now.length - from + 1), insert };
      run.push(splice);
      now = applySplice(now, splice) ?? now;
    }
    return run;
  });
}

function applyAll(before: string, run: readonly Splice[]): string {
  return run.reduce((now, splice) => {
    const after = applySplice(now, splice);
    if (after === undefined) throw new Error(`${JSON.stringify(splice)} doesn’t fit ${JSON.stringify(now)}`);
    return after;
  }, before);
}

describe('splices', () => {
  it('are taken back by their inverse', () => {
    check(
      fc.property(case2, ([before, splice]) => {
        const after = applySplice(before, splice) as string;
        expect(applySplice(after, invertSplice(before, splice))).toBe(before);
      }),
    );
  });

  it('rebased over each other lead to one text, in runs too', () => {
    const run2 = text.chain((t) => fc.tuple(fc.constant(t), runOf(t, 3), runOf(t, 3)));
    check(
      fc.property(run2, ([before, mine, theirs]) => {
        const [mineAfter, theirsAfter] = rebase(mine, theirs);
        const one = applyAll(applyAll(before, theirs), mineAfter);
        expect(one).toBe(applyAll(applyAll(before, mine), theirsAfter));
      }),
    );
  });

  it('keep every inserted letter once when rebased, and what neither deleted, and never repeat the other’s', () => {
    check(
      fc.property(fc.nat(10), fc.nat(10), fc.nat(10), fc.nat(10), (f1, c1, f2, c2) => {
        const before = 'abcdefghij';
        const mine = { from: Math.min(f1, 10), count: Math.min(c1, 10 - Math.min(f1, 10)), insert: 'MINE' };
        const theirs = { from: Math.min(f2, 10), count: Math.min(c2, 10 - Math.min(f2, 10)), insert: 'THEIRS' };
        const [after] = rebase([mine], [theirs]);
        expect(after.map(({ insert }) => insert).join('')).toBe('MINE');
        const merged = applyAll(applyAll(before, [theirs]), after);
        expect(merged.split('MINE')).toHaveLength(2);
        expect(merged.split('THEIRS')).toHaveLength(2);
        for (let i = 0; i < 10; i++) {
          const deleted = [mine, theirs].some(({ from, count }) => i >= from && i < from + count);
          expect(merged.includes(before[i] as string)).toBe(!deleted);
        }
      }),
    );
  });

  it('are found between two texts, leave alone what both hold, and never cut a surrogate pair', () => {
    check(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        (a, b) => {
          expect(applyAll(a, diffTexts(a, b))).toBe(b);
        },
      ),
    );
    expect(diffTexts('abcdef', 'XabcYdefZ')).toEqual([
      { from: 6, count: 0, insert: 'Z' },
      { from: 3, count: 0, insert: 'Y' },
      { from: 0, count: 0, insert: 'X' },
    ]);
    expect(applySplice('a😀b', { from: 2, count: 0, insert: 'x' })).toBeUndefined();
    expect(applySplice('a😀b', { from: 0, count: 2, insert: '' })).toBeUndefined();
    expect(applySplice('abc', { from: 2, count: 2, insert: '' })).toBeUndefined();
    expect(applySplice('abc', { from: Number.NaN, count: 0, insert: '' })).toBeUndefined();
  });
});
