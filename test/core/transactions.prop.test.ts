import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Intent, Replica } from '#core/replica-port.ts';
import type { Rid } from '#core/types.ts';
import { check } from '#test/support/property.ts';
import { concrete, element, elements, Mirror, outline, recipe, type Recipe, replica } from '#test/support/document.ts';
import { joined, Room } from '#test/support/order.ts';

/** So long that two of them fill a stanza. */
const LONG = 'v'.repeat(6000);

/** A gesture that takes several stanzas: shapes into one place, values, removals and moves of what is there. */
function large(view: Replica['shown'], [, a, b]: Recipe, serial: string): Intent[] {
  const all = elements(view);
  const root = view.root() as Rid;
  const home = all[a % all.length] ?? root;
  const adds = Array.from(
    { length: 3 + (b % 5) },
    (_, i): Intent => ({
      do: 'add',
      parent: home,
      before: view.children(home)[b % (view.children(home).length + 1)] ?? null,
      node: element('g', { id: `${serial}.${i}`, d: LONG }, [element('rect', { x: serial })]),
    }),
  );
  const sets = all
    .filter((_, i) => (i + a) % 3 === 0)
    .slice(0, 4)
    .map((rid): Intent => ({ do: 'set', rid, name: 'd', value: `${serial}${LONG}` }));
  const victim = all.filter((rid) => rid !== root && rid !== home)[b % 7];
  const last: Intent[] = [];
  if (victim !== undefined && home !== root && a % 2 === 0) {
    let inside = false;
    for (let at: Rid | undefined = home; at; at = view.parentOf(at)) inside ||= at === victim;
    if (!inside && !sets.some((set) => set.do === 'set' && set.rid === victim))
      last.push(b % 2 ? { do: 'remove', rid: victim } : { do: 'move', rid: victim, parent: home, before: null });
  }
  const under = last[0]?.do === 'remove' ? new Set(elementsUnder(view, last[0].rid)) : new Set<Rid>();
  return [...last, ...sets.filter((set) => set.do === 'set' && !under.has(set.rid)), ...adds];
}

function elementsUnder(view: Replica['shown'], top: Rid): Rid[] {
  return view.children(top).flatMap((rid) => [rid, ...elementsUnder(view, rid)]);
}

const action = fc.tuple(fc.nat(2), fc.nat(5), recipe);

