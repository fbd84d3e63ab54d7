/** Undo when others interfere: what they wrote since is theirs (DESIGN section 2, Undo). */
import { describe, expect, it } from 'vitest';
import type { Replica } from '#core/replica-port.ts';
import type { Rid } from '#core/types.ts';
import { element, outline, replica, submit } from '#test/support/document.ts';
import { joined, Room } from '#test/support/order.ts';

const x = (member: Replica, rid: Rid): string | undefined => {
  const attr = member.shown.attribute(rid, '', 'x');
  return attr === undefined ? undefined : member.shown.get(attr)?.chdata;
};

function pair(): { one: Replica; two: Replica; room: Room; rect: Rid; root: Rid } {
  const [one, two] = joined(2) as [Replica, Replica];
  const room = new Room([one, two]);
  room.mirrors.length = 0; // Views are none of these tests' concern.
  const root = one.shown.root() as Rid;
  const result = one.submit([{ do: 'add', parent: root, before: null, node: element('rect', { x: '0' }) }], 'add');
  room.settle();
  return { one, two, room, root, rect: (result.ok ? result.rids[0]?.[0] : '') as Rid };
}

describe('undo', () => {
  it('of a gesture that went on after somebody else wrote leads back to what they wrote', () => {
    const { one, two, room, rect } = pair();
    one.submit([{ do: 'set', rid: rect, name: 'x', value: '1' }], 'drag');
    room.settle();
    two.submit([{ do: 'set', rid: rect, name: 'x', value: '5' }], 'theirs');
    room.settle();
    one.submit([{ do: 'set', rid: rect, name: 'x', value: '2' }], 'drag');
    room.settle();
    one.undo();
    room.settle();
    expect(x(one, rect)).toBe('5');
  });

  it('of a change under which somebody wrote leads to what they wrote, and no further', () => {
    const { one, two, room, rect } = pair();
    one.submit([{ do: 'set', rid: rect, name: 'x', value: '1' }], 'first');
    room.settle();
    two.submit([{ do: 'set', rid: rect, name: 'x', value: '5' }], 'theirs');
    one.submit([{ do: 'set', rid: rect, name: 'x', value: '2' }], 'second');
    room.send(1);
    room.settle();
    expect(x(two, rect)).toBe('2');
    one.undo();
    expect(x(one, rect)).toBe('5');
    one.undo();
    expect(x(one, rect)).toBe('5');
    one.redo();
    one.redo();
    room.settle();
    expect([x(one, rect), x(two, rect)]).toEqual(['2', '2']);
  });

  it('spares what somebody wrote and wrote back before I looked', () => {
    const { one, two, room, rect } = pair();
    one.submit([{ do: 'set', rid: rect, name: 'x', value: '1' }], 'mine');
    room.settle();
    for (const value of ['5', '1']) {
      two.submit([{ do: 'set', rid: rect, name: 'x', value }], value);
      room.send(1);
      room.deliver(1);
    }
    while (room.deliver(0, false));
    one.undo();
    expect(x(one, rect)).toBe('1');
  });

  it('spares what somebody wrote as I did', () => {
    const { one, two, room, rect } = pair();
    two.submit([{ do: 'set', rid: rect, name: 'x', value: '1' }], 'theirs');
    one.submit([{ do: 'set', rid: rect, name: 'x', value: '1' }], 'mine');
    room.send(0);
    room.settle();
    one.undo();
    room.settle();
    expect([x(one, rect), x(two, rect)]).toEqual(['1', '1']);
  });

  it('of an addition that went on keeps what somebody put inside meanwhile', () => {
    const { one, two, room, root } = pair();
    const result = one.submit([{ do: 'add', parent: root, before: null, node: element('g') }], 'draw');
    const group = (result.ok ? result.rids[0]?.[0] : '') as Rid;
    room.settle();
    const theirs = submit(two, { do: 'add', parent: group, before: null, node: element('circle') })[0]?.[0] as Rid;
    room.settle();
    one.submit([{ do: 'set', rid: group, name: 'fill', value: 'red' }], 'draw');
    room.settle();
    one.undo();
    room.settle();
    expect(one.shown.parentOf(theirs)).toBe(group);
  });

  it('of an addition takes it away though others wrote, meanwhile, to what else I was changing', () => {
    const { one, two, room, rect, root } = pair();
    const before = outline(one.shown, '', false);
    one.submit([{ do: 'add', parent: root, before: null, node: element('rect', { x: '1' }) }], 'mine');
    one.submit([{ do: 'set', rid: rect, name: 'x', value: '2' }], 'also');
    two.submit([{ do: 'set', rid: rect, name: 'x', value: '3' }], 'theirs');
    room.send(1);
    room.settle();
    one.undo();
    one.undo();
    room.settle();
    expect(outline(one.shown, '', false)).toBe(before.replace('x=0', 'x=3'));
  });

  it('of an addition keeps what somebody moved into it', () => {
    const { one, two, room, root } = pair();
    const theirs = submit(two, { do: 'add', parent: root, before: null, node: element('circle') })[0]?.[0] as Rid;
    room.settle();
    const result = one.submit([{ do: 'add', parent: root, before: null, node: element('g') }], 'draw');
    const group = (result.ok ? result.rids[0]?.[0] : '') as Rid;
    room.settle();
    submit(two, { do: 'move', rid: theirs, parent: group, before: null });
    room.settle();
    one.undo();
    room.settle();
    expect(one.shown.get(theirs)).toBeDefined();
    expect(outline(one.shown)).toBe(outline(two.shown));
  });

  it('leaves alone what a state that was taken over brought', () => {
    const { one, two, room, rect, root } = pair();
    one.submit([{ do: 'set', rid: rect, name: 'x', value: '1' }], 'mine');
    const added = one.submit([{ do: 'add', parent: root, before: null, node: element('g') }], 'group');
    const group = (added.ok ? added.rids[0]?.[0] : '') as Rid;
    room.settle();
    submit(two, { do: 'set', rid: rect, name: 'x', value: '7' });
    const theirs = submit(two, { do: 'add', parent: group, before: null, node: element('circle') })[0]?.[0] as Rid;
    two.confirmAlone();
    one.adopt(structuredClone(two.state()), []);
    while (one.canUndo()) one.undo();
    expect(x(one, rect)).toBe('7');
    expect(one.shown.get(theirs)).toBeDefined();
  });

  it('of typing finds its letters after a state was taken over', () => {
    const { one, two, room, root } = pair();
    const text = submit(one, {
      do: 'add',
      parent: root,
      before: null,
      node: element('text', {}, ['abc']),
    })[0]?.[0] as Rid;
    room.settle();
    one.submit([{ do: 'text', rid: text, from: 1, count: 0, insert: 'MINE' }], 'type');
    room.settle();
    submit(two, { do: 'text', rid: text, from: 0, count: 0, insert: '>>' });
    two.confirmAlone();
    one.adopt(structuredClone(two.state()), []);
    one.undo();
    expect(one.shown.get(one.shown.children(text)[0] as Rid)?.chdata).toBe('>>abc');
  });

  it('of a removal whose root is gone restores under the root that stands', () => {
    const { one, room, root, rect } = pair();
    submit(one, { do: 'remove', rid: rect });
    room.settle();
    room.inject([
      { kind: 'remove', rid: root },
      { kind: 'new', rid: 'other', type: 'element', parent: '', primaryWeight: 0, name: 'svg' },
    ]);
    room.settle();
    one.undo();
    room.settle();
    expect(one.shown.children('other')).toHaveLength(1);
  });
});

describe('a document whose root was removed', () => {
  it('is the same after a restart, whatever lies loose in it', () => {
    const { one, room, root } = pair();
    room.inject([
      { kind: 'new', rid: 'second', type: 'element', parent: '', primaryWeight: 0, name: 'svg' },
      { kind: 'remove', rid: root },
      { kind: 'new', rid: 'loose', type: 'element', parent: 'second', primaryWeight: 0, name: 'g' },
    ]);
    room.settle();
    const again = replica('z', { state: one.state() });
    expect(again.shown.root()).toBe(one.shown.root());
    expect(outline(again.shown)).toBe(outline(one.shown));
  });
});
