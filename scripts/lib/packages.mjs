/** npm packages: installed when they are missing or not those of the lock file. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fail, ROOT, run, say } from './run.mjs';

const STAMP = path.join(ROOT, 'node_modules/.limn-lock');

const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(path.join(ROOT, 'package-lock.json')))
    .digest('hex');

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

/** Whether what npm says is in node_modules holds every package of the lock, whoever ran npm. */
function installedByHand() {
  const hidden = read(path.join(ROOT, 'node_modules/.package-lock.json'));
  if (hidden === undefined) return false;
  const wanted = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(hidden).packages;
  return Object.entries(wanted).every(
    ([name, entry]) => name === '' || entry.optional || present[name]?.version === entry.version,
  );
}

const npm = (words, options = {}) => {
  const windows = process.platform === 'win32';
  return run(windows ? 'npm.cmd' : 'npm', words, { shell: windows, ...options });
};

/** Runs `npm ci` unless node_modules is what the lock says; a stamp with the lock's hash makes the next run quick. */
export async function ensurePackages() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) fail(`Limn needs Node 20 or newer, and this is ${process.versions.node}: install a newer Node.`);
  const hash = lockHash();
  if (read(STAMP) === hash) return;
  if (!installedByHand()) {
    say('Installing npm packages (a minute or so, once)...');
    const common = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const { status } = await npm(['ci', ...common], { capture: true });
    // A lock that npm finds incomplete (see complete-lock.mjs) still says which versions to take.
    if (status !== 0 && (await npm(['install', '--no-save', ...common])).status !== 0) {
      fail('npm could not install the packages: see its message above, then run this again.');
    }
  }
  writeFileSync(STAMP, hash);
}
