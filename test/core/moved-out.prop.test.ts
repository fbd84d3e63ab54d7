import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Replica } from '#core/replica-port.ts';
import type { Rid } from '#core/types.ts';
import { concrete, element, elements, outline, recipe, replica, submit, withRoot } from '#test/support/document.ts';
import { Room } from '#test/support/order.ts';
import { check } from '#test/support/property.ts';

/** Two replicas that hold nested groups, and those groups' rids. */
function together(): { one: Replica; two: Replica; groups: Rid[] } {
  const state = withRoot('r', [
    element('g', {}, [element('g', {}, [element('g')])]),
    element('g', {}, [element('g')]),
    element('g'),
  ]).state();
  const [one, two] = [replica('a', { state }), replica('b', { state })];
  return { one, two, groups: elements(one.shown).slice(1) };
}

/** What `one` made and shows where nothing around it is gone for `other`: element and its attributes, by rid. */
function mineOutside(one: Replica, other: Replica): Map<Rid, string> {
  const found = new Map<Rid, string>();
  const isMine = (rid: Rid): boolean => rid.startsWith('a.');
  for (const rid of elements(one.shown)) {
    let outside = isMine(rid);
    for (let at: Rid | undefined = rid; at; at = one.shown.parentOf(at))
      outside &&= isMine(at) || other.confirmed.get(at) !== undefined;
    if (outside) found.set(rid, own(one, rid));
  }
  return found;
}

/** An element's own words. */
function own({ shown }: Replica, rid: Rid): string {
  const attrs = shown.attributes(rid).map((attr) => `${shown.get(attr)?.name}=${shown.get(attr)?.chdata}`);
  const texts = shown.children(rid).map((child) => shown.get(child)?.chdata ?? '');
  return `${shown.parentOf(rid)} ${shown.get(rid)?.name} ${attrs.sort().join(' ')} ${texts.join('')}`;
}

const steps = fc.array(fc.tuple(recipe, fc.nat(9)), { maxLength: 30 });

/** Adds and moves, mostly: what leads into groups and out of them. */
function away(one: Replica, list: readonly (readonly [readonly [number, number, number, string], number])[]): void {
  list.forEach(([[kind, a, b, value], dice], n) => {
    const moves = dice < 4 ? 7 : kind === 9 || kind === 8 ? 0 : kind;
    const intent = concrete(one.shown, [moves, a, b, value]);
    if (intent) one.submit([intent], `${n}`);
    // One stanza has left for a network that is no more.
    if (dice === 9) one.takeOutgoing();
  });
}

type Meeting = 'order' | 'restart' | 'state' | 'arrived';

describe('what I made in a group and moved out of it, both while away', () => {
  it.each<[string, Meeting]>([
    ['is there although somebody has removed the group meanwhile', 'order'],
    ['is there after a restart, too', 'restart'],
    ['is there when the state of a session lacks the group', 'state'],
    ['is there when it was under way and came too late for the group', 'arrived'],
  ])('%s', (_, how) => {
    check(
      fc.property(steps, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), (list, victims) => {
        const { two, groups, ...start } = together();
        let { one } = start;
        away(one, list);
        for (const n of victims) {
          const rid = groups[n % groups.length] as Rid;
          if (two.shown.get(rid)) submit(two, { do: 'remove', rid });
        }
        if (how === 'restart') {
          const [state, pending] = structuredClone([one.state(), one.pending()] as const);
          one = replica('z', { state, pending });
        }
        const room = new Room([one, two]);
        if (how === 'state' || how === 'arrived') {
          two.confirmAlone();
          const flying = one.inFlight > 0 ? one.pending()[0] : undefined;
          if (how === 'arrived' && flying) two.receive({ ...structuredClone(flying), byOther: true, sender: 'me' });
        } else for (room.send(1); room.deliver(1); room.send(1));
        const kept = mineOutside(one, two);
        if (how === 'state' || how === 'arrived') one.adopt(structuredClone(two.state()), [], false, 'me');
        else while (room.deliver(0));
        one.returnOutgoing();
        for (const [rid, words] of kept) expect(own(one, rid)).toBe(words);
        // Whoever took over a state draws its view afresh.
        for (const member of [one, two]) member.takeChanges();
        const after = how === 'state' || how === 'arrived' ? new Room([one, two]) : room;
        after.settle();
        for (const [rid, words] of kept) expect(own(two, rid)).toBe(words);
        expect(outline(two.confirmed)).toBe(outline(one.confirmed));
        expect(one.digest()).toBe(two.digest());
      }),
      { numRuns: 300 },
    );
  });
});

describe('a stanza that waits', () => {
  it('makes a node where it ended, and says nothing of where it was between', () => {
    const { one, groups } = together();
    const [[rid] = []] = submit(one, { do: 'add', parent: groups[0] as Rid, before: null, node: element('rect') });
    submit(one, { do: 'move', rid: rid as Rid, parent: one.shown.root() as Rid, before: null });
    expect(one.pending()[0]?.edits.map(({ kind, rid: at }) => [kind, at])).toEqual([['new', rid]]);
  });

  it('does not put a node into what it makes later', () => {
    const { one, two, groups } = together();
    const parent = groups[0] as Rid;
    const [[shape] = []] = submit(one, { do: 'add', parent, before: null, node: element('rect') });
    const [[group] = []] = submit(one, { do: 'add', parent: 'root', before: null, node: element('g') });
    submit(one, { do: 'move', rid: shape as Rid, parent: group as Rid, before: null });
    new Room([one, two]).settle();
    expect(two.shown.parentOf(shape as Rid)).toBe(group);
  });

  it('says nothing elsewhere of what somebody has removed, though I had moved it', () => {
    const { one, two, groups } = together();
    const root = one.shown.root() as Rid;
    const rid = groups[1] as Rid;
    submit(one, { do: 'move', rid, parent: root, before: null });
    submit(one, { do: 'set', rid, name: 'fill', value: 'red' });
    submit(one, { do: 'add', parent: rid, before: null, node: element('rect') });
    submit(two, { do: 'remove', rid });
    const room = new Room([one, two]);
    room.send(1);
    room.settle();
    expect(one.shown.attributes(root)).toEqual([]);
    expect(elements(one.shown)).toEqual([root, ...groups.filter((group) => group !== rid && group !== groups[2])]);
    expect(outline(two.confirmed)).toBe(outline(one.confirmed));
  });
});
