/** The Electron host: on the stand-in, or on a real binary where there is one. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ApiClient } from '#api/client.ts';
import type { RunningElectron } from '#test/support/electron/launch.ts';
import { askedOn, bundleMain, electronBinary, launchElectron, runToEnd } from '#test/support/electron/launch.ts';
import { buildTestPage } from '#test/support/page.ts';

declare global {
  /** Of test/fixtures/page/main.ts. */
  var page: { api: Promise<ApiClient>; heard: unknown[] };
}

let built: Awaited<ReturnType<typeof buildTestPage>>;
let bundle: Awaited<ReturnType<typeof bundleMain>>;
let profile: string;
let opened: RunningElectron | undefined;

beforeAll(async () => {
  built = await buildTestPage();
  bundle = await bundleMain('test/support/electron/fixture-main.ts');
});
afterAll(async () => {
  await built.remove();
  await bundle.remove();
});

const options = (args: string[] = []) => ({ main: bundle.main, args, profile, env: { LIMN_PAGE: built.dir } });
const heardBy = (running: RunningElectron): Promise<unknown[]> => running.page.evaluate(() => globalThis.page.heard);

async function launch(args: string[] = []): Promise<RunningElectron> {
  opened = await launchElectron(options(args));
  await opened.page.getByText('web 0.1.0').waitFor();
  return opened;
}

beforeEach(async () => {
  profile = await mkdtemp(path.join(tmpdir(), 'limn-electron-'));
});
afterEach(async () => {
  await opened?.quit();
  opened = undefined;
  await rm(profile, { recursive: true, force: true });
});

describe('the window', () => {
  test('shows the page, which has calls answered through the preload alone', async () => {
    const running = await launch();
    const inPage = await running.page.evaluate(async () => {
      const api = await globalThis.page.api;
      const board = await api.call('boards.open', { board: 'b1' });
      const refused = await api
        .call('boards.rename', { board: 'b1', name: 'x' })
        .catch((error: unknown) => String(error));
      return {
        board: board.status.name,
        refused,
        bridge: Object.keys(Reflect.get(globalThis, 'limnBridge') as object).sort(),
        node: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron'].filter(
          (name) => name in globalThis,
        ),
      };
    });
    expect(inPage).toEqual({
      board: 'in memory',
      refused: 'ApiError: The disk is full. Free some space and try again.',
      bridge: ['open', 'receive', 'send'],
      node: [],
    });
    expect(running.errors()).toBe('');
  });

  test('survives a reload as a new client', async () => {
    const running = await launch();
    await running.page.reload();
    await running.page.getByText('web 0.1.0').waitFor();
    expect(await running.page.evaluate(async () => (await (await globalThis.page.api).call('app.info')).boards)).toBe(
      2,
    );
  });

  test('the page can neither leave, nor open windows, nor reach the network', async () => {
    const running = await launch();
    const before = running.page.url();
    await running.page.evaluate(() => {
      location.href = 'https://evil.example/';
    });
    await running.page.evaluate(() => {
      open('https://example.org/help');
      open('http://evil.example/');
      open('file:///etc/passwd');
    });
    const fetched = await running.page.evaluate(() =>
      fetch('https://evil.example/').then(
        () => 'fetched',
        () => 'refused',
      ),
    );
    expect(fetched).toBe('refused');
    expect(running.page.url()).toBe(before);
    expect(await running.page.evaluate(async () => (await (await globalThis.page.api).call('app.info')).boards)).toBe(
      2,
    );
    await expect.poll(() => running.page.context().pages().length).toBe(1);
  });
});

describe('what the system asks to open', () => {
  test('arguments wait until the page listens; what can not be read is told', async () => {
    const file = path.join(profile, 'missing.svg');
    const running = await launch(['xmpp:room@conference.example.org?join', 'xmpp:someone@example.org?message', file]);
    await expect
      .poll(() => heardBy(running))
      .toEqual([
        ['open', { what: 'room', room: 'room@conference.example.org' }],
        ['notice', { level: 'error', message: expect.stringContaining('missing.svg could not be read') as string }],
      ]);
  });

  test('a second instance hands over its arguments and ends', async () => {
    const running = await launch();
    const file = path.join(profile, 'drawing.svg');
    await writeFile(file, '<svg xmlns="http://www.w3.org/2000/svg"/>');
    expect(await runToEnd(options([file, 'xmpp:room@conference.example.org']))).toBe(0);
    await expect.poll(() => heardBy(running)).toHaveLength(2);
    expect(await heardBy(running)).toContainEqual(['open', { what: 'room', room: 'room@conference.example.org' }]);
    expect(await heardBy(running)).toContainEqual(['open', { what: 'board', board: 'imported', removed: ['drawing'] }]);
  });
});

test('closing the window ends the app in order, after what it has to write', async () => {
  const running = await launch();
  expect(await running.quit()).toBe(0);
  // Two clients: the page and the host.
  expect(await readFile(path.join(profile, 'closed'), 'utf8')).toBe('2');
});

describe.runIf(electronBinary() === undefined)('what main asks for, as the stand-in heard it', () => {
  test('a sandbox, isolation, no Node, one scheme, no permission', async () => {
    const running = await launch();
    const asked = running.asked() ?? [];
    const of = (what: string): unknown[] => asked.filter((entry) => entry.what === what).map((entry) => entry.with);
    expect(of('new BrowserWindow')).toHaveLength(1);
    expect(of('new BrowserWindow')[0]).toMatchObject({
      webPreferences: {
        preload: expect.stringMatching(/preload\.cjs$/) as string,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
      },
    });
    expect(of('loadURL')).toEqual(['limn://app/']);
    expect(of('protocol.registerSchemesAsPrivileged')).toEqual([
      [{ scheme: 'limn', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }],
    ]);
    expect(of('protocol.handle')).toEqual(['limn']);
    expect(of('permission granted')).toEqual([['limn://app/', 'fullscreen']]);
    expect(of('session.setPermissionRequestHandler')).toEqual([true]);
    expect(of('session.setPermissionCheckHandler')).toEqual([true]);
    expect(of('session.setDevicePermissionHandler')).toEqual([false]);
    expect(of('session.webRequest.onBeforeRequest')).toEqual([true]);
  });

  test('only an https link that a page opens goes to the system, and no window is made', async () => {
    const running = await launch();
    await running.page.evaluate(() => {
      open('https://example.org/help');
      open('https://user@example.org/');
      open('http://evil.example/');
    });
    const links = (): unknown[] =>
      (running.asked() ?? []).filter(({ what }) => what === 'shell.openExternal').map((entry) => entry.with);
    await expect.poll(links).toEqual(['https://example.org/help']);
    await expect.poll(() => running.page.context().pages().length).toBe(1);
    expect(links()).toEqual(['https://example.org/help']);
  });

  test('an app that can not be opened says why in a box, and ends without a window', async () => {
    const LIMN_FAIL = 'Limn is already running with this profile. Use its window.';
    const { env, ...rest } = options();
    expect(await runToEnd({ ...rest, env: { ...env, LIMN_FAIL } })).toBe(1);
    const asked = askedOn(profile);
    expect(asked).toContainEqual({ what: 'dialog.showErrorBox', with: ['Limn could not start', LIMN_FAIL] });
    expect(asked.map(({ what }) => what)).not.toContain('new BrowserWindow');
  });
});
