/**
 * A hundred thousand inserts at one spot by two at once, until no double fits any more and siblings are spaced anew. Two who space the same
 * siblings anew at once may mix up the order of what they were just drawing there, for both alike: the last writer of each weight wins.
 */
import { expect, it } from 'vitest';
import type { Replica } from '#core/replica-port.ts';
import type { Rid } from '#core/types.ts';
import { element } from '#test/support/document.ts';
import { joined, Room } from '#test/support/order.ts';
import { seeded } from '#test/support/network.ts';

const INSERTS = 100_000;

it(`${INSERTS} inserts at one spot by two: one order for both`, () => {
  const people = joined(2) as [Replica, Replica];
  const room = new Room(people);
  room.mirrors.length = 0;
  const random = seeded(1);
  const root = people[0].shown.root() as Rid;
  const insert = (who: number, before: Rid | null): Rid => {
    const result = people[who]?.submit([{ do: 'add', parent: root, before, node: element('g') }], 'draw');
    if (!result?.ok) throw new Error(result?.reason);
    return result.rids[0]?.[0] as Rid;
  };
  const last = insert(0, null);
  room.settle();
  const drawn: [Rid[], Rid[]] = [[], []];
  let spacedAnew = 0;
  let ties = 0;
  while (drawn[0].length + drawn[1].length < INSERTS) {
    // Neither knows of what the other does in these.
    for (const who of [0, 1] as const)
      for (let left = 1 + Math.floor(random() * 40); left > 0; left--) drawn[who].push(insert(who, last));
    const from = room.log.length;
    room.settle();
    const weights = new Set<number>();
    for (const { edits } of room.log.slice(from)) {
      for (const edit of edits) {
        if (edit.kind === 'set' && edit.fields.primaryWeight !== undefined) spacedAnew++;
        if (edit.kind !== 'new') continue;
        if (weights.has(edit.primaryWeight)) ties++;
        weights.add(edit.primaryWeight);
      }
    }
  }
  const [one, two] = people;
  expect(one.digest()).toBe(two.digest());
  const order = one.shown.children(root);
  expect(two.shown.children(root)).toEqual(order);
  expect(order).toHaveLength(drawn[0].length + drawn[1].length + 1);
  expect(spacedAnew).toBeGreaterThan(1000);
  expect(ties).toBeGreaterThan(1000);
}, 600_000);
