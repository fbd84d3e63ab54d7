/** The API over Electron's IPC, seen from the page: through the one object that the preload exposes, texts only. */
import type { Dial } from './client.ts';
import { WELCOME } from './wire.ts';

/** All that the page has of Electron. Made by hosts/electron/preload.ts; nothing else is exposed. */
export interface LimnBridge {
  /** Tells the main process that this page listens now, as a new client; what it was before is forgotten. */
  open(): void;
  send(text: string): void;
  /** Sets who gets the messages from the main process; `undefined` says that it cut this page off. */
  receive(listener: (text: string | undefined) => void): void;
}

/** The bridge's name in the page's global scope. */
export const BRIDGE_NAME = 'limn';

/** IPC channel names: page to main (`open`, `up`), main to page (`down`, `shut`). */
export const CHANNELS = { open: 'limn:open', up: 'limn:up', down: 'limn:down', shut: 'limn:shut' } as const;

/** The preload's bridge, where the page is shown by Electron. */
export function findBridge(scope: object = globalThis): LimnBridge | undefined {
  return BRIDGE_NAME in scope ? ((scope as Record<string, unknown>)[BRIDGE_NAME] as LimnBridge) : undefined;
}

/** Connects through `bridge`, for as long as the page lives. */
export function dialIpc(bridge: LimnBridge): Dial {
  return (on) => {
    let state: 'opening' | 'admitted' | 'down' = 'opening';
    const down = (): void => {
      if (state === 'down') return;
      state = 'down';
      on.down();
    };
    bridge.receive((text) => {
      if (text === undefined) {
        down();
      } else if (state === 'admitted') {
        on.message(text);
      } else if (state === 'opening' && text === WELCOME) {
        // Whatever comes before was meant for the client that this page was before.
        state = 'admitted';
        on.up();
      }
    });
    bridge.open();
    return { send: (text) => bridge.send(text), close: down };
  };
}
