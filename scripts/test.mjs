/**
 * `npm test` and `npm run test:long`: installs what is missing, builds what is stale, runs every test and ends with one
 * line `N passed, N failed, N skipped`. Arguments are passed on to Vitest (`npm test -- test/core`); then Playwright's
 * tests run only when `test/e2e` is among them.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from './build.mjs';
import { needsOf, testFiles } from './lib/needs.mjs';
import { ensurePackages } from './lib/packages.mjs';
import { fail, run, say } from './lib/run.mjs';
import { ensureTools, TOOLS } from './lib/tools.mjs';

const long = process.argv.includes('--long');
const filters = process.argv.slice(2).filter((word) => word !== '--long');
const strict = process.env.CI === 'true';
const sum = { passed: 0, failed: 0, skipped: 0 };

await ensurePackages();
const missing = await ensureTools([
  'prosody',
  'openssl',
  'chromium',
  'xmllint',
  ...(long ? ['ejabberd', 'profanity', 'tmux'] : []),
]);
try {
  await build();
} catch (error) {
  say(`The build failed: ${error.message}`);
  finish(1);
}

const folder = long ? 'test/long' : 'test';
const reports = mkdtempSync(path.join(tmpdir(), 'limn-test-'));
process.once('exit', () => rmSync(reports, { recursive: true, force: true }));
const env = { ...process.env, ...(long ? { LIMN_LONG: '1' } : {}) };
const stdio = ['ignore', 'inherit', 'inherit'];

const elsewhere = long ? ['test/psi/'] : ['test/psi/', 'test/long/'];
const vitestFiles = without(
  testFiles(folder, '.test.ts').filter((file) => !elsewhere.some((other) => file.startsWith(other))),
);
const looks = long ? testFiles('test/e2e', '.e2e.ts').filter((file) => file.includes('/ui-')) : [];
const browserFiles = without([...testFiles(long ? 'test/long' : 'test/e2e', '.e2e.ts'), ...looks]);
if (vitestFiles.length > 0) await runVitest(vitestFiles);
if (browserFiles.length > 0) await runPlaywright(browserFiles);
finish();

/** Takes out the files whose tools could not be had: each counts as one skipped, or in CI as one failed. */
function without(files) {
  return files.filter((file) => {
    if (filters.length > 0 && !filters.some((word) => file.includes(word))) return false;
    const needs = needsOf(file, missing);
    if (needs.length === 0) return true;
    say(`${strict ? 'Failed' : 'Skipped'}: ${file} needs ${needs.map((name) => TOOLS[name].what).join(' and ')}.`);
    sum[strict ? 'failed' : 'skipped'] += 1;
    return false;
  });
}

async function runVitest(files) {
  const report = path.join(reports, 'vitest.json');
  const config = long ? 'vitest.long.config.ts' : 'vitest.config.ts';
  const words = ['run', '--config', config, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { status } = await run(process.execPath, ['node_modules/vitest/vitest.mjs', ...words, ...files], {
    env,
    stdio,
  });
  const result = readReport(report);
  const failed = result?.numFailedTests ?? 0;
  // A file that can't be loaded has no test to fail.
  const unloaded = (result?.testResults ?? []).filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  add(
    status,
    result?.numPassedTests ?? 0,
    failed + unloaded,
    (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0),
  );
}

async function runPlaywright(files) {
  const report = path.join(reports, 'playwright.json');
  const words = ['test', '--reporter=list,json', ...files];
  const { status } = await run(process.execPath, ['node_modules/@playwright/test/cli.js', ...words], {
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    stdio,
  });
  const result = readReport(report);
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = result?.stats ?? {};
  // A browser test that passed when repeated counts once, and is named: it wants a look.
  if (flaky > 0) say(`${flaky} browser test(s) passed only when repeated: see the list above.`);
  add(status, expected + flaky, unexpected, skipped);
}

function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** A runner that ends badly without naming a failed test (a crash, an unhandled error) counts as one failure. */
function add(status, passed, failed, skipped) {
  sum.passed += passed;
  sum.failed += failed + (status !== 0 && failed === 0 ? 1 : 0);
  sum.skipped += skipped;
}

function finish(extra = 0) {
  sum.failed += extra;
  if (sum.passed + sum.failed + sum.skipped === 0) fail('No test matched: name a file or folder under test/.');
  process.stdout.write(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`);
  process.exit(sum.failed > 0 ? 1 : 0);
}
