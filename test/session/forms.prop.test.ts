import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAsync } from '#test/support/property.ts';
import { type NetworkMember, TestNetwork, type Traffic } from '#test/support/network.ts';
import { type Reading, strictDifference, StrictPeer } from '#test/support/strict-peer.ts';
import { difference, elements, Person, ROOM, SESSION } from './person.ts';
import { type Command, commands, randomEdit } from './schedule.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const toAll = (net: TestNetwork): readonly Traffic[] => net.traffic.filter(({ to }) => to === 'all');
const compactIn = (traffic: readonly Traffic[]): number =>
  traffic.filter(({ message: { payload } }) => payload.kind === 'edits' && payload.compact).length;
const turnsIn = (traffic: readonly Traffic[]): number[] =>
  traffic.flatMap(({ message: { payload } }) => (payload.kind === 'turn' ? [payload.turn] : []));

/** Two with the compact form, who stay, and a shared board. */
async function meet(seed: number): Promise<{ net: TestNetwork; a: Person; b: Person }> {
  const net = new TestNetwork(seed);
  const [a, b] = ['a', 'b'].map((nick) => new Person(net, nick)) as [Person, Person];
  for (const person of [a, b]) {
    person.member.connect(ROOM);
    await net.settle();
  }
  a.begin();
  for (const name of ['one', 'two', 'three']) a.shape(name);
  await net.settle();
  return { net, a, b };
}

/** What a strict peer can follow without corrections that are others' affair: shapes that come, change and go. */
function simpleEdit(person: Person, [what, , first]: Command, name: string): void {
  const shapes = elements(person.replica, person.replica.shown);
  const shape = shapes[first % Math.max(1, Math.min(4, shapes.length))];
  if (person.replica.shown.root() === undefined) return;
  if (what % 10 < 3 || shape === undefined) person.shape(name);
  else if (what % 10 === 3) person.submit({ do: 'remove', rid: shape });
  else person.submit({ do: 'set', rid: shape, name: 'x', value: name });
}

function toggle(member: NetworkMember): void {
  if (member.connected) member.drop();
  else member.connect(ROOM);
}

describe('the compact form among those who know it', () => {
  it('is what all edits travel in', async () => {
    const { net, a, b } = await meet(1);
    expect(compactIn(toAll(net))).toBeGreaterThan(0);
    expect(toAll(net).filter(({ message: { payload } }) => payload.kind === 'edits' && !payload.compact)).toEqual([]);
    expect(turnsIn(toAll(net))).toEqual([]);
    expect(difference([a, b])).toBeUndefined();
  });

  it('ends before a plain one gets the state, and is back when it has gone', async () => {
    const { net, a, b } = await meet(2);
    const plain = new Person(net, 'plain', { compact: false });
    plain.member.connect(ROOM);
    await net.settle();
    expect(turnsIn(toAll(net))).toEqual([1]);
    expect(difference([a, b, plain])).toBeUndefined();
    const before = net.traffic.length;
    for (const person of [a, b, plain]) person.shape(`of ${person.nick}`);
    await net.settle();
    expect(compactIn(net.traffic.slice(before))).toBe(0);
    expect(difference([a, b, plain])).toBeUndefined();
    plain.member.drop();
    await net.settle();
    expect(turnsIn(toAll(net))).toEqual([1, 2]);
    const after = net.traffic.length;
    b.shape('again');
    await net.settle();
    expect(compactIn(net.traffic.slice(after))).toBe(1);
    expect(difference([a, b])).toBeUndefined();
  });

  it('is skipped behind the marker, and its author sends it again under the same id', async () => {
    const { net, a, b } = await meet(3);
    const plain = new Person(net, 'plain', { compact: false });
    plain.member.connect(ROOM);
    // b's edit leaves before b sees who came; a's marker overtakes it.
    b.member.throttled = true;
    b.shape('overtaken');
    while (!turnsIn(toAll(net)).includes(1)) net.step();
    b.member.throttled = false;
    await net.settle();
    const ids = toAll(net).flatMap(({ from, message }) =>
      from === 'b' && message.payload.kind === 'edits' ? [`${message.id} ${message.payload.compact === true}`] : [],
    );
    expect(ids.length).toBe(2);
    expect(ids).toEqual([expect.stringMatching(/\.1 true$/), expect.stringMatching(/\.1 false$/)]);
    expect(difference([a, b, plain])).toBeUndefined();
    expect(plain.names()).toContain('overtaken');
  });

  it('keeps nobody waiting who is let in by one without it, who hears of no marker', async () => {
    const net = new TestNetwork(5);
    const people = ['a', 'b', 'c'].map((nick) => new Person(net, nick, { compact: nick === 'b' }));
    for (const { member } of people) {
      member.connect(ROOM);
      await net.settle();
    }
    people[0]?.begin();
    await net.settle();
    expect(difference(people)).toBeUndefined();
  });

  it('stays away while a strict peer has the board', async () => {
    const { net, a, b } = await meet(4);
    const member = net.member('strict', { limn: false, sxe: true });
    const peer = new StrictPeer(member, SESSION, 'collapse');
    member.connect(ROOM);
    await net.settle();
    const before = net.traffic.length;
    a.shape('seen');
    await net.settle();
    expect(compactIn(net.traffic.slice(before))).toBe(0);
    expect(strictDifference(a.replica, peer)).toBeUndefined();
    expect(difference([a, b])).toBeUndefined();
  });
});

