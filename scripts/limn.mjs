/** `npm run --silent limn -- COMMAND ...`: the command line in a checkout, built first where it is stale. */
import path from 'node:path';
import { build } from './build.mjs';
import { ensurePackages } from './lib/packages.mjs';
import { become, fail, ROOT } from './lib/run.mjs';

const [command] = process.argv.slice(2);
await ensurePackages();
try {
  // Only the commands that show a page need the rest.
  await build({ only: command === 'start' || command === 'demo' ? '' : 'dist/cli' });
} catch (error) {
  fail(`The build failed: ${error.message}`);
}
// npm runs scripts in the root of the package; paths that a person names are relative to where they are.
become(process.execPath, [path.join(ROOT, 'dist/cli.mjs'), ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
});
