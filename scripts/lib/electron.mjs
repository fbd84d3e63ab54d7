/** Electron's binary is no part of its npm package: it is fetched on first use, where its download site can be reached. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, run, say } from './run.mjs';

const PACKAGE = path.join(ROOT, 'node_modules/electron');
const TRIED = path.join(ROOT, 'node_modules/.limn-electron');
const TRY_AGAIN_MS = 24 * 60 * 60 * 1000;
const PATIENCE_MS = 5 * 60 * 1000;

function present() {
  const named = path.join(PACKAGE, 'path.txt');
  return existsSync(named) && existsSync(path.join(PACKAGE, 'dist', readFileSync(named, 'utf8')));
}

const triedLately = () => existsSync(TRIED) && Date.now() - Number(readFileSync(TRIED, 'utf8')) < TRY_AGAIN_MS;
const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);

/** Fetches the binary unless it is there, can't be shown, or could not be had within the last day. Never fails. */
export async function tryElectron() {
  if (!existsSync(PACKAGE) || present() || process.env.ELECTRON_OVERRIDE_DIST_PATH || !hasDisplay() || triedLately())
    return;
  say('Fetching the Electron binary (once; Limn opens in a browser if it can not be had)...');
  await run(process.execPath, [path.join(PACKAGE, 'install.js')], { capture: true, timeout: PATIENCE_MS });
  if (!present()) writeFileSync(TRIED, String(Date.now()));
}
