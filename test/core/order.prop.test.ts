import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '#test/support/property.ts';
import { between, compareRids, compareSiblings, spread } from '#core/order.ts';
import { SortedList } from '#core/sorted-list.ts';

/** Also those that people's boards have: a few decimals, so that a rounded one may hit a bound. */
const weight = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.tuple(fc.integer({ min: -20, max: 20 }), fc.nat(3)).map(([n, digits]) => n / 10 ** digits),
);

describe('order', () => {
  it('compares rids as arrays of code points do', () => {
    check(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const [x, y] = [[...a], [...b]].map((chars) => chars.map((char) => char.codePointAt(0) as number)) as [
          number[],
          number[],
        ];
        let expected = x.length - y.length;
        for (let i = 0; i < Math.min(x.length, y.length); i++) {
          if (x[i] !== y[i]) {
            expected = (x[i] as number) - (y[i] as number);
            break;
          }
        }
        expect(Math.sign(compareRids(a, b))).toBe(Math.sign(expected));
      }),
    );
  });

  it('finds a weight strictly between, or says that there is none', () => {
    check(
      fc.property(weight, weight, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const middle = between(low, high);
        if (middle === undefined) expect(low + (high - low) / 2 > low && low + (high - low) / 2 < high).toBe(false);
        else expect(middle > low && middle < high).toBe(true);
      }),
    );
  });

  it('spreads weights in ascending order strictly between the bounds', () => {
    check(
      fc.property(
        fc.option(weight, { nil: undefined }),
        fc.option(weight, { nil: undefined }),
        fc.integer({ min: 1, max: 50 }),
        (a, b, count) => {
          const [low, high] = a !== undefined && b !== undefined && a > b ? [b, a] : [a, b];
          const weights = spread(low, high, count);
          if (weights === undefined) return;
          expect(weights).toHaveLength(count);
          const all = [...(low === undefined ? [] : [low]), ...weights, ...(high === undefined ? [] : [high])];
          for (let i = 1; i < all.length; i++) expect(all[i] as number).toBeGreaterThan(all[i - 1] as number);
        },
      ),
    );
  });

  it('keeps a list sorted, and a copy apart from what is written later', () => {
    const item = fc.record({
      rid: fc.string({ minLength: 1, maxLength: 3 }),
      primaryWeight: fc.integer({ min: -5, max: 5 }),
    });
    check(
      fc.property(
        fc.uniqueArray(item, { maxLength: 900, minLength: 0, selector: (x) => x.rid }),
        fc.uniqueArray(item, { selector: (x) => x.rid, maxLength: 40 }),
        (items, more) => {
          const list = new SortedList<(typeof items)[number]>();
          for (const one of items) list.insert(one);
          const sorted = items.toSorted(compareSiblings);
          expect([...list]).toEqual(sorted);
          const copy = list.copy();
          const news = more.filter((one) => !items.some(({ rid }) => rid === one.rid));
          for (const one of news) copy.insert(one);
          for (const one of items.slice(0, 30)) expect(copy.delete(one)).toBe(true);
          expect([...list]).toEqual(sorted);
          const left = [...items.slice(30), ...news].toSorted(compareSiblings);
          expect([...copy]).toEqual(left);
          left.forEach((one, i) => {
            expect(copy.after(one)).toBe(left[i + 1]);
            expect(copy.before(one)).toBe(left[i - 1]);
            expect(copy.at(i)).toBe(one);
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('keep a copy apart from what is written to the original, too', () => {
    const list = new SortedList<{ rid: string; primaryWeight: number }>();
    for (let i = 0; i < 1000; i++) list.insert({ rid: 'a', primaryWeight: i });
    const before = [...list];
    const copy = list.copy();
    for (const one of before.slice(0, 500)) list.delete(one);
    list.insert({ rid: 'b', primaryWeight: 700 });
    expect([...copy]).toEqual(before);
  });

  it('hold so many items that they need several pages, and copies of them apart', () => {
    const COUNT = 40_000;
    const items = Array.from({ length: COUNT }, (_, i) => ({ rid: 'a', primaryWeight: (i * 7919) % COUNT }));
    const list = new SortedList<{ rid: string; primaryWeight: number }>();
    for (const one of items) list.insert(one);
    const weights = (of: SortedList<{ primaryWeight: number; rid: string }>): number[] =>
      Array.from(of, ({ primaryWeight }) => primaryWeight);
    const all = Array.from({ length: COUNT }, (_, i) => i);
    const copy = list.copy();
    const gone = items.filter(({ primaryWeight }) => primaryWeight % 3 > 0 || primaryWeight < 20_000);
    for (const one of gone) expect(copy.delete(one)).toBe(true);
    expect(copy.delete({ rid: 'b', primaryWeight: 21_000 })).toBe(false);
    expect(weights(list)).toEqual(all);
    const left = all.filter((n) => n % 3 === 0 && n >= 20_000);
    expect(weights(copy)).toEqual(left);
    expect(copy.size).toBe(left.length);
    for (const [i, n] of left.entries()) {
      const place = { rid: 'a', primaryWeight: n };
      expect(copy.before(place)?.primaryWeight).toBe(left[i - 1]);
      expect(copy.after(place)?.primaryWeight).toBe(left[i + 1]);
    }
    for (const one of items.toReversed()) list.delete(one);
    expect([list.size, list.first(), list.last(), weights(copy).length]).toEqual([
      0,
      undefined,
      undefined,
      left.length,
    ]);
  });
});
