/** Packaging as far as it goes without Electron's binary: a stub takes its place, with a fuse wire like the real one's. */
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** How @electron/fuses finds the wire: this, a version, a length, and a character for each fuse. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSES = 8;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'limn-package-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('electron-builder takes the configuration and flips the fuses', async () => {
  const app = path.join(dir, 'app');
  const stub = path.join(dir, 'electron-dist');
  await mkdir(path.join(app, 'dist', 'electron'), { recursive: true });
  await mkdir(stub);
  // Every fuse as Electron ships it, or the other way round: each must be set, not left.
  const wire = Buffer.concat([Buffer.from(SENTINEL), Buffer.from([1, FUSES]), Buffer.from('10110010')]);
  await writeFile(path.join(stub, 'electron'), Buffer.concat([Buffer.alloc(64), wire, Buffer.alloc(64)]));
  await chmod(path.join(stub, 'electron'), 0o755);
  const { name, version, main } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  await writeFile(
    path.join(app, 'package.json'),
    JSON.stringify({ name, version, main, description: 'x', author: 'x', devDependencies: { electron: '45.4.1' } }),
  );
  await writeFile(path.join(app, main ?? ''), 'export {};');
  const config = path.join(ROOT, 'electron-builder.yml');
  const args = [
    '--linux',
    'dir',
    '--projectDir',
    app,
    '--config',
    config,
    `-c.electronDist=${stub}`,
    '-c.electronVersion=45.4.1',
  ];
  const child = spawn(process.execPath, [path.join(ROOT, 'node_modules/electron-builder/cli.js'), ...args], {
    cwd: app,
    env: { ...process.env, DEBUG: '' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const status = await new Promise((resolve) => child.once('exit', resolve));
  expect({ status, output }).toMatchObject({ status: 0 });

  const unpacked = path.join(app, 'dist/packages/linux-unpacked');
  expect(await readdir(path.join(unpacked, 'resources'))).toContain('app.asar');
  const binary = await readFile(path.join(unpacked, 'limn'));
  const at = binary.indexOf(SENTINEL) + SENTINEL.length + 2;
  // runAsNode, cookie encryption, NODE_OPTIONS, --inspect, asar integrity, asar alone, V8 snapshot, file: privileges.
  expect(binary.subarray(at, at + FUSES).toString()).toBe('01001100');
});
