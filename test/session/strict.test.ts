/** Schedules beside strict SXE peers that once ended with different documents, as small as they came to be. */
import { describe, expect, it } from 'vitest';
import type { NetworkMember } from '#test/support/network.ts';
import { type Reading, strictDifference, StrictPeer } from '#test/support/strict-peer.ts';
import type { Edit } from '#core/types.ts';
import type { Occupant } from '#session/transport.ts';
import type { SxeMessage, SxePayload } from '#xmpp/xep-0284.ts';
import { difference, element, Person, ROOM, SESSION, value } from './person.ts';
import type { Command } from './schedule.ts';
import { playBeside, room, type StrictRoom } from './strict-schedule.ts';

const MOVED_AND_BACK: readonly Command[] = [
  [73, 53, 3985, 1147],
  [51, 71, 0, 82],
  [61, 0, 0, 0],
  [90, 0, 3438, 1629],
  [33, 0, 0, 0],
  [0, 0, 0, 0],
  [0, 0, 0, 0],
];

const TWO_ROOTS: readonly Command[] = [
  [90, 39, 5537, 0],
  [0, 0, 0, 1685],
  [90, 10, 1732, 0],
];

const GOES_LATER: readonly Command[] = [
  [6, 0, 2511, 0],
  [18, 21, 843, 0],
  [0, 0, 0, 651],
  [90, 39, 5537, 0],
  [0, 0, 0, 463],
  [90, 10, 1732, 0],
];

const GHOST: readonly Command[] = [
  [0, 0, 0, 0],
  [0, 0, 0, 8743],
  [90, 95, 2652, 5640],
  [55, 29, 8, 6867],
  [2, 79, 9186, 8316],
  [56, 4, 2217, 7352],
  [39, 18, 2251, 7463],
  [69, 78, 1902, 4747],
  [6, 49, 8245, 9782],
  [29, 28, 13, 669],
  [83, 20, 9991, 4673],
  [0, 88, 7942, 2654],
  [17, 59, 3567, 8107],
];

describe('a strict peer ends with the same document', () => {
  it.each<[string, number, readonly Reading[], readonly Command[]]>([
    ['a shape is moved into what it removed at once, and back in the same stanza', 0, ['collapse'], MOVED_AND_BACK],
    ['another strict peer makes a root while the true one is made again', 0, ['collapse', 'collapse'], TWO_ROOTS],
    ['that root goes in the stanza that makes the true one again', 693461378, ['collapse', 'collapse'], GOES_LATER],
    ['what is made again has gone meanwhile, and an attribute of its name comes', 0, ['collapse', 'collapse'], GHOST],
  ])('when %s', async (_, seed, kinds, list) => {
    const { people, peers } = await playBeside(seed, kinds, list);
    expect(anyDifference({ people, peers })).toBeUndefined();
  });
});

/** What somebody has otherwise than the others; undefined when all are equal. */
function anyDifference({ people, peers }: Pick<StrictRoom, 'people' | 'peers'>): string | undefined {
  const strict = peers.map((peer) => strictDifference((people[0] as Person).replica, peer));
  return difference(people) ?? strict.find((one) => one !== undefined);
}

