import { describe, expect, it } from 'vitest';
import { TestNetwork } from '#test/support/network.ts';
import { difference, Person, ROOM } from './person.ts';

const meet = async (seed: number, nicks: readonly string[]): Promise<{ net: TestNetwork; people: Person[] }> => {
  const net = new TestNetwork(seed);
  const people = nicks.map((nick) => new Person(net, nick));
  for (const person of people) {
    person.member.connect(ROOM);
    await net.settle();
  }
  return { net, people };
};

describe('a session in a room', () => {
  it('opens an epoch when nobody is there', async () => {
    const {
      net,
      people: [a],
    } = await meet(1, ['a']);
    if (!a) throw new Error('nobody');
    expect(a.session.phase).toBe('online');
    a.begin();
    a.shape('one');
    await net.settle();
    expect(a.names()).toEqual(['one']);
    expect(a.replica.pending()).toEqual([]);
    expect(a.log.length).toBeGreaterThan(0);
  });

  it('gives a late joiner all there is, and history with it', async () => {
    const {
      net,
      people: [a, b],
    } = await meet(2, ['a', 'b']);
    if (!a || !b) throw new Error('nobody');
    a.begin();
    await net.settle();
    a.shape('one');
    b.shape('two');
    await net.settle();
    const c = new Person(net, 'c');
    c.member.connect(ROOM);
    await net.settle();
    c.shape('three');
    await net.settle();
    expect(difference([a, b, c])).toBeUndefined();
    expect(c.names()).toEqual(['one', 'three', 'two']);
    expect(c.log.length).toBe(a.log.length);
  });

  it('lets two who come at once end in one epoch', async () => {
    for (let seed = 1; seed <= 50; seed++) {
      const net = new TestNetwork(seed);
      const people = ['a', 'b', 'c'].map((nick) => new Person(net, nick));
      for (const person of people) {
        person.begin();
        person.shape(person.nick);
        person.member.connect(ROOM);
        await net.run(seed % 7);
      }
      await net.settle();
      expect(difference(people), `seed ${seed}`).toBeUndefined();
      expect(people[0]?.names(), `seed ${seed}`).toEqual(['a', 'b', 'c']);
    }
  });
});
