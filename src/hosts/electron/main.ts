/** Limn under Electron: the composition root. */
import path from 'node:path';
import * as electron from 'electron';
import { profilePaths } from '#platform/profile.ts';
import { type ComposedApp, composeApp } from '../compose.ts';
import { startElectronHost } from './host.ts';

const here = import.meta.dirname;
let composed: ComposedApp | undefined;

/** To the profile's log once there is one. */
function report(fault: unknown): void {
  if (composed !== undefined) composed.logger.error('the host reports', { fault });
  else process.stderr.write(`${String(fault)}\n`);
}

startElectronHost({
  electron,
  preload: path.join(here, 'preload.cjs'),
  rendererDir: path.join(here, '..', 'renderer'),
  // The same profile as the command line and the web host have.
  profileDir: profilePaths().folder,
  openApp: async ({ dir, secrets }) => {
    composed = composeApp({ host: 'electron', profile: dir, secrets });
    return { server: composed.app, close: composed.close };
  },
  report,
}).catch((fault: unknown) => {
  report(fault);
  electron.app.exit(1);
});
