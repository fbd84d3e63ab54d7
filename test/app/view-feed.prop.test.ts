/** Whatever is done to a document, undrawable things included: a renderer that follows holds what one that begins anew gets. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '#test/support/property.ts';
import { createReplica } from '#core/replica.ts';
import type { Intent } from '#core/replica-port.ts';
import type { Rid } from '#core/types.ts';
import { documentType } from '#app/document-types.ts';
import { createViewFeed } from '#app/view-feed.ts';
import { manualClock } from '#test/store/fixtures.ts';
import { Projection, sorted } from './world.ts';

const name = fc.constantFrom('g', 'rect', 'text', 'tspan', 'style', 'script', 'foreignObject', 'defs');
const attr = fc.constantFrom('x', 'fill', 'onclick', 'href', 'class');
const value = fc.constantFrom('1', 'red', 'javascript:x()', '#a', 'http://x.org/');
const pick = fc.nat(1000);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add'), name, parent: pick, before: pick, text: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('set'), rid: pick, attr, value: fc.option(value) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('move'), rid: pick, parent: pick, before: pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove'), rid: pick }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('text'), rid: pick, insert: fc.constantFrom('abc', 'a{fill:red}') }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('undo', 'redo', 'frame', 'receive', 'reset') }) },
);

test('a renderer that follows ends with what one that begins anew gets', () => {
  check(
    fc.property(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 40 }), (gestures) => {
      const replica = createReplica({ prefix: 'aaaaaaaa', author: 'me', now: () => 0 });
      replica.submit([{ do: 'add', parent: '', before: null, node: documentType('svg').root('', undefined) }], 'begin');
      replica.confirmAlone();
      const clock = manualClock();
      const projection = new Projection(null);
      const feed = createViewFeed(
        () => replica.shown,
        documentType('svg').shown,
        clock,
        (changes) => projection.follow(changes),
      );
      projection.root = structuredClone(feed.open());
      const all = (): Rid[] => {
        const rids: Rid[] = [];
        const walk = (rid: Rid): void => {
          rids.push(rid);
          replica.shown.children(rid).forEach(walk);
        };
        replica.shown.children('').forEach(walk);
        return rids;
      };
      gestures.forEach((steps, gesture) => {
        const rids = all();
        const at = (n: number): Rid => rids[n % rids.length] ?? 'root';
        const sibling = (parent: Rid, n: number): Rid | null => {
          const siblings = replica.shown.children(parent);
          return siblings[n % (siblings.length + 1)] ?? null;
        };
        const intents: Intent[] = [];
        for (const one of steps) {
          if (one.do === 'frame') clock.advance(20);
          if (one.do === 'reset') feed.reset();
          if (one.do === 'receive') replica.confirmAlone();
          if (one.do === 'undo' || one.do === 'redo') {
            const result = one.do === 'undo' ? replica.undo() : replica.redo();
            if (result.ok) feed.push(result.changes, undefined);
          }
          if ('name' in one) {
            const parent = at(one.parent);
            const children = one.text ? [{ type: 'text' as const, chdata: 't{fill:blue}' }] : [];
            const node = { type: 'element' as const, name: one.name, attrs: [], children };
            intents.push({ do: 'add', parent, before: sibling(parent, one.before), node });
          } else if ('attr' in one) {
            intents.push({ do: 'set', rid: at(one.rid), name: one.attr, value: one.value });
          } else if ('parent' in one) {
            const parent = at(one.parent);
            intents.push({ do: 'move', rid: at(one.rid), parent, before: sibling(parent, one.before) });
          } else if ('insert' in one) {
            intents.push({ do: 'text', rid: at(one.rid), from: 0, count: 0, insert: one.insert });
          } else if ('rid' in one && at(one.rid) !== replica.shown.root())
            intents.push({ do: 'remove', rid: at(one.rid) });
        }
        const result = replica.submit(intents, `g${gesture}`);
        if (result.ok) feed.push(result.changes, undefined);
      });
      clock.advance(20);
      expect(sorted(projection.root)).toEqual(sorted(feed.open()));
    }),
    { numRuns: 300 },
  );
});
