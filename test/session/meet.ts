/** People who have come to one room on a test network. */
import { type MemberOptions, type NetworkMember, TestNetwork } from '#test/support/network.ts';
import type { SxePayload } from '#xmpp/xep-0284.ts';
import { Person, ROOM, SESSION } from './person.ts';

export interface Meeting<People extends readonly Person[] = Person[]> {
  readonly net: TestNetwork;
  readonly people: People;
}

export interface MeetOptions {
  /** What somebody is in the room. */
  readonly as?: (nick: string) => MemberOptions;
  /** Names of shapes that the first of them draws. */
  readonly shapes?: readonly string[];
}

/** Those who share a drawing: they joined one after the other, then the first of them began it. */
export async function meet<Nicks extends readonly string[]>(
  seed: number,
  nicks: Nicks,
  { as = () => ({}), shapes = [] }: MeetOptions = {},
): Promise<Meeting<{ -readonly [Index in keyof Nicks]: Person }>> {
  const net = new TestNetwork(seed);
  const people = nicks.map((nick) => new Person(net, nick, as(nick)));
  for (const person of people) {
    person.member.connect(ROOM);
    await net.settle();
  }
  people[0]?.begin();
  for (const shape of shapes) people[0]?.shape(shape);
  await net.settle();
  return { net, people: people as { -readonly [Index in keyof Nicks]: Person } };
}

export interface Scene extends Meeting<[Person, Person]> {
  readonly foe: NetworkMember;
  /** Says something to the room as the foe. */
  toAll(payload: SxePayload, id?: string): void;
  toOne(person: Person, payload: SxePayload, id?: string): void;
}

/** Two who draw, and one who sends whatever it likes. */
export async function sceneWithFoe(seed: number): Promise<Scene> {
  const { net, people } = await meet(seed, ['a', 'b'] as const, { shapes: ['one'] });
  const foe = net.member('foe');
  foe.connect(ROOM);
  await net.settle();
  let count = 0;
  return {
    net,
    people,
    foe,
    toAll: (payload, id = `f${++count}`) => void foe.transport.toAll({ session: SESSION, id, payload }),
    toOne: (person, payload, id = `f${++count}`) =>
      void foe.transport.toOne(
        { id: person.member.id, jid: '', nick: '', me: false, role: 'participant', affiliation: 'none', show: 'free' },
        { session: SESSION, id, payload },
      ),
  };
}
