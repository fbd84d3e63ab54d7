import fc from 'fast-check';
import { expect, it } from 'vitest';
import { check } from '#test/support/property.ts';
import type { Replica } from '#core/replica-port.ts';
import type { Rid, TreeView } from '#core/types.ts';
import { element, elements, outline, replica, submit, withRoot } from '#test/support/document.ts';
import { joined, Room } from '#test/support/order.ts';

const NAMES = ['x', 'y'] as const;
const action = fc.tuple(fc.nat(7), fc.nat(1), fc.nat(1), fc.nat(5));

it('never changes a value that somebody else wrote after me, however it interleaves', () => {
  check(
    fc.property(fc.array(action, { maxLength: 50 }), fc.boolean(), (actions, cut) => {
      const [one, two] = joined(2) as [Replica, Replica];
      const room = new Room([one, two]);
      room.mirrors.length = 0;
      const root = one.shown.root() as Rid;
      const rects = [0, 1].map(
        () =>
          submit(two, {
            do: 'add',
            parent: root,
            before: null,
            node: element('rect', { x: '-', y: '-' }),
          })[0]?.[0] as Rid,
      );
      room.settle();
      const attrs = rects.flatMap((rect) => NAMES.map((name) => one.shown.attribute(rect, '', name) as Rid));
      const value = (attr: Rid): string | undefined => one.shown.get(attr)?.chdata;
      let drawn = 2;
      for (const [what, rect, name, n] of actions) {
        if (what <= 1) room.send(what);
        else if (what <= 3) {
          room.deliver(what - 2);
        } else if (what === 7 && one.canUndo()) {
          const theirs = attrs.filter(
            (attr) =>
              one.confirmed.get(attr)?.lastModifiedBy === 'b@example' &&
              !one.pending().some(({ edits }) => edits.some(({ rid }) => rid === attr)),
          );
          const values = theirs.map(value);
          const result = n === 0 ? one.redo() : one.undo();
          if (result.ok) expect(theirs.map(value)).toEqual(values);
        } else {
          const who = what === 4 ? two : one;
          submitAs(who, `${who === one ? n >> 1 : 'b'}`, rects[rect] as Rid, NAMES[name] as string, `${drawn++ % 5}`);
        }
      }
      if (cut) {
        // Away and back: what the others wrote meanwhile is theirs, too.
        room.settle();
        submitAs(two, 'away', rects[0] as Rid, 'x', 'away');
        two.confirmAlone();
        one.adopt(structuredClone(two.state()), []);
        while (one.canUndo()) one.undo();
        expect(value(attrs[0] as Rid)).toBe('away');
      }
    }),
    { numRuns: 300 },
  );
});

it('takes away all that I added and nobody else touched, whatever others write to the rest, and does it again', () => {
  let beside = 0;
  check(
    fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
      const [one, two] = joined(2) as [Replica, Replica];
      const room = new Room([one, two]);
      room.mirrors.length = 0;
      const root = one.shown.root() as Rid;
      const node = element('rect', { x: '-', y: '-' });
      const rects = [0, 1].map(() => submit(two, { do: 'add', parent: root, before: null, node })[0]?.[0] as Rid);
      room.settle();
      const mine = (): readonly string[] =>
        one.shown
          .children(root)
          .filter((rid) => !rects.includes(rid))
          .map((rid) => value(one, rid));
      const value = ({ shown }: Replica, rid: Rid): string =>
        shown
          .attributes(rid)
          .map((attr) => shown.get(attr)?.chdata ?? '')
          .join();
      for (const [n, [what, rect, name, m]] of actions.entries()) {
        if (what <= 1) room.send(what);
        else if (what <= 3) room.deliver(what - 2);
        else if (what <= 5) submitAs(two, 'b', rects[rect] as Rid, NAMES[name] as string, `b${n}`);
        else if (what === 6) submitAs(one, `s${n}`, rects[rect] as Rid, NAMES[name] as string, `a${n}`);
        else
          one.submit([{ do: 'add', parent: root, before: null, node: element('g', { x: `${n}`, y: `${m}` }) }], `${n}`);
      }
      const all = mine();
      if (all.length > 0 && one.pending().length > 0 && two.pending().length > 0) beside++;
      if (actions.length % 2) room.settle();
      let undone = 0;
      while (one.canUndo()) if (one.undo().ok) undone++;
      expect(mine()).toEqual([]);
      room.settle();
      for (; undone > 0; undone--) one.redo();
      expect(mine()).toEqual(all);
    }),
    { numRuns: 300 },
  );
  expect(beside).toBeGreaterThan(20);
});

