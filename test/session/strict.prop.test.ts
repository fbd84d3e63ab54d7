import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Edit } from '#core/types.ts';
import { TestNetwork } from '#test/support/network.ts';
import { type Reading, strictDifference, StrictPeer } from '#test/support/strict-peer.ts';
import { schemaFault } from '#test/support/sxe-schema.ts';
import { serializeSxe } from '#xmpp/xep-0284-codec.ts';
import { difference, element, elements, Person, ROOM, SESSION, value } from './person.ts';
import { type Command, commands, randomEdit } from './schedule.ts';
import { checkAsync } from '#test/support/property.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const readings = fc.array(fc.constantFrom<Reading>('collapse', 'literal'), { minLength: 1, maxLength: 2 });

async function room(
  seed: number,
  kinds: readonly Reading[],
): Promise<{ net: TestNetwork; people: Person[]; peers: StrictPeer[] }> {
  const net = new TestNetwork(seed);
  const people = ['a', 'b'].map((nick) => new Person(net, nick));
  for (const person of people) {
    person.member.connect(ROOM);
    await net.settle();
  }
  people[0]?.begin();
  people[0]?.shape('one');
  people[0]?.shape('two');
  await net.settle();
  const peers: StrictPeer[] = [];
  for (const [index, kind] of kinds.entries()) {
    const member = net.member(`strict${index}`, { limn: false, sxe: true });
    peers.push(new StrictPeer(member, SESSION, kind));
    member.connect(ROOM);
  }
  return { net, people, peers };
}

/** An attribute that all share, by number. */
function target(person: Person, n: number): string | undefined {
  const shapes = elements(person.replica, person.replica.shown);
  const shape = shapes[n % Math.max(1, shapes.length)];
  return shape === undefined ? undefined : person.replica.shown.attribute(shape, '', 'x');
}

/** What Limn counts and doesn't write, and a strict peer takes for real. */
function voidEdit(peer: StrictPeer, target: string, [first, second]: [number, number], name: string): void {
  const add = (type: 'text' | 'element', parent: string): Edit => ({
    ...{ kind: 'new', rid: `${second % 2 ? '!' : 'z'}${name}`, type, parent, primaryWeight: 0 },
    ...(type === 'text' ? { chdata: name } : { name: 'svg' }),
  });
  const leaf = [...peer.records].find(([, { type }]) => type === 'attr')?.[0];
  const kind = first % 5;
  if (kind === 0) peer.edit([add('text', '')]);
  else if (kind === 1 && leaf !== undefined) peer.edit([add('element', leaf)]);
  else if (kind === 2) peer.edit([add('element', '')]);
  else if (kind === 3) peer.edit([{ kind: 'set', rid: target, version: 0, fields: { name: 'no name!' } }]);
  else if (leaf !== undefined) {
    peer.edit([{ kind: 'set', rid: leaf, version: 0, fields: { chdata: 'x' }, splice: { from: 999, count: 1 } }]);
  }
}

