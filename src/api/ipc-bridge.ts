/** What page, preload and main agree on for IPC. Without imports, for the preload is to hold nothing else. */

/** All that the page has of Electron. Made by hosts/electron/preload.ts; nothing else is exposed. */
export interface LimnBridge {
  /** Tells the main process that this page listens now, as a new client; what it was before is forgotten. */
  open(): void;
  send(text: string): void;
  /** Sets who gets the messages from the main process; `undefined` says that it cut this page off. */
  receive(listener: (text: string | undefined) => void): void;
}

/** The bridge's name in the page's global scope. */
export const BRIDGE_NAME = 'limnBridge';

/** IPC channel names: page to main (`open`, `up`), main to page (`down`, `shut`). */
export const CHANNELS = { open: 'limn:open', up: 'limn:up', down: 'limn:down', shut: 'limn:shut' } as const;
