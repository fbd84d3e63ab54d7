/** Peers who keep to no rules, among people who edit: whatever they say, all replicas show the same and can be stored. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '#test/support/property.ts';
import type { Replica } from '#core/replica-port.ts';
import type { Edit, NodeType, Rid } from '#core/types.ts';
import { concrete, Mirror, outline, recipe, replica } from '#test/support/document.ts';
import { joined, Room } from '#test/support/order.ts';

type Whim = readonly [kind: number, a: number, b: number, c: number];
const whim: fc.Arbitrary<Whim> = fc.tuple(fc.nat(11), fc.nat(1000), fc.nat(1000), fc.nat(1000));

const TYPES: readonly NodeType[] = ['element', 'attr', 'text', 'comment', 'processinginstruction'];
/** Few names, so that they collide; outside the basic plane too, where UTF-16 and code points order differently. */
const RIDS: readonly Rid[] = ['h1', 'h2', 'h3', 'h4', '\uffee', '\u{1f600}', '__proto__', 'nobody'];
const WEIGHTS = [0, 0, 1, 2, -1, 1e308, Number.NaN, Number.POSITIVE_INFINITY];

/** A forged edit of what a replica knows, or of what nobody does. */
function forged(target: Replica, [kind, a, b, c]: Whim): Edit {
  const present = target.state().records.map(({ rid }) => rid);
  const any = (n: number): Rid =>
    n % 3 === 0 ? (RIDS[n % RIDS.length] as Rid) : (present[n % present.length] ?? 'h1');
  const parent = c % 7 === 0 ? '' : any(c);
  const primaryWeight = WEIGHTS[b % WEIGHTS.length] as number;
  const type = TYPES[b % 5] as NodeType;
  const rid = RIDS[a % RIDS.length] as Rid;
  const version = [1, 0, -5, 1e12][b % 4] as number;
  if (kind <= 3) {
    const base = { kind: 'new', rid, type, parent, primaryWeight } as const;
    if (type === 'element') return { ...base, name: ['g', 'svg', 'b@d'][c % 3] as string };
    if (type === 'attr') return { ...base, name: ['x', 'y', 'fill'][c % 3] as string, chdata: `h${a}` };
    if (type === 'processinginstruction') return { ...base, pitarget: 'p', pidata: `h${a}` };
    return { ...base, chdata: b % 9 === 0 ? '\u0000' : `h${a}` };
  }
  if (kind <= 7) {
    const target = any(a);
    return { kind: 'set', rid: target, version, fields: kind <= 5 ? { parent } : { parent, primaryWeight } };
  }
  if (kind === 8) return { kind: 'set', rid: any(a), version, fields: { name: ['x', 'fill', ''][b % 3] as string } };
  if (kind === 9) return { kind: 'set', rid: any(a), version, fields: { chdata: 'zz' } };
  if (kind === 10)
    return {
      kind: 'set',
      rid: any(a),
      version: 1 + (b % 5),
      fields: { chdata: 'q' },
      splice: { from: c % 4, count: b % 3 },
    };
  return { kind: 'remove', rid: a % 11 === 0 ? (target.confirmed.root() ?? 'h1') : any(a) };
}

const action = fc.tuple(fc.nat(2), fc.nat(6), recipe, fc.array(whim, { minLength: 1, maxLength: 4 }));

function play(room: Room, actions: readonly (typeof action extends fc.Arbitrary<infer T> ? T : never)[]): void {
  actions.forEach(([who, what, how, whims], n) => {
    const member = room.members[who] as Replica;
    const follow = (result: ReturnType<Replica['undo']>): void => {
      if (result.ok) room.mirrors[who]?.follow(result.changes);
    };
    if (what === 0) room.send(who);
    else if (what === 1) room.deliver(who);
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
        expect(again.digest()).toBe(first.digest());
        expect(outline(again.shown)).toBe(outline(first.shown));
        expect(again.confirmed.root()).toBe(first.confirmed.root());
        // It goes on in the same way, too.
        const next: Edit[] = [
          { kind: 'new', rid: 'late', type: 'element', parent: '', primaryWeight: 0, name: 'svg' },
          { kind: 'new', rid: 'nobody', type: 'element', parent: 'late', primaryWeight: 0, name: 'g' },
          ...RIDS.map((rid): Edit => ({ kind: 'set', rid, version: 0, fields: { parent: 'nobody' } })),
          { kind: 'remove', rid: 'h1' },
        ];
        for (const one of [first, again])
          one.receive({ author: 'h', id: { prefix: 'l', n: 1 }, edits: structuredClone(next), time: 0 });
        expect(outline(again.shown)).toBe(outline(first.shown));
        expect(again.digest()).toBe(first.digest());
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
