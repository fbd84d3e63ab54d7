/** How a browser is opened: which one, and that no argument tells the token. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BrowserSystem } from '#hosts/web/open-browser.ts';
import { findChromium, hasDisplay, openBrowser } from '#hosts/web/open-browser.ts';

const address = 'http://127.0.0.1:4711/?token=very-secret';
let dir: string;
let started: [program: string, args: readonly string[]][];
let fails: Set<string>;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'limn-browser-'));
  started = [];
  fails = new Set();
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const system = (env: Record<string, string> = { DISPLAY: ':0' }): BrowserSystem => ({
  platform: 'linux',
  env: { PATH: dir, ...env },
  start: async (program, args) => {
    started.push([program, args]);
    return !fails.has(path.basename(program));
  },
});

/** A program of that name comes first in PATH. */
async function install(name: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, name), '#!/bin/sh\n', { mode: 0o755 });
}

const fileIn = (text: string | undefined): string => fileURLToPath((text ?? '').replace('--app=', ''));
const leftBehind = async (file: string): Promise<boolean> =>
  (await readdir(tmpdir())).includes(path.basename(path.dirname(file)));

test('without a display nothing is opened and nothing written', async () => {
  expect(await openBrowser({ address, used: new Promise(() => {}) }, system({}))).toBe('none');
  expect(started).toEqual([]);
  expect([hasDisplay(system({})), hasDisplay(system({ WAYLAND_DISPLAY: 'wayland-0' }))]).toEqual([false, true]);
});

test('a Chromium is opened in app mode through a file for this person alone, removed when used', async () => {
  await install('chromium');
  let use = (): void => {};
  const used = new Promise<void>((resolve) => {
    use = resolve;
  });
  expect(await findChromium(system())).toBe(path.join(dir, 'chromium'));
  expect(await openBrowser({ address, used }, system())).toBe('app');
  const [program, args] = started[0] ?? ['', []];
  expect(program).toBe(path.join(dir, 'chromium'));
  expect(args).toHaveLength(1);
  expect(args[0]).toMatch(/^--app=file:\/\/\//);
  expect(JSON.stringify(started)).not.toContain('secret');
  const file = fileIn(args[0]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
  expect(await readFile(file, 'utf8')).toContain(`content="0; url=${address}"`);
  use();
  await expect.poll(() => leftBehind(file)).toBe(false);
});

test('where a Chromium cannot be started, the default browser is opened', async () => {
  await install('chromium');
  fails.add('chromium');
  let use = (): void => {};
  const used = new Promise<void>((resolve) => {
    use = resolve;
  });
  expect(await openBrowser({ address, used }, system())).toBe('default');
  expect(started.map(([program]) => path.basename(program))).toEqual(['chromium', 'xdg-open']);
  expect(started[1]?.[1][0]).toMatch(/^file:\/\/\//);
  use();
  const file = fileIn(started[1]?.[1][0]);
  await expect.poll(() => leftBehind(file)).toBe(false);
});

test('where no browser can be started, nothing is left behind', async () => {
  await install('chromium');
  fails.add('chromium').add('xdg-open');
  expect(await openBrowser({ address, used: new Promise(() => {}) }, system())).toBe('none');
  expect(await leftBehind(fileIn(started[0]?.[1][0]))).toBe(false);
});
