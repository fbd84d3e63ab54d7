/** Peers who keep to no rules, among people who edit: whatever they say, all replicas show the same and can be stored. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '#test/support/property.ts';
import type { Replica } from '#core/replica-port.ts';
import { decodeState, encodeState } from '#store/saved-state.ts';
import type { Edit, NodeType, Rid } from '#core/types.ts';
import { concrete, Mirror, outline, recipe, replica } from '#test/support/document.ts';
import { forged, RIDS, whim } from '#test/support/forged-edits.ts';
import { joined, Room } from '#test/support/order.ts';

const action = fc.tuple(fc.nat(2), fc.nat(6), recipe, fc.array(whim, { minLength: 1, maxLength: 4 }));

function play(room: Room, actions: readonly (typeof action extends fc.Arbitrary<infer T> ? T : never)[]): void {
  actions.forEach(([who, what, how, whims], n) => {
    const member = room.members[who] as Replica;
    const follow = (result: ReturnType<Replica['undo']>): void => {
      if (result.ok) room.mirrors[who]?.follow(result.changes);
    };
    if (what === 0) room.send(who);
    else if (what === 1) room.deliver(who, how[1] % 2 === 0);
    else if (what <= 3) room.inject(whims.map((one) => forged(member, one)));
    else if (what === 4) follow(how[0] % 3 === 0 ? member.redo() : member.undo());
    else {
      const intent = concrete(member.shown, how);
      if (intent) follow(member.submit([intent], `${n >> 1}`));
    }
  });
}

describe('with hostile peers', () => {
  it('replicas converge, views follow, and a stored state is the same document', () => {
    check(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const room = new Room(joined(3));
        play(room, actions);
        room.settle();
        const [first] = room.members as [Replica];
        room.members.forEach((member, i) => {
          expect(member.pending()).toEqual([]);
          expect(outline(member.shown)).toBe(outline(member.confirmed));
          expect(outline(member.confirmed)).toBe(outline(first.confirmed));
          expect(member.digest()).toBe(first.digest());
          expect(room.mirrors[i]?.outline()).toBe(new Mirror(member.shown).outline());
        });
        const again = replica('z', { state: JSON.parse(JSON.stringify(first.state())) });
        const stored = replica('y', { state: decodeState(encodeState(first.saved())) });
        for (const one of [again, stored]) {
          expect(one.digest()).toBe(first.digest());
          expect(outline(one.shown)).toBe(outline(first.shown));
          expect(one.confirmed.root()).toBe(first.confirmed.root());
        }
        // It goes on in the same way, too.
        const next: Edit[] = [
          { kind: 'new', rid: 'late', type: 'element', parent: '', primaryWeight: 0, name: 'svg' },
          { kind: 'new', rid: 'nobody', type: 'element', parent: 'late', primaryWeight: 0, name: 'g' },
          ...RIDS.map((rid): Edit => ({ kind: 'set', rid, version: 0, fields: { parent: 'nobody' } })),
          { kind: 'remove', rid: 'h1' },
        ];
        for (const one of [first, again, stored])
          one.receive({ author: 'h', id: { prefix: 'l', n: 1 }, edits: structuredClone(next), time: 0 });
        for (const one of [again, stored]) {
          expect(outline(one.shown)).toBe(outline(first.shown));
          expect(one.digest()).toBe(first.digest());
        }
      }),
      { numRuns: 300 },
    );
  });

  it('views follow a rid that is removed and used again for another kind of node, at once', () => {
    const room = new Room(joined(1));
    const [one] = room.members as [Replica];
    const root = one.shown.root() as Rid;
    const add = (rid: Rid, type: NodeType, parent: Rid): Edit => ({
      kind: 'new',
      rid,
      type,
      parent,
      primaryWeight: 0,
      ...(type === 'element' ? { name: 'g' } : { chdata: 'c', ...(type === 'attr' ? { name: 'x' } : {}) }),
    });
    const kinds: readonly NodeType[] = ['element', 'text', 'attr', 'comment', 'element', 'attr', 'element', 'text'];
    for (const kind of kinds) {
      room.inject([{ kind: 'remove', rid: 'h' }, add('h', kind, root), add('k', 'text', 'h'), add('l', 'attr', 'h')]);
      room.settle();
      expect(room.mirrors[0]?.outline()).toBe(new Mirror(one.shown).outline());
    }
  });

  it('what I type into a text whose rid somebody takes for another node is given up, not sent for ever', () => {
    const room = new Room(joined(2));
    const [one] = room.members as [Replica];
    const root = one.shown.root() as Rid;
    room.mirrors.length = 0;
    room.inject([{ kind: 'new', rid: 'h', type: 'text', parent: root, primaryWeight: 0, chdata: 'abc' }]);
    room.deliver(0);
    one.submit([{ do: 'text', rid: root, from: 1, count: 0, insert: 'x' }], 'type');
    room.inject([
      { kind: 'remove', rid: 'h' },
      { kind: 'new', rid: 'h', type: 'element', parent: root, primaryWeight: 0, name: 'g' },
    ]);
    room.settle();
    expect(one.pending()).toEqual([]);
    expect(room.log.length).toBeLessThan(6);
  });
});