/** What strict peers do at random: everything the XEP has, each by its own view of the document. */
function strictEdit(peer: StrictPeer, [what, , first, second]: Command, name: string): void {
  const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];
  const rids = [...peer.records.keys()];
  const elementsOf = rids.filter((rid) => peer.records.get(rid)?.type === 'element');
  const root = elementsOf.find((rid) => peer.fields(rid)?.parent === '');
  if (root === undefined) return;
  const target = pick(
    elementsOf.filter((rid) => rid !== root),
    first,
  );
  // What would close a cycle in its own tree is not done.
  const homes = elementsOf.filter((rid) => target === undefined || !peer.subtree(target).includes(rid));
  const home = pick(homes, second) ?? root;
  const attrs = rids.filter((rid) => peer.records.get(rid)?.type === 'attr' && peer.fields(rid)?.name !== 'data-n');
  const kind = what % 8;
  if (kind <= 1 || target === undefined) {
    return peer.edit([
      {
        kind: 'new',
        rid: `s.${name}`,
        type: 'element',
        parent: home,
        primaryWeight: first % 7,
        name: kind ? 'g' : 'rect',
      },
      {
        kind: 'new',
        rid: `s.${name}n`,
        type: 'attr',
        parent: `s.${name}`,
        primaryWeight: 0,
        name: 'data-n',
        chdata: name,
      },
      { kind: 'new', rid: `s.${name}x`, type: 'attr', parent: `s.${name}`, primaryWeight: 1, name: 'x', chdata: '0' },
    ]);
  }
  if (what >= 90) return voidEdit(peer, target, [first, second], name);
  if (kind === 2)
    return peer.edit([{ kind: 'set', rid: target, version: 0, fields: { parent: home, primaryWeight: second % 9 } }]);
  if (kind === 3) return peer.edit(peer.subtree(target).map((rid): Edit => ({ kind: 'remove', rid })));
  const attr = pick(attrs, second);
  if (kind === 4) {
    const wanted = pick(['x', 'y', 'fill'], first) ?? 'x';
    const there = attrs.some((rid) => peer.fields(rid)?.parent === target && peer.fields(rid)?.name === wanted);
    if (there) return;
    // Lower than any of Limn's, or higher.
    const rid = `${second % 2 ? '!' : 'z'}${name}`;
    return peer.edit([
      { kind: 'new', rid, type: 'attr', parent: target, primaryWeight: 0, name: wanted, chdata: name },
    ]);
  }
  if (attr === undefined) return;
  if (kind === 5) return peer.edit([{ kind: 'remove', rid: attr }]);
  if (kind === 6) return peer.edit([{ kind: 'set', rid: attr, version: 0, fields: { chdata: name } }]);
  const text = peer.fields(attr)?.chdata ?? '';
  const from = second % (text.length + 1);
  const splice = { from, count: Math.min(first % 2, text.length - from) };
  peer.edit([{ kind: 'set', rid: attr, version: 0, fields: { chdata: `<${name}>` }, splice }]);
}

/** How many edits of Limn's are there for strict peers alone: corrections, Removes, and what was added again. */
function owed(net: TestNetwork): number {
  const all = net.traffic.flatMap(({ from, message }) =>
    message.payload.kind === 'edits' && !from.startsWith('strict') ? message.payload.edits : [],
  );
  return all.filter((edit) => (edit.kind === 'new' ? edit.rid.includes('~') : edit.fix)).length;
}

