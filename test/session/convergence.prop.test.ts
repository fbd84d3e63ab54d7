import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TestNetwork } from '#test/support/network.ts';
import { difference, Person, ROOM } from './person.ts';
import { commands, playAll, randomEdit, reunite } from './schedule.ts';
import { checkAsync } from '#test/support/property.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const three = (net: TestNetwork): Person[] => ['a', 'b', 'c'].map((nick) => new Person(net, nick));

describe('people in one room', () => {
  it('end with the same records whatever they do at once', async () => {
    await checkAsync(
      fc.asyncProperty(seeds, commands(40), async (seed, list) => {
        const net = new TestNetwork(seed);
        const people = three(net);
        for (const person of people) person.member.connect(ROOM);
        await playAll(net, people, list, false);
        await reunite(net, people);
        expect(difference(people)).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });

  it('end with the same records through drops, ghosts, deaths, repetitions and rejoins', async () => {
    await checkAsync(
      fc.asyncProperty(seeds, commands(60), async (seed, list) => {
        const net = new TestNetwork(seed);
        const people = three(net);
        for (const person of people) person.member.connect(ROOM);
        await playAll(net, people, list, true);
        await reunite(net, people);
        expect(difference(people)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('give a late joiner, in the midst of it, the same', async () => {
    await checkAsync(
      fc.asyncProperty(seeds, commands(20), commands(20), async (seed, before, after) => {
        const net = new TestNetwork(seed);
        const people = three(net);
        for (const person of people.slice(0, 2)) person.member.connect(ROOM);
        await playAll(net, people.slice(0, 2), before, false);
        people[2]?.member.connect(ROOM);
        await playAll(net, people, after, true);
        people[0]?.member.drop();
        await net.run(20);
        await reunite(net, people);
        expect(difference(people)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});

describe('people who are never there together', () => {
  it('find all shapes of all when they finally meet', async () => {
    await checkAsync(
      fc.asyncProperty(
        seeds,
        fc.array(fc.tuple(fc.nat(2), fc.nat(3)), { minLength: 1, maxLength: 12 }),
        async (seed, turns) => {
          const net = new TestNetwork(seed);
          const people = three(net);
          const drawn: string[] = [];
          for (const [index, [who, shapes]] of turns.entries()) {
            const person = people[who];
            if (!person) continue;
            person.member.connect(ROOM);
            await net.settle();
            if (person.replica.shown.root() === undefined) person.begin();
            for (let i = 0; i <= shapes; i++) {
              drawn.push(`${person.nick}${index}-${i}`);
              person.shape(`${person.nick}${index}-${i}`);
            }
            await net.settle();
            if (seed % 3 === 0) await person.kill();
            else person.member.drop();
          }
          await reunite(net, people);
          expect(difference(people)).toBeUndefined();
          expect(people[0]?.names()).toEqual(drawn.sort());
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keep both sides of a split', async () => {
    await checkAsync(
      fc.asyncProperty(seeds, commands(12), commands(24), async (seed, before, apart) => {
        const net = new TestNetwork(seed);
        const people = ['a', 'b', 'c', 'd'].map((nick) => new Person(net, nick));
        const [a, b, c, d] = people as [Person, Person, Person, Person];
        for (const person of people) person.member.connect(ROOM);
        await playAll(net, people, before, false);
        await reunite(net, people);
        for (const person of [c, d]) {
          person.member.drop();
          person.member.connect('elsewhere');
        }
        await net.settle();
        const drawn = new Set(a.names());
        for (const [index, command] of apart.entries()) {
          const person = people[command[1] % 4];
          // Only what removes nothing: every shape has to be there afterwards.
          if (person) randomEdit(person, [command[0] % 5, 0, command[2], command[3]], `s${index}`);
          await net.run(command[3] % 5);
        }
        await net.settle();
        for (const name of [...a.names(), ...c.names()]) drawn.add(name);
        expect(difference([a, b])).toBeUndefined();
        expect(difference([c, d])).toBeUndefined();
        for (const person of [c, d]) {
          person.member.drop();
          person.member.connect(ROOM);
        }
        await net.settle();
        expect(difference(people)).toBeUndefined();
        expect(a.names()).toEqual([...drawn].sort());
      }),
      { numRuns: 300 },
    );
  });

  it('keep what a late comer saw of someone who never came back', async () => {
    const net = new TestNetwork(7);
    const people = three(net);
    const [a, b, c] = people as [Person, Person, Person];
    a.member.connect(ROOM);
    await net.settle();
    a.begin();
    a.shape('by a');
    await net.settle();
    b.member.connect(ROOM);
    await net.settle();
    a.member.drop();
    b.member.drop();
    c.member.connect(ROOM);
    await net.settle();
    c.begin();
    c.shape('by c');
    await net.settle();
    b.member.connect(ROOM);
    await net.settle();
    expect(difference([b, c])).toBeUndefined();
    expect(c.names()).toEqual(['by a', 'by c']);
  });
});
