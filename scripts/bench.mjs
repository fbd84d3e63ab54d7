/** `npm run bench -- NAME [--json] ...`: runs `bench/NAME.ts` through tsx. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ensurePackages } from './lib/packages.mjs';
import { become, fail, ROOT } from './lib/run.mjs';

const [name, ...words] = process.argv.slice(2);
const names = readdirSync(path.join(ROOT, 'bench'))
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length));
if (name === undefined || !names.includes(name)) fail(`Usage: npm run bench -- ${names.join('|')} [--json]`, 2);
await ensurePackages();
const file = path.join(ROOT, `bench/${name}.bench.ts`);
if (!existsSync(file)) fail(`There is no benchmark "${name}".`, 2);
become(process.execPath, ['--import', 'tsx', '--expose-gc', file, ...words]);
