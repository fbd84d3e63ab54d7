/**
 * Opens the app in a browser of the person's. An address with a token must not be seen in the list of processes, so the
 * browser is given a file that only this person may read and that leads on to it.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** How the app was opened: a window of its own, a tab of the default browser, or not at all. */
export type Opened = 'app' | 'default' | 'none';

/** What of the system is looked at; tests give their own. */
export interface BrowserSystem {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Starts a program that outlives this one. Resolves false when it could not be started or failed at once. */
  readonly start: (program: string, args: readonly string[]) => Promise<boolean>;
}

/** How long the file is kept when nothing tells that it was used, in milliseconds. */
const KEEP_MS = 120_000;

const LINUX_NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'brave-browser',
  'microsoft-edge',
  'microsoft-edge-stable',
  'vivaldi',
  'vivaldi-stable',
];
const MAC_APPS = ['Google Chrome', 'Chromium', 'Brave Browser', 'Microsoft Edge', 'Vivaldi'];
const WINDOWS_PATHS = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'BraveSoftware\\Brave-Browser\\Application\\brave.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/** Within this time a browser that can't run (no display after all, run as root) has given up, in milliseconds. */
const SETTLE_MS = 2000;

function start(program: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  child.unref();
  return new Promise((resolve) => {
    setTimeout(() => resolve(true), SETTLE_MS).unref();
    child.once('error', () => resolve(false));
    // A browser that runs already takes the address over, and the new process ends well.
    child.once('exit', (status) => resolve(status === 0));
  });
}

const thisSystem: BrowserSystem = { platform: process.platform, env: process.env, start };

async function isProgram(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function candidates({ platform, env }: BrowserSystem): string[] {
  if (platform === 'win32') {
    const roots = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']];
    return roots.flatMap((root) => (root ? WINDOWS_PATHS.map((rest) => path.win32.join(root, rest)) : []));
  }
  if (platform === 'darwin') {
    return ['/Applications', path.join(homedir(), 'Applications')].flatMap((folder) =>
      MAC_APPS.map((name) => path.join(folder, `${name}.app`, 'Contents', 'MacOS', name)),
    );
  }
  const folders = [...(env['PATH'] ?? '').split(':'), '/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome'];
  return LINUX_NAMES.flatMap((name) => folders.filter((folder) => folder !== '').map((dir) => path.join(dir, name)));
}

/** A browser of the Chromium family, which can show a page as an app's window; undefined when there is none. */
export async function findChromium(system: BrowserSystem = thisSystem): Promise<string | undefined> {
  for (const file of candidates(system)) if (await isProgram(file)) return file;
  return undefined;
}

/** Whether windows can be shown at all. */
export function hasDisplay({ platform, env }: BrowserSystem = thisSystem): boolean {
  if (platform === 'win32' || platform === 'darwin') return true;
  return Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

/** A browser from a snap sees neither /tmp nor hidden folders, only what is plainly in the home folder. */
async function folderFor(browser: string | undefined): Promise<string> {
  if (browser === undefined) return tmpdir();
  const real = await realpath(browser).catch(() => browser);
  return browser.startsWith('/snap/') || real === '/usr/bin/snap' || real.startsWith('/snap/') ? homedir() : tmpdir();
}

async function writeRedirect(folder: string, address: string): Promise<{ url: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(path.join(folder, 'limn-open-'));
  const file = path.join(dir, 'limn.html');
  const escaped = address.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const html = `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${escaped}">
<title>Limn</title>
`;
  await writeFile(file, html, { mode: 0o600, flag: 'wx' });
  return { url: pathToFileURL(file).href, remove: () => rm(dir, { recursive: true, force: true }) };
}

function defaultOpener(platform: NodeJS.Platform, url: string): [program: string, args: string[]] {
  if (platform === 'darwin') return ['/usr/bin/open', [url]];
  if (platform === 'win32') return ['rundll32.exe', ['url.dll,FileProtocolHandler', url]];
  return ['xdg-open', [url]];
}

/**
 * Shows `address` in a Chromium-family browser as an app's window, else in the default browser. Answers 'none' when there
 * is no display or no browser: the address is to be printed then. The file that leads there is removed once `used`
 * resolves, after two minutes, or when this process exits by itself.
 */
export async function openBrowser(
  invitation: { readonly address: string; readonly used: Promise<void> },
  system: BrowserSystem = thisSystem,
): Promise<Opened> {
  if (!hasDisplay(system)) return 'none';
  const browser = await findChromium(system);
  const redirect = await writeRedirect(await folderFor(browser), invitation.address);
  const timer = setTimeout(() => void redirect.remove(), KEEP_MS);
  timer.unref();
  void invitation.used.then(() => {
    clearTimeout(timer);
    return redirect.remove();
  });
  const runs = (program: string, args: readonly string[]): Promise<boolean> =>
    Promise.race([system.start(program, args), invitation.used.then(() => true)]);
  if (browser !== undefined && (await runs(browser, [`--app=${redirect.url}`]))) return 'app';
  if (await runs(...defaultOpener(system.platform, redirect.url))) return 'default';
  clearTimeout(timer);
  await redirect.remove();
  return 'none';
}
