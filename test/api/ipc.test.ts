/** The conformance suite over IPC in memory, and who may speak over IPC. */
import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { createApiClient } from '#api/client.ts';
import type { LimnBridge } from '#api/ipc-bridge.ts';
import { CHANNELS } from '#api/ipc-bridge.ts';
import { dialIpc, findBridge } from '#api/ipc-client.ts';
import type { IpcEventLike, IpcMainLike, WebContentsLike } from '#api/ipc-server.ts';
import { createIpcApi } from '#api/ipc-server.ts';
import { WELCOME } from '#api/wire.ts';
import { describeTransport } from './conformance.ts';
import { FixtureServer } from './fixture-server.ts';

const PAGE = 'limn://app/index.html';
const isOwnPage = (url: string): boolean => url === PAGE;

/** One window: its webContents as main sees them, its bridge as the page sees it. Messages take a tick each way. */
class Window {
  readonly #ipc: EventEmitter;
  readonly #emitter = new EventEmitter();
  readonly id: number;
  #destroyed = false;
  #listener: (text: string | undefined) => void = () => {};
  url = PAGE;
  parent: object | null = null;

  constructor(ipc: EventEmitter, id: number) {
    this.#ipc = ipc;
    this.id = id;
  }

  get event(): IpcEventLike {
    const frame = { url: this.url, parent: this.parent } as NonNullable<IpcEventLike['senderFrame']>;
    return { sender: { id: this.id }, senderFrame: frame };
  }

  readonly contents = {
    send: (channel: string, ...args: unknown[]) => {
      setImmediate(() => this.#listener(channel === CHANNELS.shut ? undefined : String(args[0])));
    },
    isDestroyed: () => this.#destroyed,
    once: (name: string, listener: () => void) => this.#emitter.once(name, listener),
  };

  get webContents(): WebContentsLike {
    return { id: this.id, ...this.contents } as unknown as WebContentsLike;
  }

  send(channel: string, ...args: unknown[]): void {
    const { event } = this;
    setImmediate(() => this.#ipc.emit(channel, event, ...args));
  }

  destroy(): void {
    this.#destroyed = true;
    this.#emitter.emit('destroyed');
  }

  /** What main would send if the process of the page had been cut off. */
  shut(): void {
    this.#listener(undefined);
  }

  readonly bridge: LimnBridge = {
    open: () => this.send(CHANNELS.open),
    send: (text) => this.send(CHANNELS.up, text),
    receive: (listener) => {
      this.#listener = listener;
    },
  };
}

function makeIpc(): EventEmitter & IpcMainLike {
  return new EventEmitter() as unknown as EventEmitter & IpcMainLike;
}

describeTransport('IPC', async (server, options) => {
  const ipc = makeIpc();
  const api = createIpcApi(server, ipc, { isOwnPage, ...options });
  const windows: Window[] = [];
  const clients: { close(): void }[] = [];
  const makeWindow = (): Window => {
    const window = new Window(ipc, windows.length + 1);
    windows.push(window);
    api.register(window.webContents);
    return window;
  };
  return {
    connect(clientOptions) {
      const client = createApiClient(dialIpc(makeWindow().bridge), clientOptions);
      clients.push(client);
      return client;
    },
    async raw() {
      const window = makeWindow();
      const heard: string[] = [];
      let end = (): void => {};
      const closed = new Promise<void>((resolve) => {
        end = resolve;
      });
      const welcomed = new Promise<string | undefined>((resolve) => window.bridge.receive(resolve));
      window.bridge.open();
      if ((await welcomed) !== WELCOME) throw new Error('not admitted');
      window.bridge.receive((text) => {
        if (text === undefined) end();
        else heard.push(text);
      });
      return { send: (text) => window.bridge.send(text), heard, closed, close: () => window.destroy() };
    },
    cut() {
      for (const window of windows) window.shut();
    },
    async close() {
      for (const client of clients) client.close();
      api.close();
    },
  };
});

describe('who may speak over IPC', () => {
  const server = new FixtureServer();
  const ipc = makeIpc();
  const refused: unknown[] = [];
  const api = createIpcApi(server, ipc, { isOwnPage, report: (fault) => refused.push(fault) });
  const registered = new Window(ipc, 1);
  api.register(registered.webContents);

  afterEach(() => {
    refused.length = 0;
    registered.url = PAGE;
    registered.parent = null;
  });

  const say = async (window: Window): Promise<void> => {
    window.send(CHANNELS.open);
    window.send(CHANNELS.up, '{"t":"call","id":1,"name":"app.info"}');
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  };

  test('not a window that the host did not register', async () => {
    await say(new Window(ipc, 2));
    expect([server.emits.size, server.asked.length, refused.length]).toEqual([0, 0, 2]);
  });

  test.each(['https://evil.example/', 'file:///tmp/index.html', 'limn://other/index.html', 'about:blank', ''])(
    'not a registered window that shows %j',
    async (url) => {
      registered.url = url;
      await say(registered);
      expect([server.emits.size, server.asked.length, refused.length]).toEqual([0, 0, 2]);
    },
  );

  test('not a frame inside the page', async () => {
    registered.parent = {};
    await say(registered);
    expect([server.emits.size, server.asked.length, refused.length]).toEqual([0, 0, 2]);
  });

  test('nothing but texts', async () => {
    registered.send(CHANNELS.open);
    registered.send(CHANNELS.up, { t: 'call', id: 1, name: 'app.info' });
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect([server.emits.size, server.asked.length, refused.length]).toEqual([1, 0, 1]);
  });

  test('a page that loads again is a new client, and the old one is gone', async () => {
    const before = [...server.emits.keys()];
    registered.send(CHANNELS.open);
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.gone.slice(-1)).toEqual(before);
    expect(server.emits.size).toBe(1);
    expect([...server.emits.keys()]).not.toEqual(before);
  });

  test('what is told before the page listens is kept for it', async () => {
    const window = new Window(ipc, 9);
    api.register(window.webContents);
    api.tell(window.webContents, 'notice', { level: 'info', message: 'early' });
    const heard: (string | undefined)[] = [];
    window.bridge.receive((text) => heard.push(text));
    window.bridge.open();
    await expect.poll(() => heard).toEqual([WELCOME, expect.stringContaining('early')]);
    window.destroy();
    expect(server.emits.size).toBe(1);
  });

  test('the page finds the bridge by its name, and nothing where there is none', () => {
    expect(findBridge({ limnBridge: registered.bridge })).toBe(registered.bridge);
    expect(findBridge({})).toBeUndefined();
  });
});
