import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '#test/support/bots.ts';
import { type Prosody, startProsody } from '#test/support/prosody.ts';
import { threeBots } from '#test/support/three-bots.ts';

const EDITS = 1000;

describe.each([
  { limit: 'no limit', options: {}, seeds: Array.from({ length: 20 }, (_, i) => 100 + i), edits: EDITS },
  { limit: "Prosody's packaged limit of 10 kB/s", options: { throttle: true as const }, seeds: [200], edits: EDITS },
])('three bots on a server with $limit', ({ options, seeds, edits }) => {
  let server: Prosody;
  beforeAll(async () => {
    await buildCli();
    server = await startProsody(options);
  });
  afterAll(() => server.stop());

  it.each(seeds)('end with one digest and one SVG (seed %i)', async (seed) => {
    const outcome = await threeBots(server, seed, edits);
    expect(new Set(outcome.digests).size).toBe(1);
    expect(new Set(outcome.svgs).size).toBe(1);
    expect(outcome.edits).toBeGreaterThan(edits * 2);
  });
});
