import { describe, expect, it } from 'vitest';
import { parseLive } from '#session/live.ts';
import type { PresentingState } from '#session/presenting.ts';
import { type MemberOptions, type NetworkMember, TestNetwork } from '#test/support/network.ts';
import { Person, ROOM, SESSION } from './person.ts';

const RECT = [0, 0, 400, 300] as const;

/** People in one room, in this order, with what the room says of them. */
async function meeting(...who: readonly (readonly [nick: string, options?: MemberOptions])[]) {
  const net = new TestNetwork(3);
  const people = who.map(([nick, options]) => new Person(net, nick, options));
  for (const { member } of people) {
    member.connect(ROOM);
    await net.settle();
  }
  return { net, people, rest: rest(net) };
}

/** Lets what is paced out, and all of it arrive. */
const rest = (net: TestNetwork) => async (): Promise<void> => {
  for (let i = 0; i < 3; i++) {
    await net.settle();
    net.clock.advance(100);
  }
  await net.settle();
};

const state = (person: Person | undefined): PresentingState => {
  if (!person) throw new Error('nobody');
  return person.session.presenting.state;
};
const partOf = (person: Person | undefined): string => state(person).part;
const presenterOf = (person: Person | undefined): string | undefined => state(person).presenter?.id;

describe('presenting', () => {
  it('asks the others, counts who follows, and ends for all', async () => {
    const { people, rest } = await meeting(['a'], ['b'], ['c']);
    const [a, b, c] = people;
    expect(a?.session.presenting.begin(RECT)).toBeUndefined();
    await rest();
    expect([partOf(a), partOf(b), partOf(c)]).toEqual(['presenting', 'asked', 'asked']);
    expect(state(b).presenter).toEqual({ id: 'occ-a', rect: RECT, region: false, held: false });
    b?.session.presenting.follow('following');
    c?.session.presenting.follow('declined');
    await rest();
    expect(state(a).audience).toEqual([
      { id: 'occ-b', how: 'following' },
      { id: 'occ-c', how: 'declined' },
    ]);
    b?.session.presenting.follow('away');
    a?.session.presenting.show([10, 10, 40, 30], true);
    await rest();
    expect(state(a).audience[0]).toEqual({ id: 'occ-b', how: 'away' });
    expect(state(b).presenter).toMatchObject({ rect: [10, 10, 40, 30], region: true });
    a?.session.presenting.ask();
    await rest();
    expect([partOf(b), partOf(c)]).toEqual(['asked', 'asked']);
    a?.session.presenting.stop();
    await rest();
    expect(people.map(partOf)).toEqual(['none', 'none', 'none']);
  });

  it('asks who comes late, and ends when the presenter is gone', async () => {
    const { net, people, rest } = await meeting(['a'], ['b']);
    const [a, b] = people;
    a?.session.presenting.begin(RECT);
    await rest();
    const late = new Person(net, 'late');
    const watcher = new Person(net, 'watcher', { role: 'visitor' });
    late.member.connect(ROOM);
    watcher.member.connect(ROOM);
    await rest();
    expect([partOf(late), partOf(watcher)]).toEqual(['asked', 'asked']);
    watcher.session.presenting.follow('following');
    await rest();
    expect(state(a).audience).toContainEqual({ id: 'occ-watcher', how: 'following' });
    await a?.kill();
    await rest();
    expect([b, late, watcher].map(partOf)).toEqual(['none', 'none', 'none']);
  });

  it('goes on after a cut, with those who followed, unasked', async () => {
    const { people, rest } = await meeting(['a'], ['b'], ['c']);
    const [a, b, c] = people;
    a?.session.presenting.begin(RECT);
    await rest();
    b?.session.presenting.follow('following');
    c?.session.presenting.follow('declined');
    await rest();
    a?.member.drop();
    await rest();
    expect(partOf(b)).toBe('none');
    a?.member.connect(ROOM);
    await rest();
    expect([partOf(a), partOf(b), partOf(c)]).toEqual(['presenting', 'following', 'declined']);
    expect(state(a).audience.map(({ how }) => how)).toEqual(['following', 'declined']);
    b?.member.drop();
    b?.member.connect(ROOM);
    await rest();
    expect(partOf(b)).toBe('following');
    expect(state(a).audience).toContainEqual({ id: 'occ-b', how: 'following' });
  });

  it('ends when the presenter is silent for long, as after a crash that the room does not tell of, and goes on when they are heard again', async () => {
    const { net, people, rest } = await meeting(['a'], ['b'], ['c']);
    const [a, b, c] = people;
    a?.session.presenting.begin(RECT);
    await rest();
    b?.session.presenting.follow('following');
    await rest();
    // One who doesn't move goes on.
    for (let s = 0; s < 60; s++) {
      net.clock.advance(1000);
      await net.settle();
    }
    expect([partOf(a), partOf(b), partOf(c)]).toEqual(['presenting', 'following', 'asked']);
    const before = net.traffic.length;
    net.clock.advance(10_000);
    await net.settle();
    expect(net.traffic.length - before).toBeLessThanOrEqual(1);
    a?.member.drop({ ghost: true });
    for (let s = 0; s < 26; s++) {
      net.clock.advance(1000);
      await net.settle();
    }
    expect([partOf(b), partOf(c)]).toEqual(['none', 'none']);
    expect(state(c).mayPresent).toBe(true);
    a?.member.connect(ROOM);
    await rest();
    expect([partOf(a), partOf(b), partOf(c)]).toEqual(['presenting', 'following', 'asked']);
  });

  it('is over for one who was frozen while another began', async () => {
    const { net, people, rest } = await meeting(['a'], ['b'], ['c']);
    const [a, b, c] = people;
    a?.session.presenting.begin(RECT);
    await rest();
    // What A says is lost, though A is there.
    for (let s = 0; s < 26; s++) {
      net.clock.advance(1000);
      while (a?.member.loseUp('live'));
      await net.settle();
    }
    expect(partOf(c)).toBe('none');
    expect(b?.session.presenting.begin(RECT)).toBeUndefined();
    await rest();
    for (let s = 0; s < 12; s++) {
      net.clock.advance(1000);
      await net.settle();
    }
    expect(people.map(presenterOf)).toEqual(['occ-b', 'occ-b', 'occ-b']);
    expect(partOf(a)).toBe('asked');
  });

  it('is for one: of two who begin at once the first in the order stands, and a moderator takes over from anybody', async () => {
    const { people, rest } = await meeting(['a'], ['b'], ['mod', { role: 'moderator' }]);
    const [a, b, mod] = people;
    a?.session.presenting.begin(RECT);
    b?.session.presenting.begin(RECT);
    await rest();
    const winner = presenterOf(mod);
    expect(people.map(presenterOf)).toEqual([winner, winner, winner]);
    const loser = winner === 'occ-a' ? b : a;
    expect(partOf(loser)).toBe('asked');
    expect(loser?.session.presenting.begin(RECT)).toBe('taken');
    expect(state(loser).mayPresent).toBe(false);
    expect(mod?.session.presenting.begin([5, 5, 5, 5])).toBeUndefined();
    await rest();
    expect(people.map(presenterOf)).toEqual(['occ-mod', 'occ-mod', 'occ-mod']);
    expect(partOf(a)).toBe('asked');
    // What the one before still has to say counts no more, even after the end.
    a?.session.presenting.show(RECT, false);
    mod?.session.presenting.stop();
    await rest();
    expect(people.map(partOf)).toEqual(['none', 'none', 'none']);
  });

  it('is held by moderators alone', async () => {
    const { people, rest } = await meeting(['a'], ['mod', { role: 'moderator' }], ['c']);
    const [a, mod, c] = people;
    a?.session.presenting.begin(RECT);
    await rest();
    expect(a?.session.presenting.hold(true)).toBe('not-moderator');
    mod?.session.presenting.begin(RECT);
    await rest();
    c?.session.presenting.follow('declined');
    expect(mod?.session.presenting.hold(true)).toBeUndefined();
    await rest();
    expect([partOf(a), partOf(c)]).toEqual(['following', 'following']);
    expect(state(c).presenter?.held).toBe(true);
    c?.session.presenting.follow('away');
    expect(partOf(c)).toBe('following');
    mod?.session.presenting.hold(false);
    await rest();
    c?.session.presenting.follow('away');
    expect(partOf(c)).toBe('away');
  });

  it('is refused without voice and offline', async () => {
    const { people } = await meeting(['a'], ['v', { role: 'visitor' }]);
    expect(people[1]?.session.presenting.begin(RECT)).toBe('no-voice');
    expect(people[1]?.session.presenting.look({ rect: RECT })).toBe('no-voice');
    people[0]?.member.drop();
    expect(people[0]?.session.presenting.begin(RECT)).toBe('offline');
  });

  it('ends for one who loses voice', async () => {
    const { people, rest } = await meeting(['a'], ['b']);
    people[0]?.session.presenting.begin(RECT);
    await rest();
    people[0]?.member.become({ role: 'visitor' });
    await rest();
    expect(people.map(partOf)).toEqual(['none', 'none']);
  });

  it('goes out at most ten times a second, the last view always', async () => {
    const { net, people, rest } = await meeting(['a'], ['b']);
    const [a, b] = people;
    a?.session.presenting.begin(RECT);
    await net.settle();
    const before = net.traffic.length;
    for (let ms = 0; ms < 1000; ms += 10) {
      a?.session.presenting.show([ms, 0, 400, 300], false);
      a?.session.live({ cursor: [ms, 1], laser: [[ms, 1]] });
      net.clock.advance(10);
      await net.settle();
    }
    await rest();
    const sent = net.traffic.length - before;
    expect(sent).toBeGreaterThanOrEqual(9);
    expect(sent).toBeLessThanOrEqual(11);
    expect(state(b).presenter?.rect).toEqual([990, 0, 400, 300]);
    const trail = b?.events.flatMap((event) => (event.type === 'live' ? (event.live.laser ?? []) : []));
    expect(trail).toHaveLength(100);
  });
});

