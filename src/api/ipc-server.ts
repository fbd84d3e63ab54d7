/**
 * The API over Electron's IPC, server end. A message counts only if it comes from the main frame of a window that the
 * host registered, while that frame shows the app's own page. A page that (re)loads is a new client; what the host says
 * before a page listens is kept for it.
 */
import type { IpcMain, IpcMainEvent, WebContents } from 'electron';
import type { ApiServer, EventData, EventName } from './contract.ts';
import { CHANNELS } from './ipc-bridge.ts';
import type { ServedClient, ServeOptions } from './server.ts';
import { serveClient } from './server.ts';
import { WELCOME } from './wire.ts';

/** What is used of Electron's ipcMain. */
export type IpcMainLike = Pick<IpcMain, 'on' | 'removeListener'>;
/** What is used of a window's webContents. */
export type WebContentsLike = Pick<WebContents, 'id' | 'send' | 'isDestroyed' | 'once'>;
/** What is read of a message's event. */
export type IpcEventLike = Pick<IpcMainEvent, 'senderFrame'> & { readonly sender: Pick<WebContents, 'id'> };

export interface IpcApiOptions {
  /** Whether a frame at this URL is the app's own page. */
  readonly isOwnPage: (url: string) => boolean;
  readonly report?: ((fault: unknown) => void) | undefined;
  readonly limits?: ServeOptions['limits'];
}

export interface IpcApi {
  /** Lets the page of `contents` be a client, until it is destroyed. */
  register(contents: WebContentsLike): void;
  /** Says something to the page of `contents`, now or as soon as it listens. */
  tell<N extends EventName>(contents: Pick<WebContents, 'id'>, name: N, data: EventData<N>): void;
  /** Ends all clients and stops listening. */
  close(): void;
}

/** What a page that doesn't listen yet is kept at most; more than a person opens at once. */
const MOST_KEPT = 64;

interface Page {
  readonly contents: WebContentsLike;
  client: ServedClient | undefined;
  kept: ((client: ServedClient) => void)[];
}

/** Serves `server` to the registered windows. */
export function createIpcApi(server: ApiServer, ipc: IpcMainLike, options: IpcApiOptions): IpcApi {
  const pages = new Map<number, Page>();
  let count = 0;

  /** The page that may have sent this, or undefined: a child frame, a foreign document, a window not ours. */
  const sender = (event: IpcEventLike): Page | undefined => {
    const page = pages.get(event.sender.id);
    const frame = event.senderFrame;
    if (page === undefined || frame === null || frame.parent !== null || !options.isOwnPage(frame.url)) {
      options.report?.(new Error(`Refused an IPC message from ${frame?.url ?? 'a frame that is gone'}`));
      return undefined;
    }
    return page;
  };

  const onOpen = (event: IpcEventLike): void => {
    const page = sender(event);
    if (page === undefined) return;
    page.client?.gone();
    count += 1;
    const { contents } = page;
    const toPage = (channel: string, ...args: string[]): void => {
      if (!contents.isDestroyed()) contents.send(channel, ...args);
    };
    toPage(CHANNELS.down, WELCOME);
    const client = serveClient(
      server,
      { send: (text) => toPage(CHANNELS.down, text), close: () => toPage(CHANNELS.shut) },
      { id: `ipc-${count}`, report: options.report, limits: options.limits },
    );
    page.client = client;
    for (const say of page.kept.splice(0)) say(client);
  };

  const onUp = (event: IpcEventLike, text: unknown): void => {
    const page = sender(event);
    if (page === undefined) return;
    if (typeof text === 'string') page.client?.receive(text);
    else options.report?.(new Error('Refused an IPC message that is no text'));
  };

  ipc.on(CHANNELS.open, onOpen);
  ipc.on(CHANNELS.up, onUp);

  return {
    register(contents) {
      const page: Page = { contents, client: undefined, kept: [] };
      pages.set(contents.id, page);
      contents.once('destroyed', () => {
        pages.delete(contents.id);
        page.client?.gone();
      });
    },
    tell(contents, name, data) {
      const page = pages.get(contents.id);
      if (page === undefined) return;
      if (page.client !== undefined) page.client.emit(name, data);
      else if (page.kept.length < MOST_KEPT) page.kept.push((client) => client.emit(name, data));
    },
    close() {
      ipc.removeListener(CHANNELS.open, onOpen);
      ipc.removeListener(CHANNELS.up, onUp);
      for (const page of pages.values()) page.client?.gone();
      pages.clear();
    },
  };
}
