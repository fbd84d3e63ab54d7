/** The short half of test/long/faults.test.ts: cuts of a second and of three while two draw. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildCli } from '#test/support/bots.ts';
import { type Fault, meetFault, named, pairs } from '#test/support/faults.ts';
import { type Prosody, startProsody } from '#test/support/prosody.ts';

const FAULTS: readonly Fault[] = [
  { kind: 'cut', how: 'dropped', seconds: 1 },
  { kind: 'cut', how: 'silent', seconds: 3 },
];
let server: Prosody;
beforeAll(async () => {
  await buildCli();
  server = await startProsody({ accounts: pairs(FAULTS.length) });
});
afterAll(() => server.stop());

it.concurrent.each(FAULTS.map((fault, pair) => ({ fault, pair, is: named(fault) })))(
  'two who draw lose nothing: $is',
  async ({ fault, pair }) => {
    const { lost, digests, svgs } = await meetFault(server, fault, { pair, seed: 1 + pair });
    expect(lost).toEqual([]);
    expect(new Set(digests).size).toBe(1);
    expect(new Set(svgs).size).toBe(1);
  },
);
