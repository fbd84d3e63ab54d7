/** Checks properties: first the schedules that failed once (test/fixtures/seeds.json), then fresh ones, whose seed a failure prints. */
import { relative } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import seeds from '#test/fixtures/seeds.json' with { type: 'json' };

/** A run that failed once: what fast-check printed. */
interface Kept {
  readonly seed: number;
  readonly path: string;
}
const kept: Readonly<Record<string, readonly Kept[]>> = seeds;

/** Looking for a smaller case can outlast the test's time, and then the seed is never told: it is left to whoever repeats the seed at home. */
const { CI, LIMN_QUICK, LIMN_RUNS, LIMN_SEED } = process.env;
const QUICK = CI || LIMN_QUICK || LIMN_RUNS ? { endOnFailure: true } : {};

/** Long runs and searches draw new schedules each time. What decides over landing draws the same ones everywhere, so that a change is judged by
 *  what it changes (DECISIONS 88). */
const SEARCH = process.env.LIMN_LONG !== undefined || process.env.LIMN_RUNS !== undefined;

/** The seed of a property in `npm test`, from its name (FNV-1a, 32 bits). */
function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return hash | 0;
}

/** How many runs a property gets: `LIMN_RUNS` multiplies them for a long search. */
export function runs(usual: number): number {
  return Math.ceil(usual * Number(LIMN_RUNS ?? 1));
}

/** As `fc.assert`. `LIMN_SEED=seed:path`, with vitest's `-t`, repeats a failure and looks for a smaller case. A failing seed is kept by adding it to seeds.json under the test's file and name, as the error says. */
export function check<T>(property: fc.IProperty<T>, parameters: fc.Parameters<T> = {}): void {
  const { name, again, fresh } = plan(parameters);
  try {
    for (const run of again) fc.assert(property, run);
    fc.assert(property, fresh);
  } catch (error) {
    throw withName(error, name);
  }
}

/** As `check`, for a property that is asynchronous. */
export async function checkAsync<T>(property: fc.IAsyncProperty<T>, parameters: fc.Parameters<T> = {}): Promise<void> {
  const { name, again, fresh } = plan(parameters);
  try {
    for (const run of again) await fc.assert(property, run);
    await fc.assert(property, fresh);
  } catch (error) {
    throw withName(error, name);
  }
}

function plan<T>(parameters: fc.Parameters<T>) {
  const { testPath = '', currentTestName = '' } = expect.getState();
  const name = `${relative('test', testPath)} > ${currentTestName}`;
  if (LIMN_SEED) {
    const [seed, path = ''] = LIMN_SEED.split(/:(.*)/);
    return {
      name,
      again: [],
      fresh: { ...parameters, seed: Number(seed), path, interruptAfterTimeLimit: 20_000 },
    };
  }
  const again = (kept[name] ?? []).map((run) => ({ ...parameters, ...run, numRuns: 1, endOnFailure: true }));
  const fresh = {
    ...parameters,
    ...(SEARCH ? {} : { seed: seedOf(name) }),
    numRuns: runs(parameters.numRuns ?? 100),
    ...QUICK,
  };
  return { name, again, fresh };
}

function withName(error: unknown, name: string): unknown {
  if (error instanceof Error)
    error.message += `\nTo keep this seed: test/fixtures/seeds.json, under ${JSON.stringify(name)}`;
  return error;
}