describe('a gesture of several stanzas', () => {
  it('is marked as one from its first stanza to its last, and what comes after it is no part of it', () => {
    const [one] = joined(1) as [Replica];
    const intents = large(one.shown, [0, 0, 4, ''], 's');
    one.submit([{ do: 'set', rid: one.shown.root() as Rid, name: 'x', value: '1' }], 'before');
    one.submit(intents, 'large');
    one.submit([{ do: 'set', rid: one.shown.root() as Rid, name: 'y', value: '1' }], 'after');
    const marks = one.pending().map(({ transaction }) => transaction);
    expect(marks.length).toBeGreaterThan(3);
    expect(marks.at(-1)).toBeUndefined();
    expect(marks.at(-2)).toEqual({ id: 'a.1', end: true });
    for (const mark of marks.slice(0, -2)) expect(mark).toEqual({ id: 'a.1' });
  });

  it('is told to views whole: not before its end, or before it is revealed', () => {
    check(
      fc.property(
        fc.array(recipe, { maxLength: 20 }),
        recipe,
        fc.option(fc.nat(5), { nil: undefined }),
        (before, how, until) => {
          const members = joined(2) as [Replica, Replica];
          const room = new Room(members);
          room.holds = true;
          const [one, two] = members;
          before.forEach((each, n) => {
            const intent = concrete(one.shown, each);
            if (intent) one.submit([intent], `${n}`);
          });
          room.settle();
          const was = outline(two.seen);
          const result = one.submit(large(one.shown, how, 's'), 'large');
          expect(result.ok).toBe(true);
          const parts = one.pending().length;
          for (let part = 0; part < parts; part++) {
            room.send(0);
            room.deliver(0);
            room.deliver(1);
            const ended = part === parts - 1;
            if (!ended) expect(outline(two.seen)).toBe(part > (until ?? parts) ? outline(two.shown) : was);
            if (part === until) {
              two.reveal('a@example a.nothing');
              if (!ended) expect(outline(two.seen)).toBe(was);
              two.reveal();
              room.look(1);
              expect(outline(two.seen)).toBe(outline(two.shown));
              room.holds = false;
            }
          }
          expect(outline(two.seen)).toBe(outline(one.shown));
          expect(room.mirrors[1]?.outline()).toBe(new Mirror(two.shown).outline());
        },
      ),
      { numRuns: 100 },
    );
  });

  it('leaves views that follow the changes with what is seen, whoever interferes', () => {
    check(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const room = new Room(joined(3));
        room.holds = true;
        for (const [n, [who, what, how]] of actions.entries()) {
          const member = room.members[who] as Replica;
          if (what === 0) room.send(who);
          else if (what === 1 || what === 2) room.deliver(who, how[1] % 3 === 0);
          else if (what === 3 && how[2] % 5 === 0) member.reveal();
          else {
            const one = what === 4 ? undefined : concrete(member.shown, how);
            const intents = what === 4 ? large(member.shown, how, `${n}`) : one ? [one] : [];
            const result = intents.length > 0 ? member.submit(intents, `${n}`) : undefined;
            if (result?.ok) room.mirrors[who]?.follow(result.changes);
          }
          if (how[1] % 4 !== 0) continue;
          room.look(who);
          expect(room.mirrors[who]?.outline()).toBe(new Mirror(member.seen).outline());
        }
        room.settle();
        const [first] = room.members as [Replica];
        room.members.forEach((member, i) => {
          member.reveal();
          room.look(i);
          expect(outline(member.confirmed)).toBe(outline(first.confirmed));
          expect(member.digest()).toBe(first.digest());
          expect(outline(member.seen)).toBe(outline(member.shown));
          expect(room.mirrors[i]?.outline()).toBe(new Mirror(member.shown).outline());
        });
      }),
      { numRuns: 40 },
    );
  });

  it('is one step to take back, also when the process ended while half of it had been said', () => {
    check(
      fc.property(
        fc.array(recipe, { maxLength: 20 }),
        recipe,
        fc.array(recipe, { maxLength: 5 }),
        fc.nat(6),
        (before, how, others, cut) => {
          const members = joined(2) as [Replica, Replica];
          const room = new Room(members);
          const [one, two] = members;
          before.forEach((each, n) => {
            const intent = concrete(one.shown, each);
            if (intent) one.submit([intent], `${n}`);
          });
          room.settle();
          const state = structuredClone(one.state());
          const since = room.entries[0]?.length ?? 0;
          const was = outline(one.shown, '', false);
          one.submit(large(one.shown, how, 's'), 'large');
          const parts = one.pending().length;
          fc.pre(parts > 1);
          const said = Math.min(cut, parts - 1);
          for (let part = 0; part < said; part++) {
            room.send(0);
            room.deliver(0);
            room.deliver(1);
          }
          // Somebody draws elsewhere meanwhile: that stays.
          const root = one.shown.root() as Rid;
          const marks = others.map((_, n) => `mark${n}`);
          for (const name of marks) two.submit([{ do: 'set', rid: root, name, value: '1' }], name);
          while (two.pending().length > 0) {
            room.send(1);
            room.deliver(1);
            room.deliver(0);
          }
          const again = replica('z', {
            state,
            log: structuredClone(room.entries[0]?.slice(since) ?? []),
            pending: structuredClone(one.pending()),
          });
          expect(outline(again.shown)).toBe(outline(one.shown));
          expect(again.canUndo()).toBe(true);
          const back = new Room([again, two]);
          expect(again.undo().ok).toBe(true);
          expect(again.canUndo()).toBe(false);
          back.settle();
          for (const name of marks) {
            expect(two.shown.attribute(root, '', name)).toBeDefined();
            two.submit([{ do: 'set', rid: root, name, value: null }], name);
          }
          back.settle();
          expect(outline(two.shown, '', false)).toBe(was);
          expect(outline(again.confirmed)).toBe(outline(two.confirmed));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is no step after a restart when a part of it is not at hand', () => {
    const members = joined(1) as [Replica];
    const room = new Room(members);
    const [one] = members;
    one.submit(large(one.shown, [0, 0, 4, ''], 's'), 'large');
    room.send(0);
    room.deliver(0);
    // The state holds the first part, so the log since doesn't.
    const again = replica('z', { state: structuredClone(one.state()), pending: structuredClone(one.pending()) });
    expect(again.canUndo()).toBe(false);
  });
});