describe('whatever Limn and strict peers do at once', () => {
  const everything = async (seed: number, kinds: readonly Reading[], list: readonly Command[]): Promise<void> => {
    const { net, people, peers } = await room(seed, kinds);
    await net.settle();
    for (const [index, command] of list.entries()) {
      const at = command[1] % (people.length + peers.length);
      const person = people[at];
      const peer = peers[at - people.length];
      if (person) randomEdit(person, command, `${person.nick}${index}`);
      else if (peer) strictEdit(peer, command, `p${at}i${index}`);
      await net.run(command[3] % 9);
    }
    await net.settle();
    expect(difference(people)).toBeUndefined();
    for (const peer of peers) expect(strictDifference((people[0] as Person).replica, peer)).toBeUndefined();
    // A strict peer sees only ordinary SXE.
    for (const { from, message } of net.traffic) {
      if (!from.startsWith('strict') && message.payload.kind !== 'live')
        expect(schemaFault(serializeSxe(message))).toBeUndefined();
    }
    total.edits += list.length;
    total.owed += owed(net);
  };
  const total = { edits: 0, owed: 0 };

  it('ends with one document for all', async () => {
    await checkAsync(fc.asyncProperty(seeds, readings, commands(40), everything), { numRuns: 300 });
    // Seen: 0.2 for each edit.
    expect(total.owed / total.edits).toBeLessThan(1);
  });

  it('ends so whoever comes and goes, and whoever is elected next', async () => {
    await checkAsync(
      fc.asyncProperty(seeds, readings, commands(60), async (seed, kinds, list) => {
        const { net, people, peers } = await room(seed, kinds);
        const late = new Person(net, 'c');
        const all = [...people, late];
        const seats = peers.map((peer) => ({ peer, there: true }));
        await net.settle();
        for (const [index, command] of list.entries()) {
          const [what, who, , second] = command;
          const name = `i${index}`;
          if (what % 10 === 9) {
            const person = all[who % all.length] as Person;
            const others = all.filter((one) => one !== person && one.session.phase === 'online');
            if (!person.member.connected) person.member.connect(ROOM);
            else if (others.length > 0) person.member.drop();
          } else if (what % 10 === 8) {
            const seat = seats[who % seats.length];
            if (seat?.there) seat.peer.leave();
            if (seat) seat.there = false;
            const member = net.member(`strict${name}`, { limn: false, sxe: true });
            seats.push({ peer: new StrictPeer(member, SESSION, second % 2 ? 'collapse' : 'literal'), there: true });
            member.connect(ROOM);
          } else {
            const here = [...all.filter((one) => one.member.connected), ...seats.filter((seat) => seat.there)];
            const one = here[who % here.length];
            if (one instanceof Person) randomEdit(one, command, `${one.nick}${name}`);
            else if (one) strictEdit(one.peer, command, `p${name}`);
          }
          await net.run(second % 9);
        }
        for (const person of all) if (!person.member.connected) person.member.connect(ROOM);
        await net.settle();
        expect(difference(all)).toBeUndefined();
        for (const { peer, there } of seats)
          if (there) expect(strictDifference((people[0] as Person).replica, peer)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});

describe('beside strict SXE peers', () => {
  it('all end equal, with the last writer of every field', async () => {
    await checkAsync(
      fc.asyncProperty(seeds, readings, commands(30), async (seed, kinds, list) => {
        const { net, people, peers } = await room(seed, kinds);
        await net.settle();
        let edits = 0;
        const before = net.traffic.filter(({ message }) => message.payload.kind === 'edits').length;
        for (const [index, [what, who, first, second]] of list.entries()) {
          const at = who % (people.length + peers.length);
          const person = people[at];
          const peer = peers[at - people.length];
          edits++;
          if (person) {
            if (what < 20) person.shape(`n${index}`);
            else if (what < 25) {
              const shape = elements(person.replica, person.replica.shown)[first % 5];
              if (shape) person.submit({ do: 'remove', rid: shape });
            } else {
              const shape = elements(person.replica, person.replica.shown)[first % 3];
              if (shape) person.submit({ do: 'set', rid: shape, name: 'x', value: `v${index}` });
            }
          } else if (peer) {
            const rids = [...peer.records.keys()].filter(
              (rid) => peer.records.get(rid)?.type === 'attr' && peer.fields(rid)?.name === 'x',
            );
            const rid = rids[first % Math.max(1, Math.min(3, rids.length))];
            if (rid !== undefined) peer.edit([{ kind: 'set', rid, version: 0, fields: { chdata: `v${index}` } }]);
          }
          await net.run(second % 6);
        }
        await net.settle();
        expect(difference(people)).toBeUndefined();
        for (const peer of peers) expect(strictDifference((people[0] as Person).replica, peer)).toBeUndefined();
        // The last writer of each field in the room's order is what stands.
        const last = new Map<string, string>();
        const stanzas = net.traffic.filter(({ to }) => to === 'all').map(({ message }) => message.payload);
        for (const payload of stanzas) {
          if (payload.kind !== 'edits') continue;
          for (const edit of payload.edits) {
            if (edit.kind === 'set' && !edit.fix && edit.fields.chdata !== undefined && !edit.splice)
              last.set(edit.rid, edit.fields.chdata);
          }
        }
        const { confirmed } = (people[0] as Person).replica;
        for (const [rid, chdata] of last) if (confirmed.get(rid)) expect(confirmed.get(rid)?.chdata).toBe(chdata);
        const sent = net.traffic.filter(({ message }) => message.payload.kind === 'edits').length - before;
        expect(sent).toBeLessThanOrEqual(edits * 3 + 10);
      }),
      { numRuns: 300 },
    );
  });

  it('come late in the midst of it and get the same', async () => {
    await checkAsync(
      fc.asyncProperty(seeds, readings, fc.nat(30), async (seed, kinds, pause) => {
        const { net, people, peers } = await room(seed, kinds);
        for (let i = 0; i < 12; i++) {
          const person = people[i % 2] as Person;
          const rid = target(person, i);
          const owner = rid === undefined ? undefined : person.replica.shown.parentOf(rid);
          if (owner !== undefined) person.submit({ do: 'set', rid: owner, name: 'x', value: `w${i}` });
          await net.run(pause % 5);
        }
        await net.settle();
        expect(difference(people)).toBeUndefined();
        for (const peer of peers) expect(strictDifference((people[0] as Person).replica, peer)).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });
});

const DOCUMENT: readonly Edit[] = [
  {
    kind: 'new',
    rid: 'R',
    type: 'element',
    parent: '',
    primaryWeight: 0,
    ns: 'http://www.w3.org/2000/svg',
    name: 'svg',
  },
  { kind: 'new', rid: 'E', type: 'element', parent: 'R', primaryWeight: 1, name: 'rect' },
  { kind: 'new', rid: 'X', type: 'attr', parent: 'E', primaryWeight: 0, name: 'x', chdata: '5' },
];

describe('joining a strict peer', () => {
  it('takes its state and goes on together, the second Limn from the first', async () => {
    await checkAsync(
      fc.asyncProperty(
        seeds,
        fc.constantFrom<Reading>('collapse', 'literal'),
        fc.boolean(),
        async (seed, kind, own) => {
          const net = new TestNetwork(seed);
          const member = net.member('strict', { limn: false, sxe: true });
          const peer = new StrictPeer(member, SESSION, kind, DOCUMENT);
          member.connect(ROOM);
          await net.settle();
          const people = ['a', 'b'].map((nick) => new Person(net, nick));
          const [a, b] = people as [Person, Person];
          if (own) {
            a.begin();
            a.shape('mine');
          }
          a.member.connect(ROOM);
          await net.run(seed % 20);
          peer.edit([{ kind: 'set', rid: 'X', version: 0, fields: { chdata: '6' } }]);
          b.member.connect(ROOM);
          await net.settle();
          b.submit({ do: 'add', parent: b.root(), before: null, node: element('circle', { 'data-n': 'late' }) });
          peer.edit([{ kind: 'set', rid: 'X', version: 0, fields: { chdata: '7' } }]);
          await net.settle();
          expect(difference(people)).toBeUndefined();
          expect(value(a.replica, 'E', 'x')).toBe('7');
          expect(a.names()).toEqual(own ? ['late', 'mine'] : ['late']);
          expect(a.replica.confirmed.root()).toBe('R');
        },
      ),
      { numRuns: 150 },
    );
  });

  it('gives up on one that stays silent, and only then opens', async () => {
    const net = new TestNetwork(3);
    net.member('mute', { limn: false, sxe: true }).connect(ROOM);
    const a = new Person(net, 'a');
    a.member.connect(ROOM);
    await net.settle();
    expect(a.session.phase).toBe('joining');
    net.clock.advance(10_000);
    await net.settle();
    expect(a.session.phase).toBe('online');
  });

  it('is never kept waiting by a chat client', async () => {
    const net = new TestNetwork(4);
    net.member('chat', { limn: false, sxe: false }).connect(ROOM);
    net.member('unknown', { limn: undefined, sxe: undefined }).connect(ROOM);
    const a = new Person(net, 'a');
    a.member.connect(ROOM);
    await net.settle();
    expect(a.session.phase).toBe('online');
  });
});
