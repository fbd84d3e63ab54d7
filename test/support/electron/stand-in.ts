/**
 * What `electron` is to the main bundle where there is no Electron: Node, with a real Chromium page for each window
 * (DESIGN section 4). It keeps a log of what main asks for. Typed as the part of Electron's own types that main uses, so
 * that it cannot drift from them; what it can't do (sandbox, fuses, key store) it only notes.
 */
import { EventEmitter } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import type * as Electron from 'electron';
import type { Decisions } from './browser.ts';
import { closeBrowser, StandInPage } from './browser.ts';

/** A line of the log: what main asked for. */
export interface Asked {
  readonly what: string;
  readonly with: unknown;
}

const log = process.env['ELECTRON_STAND_IN_LOG'];

function note(what: string, details: unknown): void {
  if (log !== undefined) appendFileSync(log, `${JSON.stringify({ what, with: details } satisfies Asked)}\n`);
}

/** An event that can be prevented, as Electron passes first to listeners. */
class PreventableEvent {
  defaultPrevented = false;
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

// ── app ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const appEvents = new EventEmitter();
const paths = new Map<string, string>();
let isReady = false;
let quitting = false;

const ready = new Promise<void>((resolve) => {
  setImmediate(() => {
    isReady = true;
    resolve();
    appEvents.emit('ready');
  });
});

function userData(): string {
  return paths.get('userData') ?? path.join(homedir(), '.config', 'Electron');
}

/** The first instance listens on a socket in the profile; another tells it its arguments there. Decided by the file system. */
function takeLock(): boolean {
  mkdirSync(userData(), { recursive: true });
  const socket = path.join(userData(), 'stand-in.lock');
  const holder = path.join(userData(), 'stand-in.pid');
  if (isAlive(holder)) {
    const told = connect(socket);
    told.end(JSON.stringify({ argv: process.argv, cwd: process.cwd() }));
    told.on('close', () => process.exit(0));
    return false;
  }
  appendFileSync(holder, `${process.pid}\n`);
  const server = createServer((connection) => {
    let text = '';
    connection.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
    connection.on('end', () => {
      const { argv, cwd } = JSON.parse(text) as { argv: string[]; cwd: string };
      appEvents.emit('second-instance', {}, argv, cwd);
    });
  });
  // Left behind by an instance that was killed.
  rmSync(socket, { force: true });
  server.listen(socket);
  server.unref();
  return true;
}

function isAlive(holder: string): boolean {
  try {
    const pids = readFileSync(holder, 'utf8').trim().split('\n');
    process.kill(Number(pids.at(-1)), 0);
    return true;
  } catch {
    return false;
  }
}

function exit(status = 0): void {
  note('app.exit', status);
  void closeBrowser().finally(() => process.exit(status));
}

function quit(): void {
  if (!secondInstance) void quitFirst();
}

async function quitFirst(): Promise<void> {
  if (quitting) return;
  quitting = true;
  appEvents.emit('before-quit', new PreventableEvent());
  await Promise.all([...windows].map((window) => window.closePage()));
  const event = new PreventableEvent();
  appEvents.emit('will-quit', event);
  if (!event.defaultPrevented) exit(0);
}

let secondInstance = false;
process.on('SIGTERM', quit);

export const app = {
  isPackaged: false,
  whenReady: () => ready,
  requestSingleInstanceLock: () => {
    secondInstance = !takeLock();
    note('app.requestSingleInstanceLock', !secondInstance);
    return !secondInstance;
  },
  getPath: (name) => (name === 'userData' ? userData() : homedir()),
  setPath: (name, value) => {
    paths.set(name, value);
  },
  quit,
  exit,
  on: appEvents.on.bind(appEvents) as unknown as Electron.App['on'],
} satisfies Partial<Electron.App>;

// ── IPC ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const ipcEvents = new EventEmitter();

export const ipcMain = {
  on: ipcEvents.on.bind(ipcEvents) as unknown as Electron.IpcMain['on'],
  removeListener: ipcEvents.removeListener.bind(ipcEvents) as unknown as Electron.IpcMain['removeListener'],
} satisfies Partial<Electron.IpcMain>;

// ── protocol, session ──────────────────────────────────────────────────────────────────────────────────────────────

const handlers = new Map<string, (request: Request) => Response | Promise<Response>>();
let beforeRequest: Parameters<Electron.WebRequest['onBeforeRequest']>[0] = null;

export const protocol = {
  registerSchemesAsPrivileged: (schemes) => {
    if (isReady) throw new Error('registerSchemesAsPrivileged must be called before the app is ready');
    note('protocol.registerSchemesAsPrivileged', schemes);
  },
  handle: (scheme, handler) => {
    note('protocol.handle', scheme);
    handlers.set(scheme, handler as (request: Request) => Response | Promise<Response>);
  },
} satisfies Partial<Electron.Protocol>;

const decisions: Decisions = {
  answer(request) {
    const handler = handlers.get(new URL(request.url).protocol.slice(0, -1));
    if (handler === undefined) return undefined;
    return Promise.resolve(handler(request as Request));
  },
  cancels(url) {
    let cancelled = false;
    beforeRequest?.({ url } as Electron.OnBeforeRequestListenerDetails, ({ cancel }) => {
      cancelled = cancel === true;
    });
    return cancelled;
  },
};

/** What a handler says to questions that a page might ask, noted so that a test can judge it. */
const permissionsAsked = [
  'media',
  'geolocation',
  'notifications',
  'midi',
  'clipboard-read',
  'fullscreen',
  'hid',
] as const;

export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: Parameters<Electron.Session['setPermissionRequestHandler']>[0]) => {
      for (const url of ['limn://app/', 'https://evil.example/']) {
        for (const permission of permissionsAsked) {
          const details = { isMainFrame: true, requestingUrl: url } as Electron.PermissionRequest;
          handler?.(
            {} as Electron.WebContents,
            permission as 'media',
            (granted) => {
              if (granted) note('permission granted', [url, permission]);
            },
            details,
          );
        }
      }
      note('session.setPermissionRequestHandler', handler !== null);
    },
    setPermissionCheckHandler: (handler: unknown) => note('session.setPermissionCheckHandler', handler !== null),
    setDevicePermissionHandler: (handler: Parameters<Electron.Session['setDevicePermissionHandler']>[0]) =>
      note('session.setDevicePermissionHandler', handler?.({} as Electron.DevicePermissionHandlerHandlerDetails)),
    webRequest: {
      onBeforeRequest: (listener: typeof beforeRequest) => {
        note('session.webRequest.onBeforeRequest', listener !== null);
        beforeRequest = listener;
      },
    },
  },
};

