/** Undo has no bound: old steps are packed, and nobody can tell. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Intent, Replica } from '#core/replica-port.ts';
import type { Rid } from '#core/types.ts';
import { element, outline, replica, submit } from '#test/support/document.ts';
import { joined, Room } from '#test/support/order.ts';
import { check } from '#test/support/property.ts';

/** What is done more often stands there more often. */
const WHAT = [
  'send',
  'deliver',
  'settle',
  'settle',
  'undo',
  'undo',
  'redo',
  'set',
  'set',
  'text',
  'text',
  'text',
] as const;
const action = fc.tuple(
  fc.constantFrom(...WHAT, 'remove' as const, 'add' as const, 'move' as const),
  fc.nat(1),
  fc.nat(9),
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

it('takes back and does again the same, packed or not, whatever others do meanwhile', () => {
  check(
    fc.property(fc.array(action, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (actions, block) => {
      expect(played(actions, block)).toEqual(played(actions, 512));
    }),
    { numRuns: 200 },
  );
});

it('reaches back over any number of gestures', () => {
  const mine = replica('a');
  submit(mine, { do: 'add', parent: '', before: null, node: element('svg', { x: '0' }) });
  const root = mine.shown.root() as Rid;
  const attr = mine.shown.attribute(root, '', 'x') as Rid;
  const before = mine.shown.get(attr)?.chdata;
  const many = 21_000;
  for (let i = 1; i <= many; i++) mine.submit([{ do: 'set', rid: root, name: 'x', value: `${i}` }], `gesture ${i}`);
  for (let i = 0; i < many; i++) expect(mine.undo().ok).toBe(true);
  expect(mine.shown.get(attr)?.chdata).toBe(before);
  expect(mine.undo().ok).toBe(true);
  expect([mine.shown.root(), mine.canUndo()]).toEqual([undefined, false]);
  for (let i = 0; i <= many; i++) expect(mine.redo().ok).toBe(true);
  const back = mine.shown.root() as Rid;
  expect(mine.shown.get(mine.shown.attribute(back, '', 'x') as Rid)?.chdata).toBe(`${many}`);
  expect(mine.canRedo()).toBe(false);
});

/** What two people see after each step of a schedule, the first of whom packs so many steps of undo at once. */
function played(actions: readonly Action[], undoBlock: number): string[] {
  const [one, two] = joined(2, (i) => (i === 0 ? { undoBlock } : {})) as [Replica, Replica];
  const room = new Room([one, two]);
  room.mirrors.length = 0;
  const root = one.shown.root() as Rid;
  const seen: string[] = [];
  for (let i = 0; i < 2; i++)
    submit(two, { do: 'add', parent: root, before: null, node: element('text', { x: '0' }, ['abcdef']) });
  room.settle();
  actions.forEach(([what, who, n], at) => {
    const shapes = one.shown.children(root).filter((rid) => two.shown.get(rid) !== undefined);
    const rid = shapes[n % 5 === 0 ? shapes.length - 1 : 0];
    if (what === 'send') room.send(who);
    else if (what === 'deliver') room.deliver(who);
    else if (what === 'settle') room.settle();
    else if (what === 'undo' || what === 'redo') one[what]();
    else if (rid !== undefined) {
      // A gesture goes on now and then.
      [one, two][who]?.submit([intentOf(what, root, rid, n, at)], n < 2 ? 'long' : `${at}`);
    }
    seen.push(`${outline(one.shown)}\n${outline(two.shown)}`);
  });
  while (one.canUndo()) {
    one.undo();
    seen.push(outline(one.shown));
  }
  while (one.canRedo()) {
    one.redo();
    seen.push(outline(one.shown));
  }
  return seen;
}

function intentOf(what: Action[0], root: Rid, rid: Rid, n: number, at: number): Intent {
  if (what === 'set') return { do: 'set', rid, name: 'x', value: `${at}` };
  if (what === 'text') return { do: 'text', rid, from: n % 4, count: n % 3, insert: `${at}` };
  if (what === 'remove') return { do: 'remove', rid };
  if (what === 'move') return { do: 'move', rid, parent: root, before: null };
  return { do: 'add', parent: root, before: null, node: element('text', { x: `${at}` }, ['ghijkl']) };
}
