/** The small page on which the hosts are tested: built into a folder of its own. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const source = fileURLToPath(new URL('../fixtures/page/', import.meta.url));

/** Builds the page of test/fixtures/page; `dir` is its folder until it is removed. */
export async function buildTestPage(): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'limn-page-'));
  await cp(path.join(source, 'index.html'), path.join(dir, 'index.html'));
  await build({
    entryPoints: [path.join(source, 'main.ts')],
    outfile: path.join(dir, 'page.js'),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'error',
  });
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
