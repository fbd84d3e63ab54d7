import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '#test/support/bots.ts';
import { FIVE_BOTS, figures, fiveBots } from '#test/support/five-bots.ts';
import { type Prosody, startProsody } from '#test/support/prosody.ts';

describe('five bots with cuts and a kill each', () => {
  let server: Prosody;
  beforeAll(async () => {
    await buildCli();
    server = await startProsody({ accounts: FIVE_BOTS });
  });
  afterAll(() => server.stop());

  it('lose no last writer', async () => {
    const seed = Number(process.env.LIMN_SEED ?? 7);
    const outcome = await fiveBots(server, { seed, edits: 200, away: 3, restarts: 1 });
    process.stdout.write(`${figures(`seed ${seed}`, outcome)}\n`);
    expect(outcome.lost).toEqual([]);
    expect(new Set([...outcome.digests, ...outcome.restarted]).size).toBe(1);
    expect(new Set(outcome.svgs).size).toBe(1);
    expect(outcome.kills).toBe(5);
    expect(outcome.healed).toBe(0);
  }, 120_000);
});
