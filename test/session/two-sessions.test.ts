/** Two sessions that find each other in one room become one, whatever happens to those who are asked for their state. */
import { describe, expect, it } from 'vitest';
import { TestNetwork } from '#test/support/network.ts';
import { meet } from './meet.ts';
import { difference, element, Person, ROOM, SESSION } from './person.ts';

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

describe('a letter that came too late in the room, since its author’s connection broke, and came about elsewhere', () => {
  /** Everyone is in the room; what b types comes after a's there, and b has gone elsewhere before it hears so. c goes, too. */
  async function parted(): Promise<{ net: TestNetwork; people: Person[]; text: () => string[] }> {
    const net = new TestNetwork(1);
    const people = ['a', 'b', 'c', 'd'].map((nick) => new Person(net, nick));
    const [a, b, c] = people as [Person, Person, Person];
    for (const { member } of people) {
      member.connect(ROOM);
      await net.settle();
    }
    a.begin();
    const node = element('text', {}, '-');
    const rid = a.submit({ do: 'add', parent: a.root(), before: null, node })[0] ?? '';
    await net.settle();
    const type = (who: Person, insert: string): string[] => who.submit({ do: 'text', rid, from: 0, count: 0, insert });
    type(a, 'A');
    type(b, 'B');
    a.member.moveUp();
    b.member.moveUp();
    b.member.drop();
    c.member.drop();
    for (const { member } of [b, c]) {
      member.connect('elsewhere');
      await net.settle();
    }
    const textOf = ({ replica }: Person): string =>
      replica.confirmed.children(rid).reduce((all, child) => all + replica.confirmed.get(child)?.chdata, '');
    expect(textOf(a)).toBe('A-');
    expect(textOf(c)).toBe('B-');
    return { net, people, text: () => people.map((one) => [...textOf(one)].sort().join('')) };
  }

  it.each([
    ['is said again by its author', [1, 2], ['-AB', '-AB']],
    ['is left to its author by others who have it', [2, 1], ['-A', '-AB']],
  ])('%s', async (_, order, texts) => {
    const { net, people, text } = await parted();
    const seen: (string | undefined)[] = [];
    for (const at of order) {
      people[at]?.member.drop();
      people[at]?.member.connect(ROOM);
      await net.settle();
      seen.push(text()[0]);
    }
    expect(seen).toEqual(texts);
    expect(difference(people)).toBeUndefined();
    expect(text()).toEqual(['-AB', '-AB', '-AB', '-AB']);
  });

  it('is said once by both', async () => {
    const { net, people, text } = await parted();
    for (const at of [1, 2]) {
      people[at]?.member.drop();
      people[at]?.member.connect(ROOM);
    }
    await net.settle();
    expect(difference(people)).toBeUndefined();
    expect(text()).toEqual(['-AB', '-AB', '-AB', '-AB']);
  });
});

it('what somebody said before it came over counts for a joiner who heard it as little as for the others', async () => {
  const { net, people } = await meet(4, ['d'] as const);
  const [d] = people;
  const x = net.member('x');
  x.connect(ROOM);
  const j = new Person(net, 'j');
  j.member.connect(ROOM);
  j.member.moveDown();
  j.member.moveDown();
  // x is in another session, and comes over before the joiner’s question arrives.
  const { epoch } = d.replica.place;
  const edits = [
    { kind: 'new', rid: 'early', type: 'element', name: 'g', parent: d.root(), primaryWeight: 1 },
  ] as const;
  void x.transport.toAll({ session: SESSION, id: 'xxxxxxxx.1', payload: { kind: 'edits', edits } });
  void x.transport.toAll({ session: SESSION, id: 'xxxxxxxx.c1', payload: { kind: 'hello', epoch, opens: false } });
  while (x.up.length > 0) x.moveUp();
  while (d.member.down.length > 0) d.member.moveDown();
  expect(d.replica.confirmed.get('early')).toBeUndefined();
  await net.settle();
  expect(difference([d, j])).toBeUndefined();
  expect(j.replica.place).toEqual(d.replica.place);
});

it('what somebody says after it has gone over to another session counts for nobody here', async () => {
  const { net, people } = await meet(4, ['d'] as const);
  const [d] = people;
  const x = net.member('x');
  x.connect(ROOM);
  await net.settle();
  const add = (n: number): void => {
    const edits = [
      { kind: 'new', rid: `x${n}`, type: 'element', name: 'g', parent: d.root(), primaryWeight: n },
    ] as const;
    void x.transport.toAll({ session: SESSION, id: `xxxxxxxx.${n}`, payload: { kind: 'edits', edits } });
  };
  const say = (epoch: string): void => {
    const payload = { kind: 'hello', epoch, opens: false } as const;
    void x.transport.toAll({ session: SESSION, id: `xxxxxxxx.c${epoch}`, payload });
  };
  say(d.replica.place.epoch);
  add(1);
  say('zz');
  add(2);
  await net.settle();
  expect(['x1', 'x2'].map((rid) => d.replica.confirmed.get(rid) !== undefined)).toEqual([true, false]);
});
