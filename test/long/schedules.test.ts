/** The lives of mixed sessions (test/session/mixes.ts), a hundred thousand of them: about 15 ms of processor time each, 25 minutes on a machine
 *  that has nothing else to do. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { broken, mixes } from '#test/session/mixes.ts';
import { checkAsync } from '#test/support/property.ts';

const SCHEDULES = 100_000;

it(
  `${SCHEDULES} schedules: one document, nothing lost, nothing undone that is another’s`,
  async () => {
    let played = 0;
    await checkAsync(
      fc.asyncProperty(mixes, async (mix) => {
        expect(await broken(mix)).toBeUndefined();
        played += 1;
        if (played % 10_000 === 0) process.stderr.write(`${played} schedules\n`);
      }),
      { numRuns: SCHEDULES, endOnFailure: true },
    );
  },
  90 * 60_000,
);
