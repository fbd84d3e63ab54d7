/** Runs sandboxed, in a world of its own beside the page, and gives the page one thing: a pipe of texts to main. */
import { contextBridge, ipcRenderer } from 'electron';
import type { LimnBridge } from '#api/ipc-bridge.ts';
import { BRIDGE_NAME, CHANNELS } from '#api/ipc-bridge.ts';

let listener: (text: string | undefined) => void = () => {};

const bridge: LimnBridge = {
  open: () => ipcRenderer.send(CHANNELS.open),
  // The page is not trusted to keep to the type; main refuses what is no text as well.
  send: (text) => ipcRenderer.send(CHANNELS.up, String(text)),
  receive: (next) => {
    listener = next;
  },
};

// The event is kept from the page: through its sender a page could reach all of IPC.
ipcRenderer.on(CHANNELS.down, (_event, text: string) => listener(text));
ipcRenderer.on(CHANNELS.shut, () => listener(undefined));
contextBridge.exposeInMainWorld(BRIDGE_NAME, bridge);