describe('what a strict peer deletes and Limn keeps', () => {
  /** A second root of the first peer's, for which strict peers delete the first with all that is in it. */
  const rival: Edit = { kind: 'new', rid: 'zzz', type: 'element', parent: '', primaryWeight: 0, name: 'svg' };

  async function begun(): Promise<StrictRoom & { one: Person; two: Person; shape: string }> {
    const all = await room(1, ['collapse', 'literal']);
    await all.net.settle();
    const [one, two] = all.people as [Person, Person];
    return { ...all, one, two, shape: one.replica.confirmed.children(one.root())[0] as string };
  }

  it('is made again under the same names, and nothing changes for people', async () => {
    const all = await begun();
    const before = all.one.replica.state().records.map(({ rid }) => rid);
    all.peers[0]?.edit([rival]);
    await all.net.settle();
    expect(anyDifference(all)).toBeUndefined();
    expect(all.one.replica.state().records.map(({ rid }) => rid)).toEqual(before);
  });

  it('is made again, too, when it was deleted for something that goes in the same stanza', async () => {
    const all = await begun();
    all.peers[0]?.edit([rival, { kind: 'remove', rid: 'zzz' }]);
    await all.net.settle();
    expect(anyDifference(all)).toBeUndefined();
  });

  it('keeps what others write to it, put into it and take out of it at once', async () => {
    const all = await begun();
    const { one, two, shape, net } = all;
    const [group = ''] = two.submit({ do: 'add', parent: two.root(), before: null, node: element('g', {}) });
    await net.settle();
    all.peers[0]?.edit([rival]);
    for (let i = 0; i < 12; i++) {
      await net.run(2);
      two.submit({ do: 'set', rid: shape, name: 'x', value: `${i}` });
      if (i === 4) two.shape('in', group);
      if (i === 6) one.submit({ do: 'move', rid: shape, parent: group, before: null });
      if (i === 9) two.submit({ do: 'move', rid: shape, parent: two.root(), before: null });
    }
    await net.settle();
    expect(anyDifference(all)).toBeUndefined();
    expect([value(one.replica, shape, 'x'), one.names()]).toEqual(['11', ['in', 'one', 'two']]);
  });

  it('comes back with what it draws, writes and removes there before it hears of that', async () => {
    const all = await begun();
    const { net, shape, one } = all;
    const [peer, other] = all.peers as [StrictPeer, StrictPeer];
    const x = one.replica.confirmed.attribute(shape, '', 'x') as string;
    const name = one.replica.confirmed.attribute(shape, '', 'data-n') as string;
    peer.edit([rival]);
    // The other one hears of nothing for a while.
    const { moveDown } = net.members.find(({ id }) => id === 'occ-strict1') as NetworkMember;
    const member = net.members.find(({ id }) => id === 'occ-strict1') as NetworkMember;
    member.moveDown = () => undefined;
    await net.run(200);
    other.edit([{ kind: 'set', rid: x, version: 0, fields: { chdata: '7' } }]);
    other.edit([{ kind: 'remove', rid: name }]);
    other.edit([{ kind: 'new', rid: 's.1', type: 'element', parent: shape, primaryWeight: 0, name: 'title' }]);
    await net.run(200);
    member.moveDown = moveDown;
    await net.settle();
    expect(anyDifference(all)).toBeUndefined();
    expect(value(one.replica, shape, 'x')).toBe('7');
    expect(one.replica.confirmed.get('s.1')?.parent).toBe(shape);
    expect(one.replica.confirmed.get(name)).toBeUndefined();
  });

  it('is as in their session after what was said to another one in the room', async () => {
    const all = await begun();
    const { net, one, shape } = all;
    const x = one.replica.confirmed.attribute(shape, '', 'x') as string;
    const [group = ''] = one.submit({ do: 'add', parent: one.root(), before: null, node: element('g', {}) });
    await net.settle();
    const other = net.member('other');
    other.connect(ROOM);
    await net.settle();
    const at: Edit = { kind: 'new', rid: 'zz', type: 'attr', parent: shape, primaryWeight: 0, name: 'x', chdata: '8' };
    const stanzas: readonly (readonly Edit[])[] = [
      [{ kind: 'set', rid: x, version: 1, fields: { chdata: '9' } }],
      [{ kind: 'set', rid: shape, version: 1, fields: { parent: group } }],
      [{ kind: 'new', rid: 'elsewhere.1', type: 'element', parent: group, primaryWeight: 0, name: 'rect' }],
      [at],
      [{ kind: 'remove', rid: group }],
      [rival],
    ];
    for (const [n, edits] of stanzas.entries()) {
      await other.transport.toAll({ session: SESSION, id: `elsewhere.${n + 1}`, payload: { kind: 'edits', edits } });
      await net.settle();
      expect(anyDifference(all)).toBeUndefined();
    }
    expect([value(one.replica, shape, 'x'), one.names()]).toEqual(['0', ['one', 'two']]);
  });

  it('is as before after a stanza that comes twice', async () => {
    const all = await begun();
    const { net, one, two, shape } = all;
    const [group = ''] = one.submit({ do: 'add', parent: one.root(), before: null, node: element('g', {}) });
    await net.settle();
    const acts = [
      () => one.submit({ do: 'set', rid: shape, name: 'x', value: '1' }),
      () => one.submit({ do: 'text', rid: shape, name: 'x', from: 1, count: 0, insert: '2' }),
      () => one.submit({ do: 'move', rid: shape, parent: group, before: null }),
      () => one.submit({ do: 'remove', rid: shape }),
    ];
    for (const act of acts) {
      act();
      one.member.repeat();
      await net.run(3);
      two.submit({ do: 'set', rid: group, name: 'fill', value: 'red' });
      await net.settle();
      expect(anyDifference(all)).toBeUndefined();
    }
  });

  it('comes to one who is given the state in the midst of it, too', async () => {
    const all = await begun();
    const { net, one } = all;
    for (let i = 0; i < 120; i++) one.shape(`s${i}`);
    await net.settle();
    all.peers[0]?.edit([rival]);
    const late: StrictPeer[] = [];
    for (let i = 0; i < 8; i++) {
      await net.run(3);
      const member = net.member(`late${i}`, { limn: false, sxe: true });
      late.push(new StrictPeer(member, SESSION, 'literal'));
      member.connect(ROOM);
    }
    await net.settle();
    expect(anyDifference({ people: all.people, peers: [...all.peers, ...late] })).toBeUndefined();
  });

  it('is added anew where its text is too long for a stanza, once', async () => {
    const all = await begun();
    const { net, one, shape } = all;
    const long = '線'.repeat(12_000);
    one.submit({ do: 'set', rid: shape, name: 'd', value: long });
    await net.settle();
    expect(anyDifference(all)).toBeUndefined();
    const d = one.replica.confirmed.attribute(shape, '', 'd') as string;
    // It lacks what somebody writes at once, so both are undone there.
    all.peers[0]?.edit([{ kind: 'set', rid: d, version: 0, fields: { primaryWeight: 3 } }]);
    one.submit({ do: 'text', rid: shape, name: 'd', from: 0, count: 0, insert: '!' });
    await net.settle();
    all.peers[0]?.edit([rival]);
    await net.settle();
    expect(anyDifference(all)).toBeUndefined();
    expect(value(one.replica, shape, 'd')).toBe(`!${long}`);
  });
});

