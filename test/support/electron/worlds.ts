/**
 * The two sides of a page that Electron keeps apart, made with what Chromium gives a debugger: the preload runs in an
 * isolated world with an `electron` of its own, and what it exposes appears in the page's world as functions that pass
 * texts, numbers and functions across, by events on the window that both worlds share.
 */

/** The isolated world's name, and the debugger's binding that exists in it alone. */
export const WORLD = 'electron-preload';
export const BINDING = 'electronStandInSend';

/** Runs in the page's world before any of its scripts. */
const pageSide = `(() => {
  if (globalThis.top !== globalThis) return;
  const functions = [];
  addEventListener('stand-in:expose', (event) => {
    const { name, keys } = JSON.parse(event.detail);
    const api = {};
    for (const key of keys) {
      api[key] = (...args) => {
        const passed = args.map((value) => (typeof value === 'function' ? { id: functions.push(value) - 1 } : { value }));
        dispatchEvent(new CustomEvent('stand-in:call', { detail: JSON.stringify({ name, key, args: passed }) }));
      };
    }
    Object.defineProperty(globalThis, name, { value: Object.freeze(api) });
  });
  addEventListener('stand-in:callback', (event) => {
    const { id, args } = JSON.parse(event.detail);
    functions[id](...args.map(({ value }) => value));
  });
})();`;

/** Runs \`preload\` in the isolated world as Electron's sandbox does: with a require that knows electron alone. */
const preloadSide = (preload: string): string => `(() => {
  if (globalThis.top !== globalThis) return;
  const listeners = [];
  const exposed = {};
  globalThis.electronStandInDeliver = (channel, args) => {
    for (const [name, listener] of listeners) if (name === channel) listener({}, ...args);
  };
  const electron = {
    ipcRenderer: {
      send: (channel, ...args) => ${BINDING}(JSON.stringify({ channel, args })),
      on: (channel, listener) => listeners.push([channel, listener]),
    },
    contextBridge: {
      exposeInMainWorld: (name, api) => {
        exposed[name] = api;
        dispatchEvent(new CustomEvent('stand-in:expose', { detail: JSON.stringify({ name, keys: Object.keys(api) }) }));
      },
    },
  };
  addEventListener('stand-in:call', (event) => {
    const { name, key, args } = JSON.parse(event.detail);
    exposed[name][key](...args.map((arg) => {
      if (!('id' in arg)) return arg.value;
      return (...values) => {
        const detail = JSON.stringify({ id: arg.id, args: values.map((value) => ({ value })) });
        dispatchEvent(new CustomEvent('stand-in:callback', { detail }));
      };
    }));
  });
  const require = (name) => {
    if (name === 'electron') return electron;
    throw new Error('A sandboxed preload may not require ' + name);
  };
  const module = { exports: {} };
  (function (require, module, exports) {\n${preload}\n})(require, module, module.exports);
})();`;

/** The scripts of a new document, in order; `worldName` where it isn't the page's. */
export function documentScripts(preload: string): { source: string; worldName?: string }[] {
  return [{ source: pageSide }, { source: preloadSide(preload), worldName: WORLD }];
}

/** What the debugger evaluates in the isolated world to deliver a message from main. */
export function delivery(channel: string, args: readonly unknown[]): string {
  return `electronStandInDeliver(${JSON.stringify(channel)}, ${JSON.stringify(args)})`;
}