describe('what may not be said of presenting', () => {
  /** Somebody with a program of their own. */
  async function withFoe(options: MemberOptions = {}) {
    const scene = await meeting(['a'], ['b']);
    const foe: NetworkMember = scene.net.member('foe', options);
    foe.connect(ROOM);
    await scene.net.settle();
    let n = 0;
    const live = (content: object) =>
      void foe.transport.toAll({
        session: SESSION,
        id: `f${++n}`,
        payload: { kind: 'live', json: JSON.stringify(content) },
      });
    const whisper = (to: Person, content: object) =>
      void foe.transport.toOne(
        { id: to.member.id, jid: '', nick: '', me: false, role: 'participant', affiliation: 'none', show: 'free' },
        { session: SESSION, id: `f${++n}`, payload: { kind: 'live', json: JSON.stringify(content) } },
      );
    return { ...scene, foe, live, whisper };
  }

  it('a view beside the one who presents, or a hold, by one who is no moderator', async () => {
    const { people, live, rest } = await withFoe();
    people[0]?.session.presenting.begin(RECT);
    await rest();
    live({ view: { turn: 2 ** 40, rect: [9, 9, 9, 9], hold: true, ask: 0 } });
    live({ view: null });
    await rest();
    expect(presenterOf(people[1])).toBe('occ-a');
    people[0]?.session.presenting.stop();
    await rest();
    // Alone it may present, but not hold, and a moderator still takes over from the highest turn.
    live({ view: { turn: 2 ** 40, rect: [9, 9, 9, 9], hold: true, ask: 0 } });
    await rest();
    expect(state(people[1])).toMatchObject({ part: 'asked', presenter: { id: 'occ-foe', held: false } });
    people[0]?.member.become({ role: 'moderator' });
    await rest();
    people[0]?.session.presenting.begin(RECT);
    await rest();
    expect(presenterOf(people[1])).toBe('occ-a');
  });

  it('a view or a hint by one without voice, from a server that lets it through', async () => {
    const { net, people, rest } = await meeting(['a'], ['v', { role: 'visitor' }]);
    const [a] = people;
    const visitor = a?.events.findLast((event) => event.type === 'people')?.occupants.find(({ nick }) => nick === 'v');
    if (!a || !visitor) throw new Error('nobody there');
    const json = JSON.stringify({ view: { turn: 5, rect: RECT, ask: 0 }, look: { rect: RECT } });
    a.member.down.push(() => ({
      type: 'message',
      from: visitor,
      message: { session: SESSION, id: 'v1', payload: { kind: 'live', json } },
      time: net.clock.now(),
    }));
    await rest();
    expect(partOf(a)).toBe('none');
    expect(a.events.some((event) => event.type === 'look')).toBe(false);
  });

  it('a follower of another presentation, or of nobody', async () => {
    const { people, whisper, rest } = await withFoe();
    const [a] = people;
    if (!a) throw new Error('nobody');
    whisper(a, { follow: { turn: 1, how: 'following' } });
    a.session.presenting.begin(RECT);
    await rest();
    whisper(a, { follow: { turn: 1, how: 'following' } });
    await rest();
    expect(state(a).audience).toContainEqual({ id: 'occ-foe', how: 'asked' });
  });

  it('a view of a moderator whom another took over from, on its way since before', async () => {
    const { people, live, rest } = await withFoe({ role: 'moderator' });
    const [a, b] = people;
    a?.member.become({ role: 'moderator' });
    live({ view: { turn: 7, rect: [9, 9, 9, 9], ask: 0 } });
    await rest();
    expect(presenterOf(b)).toBe('occ-foe');
    a?.session.presenting.begin(RECT);
    await rest();
    live({ view: { turn: 7, rect: [8, 8, 8, 8], ask: 0 } });
    await rest();
    expect([presenterOf(a), presenterOf(b)]).toEqual(['occ-a', 'occ-a']);
  });

  it('that somebody else presents, by one who may not present', async () => {
    const { net, people, foe, whisper, rest } = await withFoe({ role: 'visitor' });
    const [a, b] = people;
    if (!a) throw new Error('nobody');
    a.session.presenting.begin(RECT);
    await rest();
    const view = net.traffic.findLast(({ message: { payload } }) => payload.kind === 'live')?.message.payload;
    const turn = view?.kind === 'live' ? parseLive(view.json)?.view?.turn : undefined;
    whisper(a, { follow: { turn, how: 'taken' } });
    await rest();
    expect([partOf(a), partOf(b)]).toEqual(['presenting', 'asked']);
    // Of those who may, one is believed by who has just come.
    foe.become({ role: 'participant' });
    await rest();
    whisper(a, { follow: { turn, how: 'taken' } });
    await rest();
    expect(partOf(a)).toBe('none');
  });

  it('hints without end: one a second is told', async () => {
    const { people, live, rest } = await withFoe();
    for (let i = 0; i < 1000; i++) live({ look: { rect: RECT } });
    await rest();
    expect(people[1]?.events.filter((event) => event.type === 'look')).toHaveLength(1);
  });

  it.each([
    '{"view":1}',
    '{"view":{"rect":[0,0,1,1]}}',
    '{"view":{"turn":1,"rect":[0,0,1]}}',
    '{"view":{"turn":1,"rect":[0,0,0,1]}}',
    '{"view":{"turn":1,"rect":[0,0,-1,1]}}',
    '{"view":{"turn":1,"rect":[0,1e999,1,1]}}',
    '{"view":{"turn":1,"rect":[0,1e8,1,1]}}',
    '{"view":{"turn":1,"rect":[0,0,1,1e8]}}',
    '{"view":{"turn":1,"rect":[1e308,0,1,1]}}',
    '{"view":{"turn":1,"rect":[0,null,1,1]}}',
    '{"view":{"turn":1,"rect":["0",0,1,1]}}',
    '{"view":{"turn":1.5,"rect":[0,0,1,1]}}',
    '{"view":{"turn":-1,"rect":[0,0,1,1]}}',
    '{"view":{"turn":1e300,"rect":[0,0,1,1]}}',
    '{"view":{"turn":1,"rect":[0,0,1,1],"hold":"yes"}}',
    '{"view":{"turn":1,"rect":[0,0,1,1],"ask":-1}}',
    '{"look":{}}',
    '{"look":{"rect":[0,0,1,1],"rid":""}}',
    `{"look":{"rect":[0,0,1,1],"rid":"${'r'.repeat(1025)}"}}`,
    '{"follow":{"turn":1,"how":"stalking"}}',
    '{"laser":[[1]]}',
    `{"laser":${JSON.stringify(Array.from({ length: 65 }, () => [1, 1]))}}`,
  ])('what is no view at all: %s', (json) => {
    expect(parseLive(json)).toBeUndefined();
  });
});
