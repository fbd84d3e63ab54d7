/** Schedules beside strict SXE peers that once ended with different documents, as small as they came to be. */
import { describe, expect, it } from 'vitest';
import { type Reading, strictDifference } from '#test/support/strict-peer.ts';
import { difference, type Person } from './person.ts';
import type { Command } from './schedule.ts';
import { playBeside } from './strict-schedule.ts';

const MOVED_AND_BACK: readonly Command[] = [
  [73, 53, 3985, 1147],
  [51, 71, 0, 82],
  [61, 0, 0, 0],
  [90, 0, 3438, 1629],
  [33, 0, 0, 0],
  [0, 0, 0, 0],
  [0, 0, 0, 0],
];

describe('a strict peer ends with the same document', () => {
  it.each<[string, number, readonly Reading[], readonly Command[]]>([
    ['a shape is moved into what it removed at once, and back in the same stanza', 0, ['collapse'], MOVED_AND_BACK],
  ])('when %s', async (_, seed, kinds, list) => {
    const { people, peers } = await playBeside(seed, kinds, list);
    expect(difference(people)).toBeUndefined();
    for (const peer of peers) expect(strictDifference((people[0] as Person).replica, peer)).toBeUndefined();
  });
});
