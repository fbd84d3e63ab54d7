/** The Electron host with a server of the tests' in place of the app: for what concerns the host alone. */
import { appendFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as electron from 'electron';
import { ApiError } from '#api/errors.ts';
import { startElectronHost } from '#hosts/electron/host.ts';
import { FixtureServer } from '#test/api/fixture-server.ts';

const server = new FixtureServer();
const profileDir = process.env['LIMN_PROFILE'] ?? '';

startElectronHost({
  electron,
  preload: path.join(import.meta.dirname, 'preload.cjs'),
  rendererDir: process.env['LIMN_PAGE'] ?? '',
  profileDir,
  openApp: async ({ secrets }) => {
    const why = process.env['LIMN_FAIL'];
    if (why !== undefined) throw new ApiError('storage', why);
    server.title = secrets.durable ? 'durable' : 'in memory';
    return {
      server,
      // It takes some turns of the event loop: a host that doesn't wait is gone before.
      close: async () => {
        await writeFile(path.join(profileDir, 'closing'), '', { flush: true });
        await appendFile(path.join(profileDir, 'closed'), `${server.gone.length}`);
      },
    };
  },
  report: (fault) => process.stderr.write(`${String(fault)}\n`),
}).catch((fault: unknown) => {
  process.stderr.write(`${String(fault)}\n`);
  electron.app.exit(1);
});
