import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '#test/support/property.ts';
import { createReplica } from '#core/replica.ts';
import type { LogEntry, PendingStanza, Replica } from '#core/replica-port.ts';
import { concrete, Mirror, outline, recipe, replica, withRoot } from '#test/support/document.ts';
import { joined, Room } from '#test/support/order.ts';

const action = fc.tuple(fc.nat(2), fc.nat(3), recipe);

function run(
  room: Room,
  actions: readonly (readonly [number, number, readonly [number, number, number, string]])[],
): void {
  for (const [who, what, how] of actions) {
    const member = room.members[who % room.members.length] as Replica;
    const i = room.members.indexOf(member);
    if (what === 0) room.send(i);
    else if (what === 1) room.deliver(i, how[1] % 3 === 0);
    else {
      const intent = concrete(member.shown, how);
      const result = intent && member.submit([intent], `${i}.${how[1]}`);
      if (result?.ok) room.mirrors[i]?.follow(result.changes);
    }
  }
}

describe('replicas in one order', () => {
  it('converge: records, digest, what is shown, and what a view following the changes holds', () => {
    check(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(action, { maxLength: 90 }), (count, actions) => {
        const room = new Room(joined(count));
        run(room, actions);
        room.members.forEach((_, i) => room.look(i));
        room.members.forEach((member, i) =>
          expect(room.mirrors[i]?.outline()).toBe(new Mirror(member.shown).outline()),
        );
        room.settle();
        const [first] = room.members;
        room.members.forEach((member, i) => {
          expect(member.pending()).toEqual([]);
          expect(outline(member.shown)).toBe(outline(member.confirmed));
          expect(outline(member.confirmed)).toBe(outline((first as Replica).confirmed));
          expect(member.digest()).toBe((first as Replica).digest());
          expect(member.place).toEqual((first as Replica).place);
          expect(room.mirrors[i]?.outline()).toBe(new Mirror(member.shown).outline());
        });
      }),
      { numRuns: 300 },
    );
  });

  it('are the same after a restart from a state, the log since and the outbox', () => {
    check(
      fc.property(fc.array(action, { maxLength: 60 }), fc.array(action, { maxLength: 30 }), (first, second) => {
        const room = new Room(joined(2));
        run(room, first);
        const one = room.members[0] as Replica;
        const state = structuredClone(one.state());
        const since = room.entries[0]?.length ?? 0;
        run(room, second);
        const again = createReplica({
          prefix: 'z',
          author: 'z',
          now: () => 0,
          state,
          log: structuredClone(room.entries[0]?.slice(since) ?? []),
          pending: structuredClone(one.pending()),
        });
        expect(again.digest()).toBe(one.digest());
        expect(outline(again.confirmed)).toBe(outline(one.confirmed));
        expect(outline(again.shown, '', false)).toBe(outline(one.shown, '', false));
        expect(again.known()).toEqual(one.known());
        expect(again.place).toEqual(one.place);
        expect(new Set(again.state().records.map((record) => JSON.stringify(record)))).toEqual(
          new Set(one.state().records.map((record) => JSON.stringify(record))),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('keep every letter typed into a text that stays, and come to rest', () => {
    check(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(50)), { maxLength: 60 }), (actions) => {
        const members = joined(3);
        const room = new Room(members);
        const root = members[0]?.shown.root() as string;
        members[0]?.submit([{ do: 'add', parent: root, before: null, node: { type: 'text', chdata: '-' } }], 'start');
        room.settle();
        let letters = 0;
        for (const [who, what, at] of actions) {
          const member = members[who] as Replica;
          if (what === 0) room.send(who);
          else if (what === 1) room.deliver(who);
          else {
            const text = member.shown.get(member.shown.children(root)[0] as string)?.chdata ?? '';
            const result = member.submit(
              [
                {
                  do: 'text',
                  rid: root,
                  from: at % (text.length + 1),
                  count: 0,
                  insert: String.fromCodePoint(0x4e00 + letters++),
                },
              ],
              `${letters}`,
            );
            expect(result.ok).toBe(true);
          }
        }
        room.settle();
        const text = members[1]?.shown.get(members[1].shown.children(root)[0] as string)?.chdata ?? '';
        expect([...text].sort().join('')).toBe(
          ['-', ...Array.from({ length: letters }, (_, i) => String.fromCodePoint(0x4e00 + i))].sort().join(''),
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('parted replicas', () => {
  it('keep all of both when one adopts the other’s state and re-sends what it lacks', () => {
    check(
      fc.property(
        fc.array(recipe, { maxLength: 30 }),
        fc.array(recipe, { maxLength: 30 }),
        fc.boolean(),
        (ours, theirs, confirm) => {
          const [one, two] = joined(2) as [Replica, Replica];
          const logs: LogEntry[][] = [[], []];
          [ours, theirs].forEach((recipes, i) => {
            const member = [one, two][i] as Replica;
            recipes.forEach((how, n) => {
              const intent = concrete(member.shown, how);
              if (intent) member.submit([intent], `${n}`);
              if (confirm) logs[i]?.push(...member.confirmAlone());
            });
          });
          const shapes = [one, two].map((member) => outline(member.shown));
          two.confirmAlone().forEach((entry) => logs[1]?.push(entry));
          const state = structuredClone(two.state());
          const lacking = (logs[0] ?? []).filter(({ id }) => !two.knows(id));
          one.adopt(state, structuredClone(lacking));
          const room = new Room([one, two]);
          room.settle();
          expect(outline(one.confirmed)).toBe(outline(two.confirmed));
          expect(one.digest()).toBe(two.digest());
          for (const { id } of [...(logs[0] ?? []), ...(logs[1] ?? [])])
            expect(one.knows(id) && two.knows(id)).toBe(true);
          // With no removals, every element of both is there.
          const all = outline(one.confirmed);
          if (!JSON.stringify([...(logs[0] ?? []), ...(logs[1] ?? []), ...room.log]).includes('"remove"')) {
            for (const shape of shapes)
              for (const [rid] of shape.matchAll(/[ab]\.\w+(?= <)/g)) expect(all).toContain(`${rid} <`);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('say again what one made and then changed, under its own name', () => {
    const state = withRoot('r').state();
    const [one, two] = [replica('a', { state }), replica('b', { state })];
    const root = one.shown.root() as string;
    one.submit([{ do: 'set', rid: root, name: 'fill', value: 'red' }], '1');
    const log = [...one.confirmAlone()];
    one.submit([{ do: 'set', rid: root, name: 'fill', value: 'blue' }], '2');
    log.push(...one.confirmAlone());
    one.adopt(two.state(), log);
    expect(one.pending().map(({ id, edits }) => [id, edits])).toEqual(log.map(({ id, edits }) => [id, edits]));
  });

  it('say somebody’s stanza again once, though each makes an attribute that was removed with a rid of its own', () => {
    const state = withRoot('r').state();
    const begun = replica('c', { state });
    begun.submit([{ do: 'set', rid: begun.shown.root() as string, name: 'x', value: '0' }], '1');
    begun.confirmAlone();
    const attr = begun.shown.attribute(begun.shown.root() as string, '', 'x') as string;
    const edits = [{ kind: 'set', rid: attr, version: 1, fields: { chdata: '1' } }] as const;
    const people = ['a', 'b'].map((prefix) => replica(prefix, { state: begun.state() }));
    const [one, two] = people as [Replica, Replica];
    const logs = people.map((each) => each.receive({ author: 'q', id: { prefix: 'q', n: 1 }, edits, time: 0 }).entry);
    begun.submit([{ do: 'set', rid: begun.shown.root() as string, name: 'x', value: null }], '2');
    begun.confirmAlone();
    people.forEach((each, i) => each.adopt(begun.state(), [logs[i] as LogEntry]));
    const said = people.map((each) => structuredClone(each.takeOutgoing()) as PendingStanza);
    expect(said.map(({ edits: [edit] }) => edit?.kind)).toEqual(['new', 'new']);
    for (const stanza of said) people.forEach((each, i) => each.receive({ ...stanza, byOther: stanza !== said[i] }));
    expect(people.map((each) => each.pending())).toEqual([[], []]);
    expect(outline(one.confirmed)).toBe(outline(two.confirmed));
  });

  it('say somebody’s letters that came too late again once, by whoever sent them', () => {
    const begun = withRoot('c');
    const root = begun.shown.root() as string;
    begun.submit([{ do: 'set', rid: root, name: 'x', value: '0' }], '1');
    begun.confirmAlone();
    const attr = begun.shown.attribute(root, '', 'x') as string;
    const splice = { from: 1, count: 0 };
    const edits = [{ kind: 'set', rid: attr, version: 1, fields: { chdata: '!' }, splice }] as const;
    const people = ['a', 'b'].map((prefix) => replica(prefix, { state: begun.state() }));
    const logs = people.map((each) => each.receive({ author: 'q', id: { prefix: 'q', n: 1 }, edits, time: 0 }).entry);
    people.forEach((each, i) => each.adopt(begun.state(), [logs[i] as LogEntry]));
    const said = people.map((each) => structuredClone(each.takeOutgoing()) as PendingStanza);
    // Somebody types there before either has come.
    const first = {
      author: 'c',
      id: { prefix: 'z', n: 1 },
      edits: [{ ...edits[0], fields: { chdata: '?' } }],
      time: 0,
    };
    for (const each of people) each.receive({ ...first, byOther: true });
    for (const stanza of said) people.forEach((each, i) => each.receive({ ...stanza, byOther: stanza !== said[i] }));
    new Room(people).settle();
    for (const { confirmed } of people) expect(confirmed.get(attr)?.chdata).toMatch(/^0(!\?|\?!)$/);
  });

  it('end with what one wrote last into an attribute that the other gave the element, too', () => {
    const state = withRoot('r').state();
    const [one, two] = [replica('a', { state }), replica('b', { state })];
    const root = one.shown.root() as string;
    const log = ['red', 'green', 'blue'].flatMap((value) => {
      one.submit([{ do: 'set', rid: root, name: 'fill', value }], value);
      return one.confirmAlone();
    });
    two.submit([{ do: 'set', rid: root, name: 'fill', value: 'black' }], '1');
    two.confirmAlone();
    const fill = ({ shown }: Replica) => shown.get(shown.attribute(root, '', 'fill') ?? '')?.chdata;
    one.adopt(two.state(), log);
    expect(fill(one)).toBe('blue');
    new Room([one, two]).settle();
    expect([one, two].map(fill)).toEqual(['blue', 'blue']);
  });

  it('merge what each typed into one text meanwhile', () => {
    const text = (member: Replica): string | undefined =>
      member.shown.get(member.shown.children(member.shown.root() as string)[0] as string)?.chdata;
    const state = withRoot('r', ['hello world']).state();
    const [one, two] = [replica('a', { state }), replica('b', { state })];
    const root = one.shown.root() as string;
    one.submit([{ do: 'text', rid: root, from: 5, count: 0, insert: ', big' }], '1');
    const log = one.confirmAlone();
    two.submit([{ do: 'text', rid: root, from: 0, count: 1, insert: 'J' }], '1');
    two.confirmAlone();
    one.adopt(two.state(), log);
    new Room([one, two]).settle();
    expect(text(one)).toBe('Jello, big world');
    expect(text(two)).toBe('Jello, big world');
  });
});

describe('undo', () => {
  it('of everything leads back to the start, and redo to the end, when nobody interferes', () => {
    check(
      fc.property(fc.array(recipe, { maxLength: 25 }), fc.boolean(), (recipes, confirm) => {
        const one = joined(1)[0] as Replica;
        const mirror = new Mirror(one.shown);
        const start = outline(one.shown, '', false);
        let steps = 0;
        for (const how of recipes) {
          const intent = concrete(one.shown, how);
          const before = one.pending().flatMap((stanza) => stanza.edits).length;
          const result = intent && one.submit([intent], `${steps}`);
          if (!result?.ok) continue;
          mirror.follow(result.changes);
          if (result.changes.length > 0 || one.pending().flatMap((stanza) => stanza.edits).length !== before) steps++;
          if (confirm) one.confirmAlone();
        }
        const end = outline(one.shown, '', false);
        while (one.canUndo()) {
          const result = one.undo();
          if (result.ok) mirror.follow(result.changes);
        }
        expect(outline(one.shown, '', false)).toBe(start);
        while (one.canRedo()) {
          const result = one.redo();
          if (result.ok) mirror.follow(result.changes);
        }
        expect(outline(one.shown, '', false)).toBe(end);
        expect(mirror.outline()).toBe(new Mirror(one.shown).outline());
        one.confirmAlone();
        expect(outline(one.confirmed, '', false)).toBe(end);
      }),
      { numRuns: 200 },
    );
  });
});
