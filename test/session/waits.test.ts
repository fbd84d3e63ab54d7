/** Who comes into a room waits for nobody who can't help: neither for those whose connection has died, nor in a circle of joiners. */
import { describe, expect, it } from 'vitest';
import type { TransportEvent } from '#session/transport.ts';
import { TestNetwork } from '#test/support/network.ts';
import { meet, type MeetOptions } from './meet.ts';
import { difference, Person, ROOM, SESSION } from './person.ts';

const OWNED: MeetOptions = { as: (nick) => (nick === 'a' ? { affiliation: 'owner' } : {}), shapes: ['one'] };

/** What this person is told looks as if nobody but `other` had state: a server shows the presence of a connection that died. */
function seesOnly(person: Person, other: Person): void {
  person.member.alter = (event: TransportEvent) => {
    if (event.type === 'occupant') return undefined;
    if (event.type !== 'joined') return event;
    const occupants = event.occupants.map(({ session: _, ...one }) =>
      one.id === other.member.id ? { ...one, session: { id: SESSION } } : one,
    );
    return { ...event, occupants };
  };
}

describe('who joins', () => {
  it.each([
    [0, 1, 2],
    [0, 2, 1],
  ])('does not wait in a circle: %i for %i for %i for the first', async (...order) => {
    const { net, people } = await meet(1, ['a', 'b', 'c'], OWNED);
    for (const person of people) person.member.drop({ ghost: true });
    order.forEach((at, i) => seesOnly(people[at] as Person, people[order[(i + 1) % 3] as number] as Person));
    people.forEach((person) => person.member.connect(ROOM));
    people[1]?.shape('kept');
    await net.settle();
    expect(people.map(({ session }) => session.phase)).toEqual(['online', 'online', 'online']);
    for (const person of people) person.member.alter = undefined;
    await net.settle();
    expect(difference(people)).toBeUndefined();
    expect(people[2]?.names()).toEqual(['kept', 'one']);
  });

  it('believes whose opening hello stands, though it said just before that it waits', async () => {
    const net = new TestNetwork(1);
    const [b, c] = ['b', 'c'].map((nick) => new Person(net, nick)) as [Person, Person];
    c.member.connect(ROOM);
    c.member.moveDown();
    seesOnly(b, c);
    b.member.connect(ROOM);
    const hears = ({ member }: Person): void => {
      while (member.down.length > 0) member.moveDown();
    };
    hears(b);
    b.member.alter = undefined;
    // c asks all, and opens an epoch; b hears that c asks, and that it has nothing, and asks all, too.
    c.member.moveUp();
    c.member.become({});
    hears(b);
    hears(c);
    while (b.member.up.length > 0) b.member.moveUp();
    hears(c);
    const said = c.member.up.map((item) => item.kind !== 'presence' && item.message.payload.kind);
    expect(said).toEqual(['hello', 'connect', 'connect']);
    await net.settle();
    expect([b, c].map(({ session }) => session.phase)).toEqual(['online', 'online']);
    expect(difference([b, c])).toBeUndefined();
  });

  it('asks somebody else when a ghost does not begin to answer', async () => {
    const { net, people } = await meet(1, ['a', 'b'], OWNED);
    const [a, b] = people as [Person, Person];
    a.member.drop({ ghost: true });
    const c = new Person(net, 'c');
    c.member.connect(ROOM);
    await net.settle();
    expect(c.session.phase).toBe('joining');
    net.clock.advance(5000);
    await net.settle();
    expect(c.session.phase).toBe('online');
    expect(difference([b, c])).toBeUndefined();
  });

  it('still takes the state of one who is slow when nobody else answers', async () => {
    const { net, people } = await meet(1, ['a', 'b'], OWNED);
    const [a, b] = people as [Person, Person];
    b.member.drop({ ghost: true });
    const c = new Person(net, 'c');
    // What the slow one says comes after eleven seconds.
    const late: TransportEvent[] = [];
    c.member.alter = (event) => {
      if (event.type !== 'private') return event;
      late.push(event);
      return undefined;
    };
    c.member.connect(ROOM);
    await net.settle();
    for (let i = 0; i < 11; i++) {
      net.clock.advance(1000);
      await net.settle();
    }
    expect(c.session.phase).toBe('joining');
    c.member.alter = undefined;
    for (const event of late) c.member.down.push(() => event);
    await net.settle();
    expect(c.session.phase).toBe('online');
    expect(difference([a, c])).toBeUndefined();
  });
});
