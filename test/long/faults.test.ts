/**
 * What can go wrong with a network, a server or a program while two draw (issue 4, fault matrix): nothing is lost, both have one document, and a table
 * says how long it took. All at once, each on a board of its own; what kills the server has one of its own. The death of a nearby host is `npm run test:nearby`'s.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '#test/support/bots.ts';
import { startEjabberd } from '#test/support/ejabberd.ts';
import { type Fault, faultRow, meetFault, named, pairs } from '#test/support/faults.ts';
import { startProsody } from '#test/support/prosody.ts';
import type { TestServer } from '#test/support/server-process.ts';

const CUTS: Fault[] = [1, 30, 300].flatMap((seconds) =>
  (['dropped', 'silent'] as const).map((how) => ({ kind: 'cut' as const, how, seconds })),
);
const OTHERS: Fault[] = [{ kind: 'program killed' }, { kind: 'suspended', seconds: 60 }];
const SERVERS = {
  Prosody: (faults: number, noResumption: boolean) =>
    startProsody({ accounts: pairs(faults), ...(noResumption ? { noResumption: true } : {}) }),
  ejabberd: (faults: number) => startEjabberd({ accounts: pairs(faults) }),
};

beforeAll(buildCli);

describe.each([
  { name: 'Prosody', noResumption: false, faults: [...CUTS, ...OTHERS] },
  { name: 'Prosody', noResumption: false, faults: [{ kind: 'server killed', seconds: 3 } as const] },
  { name: 'Prosody', noResumption: true, faults: [{ kind: 'repeated and delayed', seconds: 30 } as const] },
  { name: 'ejabberd', noResumption: false, faults: [...CUTS, ...OTHERS] },
] as const)('two who draw on $name', ({ name, noResumption, faults }) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await SERVERS[name](faults.length, noResumption);
  });
  afterAll(() => server.stop());

  it.concurrent.each(faults.map((fault, pair) => ({ fault, pair, is: named(fault) })))(
    'lose nothing: $is',
    async ({ fault, pair }) => {
      const outcome = await meetFault(server, fault, { pair, seed: Date.now() % 100_000 });
      process.stdout.write(`${faultRow(name, fault, outcome)}\n`);
      expect(outcome.lost).toEqual([]);
      expect(new Set(outcome.digests).size).toBe(1);
      expect(new Set(outcome.svgs).size).toBe(1);
      expect(outcome.repeated > 0).toBe(fault.kind === 'repeated and delayed');
    },
  );
});
