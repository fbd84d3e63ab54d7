/** `npm start`: installs what is missing, builds what is stale, and opens the app as `limn start` does. */
import path from 'node:path';
import { build } from './build.mjs';
import { tryElectron } from './lib/electron.mjs';
import { ensurePackages } from './lib/packages.mjs';
import { become, fail, ROOT } from './lib/run.mjs';

await ensurePackages();
try {
  await build();
} catch (error) {
  fail(`The build failed: ${error.message}`);
}
const words = process.argv.slice(2);
if (!words.some((word) => word === '--web' || word === '--no-open')) await tryElectron();
become(process.execPath, [path.join(ROOT, 'dist/cli.mjs'), 'start', ...words]);