// ── windows ────────────────────────────────────────────────────────────────────────────────────────────────────────

const windows = new Set<BrowserWindow>();
let nextId = 0;

/** A window's contents: a Chromium page, once it has opened. */
class StandInContents {
  readonly id: number;
  readonly #events = new EventEmitter();
  readonly #window: BrowserWindow;
  #openHandler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0] | undefined;
  #destroyed = false;
  page: StandInPage | undefined;
  readonly on = this.#events.on.bind(this.#events);
  readonly once = this.#events.once.bind(this.#events);
  readonly emit = this.#events.emit.bind(this.#events);

  constructor(window: BrowserWindow) {
    nextId += 1;
    this.id = nextId;
    this.#window = window;
  }

  readonly isDestroyed = (): boolean => this.#destroyed;
  readonly send = (channel: string, ...args: unknown[]): void => this.page?.send(channel, args);
  readonly reload = (): void => void this.page?.reload();
  readonly setWindowOpenHandler = (handler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0]): void => {
    this.#openHandler = handler;
  };

  /** Whether main denies this page a new window. */
  denies(url: string): boolean {
    return this.#openHandler?.({ url } as Electron.HandlerDetails).action === 'deny';
  }

  /** Whether main prevents this page from going to `url`. */
  prevents(url: string): boolean {
    const event = Object.assign(new PreventableEvent(), { url, isMainFrame: true });
    this.#events.emit('will-navigate', event);
    this.#events.emit('will-frame-navigate', event);
    return event.defaultPrevented;
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#events.emit('destroyed');
    this.#window.emit('closed');
  }
}

export class BrowserWindow {
  readonly #events = new EventEmitter();
  readonly #opening: Promise<StandInPage>;
  readonly webContents: StandInContents;
  readonly on = this.#events.on.bind(this.#events);
  readonly once = this.#events.once.bind(this.#events);
  readonly emit = this.#events.emit.bind(this.#events);

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    note('new BrowserWindow', options);
    const contents = new StandInContents(this);
    this.webContents = contents;
    windows.add(this);
    const preload = options.webPreferences?.preload;
    this.#opening = StandInPage.open(
      userData(),
      preload === undefined ? '' : readFileSync(preload, 'utf8'),
      decisions,
      {
        message: (channel, args) => {
          const senderFrame = { url: contents.page?.url ?? '', parent: null };
          ipcEvents.emit(channel, { sender: contents, senderFrame }, ...args);
        },
        navigates: (url) => contents.prevents(url),
        opens: (url) => contents.denies(url),
        closed: () => {
          windows.delete(this);
          contents.destroy();
          if (windows.size === 0 && !quitting) appEvents.emit('window-all-closed');
        },
      },
    );
    this.#opening.then(
      (page) => {
        contents.page = page;
      },
      (fault: unknown) => {
        note('fault', String(fault));
        exit(1);
      },
    );
    appEvents.emit('web-contents-created', {}, contents);
  }

  async loadURL(url: string): Promise<void> {
    note('loadURL', url);
    await (await this.#opening).load(url);
    this.#events.emit('ready-to-show');
  }

  readonly show = (): void => note('window.show', this.webContents.id);
  readonly focus = (): void => note('window.focus', this.webContents.id);
  readonly restore = (): void => {};
  readonly isMinimized = (): boolean => false;
  readonly isDestroyed = (): boolean => this.webContents.isDestroyed();

  async closePage(): Promise<void> {
    await (await this.#opening).close();
  }
}

// ── the rest ───────────────────────────────────────────────────────────────────────────────────────────────────────

export const Menu = {
  buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => template,
  setApplicationMenu: (template: unknown) => note('Menu.setApplicationMenu', template),
};

export const dialog = {
  showErrorBox: (title, content) => note('dialog.showErrorBox', [title, content]),
} satisfies Partial<Electron.Dialog>;

export const shell = {
  openExternal: async (url) => note('shell.openExternal', url),
} satisfies Partial<Electron.Shell>;

/** A machine that sleeps when a test says so. */
export const powerMonitor = new EventEmitter() as unknown as Pick<Electron.PowerMonitor, 'on'>;

/** As on a Linux without a key store. */
export const safeStorage = {
  isAsyncEncryptionAvailable: async () => true,
  getSelectedStorageBackend: () => 'basic_text',
  encryptStringAsync: async () => {
    throw new Error('The stand-in has no key store');
  },
  decryptStringAsync: async () => {
    throw new Error('The stand-in has no key store');
  },
} satisfies Partial<Electron.SafeStorage>;