describe('the state of a strict peer', () => {
  it('gets what somebody of Limn drew alone since they left it', async () => {
    const { net, people, peers } = await room(1, ['literal']);
    await net.settle();
    const [one, two] = people as [Person, Person];
    const both = one.names();
    for (const { member } of people) member.drop();
    const [gone, shape] = one.replica.shown.children(one.root());
    one.alone([{ do: 'add', parent: one.root(), before: null, node: element('rect', { 'data-n': 'alone' }) }]);
    one.alone([{ do: 'set', rid: shape as string, name: 'x', value: '5' }]);
    await one.kill();
    one.alone([{ do: 'add', parent: one.root(), before: null, node: element('rect', { 'data-n': 'later' }) }]);
    one.alone([{ do: 'remove', rid: gone as string }]);
    one.member.connect(ROOM);
    await net.settle();
    two.member.connect(ROOM);
    await net.settle();
    expect(anyDifference({ people, peers })).toBeUndefined();
    expect(one.names()).toEqual(['alone', 'later', ...both.slice(1)]);
    expect(value(one.replica, shape as string, 'x')).toBe('5');
  });

  it('gives way to a session of Limn people, who know which stanzas made theirs', async () => {
    for (let seed = 0; seed < 8; seed++) {
      const { net, people, peers } = await room(seed, ['collapse']);
      await net.settle();
      const [one, two] = people as [Person, Person];
      one.member.drop();
      const [text = ''] = two.submit({ do: 'add', parent: two.root(), before: null, node: element('text', {}, 'a') });
      two.submit({ do: 'text', rid: text, from: 1, count: 0, insert: 'b' });
      await net.settle();
      // Who comes back hears nothing of the other one, and takes the strict peer's state.
      one.member.alter = (event) => {
        if (event.type === 'joined') return { ...event, occupants: event.occupants.filter(({ nick }) => nick !== 'b') };
        if (event.type === 'occupant') return event.occupant.nick === 'b' ? undefined : event;
        return 'from' in event && event.from.nick === 'b' ? undefined : event;
      };
      one.member.connect(ROOM);
      await net.settle();
      const { epoch } = two.replica.place;
      expect([one.session.phase, one.replica.place.epoch === epoch]).toEqual(['online', false]);
      one.member.alter = undefined;
      two.member.become({});
      const hello: SxePayload = { kind: 'hello', epoch, opens: false };
      void two.member.transport.toAll({ session: SESSION, id: `hello.${seed}`, payload: hello });
      two.submit({ do: 'text', rid: text, from: 2, count: 0, insert: 'c' });
      await net.settle();
      one.submit({ do: 'text', rid: text, from: 0, count: 0, insert: '!' });
      await net.settle();
      expect(anyDifference({ people, peers })).toBeUndefined();
      const shown = one.replica.shown.children(text).map((rid) => one.replica.shown.get(rid)?.chdata);
      expect(shown.join('')).toBe('!abc');
    }
  });
});

