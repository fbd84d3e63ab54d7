/**
 * Starts a main bundle under Electron: on a real binary where `electron` names one, else on the stand-in. Either way a
 * test gets the process and the first window's page, as Playwright shows it.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Page } from '@playwright/test';
import { _electron, chromium } from '@playwright/test';
import type { BuildOptions } from 'esbuild';
import { build } from 'esbuild';
import { findElectron } from '#hosts/cli/electron-binary.ts';
import type { Asked } from './stand-in.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const HERE = fileURLToPath(new URL('./', import.meta.url));
const PATIENCE_MS = 15_000;

const BUNDLE = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'error',
  alias: { 'css-tree': 'css-tree/dist/csstree.esm' },
  external: ['electron', '@playwright/test', 'libsql', '@resvg/resvg-js'],
} satisfies BuildOptions;
/** As scripts/build.mjs has it: CommonJS packages in an ES module still call require(). */
const REQUIRE = {
  js: "import { createRequire as limnRequire } from 'node:module'; const require = limnRequire(import.meta.url);",
};

/** Path of the Electron binary, or undefined where there is none. */
export function electronBinary(): string | undefined {
  return findElectron(import.meta.url);
}

/** Bundles `main` (a file under the root) with the product's preload, and `page` (a folder) in the place of the renderer. */
export async function bundleMain(main: string, page?: string): Promise<{ main: string; remove: () => Promise<void> }> {
  const cache = path.join(ROOT, '.cache');
  await mkdir(cache, { recursive: true });
  const dir = await mkdtemp(path.join(cache, 'electron-main-'));
  const file = path.join(dir, 'electron', 'main.mjs');
  await build({ ...BUNDLE, entryPoints: [path.join(ROOT, main)], outfile: file, format: 'esm', banner: REQUIRE });
  await build({
    ...BUNDLE,
    entryPoints: [path.join(ROOT, 'src/hosts/electron/preload.ts')],
    outfile: path.join(dir, 'electron', 'preload.cjs'),
    format: 'cjs',
  });
  if (page !== undefined) await cp(page, path.join(dir, 'renderer'), { recursive: true });
  return { main: file, remove: () => rm(dir, { recursive: true, force: true }) };
}

export interface LaunchOptions {
  /** The bundle to run. */
  readonly main: string;
  readonly args?: readonly string[];
  /** The profile folder; it must exist. The bundle is told of it by LIMN_PROFILE. */
  readonly profile: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningElectron {
  readonly page: Page;
  /** What main asked of the stand-in; undefined on a real binary. */
  asked(): Asked[] | undefined;
  /** Resolves with the exit status. */
  readonly exited: Promise<number | null>;
  /** What the process has written to standard error. */
  errors(): string;
  /** Closes the window, by which the app quits, and waits for that. */
  quit(): Promise<number | null>;
}

let standIn: Promise<string> | undefined;

/** The stand-in as a module that Node can load; made once per test process, at a place that all share. */
async function bundleStandIn(): Promise<string> {
  const file = path.join(ROOT, '.cache', 'electron-stand-in.mjs');
  const draft = `${file}.${process.pid}`;
  await build({ ...BUNDLE, entryPoints: [path.join(HERE, 'stand-in.ts')], outfile: draft, format: 'esm' });
  await rename(draft, file);
  return file;
}

interface Started {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  errors(): string;
}

function watch(child: ChildProcess): Started {
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString('utf8');
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', (status) => resolve(status)));
  return { child, exited, errors: () => errors };
}

async function startOnStandIn({ main, args = [], profile, env = {} }: LaunchOptions): Promise<Started> {
  standIn ??= bundleStandIn();
  const file = await standIn;
  const child = spawn(
    process.execPath,
    ['--import', pathToFileURL(path.join(HERE, 'register.mjs')).href, main, ...args],
    {
      env: {
        ...process.env,
        LIMN_PROFILE: profile,
        ELECTRON_STAND_IN: pathToFileURL(file).href,
        ELECTRON_STAND_IN_LOG: path.join(profile, 'asked.jsonl'),
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  return watch(child);
}

/** Asks again and again: the stand-in's log is a file that another process writes. */
async function until<T>(find: () => T | undefined, process: Started, what: string): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = find();
    if (found !== undefined) return found;
    if (Date.now() > end || process.child.exitCode !== null)
      throw new Error(`${what} did not come: ${process.errors()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Runs the bundle where no window is to come (a second instance, a failure), and answers with its exit status. */
export async function runToEnd(options: LaunchOptions): Promise<number | null> {
  const binary = electronBinary();
  if (binary === undefined) return await (await startOnStandIn(options)).exited;
  const env = { ...process.env, LIMN_PROFILE: options.profile, ...options.env };
  return await watch(spawn(binary, [options.main, ...(options.args ?? [])], { env })).exited;
}

/** What main has asked of the stand-in on a profile so far. */
export function askedOn(profile: string): Asked[] {
  return readFileSync(path.join(profile, 'asked.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Asked);
}

/** Runs the bundle and answers when its first window is there. */
export async function launchElectron(options: LaunchOptions): Promise<RunningElectron> {
  const binary = electronBinary();
  if (binary !== undefined) {
    const app = await _electron.launch({
      executablePath: binary,
      args: [options.main, ...(options.args ?? [])],
      env: { ...(process.env as Record<string, string>), LIMN_PROFILE: options.profile, ...options.env },
    });
    const started = watch(app.process());
    return running(started, await app.firstWindow(), () => undefined);
  }
  const portFile = path.join(options.profile, 'stand-in', 'DevToolsActivePort');
  // Of a run before.
  await rm(portFile, { force: true });
  const started = await startOnStandIn(options);
  const port = await until(
    () => (existsSync(portFile) ? readFileSync(portFile, 'utf8').split('\n')[0] || undefined : undefined),
    started,
    'Chromium',
  );
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  const page = await until(() => browser.contexts()[0]?.pages()[0], started, 'A window');
  return running(started, page, () => askedOn(options.profile));
}

function running(started: Started, page: Page, asked: () => Asked[] | undefined): RunningElectron {
  return {
    page,
    asked,
    exited: started.exited,
    errors: started.errors,
    async quit() {
      await page.close().catch(() => {});
      return await started.exited;
    },
  };
}
