import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  apply,
  formatTransform,
  invert,
  type Matrix,
  multiply,
  parseTransform,
  rotation,
  scaling,
  translation,
} from '#renderer/board/matrix.ts';
import { check } from '#test/support/property.ts';

const coordinate = fc.double({ min: -5000, max: 5000, noNaN: true });
const factor = fc.oneof(fc.double({ min: 0.1, max: 8, noNaN: true }), fc.double({ min: -8, max: -0.1, noNaN: true }));
const point = fc.record({ x: coordinate, y: coordinate });
const map: fc.Arbitrary<Matrix> = fc.oneof(
  fc.tuple(coordinate, coordinate).map(([x, y]) => translation(x, y)),
  fc.tuple(factor, factor, point).map(([x, y, p]) => scaling(x, y, p)),
  fc.tuple(fc.double({ min: -360, max: 360, noNaN: true }), point).map(([a, p]) => rotation(a, p)),
);

test('a map and its inverse meet', () => {
  check(
    fc.property(map, map, point, (a, b, p) => {
      const m = multiply(a, b);
      const back = apply(invert(m), apply(m, p));
      expect(Math.hypot(back.x - p.x, back.y - p.y)).toBeLessThan(1e-3);
    }),
  );
});

test('a transform written and read again does the same to within what rounding allows', () => {
  check(
    fc.property(map, map, (a, b) => {
      const m = multiply(a, b);
      const read = parseTransform(formatTransform(m));
      // A shape's coordinates are a few thousand; two decimals of degrees turn those by less than half a unit.
      for (const p of [
        { x: 0, y: 0 },
        { x: 1000, y: 0 },
        { x: 0, y: 1000 },
      ]) {
        const [to, was] = [apply(read, p), apply(m, p)];
        const reach = 0.3 + 1e-4 * (Math.abs(was.x) + Math.abs(was.y) + 20_000);
        expect(Math.hypot(to.x - was.x, to.y - was.y)).toBeLessThan(reach);
      }
    }),
  );
});
