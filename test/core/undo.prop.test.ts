import fc from 'fast-check';
import { expect, it } from 'vitest';
import { check } from '#test/support/property.ts';
import type { Replica } from '#core/replica-port.ts';
import type { Rid } from '#core/types.ts';
import { element, submit } from '#test/support/document.ts';
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
          submitAs(who, `${who === one ? n >> 1 : 'b'}`, rects[rect] as Rid, NAMES[name] as string, `${drawn++}`);
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

function submitAs(who: Replica, gesture: string, rid: Rid, name: string, value: string): void {
  const result = who.submit([{ do: 'set', rid, name, value }], gesture);
  if (!result.ok) throw new Error(result.reason);
}
