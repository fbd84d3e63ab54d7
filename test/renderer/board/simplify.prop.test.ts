import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceToSpan, simplify, smoothPath } from '#renderer/board/simplify.ts';
import { parsePath } from '#renderer/board/path-data.ts';
import { check } from '#test/support/property.ts';

const points = fc.array(fc.record({ x: fc.integer({ min: -500, max: 500 }), y: fc.integer({ min: -500, max: 500 }) }), {
  minLength: 1,
  maxLength: 80,
});

test('what is left out lies near the line that is left, and ends stay', () => {
  check(
    fc.property(points, fc.double({ min: 0.1, max: 50, noNaN: true }), (all, tolerance) => {
      const kept = simplify(all, tolerance);
      expect(kept[0]).toEqual(all[0]);
      expect(kept.at(-1)).toEqual(all.at(-1));
      for (const p of all) {
        const near = kept.slice(1).some((q, i) => distanceToSpan(p, kept[i] ?? q, q) <= tolerance + 1e-9);
        expect(near || kept.includes(p)).toBe(true);
      }
    }),
  );
});

test('the curve goes through every point and its relative steps do not drift', () => {
  check(
    fc.property(points, (all) => {
      const ends = parsePath(smoothPath(all)).map((s) => [s.at(-2), s.at(-1)] as [number, number]);
      if (all.length === 1) return;
      expect(ends).toHaveLength(all.length);
      all.forEach((p, i) => {
        const [x, y] = ends[i] ?? [Number.NaN, Number.NaN];
        expect(Math.hypot(x - p.x, y - p.y)).toBeLessThan(0.02);
      });
    }),
  );
});
