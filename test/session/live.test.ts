import { describe, expect, it } from 'vitest';
import { mergeLive, parseLive } from '#session/live.ts';
import { TestNetwork } from '#test/support/network.ts';
import { Person, ROOM } from './person.ts';

const stroke = (...points: [number, number, number][]) =>
  ({ kind: 'stroke', points, colour: '#000', width: 2, opacity: 1 }) as const;

describe('live messages', () => {
  it('are read field by field', () => {
    expect(parseLive('{"cursor":[1,2.5],"selection":["r"],"preview":null}')).toEqual({
      cursor: [1, 2.5],
      selection: ['r'],
      preview: null,
    });
    expect(parseLive('{"cursor":null}')).toEqual({ cursor: null });
    const drag = { kind: 'drag', rids: ['r'], matrix: [1, 0, 0, 1, 5, 6] };
    expect(parseLive(JSON.stringify({ preview: drag }))).toEqual({ preview: drag });
    expect(parseLive(JSON.stringify({ preview: stroke([1, 2, 0.5]) }))).toEqual({ preview: stroke([1, 2, 0.5]) });
    expect(parseLive('{"unknown":1}')).toEqual({});
  });

  it.each([
    'null',
    '[]',
    '"x"',
    '{',
    '{"cursor":[1]}',
    '{"cursor":[1,"2"]}',
    '{"cursor":[1e999,0]}',
    '{"selection":[1]}',
    '{"selection":[""]}',
    `{"selection":${JSON.stringify(Array.from({ length: 501 }, () => 'r'))}}`,
    '{"preview":{"kind":"script"}}',
    '{"preview":1}',
    '{"preview":{"kind":"drag","rids":["r"],"matrix":[1,0,0,1,5]}}',
    '{"preview":{"kind":"stroke","points":[[1,2]],"colour":"c","width":1,"opacity":1}}',
  ])('are dropped as a whole when anything is wrong: %s', (json) => {
    expect(parseLive(json)).toBeUndefined();
  });

  it('are merged while they wait: fields replaced, points of a stroke added', () => {
    expect(mergeLive({ cursor: [1, 1], selection: ['a'] }, { cursor: [2, 2] })).toEqual({
      cursor: [2, 2],
      selection: ['a'],
    });
    expect(mergeLive({ preview: stroke([1, 1, 1]) }, { preview: stroke([2, 2, 1]) })).toEqual({
      preview: stroke([1, 1, 1], [2, 2, 1]),
    });
    expect(mergeLive({ preview: stroke([1, 1, 1]) }, { preview: null })).toEqual({ preview: null });
  });

  it('go at most ten times a second, the newest last, one un-echoed at a time, and none while offline', async () => {
    const net = new TestNetwork(1);
    const [a, b] = ['a', 'b'].map((nick) => new Person(net, nick)) as [Person, Person];
    for (const person of [a, b]) {
      person.member.connect(ROOM);
      await net.settle();
    }
    const sent = (): number => net.traffic.filter(({ message }) => message.payload.kind === 'live').length;
    for (let ms = 0; ms < 1000; ms += 10) {
      a.session.live({ cursor: [ms, 0] });
      net.clock.advance(10);
      await net.settle();
    }
    net.clock.advance(200);
    await net.settle();
    expect(sent()).toBeGreaterThanOrEqual(9);
    expect(sent()).toBeLessThanOrEqual(11);
    expect(b.events.findLast((event) => event.type === 'live')).toMatchObject({
      from: { nick: 'a' },
      live: { cursor: [990, 0] },
    });
    expect(a.events.some((event) => event.type === 'live')).toBe(false);
    // Without an echo nothing more goes out.
    const before = sent();
    for (let i = 0; i < 20; i++) {
      a.session.live({ cursor: [i, 1] });
      net.clock.advance(100);
    }
    expect(a.member.up).toHaveLength(1);
    await net.settle();
    expect(sent()).toBe(before + 2);
    a.member.drop();
    a.session.live({ cursor: [5, 5] });
    net.clock.advance(10_000);
    a.member.connect(ROOM);
    const last = sent();
    await net.settle();
    expect(sent()).toBe(last);
  });
});
