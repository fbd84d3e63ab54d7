/** Two sessions that find each other in one room become one, whatever happens to those who are asked for their state. */
import { describe, expect, it } from 'vitest';
import { TestNetwork } from '#test/support/network.ts';
import { difference, Person, ROOM, SESSION } from './person.ts';

/** b and c share a session; a, who was told of nobody's, has opened another, whose epoch comes after theirs. */
async function twoSessions(): Promise<{ net: TestNetwork; a: Person; b: Person; c: Person }> {
  const net = new TestNetwork(2);
  const c = new Person(net, 'c');
  const b = new Person(net, 'b', { affiliation: 'owner' });
  for (const person of [c, b]) {
    person.member.connect(ROOM);
    await net.settle();
  }
  c.begin();
  c.shape('theirs');
  await net.settle();
  const a = new Person(net, 'a');
  a.member.alter = (event) => {
    if (event.type === 'joined') return { ...event, occupants: event.occupants.map(({ session: _, ...one }) => one) };
    const told = event.type === 'private' || (event.type === 'message' && !event.from.me) || event.type === 'occupant';
    return told ? undefined : event;
  };
  a.member.connect(ROOM);
  await net.settle();
  expect(a.session.phase).toBe('online');
  expect(a.replica.place.epoch > c.replica.place.epoch).toBe(true);
  a.begin();
  a.shape('mine');
  await net.settle();
  // From here on a sees who is there, and hears what they say.
  a.member.alter = undefined;
  for (const { member } of [b, c]) member.become({});
  await net.settle();
  return { net, a, b, c };
}

/** Somebody who is new says hello for the session of b and c, so that a hears of it. */
const hello = (net: TestNetwork, who: Person, epoch: string): void => {
  void who.member.transport.toAll({
    session: SESSION,
    id: `hello${net.traffic.length}`,
    payload: { kind: 'hello', epoch, opens: false },
  });
};

const asked = (net: TestNetwork, who: Person): number =>
  net.traffic.filter(
    ({ from, to, message }) => from === 'a' && to === who.member.id && message.payload.kind === 'catch-up',
  ).length;

/** Until somebody has been asked by a. */
async function untilAsked(net: TestNetwork, who: Person): Promise<void> {
  for (let steps = 0; asked(net, who) === 0 && steps < 1000; steps++) await net.run(1);
  expect(asked(net, who)).toBe(1);
}

describe('two sessions in one room become one', () => {
  it('though the connection of the one who is asked breaks before the answer', async () => {
    const { net, a, b, c } = await twoSessions();
    hello(net, c, c.replica.place.epoch);
    await untilAsked(net, c);
    c.member.drop({ ghost: true });
    c.member.connect(ROOM);
    await net.settle();
    expect(difference([a, b, c])).toBeUndefined();
    expect(a.names()).toEqual(['mine', 'theirs']);
  });

  it('by another’s state when the first leaves before the answer', async () => {
    const { net, a, b, c } = await twoSessions();
    hello(net, c, c.replica.place.epoch);
    await untilAsked(net, c);
    hello(net, b, b.replica.place.epoch);
    c.member.outgoing = () => false;
    await net.settle();
    expect(difference([a, b])).not.toBeUndefined();
    c.member.drop();
    await net.settle();
    expect(difference([a, b])).toBeUndefined();
    expect(b.names()).toEqual(['mine', 'theirs']);
  });

  it('by another’s state when the first is silent', async () => {
    const { net, a, b, c } = await twoSessions();
    c.member.outgoing = ({ payload }) => payload.kind !== 'limn-state';
    hello(net, c, c.replica.place.epoch);
    await untilAsked(net, c);
    hello(net, b, b.replica.place.epoch);
    await net.settle();
    net.clock.advance(45_000);
    await net.settle();
    expect(difference([a, b, c])).toBeUndefined();
    expect(a.names()).toEqual(['mine', 'theirs']);
  });
});
