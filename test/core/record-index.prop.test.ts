import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordIndex } from '#core/record-index.ts';
import { check } from '#test/support/property.ts';

interface Item {
  readonly rid: string;
  readonly n: number;
}

/** Rids that replicas give, rids that look like them, and rids that a hostile peer gives. */
const rids = fc.oneof(
  fc.tuple(fc.constantFrom('a', 'b', 'a.b', ''), fc.nat(40)).map(([prefix, n]) => `${prefix}.${n.toString(36)}`),
  fc.tuple(fc.constantFrom('a', 'b'), fc.nat(100_000)).map(([prefix, n]) => `${prefix}.${n.toString(36)}`),
  fc.constantFrom('a', 'a.', '.', 'a.0', 'a.00', 'a.01', 'a.1', 'a.A', 'a.zzzzzz', 'a.zzzzzzz', 'a.-1', 'a.b.', 'a. 1'),
  fc.string({ minLength: 1, maxLength: 6 }),
);

const steps = fc.array(
  fc.oneof(
    fc.record({ set: fc.constant(true), rid: rids, n: fc.nat() }),
    fc.record({ set: fc.constant(false), rid: rids }),
  ),
  { maxLength: 200 },
);

test('an index holds what a map would', () => {
  check(
    fc.property(steps, rids, (done, asked) => {
      const index = new RecordIndex<Item>();
      const map = new Map<string, Item>();
      for (const step of done) {
        if ('n' in step) {
          const item = { rid: step.rid, n: step.n };
          index.set(step.rid, item);
          map.set(step.rid, item);
        } else {
          index.delete(step.rid);
          map.delete(step.rid);
        }
        expect(index.get(asked)).toBe(map.get(asked));
        expect(index.get(step.rid)).toBe(map.get(step.rid));
      }
      expect(index.size).toBe(map.size);
      expect([...index.keys()].sort()).toEqual([...map.keys()].sort());
      expect(new Set(index.values())).toEqual(new Set(map.values()));
    }),
  );
});

test('a record that is replaced when most of its prefix have gone is found as it is now', () => {
  const index = new RecordIndex<Item>();
  for (let n = 0; n < 1000; n++) index.set(`a.${n.toString(36)}`, { rid: `a.${n.toString(36)}`, n });
  for (let n = 0; n < 999; n++) index.delete(`a.${n.toString(36)}`);
  const rid = `a.${(999).toString(36)}`;
  const now = { rid, n: -1 };
  index.set(rid, now);
  expect(index.get(rid)).toBe(now);
  expect(index.size).toBe(1);
  expect([...index.values()]).toEqual([now]);
});
