/** What a moving presenter costs a room of fifty who follow: counted, not timed. */
import { expect, it } from 'vitest';
import { createPeople } from '#session/election.ts';
import type { Live } from '#session/live.ts';
import { parseLive } from '#session/live.ts';
import { createPresenting } from '#session/presenting.ts';
import { TestNetwork } from '#test/support/network.ts';
import type { Occupant } from '#session/transport.ts';
import { Person, ROOM } from './person.ts';

const FOLLOWERS = 50;

it('with 50 followers a presenter sends at most ten stanzas a second, and nobody answers them', async () => {
  const net = new TestNetwork(5);
  const people = Array.from({ length: FOLLOWERS + 1 }, (_, i) => new Person(net, `p${i}`));
  for (const { member } of people) {
    member.connect(ROOM);
    await net.settle(200_000);
  }
  const [presenter, ...followers] = people;
  presenter?.session.presenting.begin([0, 0, 100, 100]);
  await net.settle(200_000);
  for (const { session } of followers) session.presenting.follow('following');
  await net.settle(200_000);
  expect(presenter?.session.presenting.state.audience.filter(({ how }) => how === 'following')).toHaveLength(FOLLOWERS);

  const before = net.traffic.length;
  const told = followers[0]?.events.length ?? 0;
  for (let ms = 0; ms < 1000; ms += 20) {
    presenter?.session.presenting.show([ms, 0, 100, 100], false);
    net.clock.advance(20);
    await net.settle(200_000);
  }
  net.clock.advance(100);
  await net.settle(200_000);
  const sent = net.traffic.slice(before);
  expect(sent.length).toBeLessThanOrEqual(11);
  expect(new Set(sent.map(({ from }) => from))).toEqual(new Set(['p0']));
  // Each follower's work: one small message, two events.
  expect((followers[0]?.events.length ?? 0) - told).toBeLessThanOrEqual(2 * sent.length);
  const bytes = Math.max(
    ...sent.map(({ message: { payload } }) => (payload.kind === 'live' ? payload.json.length : 0)),
  );
  expect(bytes).toBeLessThan(120);
  for (const { session } of followers) expect(session.presenting.state.presenter?.rect[0]).toBe(980);
});

it('a view costs a follower the same, however many follow', () => {
  const count = (others: number): number => {
    const people = createPeople();
    const occupant = (id: string, me: boolean): Occupant => {
      return { id, jid: id, nick: id, me, limn: true, role: 'participant', affiliation: 'none', show: 'free' };
    };
    const from = occupant('presenter', false);
    people.reset([occupant('me', true), from, ...Array.from({ length: others }, (_, i) => occupant(`o${i}`, false))]);
    let calls = 0;
    const presenting = createPresenting({
      people,
      clock: { now: () => 0, after: () => () => undefined },
      online: () => true,
      tellAll: () => ++calls > 0,
      tellOne: () => calls++,
      told: () => calls++,
      looked: () => calls++,
    });
    const live: Live = parseLive('{"view":{"turn":1,"rect":[0,0,1,1],"ask":0}}') ?? {};
    for (let i = 0; i < 100; i++) presenting.heard(from, live);
    return calls;
  };
  expect(count(50)).toBe(count(1));
});