describe('compact, plain and strict peers that come and go', () => {
  let compact = 0;
  let turns = 0;

  it('end equal: Limn with and without the form, whatever they do', async () => {
    await checkAsync(
      fc.asyncProperty(seeds, commands(40), async (seed, list) => {
        const { net, a, b } = await meet(seed);
        const guests = [
          new Person(net, 'c'),
          new Person(net, 'p', { compact: false }),
          new Person(net, 'q', { compact: false }),
        ];
        const people = [a, b, ...guests];
        for (const [index, command] of list.entries()) {
          const [what, who, , second] = command;
          const guest = guests[who % guests.length] as Person;
          if (what >= 75) toggle(guest.member);
          else randomEdit(people[who % people.length] as Person, command, `n${index}`);
          await net.run(second % 9);
        }
        for (const { member } of guests) if (!member.connected) member.connect(ROOM);
        await net.settle();
        expect(difference(people)).toBeUndefined();
        compact += compactIn(toAll(net));
        turns += turnsIn(toAll(net)).length;
      }),
      { numRuns: 60 },
    );
  });

  it('end equal beside strict peers, who see all that they depend on', async () => {
    await checkAsync(
      fc.asyncProperty(
        seeds,
        fc.constantFrom<Reading>('collapse', 'literal'),
        commands(40),
        async (seed, kind, list) => {
          const { net, a, b } = await meet(seed);
          const guests = [new Person(net, 'c'), new Person(net, 'p', { compact: false })];
          const people = [a, b, ...guests];
          const strict: { member: NetworkMember; peer: StrictPeer }[] = [];
          for (const [index, command] of list.entries()) {
            const [what, who, first, second] = command;
            if (what >= 92) strict.shift()?.member.drop();
            else if (what >= 82) {
              const member = net.member(`strict${index}`, { limn: false, sxe: true });
              strict.push({ member, peer: new StrictPeer(member, SESSION, kind) });
              member.connect(ROOM);
            } else if (what >= 70) toggle((guests[who % guests.length] as Person).member);
            else if (what >= 60 && strict.length > 0) {
              const { peer } = strict[who % strict.length] as (typeof strict)[0];
              const rids = [...peer.records].flatMap(([rid]) => (peer.fields(rid)?.name === 'x' ? [rid] : []));
              const rid = rids[first % Math.max(1, Math.min(3, rids.length))];
              if (rid) peer.edit([{ kind: 'set', rid, version: 0, fields: { chdata: `n${index}` } }]);
            } else simpleEdit(people[who % people.length] as Person, command, `n${index}`);
            await net.run(second % 9);
          }
          for (const { member } of guests) if (!member.connected) member.connect(ROOM);
          await net.settle();
          expect(difference(people)).toBeUndefined();
          for (const { peer } of strict) expect(strictDifference(a.replica, peer)).toBeUndefined();
          compact += compactIn(toAll(net));
          turns += turnsIn(toAll(net)).length;
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has tried both forms and many turns', () => {
    expect(compact).toBeGreaterThan(100);
    expect(turns).toBeGreaterThan(50);
  });
});
