/** Electron's binary, where its npm package holds one. Looking never fetches it: `npm start` does that beforehand. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The path of an Electron binary that exists, or undefined. `from` is a file of the installation that is asked. */
export function findElectron(
  from: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  let folder: string;
  try {
    folder = path.dirname(createRequire(from).resolve('electron/package.json'));
  } catch {
    // A packaged limn has no electron package beside it.
    return undefined;
  }
  const named = path.join(folder, 'path.txt');
  const name = existsSync(named) ? readFileSync(named, 'utf8') : undefined;
  const override = env.ELECTRON_OVERRIDE_DIST_PATH;
  const binary = override ? path.join(override, name ?? 'electron') : name && path.join(folder, 'dist', name);
  return binary && existsSync(binary) ? binary : undefined;
}
