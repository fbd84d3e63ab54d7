import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Edit } from '#core/types.ts';
import { checkAsync } from '#test/support/property.ts';
import { sceneWithFoe } from './meet.ts';
import { difference } from './person.ts';

/** Two who draw, and one who sends whatever it likes. */
async function scene(seed: number) {
  const { net, people, toAll } = await sceneWithFoe(seed);
  // Only who has said hello has a part in the session.
  toAll({ kind: 'hello', epoch: people[0].replica.place.epoch, opens: false }, 'foezzzzz.c1');
  await net.settle();
  return { net, people, toAll };
}

/** A record of no consequence that takes a rid. */
const taking = (rid: string): Edit => ({ kind: 'new', rid, type: 'comment', parent: '', primaryWeight: 0, chdata: '' });

describe('a foe who uses my next names', () => {
  it('takes nothing away from me by a stanza id of mine', async () => {
    const { net, people, toAll } = await scene(9);
    const [a] = people;
    for (let n = 1; n <= 6; n += 1) toAll({ kind: 'edits', edits: [] }, `azzzzzzz0.${n}`);
    await net.settle();
    a.shape('mine');
    await net.settle();
    a.shape('more');
    await net.settle();
    expect(difference(people)).toBeUndefined();
    expect(people[1].names()).toEqual(['mine', 'more', 'one']);
  });

  it('takes nothing away from me by a rid of mine', async () => {
    const { net, people, toAll } = await scene(10);
    const [a] = people;
    toAll({ kind: 'edits', edits: Array.from({ length: 20 }, (_, k) => taking(`azzzzzzz0.${(k + 1).toString(36)}`)) });
    await net.settle();
    a.shape('mine');
    await net.settle();
    expect(difference(people)).toBeUndefined();
    expect(people[1].names()).toEqual(['mine', 'one']);
  });

  it('takes nothing away whenever it comes: before, behind and amid what I am sending', async () => {
    const act = fc.tuple(
      fc.constantFrom('shape', 'id', 'origin', 'rid', 'step'),
      fc.nat(1),
      fc.integer({ min: 1, max: 14 }),
    );
    await checkAsync(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), fc.integer({ min: 1, max: 1e6 }), async (acts, seed) => {
        const { net, people, toAll } = await scene(seed);
        const drawn = ['one'];
        for (const [what, who, n] of acts) {
          const prefix = `${'ab'[who] as string}zzzzzzz0`;
          const id = { prefix, n };
          if (what === 'shape') {
            drawn.push(`s${drawn.length}`);
            people[who]?.shape(drawn.at(-1) as string);
          } else if (what === 'id') toAll({ kind: 'edits', edits: [] }, `${prefix}.${n}`);
          else if (what === 'origin')
            toAll({ kind: 'edits', edits: [taking(`f.${n}`)], origin: { author: 'x@y', id } });
          else if (what === 'rid') toAll({ kind: 'edits', edits: [taking(`${prefix}.${n.toString(36)}`)] });
          else await net.run(1);
        }
        await net.settle();
        // The foe, who has a part in the session, is asked for what is missing and says nothing.
        net.clock.advance(200_000);
        await net.settle();
        expect(difference(people)).toBeUndefined();
        expect(people[1].names()).toEqual(drawn.toSorted());
      }),
      { numRuns: 150 },
    );
  });
});
