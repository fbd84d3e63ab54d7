import { describe, expect, it } from 'vitest';
import { createPeople, type People } from '#session/election.ts';
import type { Occupant } from '#session/transport.ts';

const seat = (nick: string, me = false): Occupant => ({
  id: nick,
  jid: `room@muc.example/${nick}`,
  nick,
  role: 'participant',
  affiliation: 'none',
  show: 'free',
  limn: true,
  sxe: true,
  me,
});

/** What somebody sees who has just come into a room. */
function joined(me: string, ...nicks: string[]): People {
  const people = createPeople();
  people.reset([...nicks, me].map((nick) => seat(nick, nick === me)));
  return people;
}

describe('the order of hellos', () => {
  it('is the same for who took over a state that names somebody who has gone and come back meanwhile', () => {
    const a = joined('a', 'b');
    a.hello('a');
    a.hello('b');
    const given = a.hellos();
    const c = joined('c', 'a', 'b');
    for (const people of [a, c]) {
      people.remove('b');
      people.put(seat('b'));
      if (people === a) people.put(seat('c'));
    }
    c.setHellos(given);
    for (const people of [a, c]) people.hello('c');
    // Who takes the state of c must not believe that its old hello still stands, as c does until it says another.
    const b = joined('b', 'a', 'c');
    b.setHellos(['b', ...c.hellos()]);
    expect(b.hellos()).toEqual(['a', 'c']);
    for (const people of [a, b, c]) people.hello('b');
    expect([a, b, c].map((people) => people.hellos())).toEqual(Array(3).fill(['a', 'c', 'b']));
  });

  it('is that of the latest ones: nobody has to know whether a ghost was replaced', () => {
    const people = joined('a', 'b');
    for (const id of ['b', 'a', 'b']) people.hello(id);
    expect(people.hellos()).toEqual(['a', 'b']);
    expect(people.elected()?.id).toBe('a');
  });

  it('stays as it is for who heals by a state of the others', () => {
    const people = joined('a', 'b');
    people.hello('a');
    people.hello('b');
    people.setHellos(['a', 'b']);
    expect(people.hellos()).toEqual(['a', 'b']);
  });
});
