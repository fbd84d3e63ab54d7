/** Floods in the session's order: who sends them is told of once, and what waits, or is asked for because of them, is bounded. */
import { describe, expect, it } from 'vitest';
import { createFloods } from '#session/floods.ts';
import type { Occupant } from '#session/transport.ts';
import { createWaitingStanzas } from '#session/waiting.ts';
import type { Edit } from '#core/types.ts';
import { manualClock } from '#test/store/fixtures.ts';
import { sceneWithFoe } from './meet.ts';
import { difference, SESSION } from './person.ts';

const occupant = (id: string): Occupant => ({
  ...{ id, jid: `room/${id}`, nick: id, me: false, role: 'participant', affiliation: 'none', show: 'free' },
});

describe('somebody', () => {
  const scene = () => {
    const clock = manualClock();
    const told: string[] = [];
    return { clock, told, floods: createFloods(clock, ({ id }) => told.push(id)) };
  };

  it('who sends 10,000 edits a second is told of within three seconds, and once', () => {
    const { clock, told, floods } = scene();
    const draw = (tenths: number): void => {
      for (let tenth = 0; tenth < tenths; tenth++) {
        floods.heard(occupant('eve'), 1000);
        floods.heard(occupant('ann'), 10);
        clock.advance(100);
      }
    };
    draw(30);
    expect(told).toEqual(['eve']);
    draw(600);
    expect(told).toEqual(['eve']);
  });

  it('who brings a large drawing, or draws for hours, is not', () => {
    const { clock, told, floods } = scene();
    floods.heard(occupant('ann'), 20_000);
    for (let second = 0; second < 7200; second++) {
      floods.heard(occupant('ben'), 900);
      clock.advance(1000);
    }
    floods.heard(occupant('ann'), 20_000);
    expect(told).toEqual([]);
  });
});

it('who leaves out numbers on purpose has the others ask twenty times, not each time', async () => {
  const { net, people, toAll } = await sceneWithFoe(11);
  toAll({ kind: 'hello', epoch: people[0].replica.place.epoch, opens: false });
  await net.settle();
  for (let n = 1; n <= 200; n++) {
    toAll({ kind: 'edits', edits: [{ kind: 'remove', rid: 'nobody' }] }, `foefoefoe.${2 * n}`);
    await net.settle();
  }
  const asked = net.traffic.filter(({ message }) => message.payload.kind === 'catch-up' && message.session === SESSION);
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.length).toBeLessThan(60);
  people[0].shape('two');
  await net.settle();
  expect(people[1].names()).toEqual(['one', 'two']);
  expect(difference(people)).toBeUndefined();
});

it('what comes while the state is fetched is kept within bounds, however long it is', () => {
  const waiting = createWaitingStanzas();
  const chdata = 'x'.repeat(200_000);
  const edits: Edit[] = [{ kind: 'set', rid: 'r', version: 1, fields: { chdata } }];
  const push = (): boolean =>
    waiting.push({
      ...{ type: 'message', from: occupant('eve'), time: 0 },
      message: { session: SESSION, id: 'x.1', payload: { kind: 'edits', edits } },
    });
  let kept = 0;
  while (push()) kept += 1;
  expect(kept * chdata.length).toBeLessThan(80_000_000);
  expect(waiting.empty).toBe(true);
  expect(push()).toBe(true);
});
