import fc from 'fast-check';
import { expect, it } from 'vitest';
import found from '#test/fixtures/mixes.json' with { type: 'json' };
import { checkAsync } from '#test/support/property.ts';
import { broken, type Mix, mixes } from './mixes.ts';

const plain = {
  ...{ seed: 0, people: 2, strict: [], plain: 0, late: false, leaves: false, undo: false },
  ...{ judged: false, parts: false, large: false },
};

/** Lives in which something was once lost; more of them, the shortest that were found, are in mixes.json. */
const LOSSES: readonly Mix[] = [
  {
    // A splice came too late; its author's connection broke before the echo, and the state it came back to knew the stanza.
    ...plain,
    seed: 428941198,
    list: [
      [0, 0, 0, 1986],
      [0, 0, 0, 1121],
      [0, 3, 0, 9687],
      [60, 15, 0, 1282],
      [60, 0, 0, 8864],
      [84, 0, 0, 0],
      [0, 0, 0, 2],
      [84, 75, 0, 0],
      [0, 0, 0, 0],
    ],
  },
  {
    // Two say somebody's stanza again; one of them leaves out what wrote nothing where it saw it.
    ...plain,
    seed: 1194590663,
    people: 3,
    leaves: true,
    list: [
      [39, 18, 5389, 1394],
      [9, 85, 8238, 2737],
      [33, 17, 5946, 5432],
      [30, 74, 3463, 2657],
      [11, 84, 659, 7875],
      [17, 67, 2648, 2251],
      [73, 42, 7354, 2143],
      [53, 52, 2799, 6474],
      [60, 61, 3041, 5163],
      [11, 60, 194, 6406],
      [60, 50, 712, 6097],
      [12, 48, 7398, 2493],
      [89, 6, 9517, 4978],
      [87, 10, 3537, 6429],
      [91, 43, 7742, 7530],
      [62, 87, 1720, 5344],
      [15, 93, 3732, 8873],
      [17, 39, 9814, 6514],
      [45, 69, 5393, 9621],
      [49, 68, 7159, 1716],
      [89, 19, 4998, 2949],
      [78, 59, 9069, 81],
      [91, 71, 7845, 8071],
    ],
  },
  {
    // One who comes back gives up on all, opens an epoch, and a ghost would have had to say that a session stands.
    ...plain,
    seed: 1116761973,
    late: true,
    leaves: true,
    undo: true,
    list: [
      [0, 36, 0, 8],
      [28, 97, 0, 8],
      [90, 22, 0, 0],
      [27, 1, 0, 8],
      [91, 82, 0, 0],
      [1, 99, 0, 0],
    ],
  },
];

it('whoever takes part and whatever happens: one document, nothing lost, nothing undone that is another’s', async () => {
  await checkAsync(
    fc.asyncProperty(mixes, async (mix) => {
      expect(await broken(mix)).toBeUndefined();
    }),
    {
      numRuns: 1000,
      endOnFailure: true,
      examples: [...LOSSES, ...(found as unknown as readonly Mix[])].map((mix): [Mix] => [mix]),
    },
  );
}, 300_000);
