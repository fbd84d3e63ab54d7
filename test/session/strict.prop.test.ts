import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Edit } from '#core/types.ts';
import { TestNetwork } from '#test/support/network.ts';
import { type Reading, strictDifference, StrictPeer } from '#test/support/strict-peer.ts';
import { schemaFault } from '#test/support/sxe-schema.ts';
import { serializeSxe } from '#xmpp/xep-0284-codec.ts';
import { difference, element, elements, Person, ROOM, SESSION, value } from './person.ts';
import { type Command, commands } from './schedule.ts';
import { playBeside, playComings, room, strictEdit, target, voidEdit } from './strict-schedule.ts';
import { checkAsync } from '#test/support/property.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const readings = fc.array(fc.constantFrom<Reading>('collapse', 'literal'), { minLength: 1, maxLength: 2 });

/** How many edits of Limn's are there for strict peers alone: corrections, Removes, and what was added again. */
function owed(net: TestNetwork): number {
  const all = net.traffic.flatMap(({ from, message }) =>
    message.payload.kind === 'edits' && !from.startsWith('strict') ? message.payload.edits : [],
  );
  return all.filter((edit) => edit.kind !== 'new' && edit.fix).length;
}

describe('whatever Limn and strict peers do at once', () => {
  const everything = async (seed: number, kinds: readonly Reading[], list: readonly Command[]): Promise<void> => {
    const { net, people, peers } = await playBeside(seed, kinds, list);
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
        const { all, seats } = await playComings(seed, kinds, list);
        expect(difference(all)).toBeUndefined();
        for (const { peer, there } of seats)
          if (there) expect(strictDifference((all[0] as Person).replica, peer)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is made again for strict peers', () => {
  it('keeps what somebody of Limn was just writing to it, or putting into it', async () => {
    let again = 0;
    await checkAsync(
      fc.asyncProperty(seeds, readings, commands(20), async (seed, kinds, list) => {
        const { net, people, peers } = await room(seed, kinds);
        await net.settle();
        const [one, two] = people as [Person, Person];
        for (const name of ['g0', 'g1', 'g2'])
          one.submit({ do: 'add', parent: one.root(), before: null, node: element('g', { 'data-n': name }) });
        await net.settle();
        const named = (person: Person, name: string, view = person.replica.shown): string | undefined =>
          elements(person.replica, view).find((rid) => value(person.replica, rid, 'data-n', view) === name);
        const wrote = new Map<string, string>();
        const put = new Set<string>();
        for (const [index, command] of list.entries()) {
          const [what, who, first, second] = command;
          const person = who % 2 ? one : two;
          const target = named(person, ['one', 'two', 'g0', 'g1', 'g2'][first % 5] as string);
          if (what < 50) {
            const peer = peers[who % peers.length] as StrictPeer;
            // A twin, or a second root, for which it deletes the first with all that is in it; it writes no fill.
            if (what % 3 === 0) strictEdit(peer, [4, who, first - (first % 3), second], `p${index}`);
            else voidEdit(peer, '', [2, second], `p${index}`);
          } else if (target === undefined) continue;
          else if (what < 75) {
            // Each shape's fill has one writer, so that there is one who wrote last.
            const name = value(person.replica, target, 'data-n', person.replica.shown) as string;
            if (['one', 'g0', 'g2'].includes(name) !== (person === one)) continue;
            person.submit({ do: 'set', rid: target, name: 'fill', value: `v${index}` });
            wrote.set(name, `v${index}`);
          } else if (what < 88) {
            const home = named(person, `g${second % 3}`) ?? person.root();
            person.session.submit([{ do: 'move', rid: target, parent: home, before: null }], `m${index}`);
          } else {
            put.add(`n${index}`);
            person.shape(`n${index}`, target);
          }
          await net.run(second % 7);
        }
        await net.settle();
        expect(difference(people)).toBeUndefined();
        for (const name of put) expect(one.names()).toContain(name);
        for (const [name, fill] of wrote) {
          const rid = named(two, name, two.replica.confirmed);
          expect([name, rid && value(two.replica, rid, 'fill')]).toEqual([name, fill]);
        }
        again += owed(net) > 0 ? 1 : 0;
      }),
      { numRuns: 200 },
    );
    expect(again).toBeGreaterThan(50);
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
