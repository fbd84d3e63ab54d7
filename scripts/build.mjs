/**
 * Builds what is stale into dist/: `cli.mjs` and `electron/` by esbuild, `renderer/` by vite. `node scripts/build.mjs
 * [--force]`; other scripts import `build`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensurePackages } from './lib/packages.mjs';
import { fail, ROOT, say } from './lib/run.mjs';
import { alone, hashOf } from './lib/stale.mjs';

const DIST = path.join(ROOT, 'dist');

/** Modules with native parts stay outside bundles, as does what the host itself provides. */
const EXTERNAL = ['libsql', '@resvg/resvg-js', 'electron'];

const COMMON = ['package.json', 'package-lock.json', 'tsconfig.json', 'scripts/build.mjs'];

const main = (entry, outfile, options = {}) => ({
  name: outfile,
  needs: entry,
  sources: [...COMMON, 'src'],
  outputs: [outfile],
  make: () => bundle(entry, outfile, options),
});

/** A target is skipped while its entry file isn't there. */
const TARGETS = [
  main('src/hosts/cli/main.ts', 'dist/cli.mjs'),
  main('src/hosts/electron/main.ts', 'dist/electron/main.mjs'),
  main('src/hosts/electron/preload.ts', 'dist/electron/preload.cjs', { format: 'cjs', banner: {} }),
  {
    name: 'dist/renderer',
    needs: 'renderer/main.tsx',
    sources: [...COMMON, 'vite.config.ts', 'renderer', 'src/api', 'src/core/types.ts', 'assets'],
    outputs: ['dist/renderer/index.html'],
    make: buildRenderer,
  },
];

async function bundle(entry, outfile, options) {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    entryPoints: [path.join(ROOT, entry)],
    outfile: path.join(ROOT, outfile),
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // CommonJS dependencies inside an ES module still call require() for Node's own modules.
    banner: {
      js: "import { createRequire as limnRequire } from 'node:module'; const require = limnRequire(import.meta.url);",
    },
    define: { 'process.env.NODE_ENV': '"production"' },
    external: EXTERNAL,
    // Its modules read JSON files beside them at run time, which a bundle has not; this is the same in one file.
    alias: { 'css-tree': 'css-tree/dist/csstree.esm' },
    sourcemap: 'linked',
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
    ...options,
  });
  const stray = Object.keys(metafile.inputs).filter((file) => /^(test|scripts|bench)\//.test(file));
  if (stray.length > 0)
    throw new Error(`${outfile} would contain ${stray.join(', ')}, which is no part of the product.`);
}

async function buildRenderer() {
  const { build } = await import('vite');
  await build({ configFile: path.join(ROOT, 'vite.config.ts'), logLevel: 'error' });
  const html = readFileSync(path.join(DIST, 'renderer/index.html'), 'utf8');
  if (/<script(?![^>]*\bsrc=)[^>]*>/i.test(html) || /\son[a-z]+\s*=/i.test(html)) {
    throw new Error('dist/renderer/index.html has an inline script, which the content security policy forbids.');
  }
}

const stampOf = (target) => path.join(DIST, `.stamps/${target.name.replaceAll('/', '-')}`);

function isStale(target, hash) {
  const stamp = stampOf(target);
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash) return true;
  return !target.outputs.every((file) => existsSync(path.join(ROOT, file)));
}

/** Brings dist/ up to date and answers with what was built. `only` names targets by their start, as in `dist/cli`. */
export async function build({ force = false, only = '' } = {}) {
  const targets = TARGETS.filter((target) => target.name.startsWith(only) && existsSync(path.join(ROOT, target.needs)));
  const stale = () => targets.filter((target) => force || isStale(target, hashOf(target.sources)));
  if (stale().length === 0) return [];
  return alone(async () => {
    // Whoever held the lock may have built it all.
    const work = stale().map((target) => ({ target, hash: hashOf(target.sources) }));
    if (work.length > 0) say('Building...');
    for (const { target, hash } of work) {
      await target.make();
      mkdirSync(path.dirname(stampOf(target)), { recursive: true });
      writeFileSync(stampOf(target), hash);
    }
    return work.map(({ target }) => target.name);
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await ensurePackages();
  try {
    const built = await build({ force: process.argv.includes('--force') });
    say(built.length > 0 ? `Built ${built.join(', ')}.` : 'Everything in dist/ is up to date.');
  } catch (error) {
    fail(`The build failed: ${error.message}`);
  }
}