describe('who comes with a board of their own where a strict peer is', () => {
  it('puts it into the root that stands: of two roots that peer would delete one with all that is in it', async () => {
    const { net, people, peers } = await room(1, ['collapse']);
    await net.settle();
    const late = new Person(net, 'late');
    late.begin(true);
    late.alone([{ do: 'add', parent: late.root(), before: null, node: element('rect', { 'data-n': 'mine' }) }]);
    const before = net.traffic.length;
    late.member.connect(ROOM);
    await net.settle();
    expect(anyDifference({ people: [...people, late], peers })).toBeUndefined();
    expect(late.names()).toEqual(['mine', 'one', 'two']);
    const said = net.traffic
      .slice(before)
      .flatMap(({ message: { payload } }) => (payload.kind === 'edits' ? payload.edits : []));
    expect(said.filter((edit) => edit.kind === 'new' && edit.type === 'element' && edit.parent === '')).toEqual([]);
  });
});

describe('the state for a strict peer', () => {
  const say = (payload: SxePayload): SxeMessage => ({ session: SESSION, id: `q.${payload.kind}`, payload });

  /** Somebody who asks, and what is said to it in private. */
  async function asked(): Promise<StrictRoom & { asker: NetworkMember; heard: string[] }> {
    const all = await room(1, ['collapse']);
    await all.net.settle();
    const asker = all.net.member('asker', { limn: false, sxe: true });
    const heard: string[] = [];
    asker.transport.on((event) => {
      if (event.type === 'private') heard.push(`${event.from.nick} ${event.message.payload.kind}`);
    });
    asker.connect(ROOM);
    await asker.transport.toAll(say({ kind: 'connect' }));
    return { ...all, asker, heard };
  }

  it('comes from whoever offered it, though it has asked again and somebody else is elected since', async () => {
    const { net, people, asker, heard } = await asked();
    await net.settle();
    const [elected, next] = people as [Person, Person];
    expect(heard).toContain('a state-offer');
    elected.member.become({ role: 'visitor' });
    await asker.transport.toAll(say({ kind: 'connect' }));
    await net.settle();
    expect(heard).toContain('b state-offer');
    const all = next.events.flatMap((event) => (event.type === 'people' ? event.occupants : []));
    await asker.transport.toOne(all.find(({ nick }) => nick === 'a') as Occupant, say({ kind: 'accept-state' }));
    await net.settle();
    expect(heard).toContain('a state');
  });

  it('comes from somebody who came after it had asked, when all others have gone', async () => {
    const { net, people, heard } = await asked();
    for (const { member } of people) member.outgoing = ({ payload }) => payload.kind !== 'state-offer';
    await net.settle();
    const late = new Person(net, 'late');
    late.member.connect(ROOM);
    await net.settle();
    for (const { member } of people) member.drop();
    await net.settle();
    expect(heard).toContain('late state-offer');
  });
});
