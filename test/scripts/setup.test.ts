/** What the two commands set up, and that they set it up once. */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const execute = promisify(execFile);
const POLICY = '/usr/sbin/policy-rc.d';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'limn-setup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Puts a program of that name before all others, which notes how it was called. */
function stand(name: string, script: string): void {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho "${name} $*" >> '${folder}/calls'\n${script}\n`);
  chmodSync(file, 0o755);
}

const calls = (): string =>
  existsSync(path.join(folder, 'calls')) ? readFileSync(path.join(folder, 'calls'), 'utf8') : '';

async function node(code: string): Promise<{ stdout: string; stderr: string }> {
  return execute(process.execPath, ['--input-type=module', '--eval', code], {
    env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` },
  });
}

test('packages that are there are not installed again', async () => {
  stand('npm', 'exit 1');
  await node("const { ensurePackages } = await import('./scripts/lib/packages.mjs'); await ensurePackages();");
  await node("const { ensurePackages } = await import('./scripts/lib/packages.mjs'); await ensurePackages();");
  expect(calls()).toBe('');
});

describe('a program that the tests need', () => {
  const ensure = `
    const { ensureTools, TOOLS } = await import('./scripts/lib/tools.mjs');
    TOOLS.nothing = { commands: ['limn-no-such-command'], apt: 'limn-no-such-package', support: /x/, what: 'Nothing' };
    console.log(JSON.stringify(await ensureTools(process.env.LIMN_NAMES.split(','))));`;

  beforeEach(() => {
    stand('apt-get', `if [ -x ${POLICY} ]; then echo policy >> '${folder}/calls'; fi; exit 100`);
    // Without root's rights the policy can't be put in place here; that it is asked for can be seen.
    stand('sudo', 'exit 1');
  });
  afterEach(() => {
    delete process.env['LIMN_NAMES'];
  });

  test('is looked for first: what is there is not installed', async () => {
    stand('xmllint', 'exit 0');
    process.env['LIMN_NAMES'] = 'xmllint';
    expect((await node(ensure)).stdout.trim()).toBe('[]');
    expect(calls()).toBe('');
  });

  test('is installed by apt while no service may start, and what to do is said when that fails', async () => {
    const before = existsSync(POLICY);
    process.env['LIMN_NAMES'] = 'nothing';
    const { stdout, stderr } = await node(ensure);
    expect(stdout.trim()).toBe('["nothing"]');
    expect(stderr).toContain('sudo apt-get install limn-no-such-package');
    const asked = calls();
    expect(asked).toMatch(/install -y --no-install-recommends limn-no-such-package/);
    const forbidden = process.getuid?.() === 0 ? /^policy$/m : /^sudo (?:-n )?sh -c printf .*policy-rc\.d/m;
    expect(asked).toMatch(forbidden);
    expect(existsSync(POLICY)).toBe(before);
  });
});

test('CI runs the checks and all tests, and stops at the first that fails', () => {
  const script = readFileSync('.ci/run', 'utf8');
  expect(script).toMatch(/set -euo pipefail[\s\S]*npm run check\nnpm test\n$/);
});
