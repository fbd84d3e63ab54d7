/** The API over Electron's IPC, seen from the page: through the one object that the preload exposes, texts only. */
import type { Dial } from './client.ts';
import type { LimnBridge } from './ipc-bridge.ts';
import { BRIDGE_NAME } from './ipc-bridge.ts';
import { WELCOME } from './wire.ts';

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
