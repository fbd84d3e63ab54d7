/**
 * Five bots, fifty shared shapes, random cuts and a kill -9 each, on two servers: one digest, and nobody's last word lost. Then
 * with a strict SXE peer of either reading among them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '#test/support/bots.ts';
import { startEjabberd } from '#test/support/ejabberd.ts';
import { FIVE_BOTS, figures, fiveBots } from '#test/support/five-bots.ts';
import { startProsody } from '#test/support/prosody.ts';
import type { BotServer } from '#test/support/three-bots.ts';

const EDITS = Number(process.env.LIMN_EDITS ?? 5000);
const FEWER = EDITS / 5;

describe.each([
  { name: 'Prosody', start: () => startProsody({ accounts: FIVE_BOTS }) },
  { name: 'ejabberd', start: () => startEjabberd({ accounts: FIVE_BOTS }) },
])('five bots on $name', ({ name, start }) => {
  let server: BotServer & { stop(): Promise<void> };
  beforeAll(async () => {
    await buildCli();
    server = await start();
  });
  afterAll(() => server.stop());

  it(`end with one digest after ${EDITS} edits each, every last writer standing`, async () => {
    const seed = Number(process.env.LIMN_SEED ?? Date.now() % 100_000);
    const outcome = await fiveBots(server, { seed, edits: EDITS, away: 3, restarts: 5 });
    process.stdout.write(`${figures(`${name}, seed ${seed}`, outcome)}\n`);
    expect(outcome.lost).toEqual([]);
    expect(new Set([...outcome.digests, ...outcome.restarted]).size).toBe(1);
    expect(new Set(outcome.svgs).size).toBe(1);
    expect(outcome.kills).toBe(5);
    expect(outcome.cuts).toBeGreaterThan(0);
    expect(outcome.healed).toBe(0);
    expect(outcome.fields + outcome.tokens).toBeGreaterThan(0);
  });

  it('end so though all may be away at once, and the session begins anew', async () => {
    const seed = Number(process.env.LIMN_SEED ?? Date.now() % 100_000) + 2;
    const outcome = await fiveBots(server, { seed, edits: FEWER, away: 5, restarts: 1 });
    process.stdout.write(`${figures(`${name}, all away, seed ${seed}`, outcome)}\n`);
    expect(outcome.lost).toEqual([]);
    expect(new Set([...outcome.digests, ...outcome.restarted]).size).toBe(1);
    expect(outcome.healed).toBe(0);
  });

  it.each(['collapse', 'literal'] as const)('end so with a strict peer that reads the XEP as %s', async (reading) => {
    const seed = Number(process.env.LIMN_SEED ?? Date.now() % 100_000);
    const strict = { reading, edits: FEWER };
    const outcome = await fiveBots(server, { seed: seed + 1, edits: FEWER, away: 2, restarts: 1, strict });
    process.stdout.write(`${figures(`${name}, a strict peer (${reading}), seed ${seed + 1}`, outcome)}\n`);
    expect(outcome.lost).toEqual([]);
    expect(new Set([...outcome.digests, ...outcome.restarted]).size).toBe(1);
    expect(outcome.strictDifference).toBeUndefined();
    expect(outcome.corrections).toBeGreaterThan(0);
    expect(outcome.healed).toBe(0);
  });
});
