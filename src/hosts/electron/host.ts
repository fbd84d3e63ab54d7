/**
 * The app under Electron: one instance, its windows, its scheme, what the system asks it to open, and an orderly end.
 * Electron's API and the app come as parameters, so that main.ts alone decides what they are.
 */
import path from 'node:path';
import type * as Electron from 'electron';
import type { ApiServer, EventData, EventName, Result } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import { createIpcApi } from '#api/ipc-server.ts';
import type { SecretStore } from '#app/ports.ts';
import { lockContents, lockSession } from './lockdown.ts';
import { menuTemplate } from './menu.ts';
import type { Openable } from './openables.ts';
import { openablesOf, readSvg } from './openables.ts';
import { isOwnPage, PAGE_URL, registerScheme, serveScheme } from './protocol.ts';
import { createSecretStore } from './secrets.ts';
import { raiseWindow, tendWindow, windowOptions } from './window.ts';

/** What is used of Electron. */
export type ElectronLike = Pick<
  typeof Electron,
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'powerMonitor'
  | 'protocol'
  | 'safeStorage'
  | 'session'
  | 'shell'
>;

/** The app as a host needs it. */
export interface HostedApp {
  readonly server: ApiServer;
  /** Ends sessions and resolves when everything is on disk. */
  close(): Promise<void>;
}

export interface ElectronHostOptions {
  readonly electron: ElectronLike;
  readonly preload: string;
  readonly rendererDir: string;
  /** Opens the app on a profile folder. An ApiError's sentence is shown when it can't be. */
  readonly openApp: (profile: { readonly dir: string; readonly secrets: SecretStore }) => Promise<HostedApp>;
  readonly report: (fault: unknown) => void;
  /** A profile folder other than Electron's own. */
  readonly profileDir?: string | undefined;
}

/** How long the app may take to end, in milliseconds; what is shown was on disk long before. */
const END_MS = 10_000;
const HOST_CLIENT = 'electron-host';

/** Runs the app until it is quit. Resolves when its first window loads, or at once when another instance runs already. */
export async function startElectronHost(options: ElectronHostOptions): Promise<void> {
  const { electron, report } = options;
  const { app } = electron;
  if (options.profileDir !== undefined) app.setPath('userData', path.resolve(options.profileDir));
  if (!app.requestSingleInstanceLock()) {
    // The first instance has been told of our arguments and opens what they name.
    app.quit();
    return;
  }
  registerScheme(electron.protocol);

  let waiting: Openable[] | undefined = openablesOf(process.argv.slice(1), process.cwd());
  let openNow = (_openable: Openable): void => {};
  const openSoon = (openables: readonly Openable[]): void => {
    if (waiting === undefined) openables.forEach(openNow);
    else waiting.push(...openables);
  };
  let showWindow = (): void => {};

  app.on('second-instance', (_event, argv, cwd) => {
    showWindow();
    openSoon(openablesOf(argv.slice(1), cwd));
  });
  app.on('open-url', (event, url) => {
    event.preventDefault();
    openSoon(openablesOf([url], '/'));
  });
  app.on('open-file', (event, file) => {
    event.preventDefault();
    openSoon([{ what: 'file', file }]);
  });
  app.on('web-contents-created', (_event, contents) => lockContents(contents, electron.shell, report));
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });

  await app.whenReady();
  lockSession(electron.session.defaultSession);
  serveScheme(electron.protocol, options.rendererDir);
  electron.Menu.setApplicationMenu(electron.Menu.buildFromTemplate(menuTemplate(process.platform, !app.isPackaged)));
  const dir = app.getPath('userData');
  const hosted = await openOrTell(options, dir);
  if (hosted === undefined) return;
  const api = createIpcApi(hosted.server, electron.ipcMain, { isOwnPage, report });
  endInOrder(
    app,
    async () => {
      api.close();
      hosted.server.disconnected(HOST_CLIENT);
      await hosted.close();
    },
    report,
  );

  let window: Electron.BrowserWindow | undefined;
  const ensureWindow = (): Electron.BrowserWindow => {
    if (window !== undefined) return window;
    const made = new electron.BrowserWindow(windowOptions(options.preload));
    window = made;
    made.on('closed', () => {
      window = undefined;
    });
    tendWindow(made, Date.now);
    api.register(made.webContents);
    made.loadURL(PAGE_URL).catch(report);
    return made;
  };
  showWindow = () => raiseWindow(ensureWindow());
  app.on('activate', showWindow);

  hosted.server.connected(HOST_CLIENT, () => {});
  // A machine that slept has lost its connections and learns of it late.
  electron.powerMonitor.on('resume', () => {
    hosted.server.call(HOST_CLIENT, 'account.reconnect', undefined).catch(report);
  });
  openNow = (openable) => {
    const tell: Tell = (name, data) => api.tell(ensureWindow().webContents, name, data);
    tellOpenable(hosted.server, openable, tell).catch(report);
  };
  ensureWindow();
  const early = waiting;
  waiting = undefined;
  early.forEach(openNow);
}

/** Opens the app, or tells the person why it can't be and ends. */
async function openOrTell(options: ElectronHostOptions, dir: string): Promise<HostedApp | undefined> {
  const { app, dialog, safeStorage } = options.electron;
  try {
    return await options.openApp({ dir, secrets: await createSecretStore(safeStorage, dir) });
  } catch (fault) {
    options.report(fault);
    const known = fault instanceof ApiError;
    dialog.showErrorBox('Limn could not start', known ? fault.message : `Its log in ${dir} says why.`);
    app.exit(1);
    return undefined;
  }
}

type Tell = <N extends EventName>(name: N, data: EventData<N>) => void;

/** Tells the page what is to be opened; a file has become a board by then. */
async function tellOpenable(server: ApiServer, openable: Openable, tell: Tell): Promise<void> {
  if (openable.what === 'room') {
    tell('open', openable);
    return;
  }
  const read = await readSvg(openable.file);
  if ('problem' in read) {
    tell('notice', { level: 'error', message: read.problem });
    return;
  }
  try {
    const made = (await server.call(HOST_CLIENT, 'boards.import', read)) as Result<'boards.import'>;
    tell('open', { what: 'board', board: made.board.id, removed: made.removed });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    tell('notice', { level: 'error', message: error.message });
  }
}

/** Lets the app end by itself before Electron does, once, and not for longer than END_MS. */
function endInOrder(app: Electron.App, end: () => Promise<void>, report: (fault: unknown) => void): void {
  let ending = false;
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (ending) return;
    ending = true;
    const timer = setTimeout(() => app.exit(1), END_MS);
    end()
      .then(
        () => 0,
        (fault: unknown) => {
          report(fault);
          return 1;
        },
      )
      .then((status) => {
        clearTimeout(timer);
        app.exit(status);
      }, report);
  });
}
