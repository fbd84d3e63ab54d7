/** Who presents and who follows, whatever people do at once, come, go and lose their connections: all agree in the end. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Following } from '#session/view.ts';
import { TestNetwork } from '#test/support/network.ts';
import { checkAsync } from '#test/support/property.ts';
import { Person, ROOM } from './person.ts';

const NICKS = ['a', 'b', 'c', 'm', 'n'];

type Deed =
  | { readonly do: 'begin' | 'stop' | 'ask' | 'hold' | 'release' | 'drop' | 'ghost' | 'connect' | 'kill' }
  | { readonly do: 'show'; readonly x: number }
  | { readonly do: 'follow'; readonly how: Following }
  | { readonly do: 'run'; readonly steps: number }
  | { readonly do: 'wait' };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ do: 'begin' as const }) },
  { weight: 1, arbitrary: fc.constantFrom('stop', 'ask', 'hold', 'release').map((what) => ({ do: what })) },
  { weight: 1, arbitrary: fc.constantFrom('drop', 'ghost', 'connect', 'kill').map((what) => ({ do: what })) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 99 }).map((x) => ({ do: 'show' as const, x })) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom<Following>('following', 'away', 'declined')
      .map((how) => ({ do: 'follow' as const, how })),
  },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 40 }).map((steps) => ({ do: 'run' as const, steps })) },
  { weight: 2, arbitrary: fc.constant({ do: 'wait' as const }) },
);

async function perform(net: TestNetwork, person: Person, what: Deed): Promise<void> {
  const { presenting } = person.session;
  switch (what.do) {
    case 'begin':
      presenting.begin([0, 0, 100, 100]);
      break;
    case 'stop':
      presenting.stop();
      break;
    case 'ask':
      presenting.ask();
      break;
    case 'hold':
    case 'release':
      presenting.hold(what.do === 'hold');
      break;
    case 'show':
      presenting.show([what.x, 0, 100, 100], what.x % 2 === 0);
      break;
    case 'follow':
      presenting.follow(what.how);
      break;
    case 'drop':
    case 'ghost':
      person.member.drop({ ghost: what.do === 'ghost' });
      break;
    case 'connect':
      if (!person.member.connected) person.member.connect(ROOM);
      break;
    case 'kill':
      await person.kill();
      break;
    case 'run':
      await net.run(what.steps);
      break;
    case 'wait':
      net.clock.advance(150);
      break;
  }
  const { state } = person.session.presenting;
  // Whoever presents follows no one: nobody can follow in a circle.
  if (state.part === 'presenting') expect(state.presenter?.id).toBe(person.member.id);
  else expect(state.presenter?.id).not.toBe(person.member.id);
}

it('all agree on who presents what, and the presenter on who follows', async () => {
  await checkAsync(
    fc.asyncProperty(
      fc.integer(),
      fc.array(fc.tuple(fc.nat({ max: NICKS.length - 1 }), deed), { maxLength: 40, size: 'max' }),
      async (seed, deeds) => {
        const net = new TestNetwork(seed);
        const people = NICKS.map(
          (nick) => new Person(net, nick, { role: nick === 'm' || nick === 'n' ? 'moderator' : 'participant' }),
        );
        for (const { member } of people) member.connect(ROOM);
        await net.settle();
        for (const [who, what] of deeds) await perform(net, people[who] as Person, what);
        for (const { member } of people) if (!member.connected) member.connect(ROOM);
        for (let i = 0; i < 60; i++) {
          await net.settle();
          net.clock.advance(1000);
        }
        const states = people.map(({ session }) => session.presenting.state);
        const [first] = states;
        expect(people.every(({ session }) => session.phase === 'online')).toBe(true);
        for (const { presenter } of states) expect(presenter).toEqual(first?.presenter);
        const presenting = states.filter(({ part }) => part === 'presenting');
        expect(presenting).toHaveLength(first?.presenter ? 1 : 0);
        for (const { id, how } of presenting[0]?.audience ?? []) {
          expect(states[people.findIndex(({ member }) => member.id === id)]?.part).toBe(how);
        }
        if (!first?.presenter) expect(states.every(({ part }) => part === 'none')).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});
