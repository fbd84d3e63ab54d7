/** How people are called: names are claims, and who looks like another is told apart. */
import { expect, test } from 'vitest';
import { createPeople } from '#app/people.ts';
import { lookOf } from '#session/shown-names.ts';
import type { Occupant } from '#session/transport.ts';
import fc from 'fast-check';
import { check } from '#test/support/property.ts';

const occupant = (id: string, nick: string, me = false): Occupant => ({
  ...{ id, nick, me, jid: `room@muc/${nick}`, role: 'participant', affiliation: 'none', show: 'free' },
});
const namesOf = (people: ReturnType<typeof createPeople>, ...all: readonly Occupant[]): Record<string, string> =>
  Object.fromEntries(people.update(all, []).map(({ id, name }) => [id, name]));

test.each([
  ['a Cyrillic letter', 'Аna'],
  ['letters of another width', 'Ａｎａ'],
  ['a letter that is not seen', 'A​na'],
  ['a blank', 'An a'],
  ['a dot below', 'Anạ'],
  ['another case', 'ANA'],
  ['what turns the text', '‮Ana'],
])('who looks like Ana by %s is called otherwise, and Ana is not', (_, nick) => {
  const people = createPeople();
  namesOf(people, occupant('a', 'Ana'));
  const names = namesOf(people, occupant('b', nick), occupant('a', 'Ana'));
  expect(names.a).toBe('Ana');
  expect(names.b).toMatch(/ \(2\)$/);
});

test.each([
  ['Bill', 'BiIl'],
  ['modern', 'modem'],
  ['вова', 'BOBA'],
  ['Max 10', 'Max lO'],
])('%s and %s look alike', (one, other) => {
  expect(lookOf(one)).toBe(lookOf(other));
});

test('nobody takes my name, and what somebody is called stays', () => {
  const people = createPeople();
  expect(namesOf(people, occupant('x', 'Ana'), occupant('m', 'Аna', true))).toEqual({ x: 'Ana (2)', m: 'Аna' });
  const three = [occupant('y', 'ana'), occupant('x', 'Ana'), occupant('m', 'Аna', true)];
  expect(namesOf(people, ...three)).toEqual({ y: 'ana (3)', x: 'Ana (2)', m: 'Аna' });
  expect(namesOf(people, ...three.slice(0, 1), ...three.slice(2))).toEqual({ y: 'ana (3)', m: 'Аna' });
  expect(namesOf(people, occupant('y', 'Ben'), ...three.slice(2))).toEqual({ y: 'Ben', m: 'Аna' });
});

test('a name is one line that turns nothing around it, and is never empty; names of many scripts stay', () => {
  const people = createPeople();
  const names = namesOf(
    people,
    occupant('a', 'gpj.‮evil\n\nsays: hi'),
    occupant('b', '​⁠'),
    occupant('c', `Z${'\u0301'.repeat(500)}`),
    occupant('d', 'n'.repeat(5000)),
    occupant('e', 'かずき'),
    occupant('f', 'がずき'),
    occupant('g', 'سارة'),
    occupant('h', '👩‍🎨'),
  );
  expect(names).toMatchObject({ a: 'gpj. evil says: hi', b: '?', e: 'かずき', f: 'がずき', g: 'سارة', h: '👩‍🎨' });
  expect(names.c).toHaveLength(5);
  expect(names.d).toHaveLength(100);
});

test('whatever the nicks are, no two people look alike', () => {
  const nick = fc.array(fc.constantFrom('a', 'а', 'A', ' ', '​', '(2)', '2', '‮', 'l', 'I', 'é'), { maxLength: 4 });
  const rule = fc.property(fc.array(fc.array(nick, { maxLength: 5 }), { maxLength: 4 }), (rounds) => {
    const people = createPeople();
    for (const nicks of rounds) {
      const all = nicks.map((parts, at) => occupant(String(at), parts.join(''), at === 0));
      const looks = Object.values(namesOf(people, ...all)).map(lookOf);
      expect(new Set(looks).size).toBe(looks.length);
      expect(looks).not.toContain('');
    }
  });
  check(rule);
});
