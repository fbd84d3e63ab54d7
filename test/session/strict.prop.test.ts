import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Edit } from '#core/types.ts';
import { TestNetwork } from '#test/support/network.ts';
import { type Reading, StrictPeer } from '#test/support/strict-peer.ts';
import { difference, element, elements, Person, ROOM, SESSION, value } from './person.ts';
import { commands, runs } from './schedule.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const readings = fc.array(fc.constantFrom<Reading>('collapse', 'literal'), { minLength: 1, maxLength: 2 });

/** What a strict peer has that the Limn replica has not, or has otherwise. */
function strictDifference(person: Person, peer: StrictPeer): string | undefined {
  const { confirmed } = person.replica;
  const records = person.replica.state().records.filter((record) => !record.inert);
  if (!peer.hasState) return 'the strict peer has no state';
  for (const record of records) {
    const theirs = peer.fields(record.rid);
    if (!theirs) return `the strict peer lacks ${record.rid}`;
    for (const field of ['parent', 'name', 'chdata', 'primaryWeight'] as const) {
      if (theirs[field] !== record[field])
        return `${record.rid} ${field}: ${String(theirs[field])}, not ${String(record[field])}`;
    }
    if (peer.records.get(record.rid)?.version !== record.version) return `${record.rid} has another version`;
  }
  for (const rid of peer.records.keys()) if (!confirmed.get(rid)) return `the strict peer still has ${rid}`;
  return undefined;
}

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

describe('beside strict SXE peers', () => {
  it('all end equal, with the last writer of every field', async () => {
    await fc.assert(
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
        for (const peer of peers) expect(strictDifference(people[0] as Person, peer)).toBeUndefined();
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
      { numRuns: runs(300) },
    );
  });

  it('come late in the midst of it and get the same', async () => {
    await fc.assert(
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
        for (const peer of peers) expect(strictDifference(people[0] as Person, peer)).toBeUndefined();
      }),
      { numRuns: runs(200) },
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
    await fc.assert(
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
      { numRuns: runs(150) },
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