function submitAs(who: Replica, gesture: string, rid: Rid, name: string, value: string): void {
  const result = who.submit([{ do: 'set', rid, name, value }], gesture);
  if (!result.ok) throw new Error(result.reason);
}

/** The elements above one that is shown, its parent first, the root last. */
function above(view: TreeView, rid: Rid): Rid[] {
  const chain: Rid[] = [];
  for (let at = view.parentOf(rid); at !== undefined && at !== ''; at = view.parentOf(at)) chain.push(at);
  return chain;
}

interface Drawn {
  readonly rid: Rid;
  readonly attrs: string;
  readonly children: readonly Drawn[];
}

function drawn(view: TreeView, rid: Rid): Drawn {
  const attrs = view.attributes(rid).map((attr) => `${view.get(attr)?.name}=${view.get(attr)?.chdata}`);
  return { rid, attrs: attrs.sort().join(), children: view.children(rid).map((child) => drawn(view, child)) };
}

/** What was drawn, as text, but for elements that others have taken elsewhere. */
function text({ attrs, children }: Drawn, isElsewhere: (rid: Rid) => boolean): string {
  const inside = children.filter(({ rid }) => !isElsewhere(rid)).map((child) => text(child, isElsewhere));
  return `<${attrs}>[${inside.join('|')}]`;
}

const nameOf = (view: TreeView, rid: Rid): string => view.get(view.attribute(rid, '', 'n') ?? '')?.chdata ?? '';

it('restores what I removed, as it was, under its nearest surviving ancestor, whatever others remove, move and write meanwhile', () => {
  const tree = fc.array(fc.nat(99), { minLength: 3, maxLength: 9 });
  const step = fc.tuple(fc.nat(6), fc.nat(99), fc.nat(99));
  check(
    fc.property(tree, fc.array(step, { maxLength: 16 }), (parents, steps) => {
      const begun = withRoot('r');
      const root = begun.shown.root() as Rid;
      const groups = [root];
      for (const [n, parent] of parents.entries()) {
        const node = element('g', { n: `${n}` });
        groups.push(
          submit(begun, {
            do: 'add',
            parent: groups[parent % groups.length] as Rid,
            before: null,
            node,
          })[0]?.[0] as Rid,
        );
      }
      begun.confirmAlone();
      const [one, two] = ['a', 'b'].map((prefix) => replica(prefix, { state: begun.state() })) as [Replica, Replica];
      const room = new Room([one, two]);
      room.mirrors.length = 0;
      const shown = ({ shown: view }: Replica): Rid[] =>
        groups.filter((rid) => rid !== root && view.parentOf(rid) !== undefined);
      const removed: { rid: Rid; chain: readonly Rid[]; was: Drawn }[] = [];
      for (const [n, [what, first, second]] of steps.entries()) {
        if (what === 0) room.send(first % 2);
        else if (what === 1) room.deliver(first % 2);
        else {
          const member = what <= 3 ? one : two;
          const there = shown(member);
          const rid = there[first % Math.max(1, there.length)];
          const home = groups[second % groups.length] as Rid;
          if (rid === undefined) continue;
          if (member === one) removed.push({ rid, chain: above(one.shown, rid), was: drawn(one.shown, rid) });
          if (what <= 4) member.submit([{ do: 'remove', rid }], `${n}`);
          else if (what === 5) member.submit([{ do: 'set', rid, name: 'x', value: `${n}` }], `${n}`);
          else if (home !== rid && !above(two.shown, home).includes(rid))
            member.submit([{ do: 'move', rid, parent: home, before: null }], `${n}`);
        }
      }
      room.settle();
      const back = new Map<Rid, Rid>();
      const stands = (rid: Rid): Rid => back.get(rid) ?? rid;
      for (const { rid, chain, was } of removed.toReversed()) {
        const before = new Set(elements(one.shown));
        const whole = text(was, (each) => before.has(stands(each)));
        const parent = chain.map(stands).find((each) => before.has(each));
        expect(one.undo().ok).toBe(true);
        for (const each of elements(one.shown))
          if (!before.has(each)) back.set(groups[1 + Number(nameOf(one.shown, each))] as Rid, each);
        expect(one.shown.parentOf(stands(rid))).toBe(parent);
        expect(text(drawn(one.shown, stands(rid)), () => false)).toBe(whole);
        const names = elements(one.shown).map((each) => nameOf(one.shown, each));
        expect(new Set(names).size).toBe(names.length);
        room.settle();
      }
      expect(outline(two.confirmed)).toBe(outline(one.confirmed));
    }),
    { numRuns: 500 },
  );
});
