/** Notes edited by lines: each edit does what it says, and of several people's nothing is lost. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Draft, edit, plain, type Writer, writers } from '#test/support/notes.ts';
import { seeded } from '#test/support/network.ts';
import { Room } from '#test/support/order.ts';
import { check } from '#test/support/property.ts';
import { complaints } from '#test/svg/canonical.ts';
import { serializeXhtml } from '#xhtml/serialise.ts';

/** Letters that nobody typed before, line breaks now and then. */
function letters(): () => string {
  let n = 0;
  return () => (++n % 17 === 0 ? '\n' : String.fromCodePoint(0x4e00 + n));
}

const drafted = (text: string): Draft[] => [
  { rid: null, kind: 'p', done: false, letters: [...text].map((char) => ({ char, marks: new Map() })) },
];

describe('a person alone', () => {
  test('finds exactly what they did, in lines, marks and letters, and undo takes it back', () => {
    check(
      fc.property(fc.integer(), (seed) => {
        const random = seeded(seed);
        const next = letters();
        const [one] = writers(1) as [Writer];
        for (let i = 0; i < 25; i++) {
          const drafts = one.drafts();
          const before = plain(drafts);
          edit(drafts, random, next);
          expect(one.write(drafts)).toBe(true);
          expect(plain(one.drafts())).toEqual(plain(drafts));
          expect(one.lines).toEqual(one.fresh());
          if (random() < 0.2 && JSON.stringify(plain(drafts)) !== JSON.stringify(before)) {
            one.undo();
            expect(plain(one.drafts())).toEqual(before);
          }
        }
        const again = one.drafts();
        one.write(again);
        expect(plain(one.drafts())).toEqual(plain(again));
      }),
      { numRuns: 150 },
    );
  });

  test('exports XHTML that a strict parser takes', () => {
    const files = Array.from({ length: 40 }, (_, seed) => {
      const random = seeded(seed);
      const next = letters();
      const [one] = writers(1) as [Writer];
      for (let i = 0; i < 30; i++) {
        const drafts = one.drafts();
        edit(drafts, random, next);
        one.write(drafts);
      }
      return serializeXhtml(one.replica.shown, { title: 'Plan' });
    });
    expect(complaints(files)).toBe('');
  });
});

describe('several people at once', () => {
  test.each([
    [2, 3, ['ab', 'c', 'def']],
    [3, 2, ['ab', 'c', 'def']],
    [3, 3, ['abc', 'def']],
    [0, 3, ['', 'abc', 'def']],
    [5, 1, ['a', 'bcde', 'f']],
  ])('who split a paragraph at %i and at %i have its text once', (mine, theirs, expected) => {
    const [one, two] = writers(2) as [Writer, Writer];
    const room = new Room([one.replica, two.replica]);
    room.mirrors.length = 0;
    one.write(drafted('abcdef'));
    room.settle();
    two.look();
    for (const [writer, at] of [[one, mine] as const, [two, theirs] as const]) {
      const drafts = writer.drafts();
      const rest = drafts[0]?.letters.splice(at) ?? [];
      writer.write([...drafts, { rid: null, kind: 'p', done: false, letters: rest }]);
    }
    room.settle();
    for (const writer of [one, two]) {
      writer.look();
      expect(writer.drafts().map(({ letters }) => letters.map(({ char }) => char).join(''))).toEqual(expected);
    }
  });

  test('end with the same notes, and no letter is lost that nobody deleted', () => {
    check(
      fc.property(fc.integer(), (seed) => {
        const random = seeded(seed);
        const next = letters();
        const people = writers(3);
        const room = new Room(people.map(({ replica }) => replica));
        room.mirrors.length = 0;
        const typed = new Set<string>();
        const deleted = new Set<string>();
        for (let i = 0; i < 40; i++) {
          const who = Math.floor(random() * people.length);
          const person = people[who] as Writer;
          const roll = random();
          if (roll < 0.5) {
            const drafts = person.drafts();
            const wrote: string[] = [];
            const gone = edit(drafts, random, () => {
              const letter = next();
              if (letter !== '\n') wrote.push(letter);
              return letter;
            });
            if (!person.write(drafts)) continue;
            for (const letter of wrote) typed.add(letter);
            for (const letter of gone) deleted.add(letter);
          } else if (roll < 0.75) room.send(who);
          else {
            room.deliver(who, false);
            if (random() < 0.5) person.look();
          }
        }
        room.settle();
        for (const person of people) person.look();
        const [first] = people as [Writer];
        const shown = plain(first.drafts());
        for (const person of people) {
          expect(plain(person.drafts())).toEqual(shown);
          expect(person.lines).toEqual(person.fresh());
          expect(person.replica.digest()).toBe(first.replica.digest());
        }
        const there = JSON.stringify(shown);
        expect([...typed].filter((letter) => !deleted.has(letter) && !there.includes(letter))).toEqual([]);
        expect([...typed].filter((letter) => there.indexOf(letter) !== there.lastIndexOf(letter))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
