/** Differences between texts: they lead from one to the other, and keep what is common. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hunksOf, sourcesOf } from '#renderer/ui/notes/diff.ts';
import { check } from '#test/support/property.ts';

const text = fc
  .array(fc.constantFrom('a', 'b', ' ', '😀', '😁', '\n', '\u0000'), { maxLength: 30 })
  .map((units) => units.join(''));

test('hunks turn one text into the other and cut no surrogate pair', () => {
  check(
    fc.property(text, text, (a, b) => {
      let result = '';
      let at = 0;
      for (const { from, to, start, end } of hunksOf(a, b)) {
        result += a.slice(at, from) + b.slice(start, end);
        at = to;
        for (const part of [a.slice(from, to), b.slice(start, end)])
          expect(() => encodeURIComponent(part)).not.toThrow();
      }
      expect(result + a.slice(at)).toBe(b);
    }),
  );
});

test('sources name units that are the same, in order, once', () => {
  check(
    fc.property(text, text, (a, b) => {
      const sources = sourcesOf(a, b);
      expect(sources).toHaveLength(b.length);
      let last = -1;
      for (const [i, source] of sources.entries()) {
        if (source < 0) continue;
        expect(source).toBeGreaterThan(last);
        expect(a[source]).toBe(b[i]);
        last = source;
      }
    }),
  );
});

test('two insertions are two hunks, and what stands between stays', () => {
  expect(hunksOf('hello world', 'Xhello worldY')).toEqual([
    { from: 0, to: 0, start: 0, end: 1 },
    { from: 11, to: 11, start: 12, end: 13 },
  ]);
});
