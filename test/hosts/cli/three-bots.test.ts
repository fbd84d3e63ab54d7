import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '#test/support/bots.ts';
import { type Prosody, startProsody } from '#test/support/prosody.ts';
import { threeBots } from '#test/support/three-bots.ts';

const SEEDS = [1, 2];
const EDITS = 200;

describe('three bots at full speed on one board', () => {
  let server: Prosody;
  beforeAll(async () => {
    await buildCli();
    server = await startProsody();
  });
  afterAll(() => server.stop());

  it.each(SEEDS)(
    'end with one digest and one SVG (seed %i)',
    async (seed) => {
      const outcome = await threeBots(server, seed, EDITS);
      expect(new Set(outcome.digests).size).toBe(1);
      expect(new Set(outcome.svgs).size).toBe(1);
      // Most edits find their target: the run is no idle one.
      expect(outcome.edits).toBeGreaterThan(EDITS * 2);
    },
    120_000,
  );
});
