/** What is told of the past when boards meet: nothing is lost of it, nothing is in it twice, and it leads to what stands. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { History } from '#core/history.ts';
import type { Gap } from '#core/history-port.ts';
import { outline } from '#test/support/document.ts';
import { TestNetwork } from '#test/support/network.ts';
import { checkAsync } from '#test/support/property.ts';
import { difference, Person, ROOM } from './person.ts';
import { commands, playAll, reunite } from './schedule.ts';

const seeds = fc.integer();

function historyOf(person: Person): History {
  const history = new History((from, to) => person.items(from, to).filter(({ index }) => index < to), { block: 5 });
  for (const item of person.items()) history.add(item);
  return history;
}

function goTo(history: History, position: number): Gap | undefined {
  const steps = history.seek(position);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value.gap;
  }
}

describe('the history of those who drew together', () => {
  it('leads to what stands, through drops, deaths, rejoins and splits; each position is the same from either side', async () => {
    await checkAsync(
      fc.asyncProperty(seeds, commands(40), commands(20), async (seed, together, apart) => {
        const net = new TestNetwork(seed);
        const people = ['a', 'b', 'c'].map((nick) => new Person(net, nick));
        const [, , c] = people as [Person, Person, Person];
        for (const person of people) person.member.connect(ROOM);
        await playAll(net, people, together, true);
        await reunite(net, people);
        c.member.drop();
        c.member.connect('elsewhere');
        await playAll(net, people, apart, false);
        await net.settle();
        c.member.drop();
        c.member.connect(ROOM);
        await reunite(net, people);
        expect(difference(people)).toBeUndefined();
        for (const person of people) {
          const history = historyOf(person);
          expect(outline(history.view)).toBe(outline(person.replica.confirmed));
          expect(history.digest()).toBe(person.replica.digest());
          const seen: (string | undefined)[] = [];
          for (let at = 0; at <= history.length; at++) {
            const gap = goTo(history, at);
            expect(gap === undefined || gap === 'elsewhere').toBe(true);
            seen.push(gap ?? outline(history.view));
          }
          for (let at = history.length; at >= 0; at -= 3)
            expect(goTo(history, at) ?? outline(history.view)).toBe(seen[at]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
