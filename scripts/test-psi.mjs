/**
 * `npm run test:psi`: Limn and a live Psi 1.5, each inviting the other, and in a room, over a Prosody of its own on 127.0.0.1. Psi runs on a screen
 * of its own (Xvfb), is used by mouse and keys, and what it shows is counted in pixels. Installs what it needs from Debian's packages;
 * says so in one sentence where that can't be had. Arguments are passed on to Vitest.
 */
import { ensurePackages } from './lib/packages.mjs';
import { run, say } from './lib/run.mjs';
import { ensureTools, TOOLS } from './lib/tools.mjs';

await ensurePackages();
const missing = await ensureTools(['prosody', 'openssl', 'psi', 'xvfb', 'openbox', 'dbus', 'xdotool', 'imagemagick']);
if (missing.length > 0) {
  say(`skipped: this needs ${missing.map((name) => TOOLS[name].what).join(', ')}.`);
  process.exit(process.env.CI === 'true' ? 1 : 0);
}
const words = ['run', '--config', 'vitest.psi.config.ts', ...process.argv.slice(2)];
const { status } = await run(process.execPath, ['node_modules/vitest/vitest.mjs', ...words], { stdio: 'inherit' });
process.exit(status);
