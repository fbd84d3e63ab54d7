/**
 * Completes package-lock.json with the optional packages of other platforms. A registry that lacks some of them makes npm
 * leave them out of the lock without a word, and `npm ci` then refuses the lock, here and everywhere. Their versions are exact
 * in the packages that want them, so nothing has to be asked. `--check` only says whether something is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fail, ROOT, say } from './lib/run.mjs';

const FILE = path.join(ROOT, 'package-lock.json');
const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32', 'aix'];
const PROCESSORS = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el'];

/** What a package's name says of the machines that it is for, as npm's lock spells it. */
function machinesOf(name) {
  const words = name.split(/[/_-]/);
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  const os = SYSTEMS.find((system) => words.includes(system));
  return { ...(cpu === undefined ? {} : { cpu: [cpu] }), ...(os === undefined ? {} : { os: [os] }) };
}

/** Whether Node would find `name` from a package's folder. */
function isLocked(packages, from, name) {
  const folders = from === '' ? [] : from.split('/node_modules/');
  for (let depth = folders.length; depth > 0; depth--) {
    if (`${folders.slice(0, depth).join('/node_modules/')}/node_modules/${name}` in packages) return true;
  }
  return `node_modules/${name}` in packages;
}

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const added = {};
for (const [from, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (!/^\d+\.\d+\.\d+/.test(version) || isLocked(lock.packages, from, name)) continue;
    added[`node_modules/${name}`] = {
      version,
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
      ...machinesOf(name),
    };
  }
}
const count = Object.keys(added).length;
if (process.argv.includes('--check')) {
  if (count > 0) fail(`package-lock.json lacks ${count} packages of other platforms: ${Object.keys(added).join(', ')}`);
} else if (count > 0) {
  const entries = Object.entries({ ...lock.packages, ...added }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, null, 2)}\n`);
  say(`Added ${count} packages to package-lock.json.`);
}
