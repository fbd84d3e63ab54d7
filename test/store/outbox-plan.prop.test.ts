import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '#test/support/property.ts';
import { planOutbox, type StoredStanza } from '#store/outbox-plan.ts';
import { pendingStanza } from './fixtures.ts';

const outbox = fc.uniqueArray(fc.record({ n: fc.integer({ min: 1, max: 12 }), text: fc.constantFrom('a', 'b') }), {
  selector: ({ n }) => n,
});

test("dropping and writing what the plan says yields the wanted outbox, in order; what is unchanged isn't written", () => {
  check(
    fc.property(outbox, outbox, (before, after) => {
      const stored: StoredStanza[] = before.map(({ n, text }, at) => ({ pos: at * 3, stanza: pendingStanza(n, text) }));
      const wanted = after.map(({ n, text }) => pendingStanza(n, text));
      const plan = planOutbox(stored, wanted);
      const rows = new Map(stored.map(({ pos, stanza }) => [pos, stanza]));
      for (const pos of plan.drop) expect(rows.delete(pos)).toBe(true);
      for (const { pos, stanza } of plan.put) {
        expect(rows.has(pos)).toBe(false);
        rows.set(pos, stanza);
      }
      const sorted = [...rows].sort(([a], [b]) => a - b);
      expect(sorted.map(([, stanza]) => stanza)).toEqual(wanted);
      expect(plan.result).toEqual(sorted.map(([pos, stanza]) => ({ pos, stanza })));
      expect(planOutbox(plan.result, wanted)).toEqual({ drop: [], put: [], result: plan.result });
    }),
  );
});
