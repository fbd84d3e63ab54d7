/** The app's window. */
import type { BrowserWindow as ElectronWindow, BrowserWindowConstructorOptions } from 'electron';

/** How often a page that crashed is loaded again before its window is left alone, and within which time. */
const RELOADS = { most: 3, withinMs: 60_000 } as const;

/** What a window is made with; sizes in device-independent pixels. The page gets nothing that a web page hasn't. */
export function windowOptions(preload: string): BrowserWindowConstructorOptions {
  return {
    width: 1280,
    height: 800,
    minWidth: 480,
    minHeight: 360,
    show: false,
    title: 'Limn',
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // A drawing that others watch live must not wait because its window is behind another.
      backgroundThrottling: false,
      spellcheck: false,
    },
  };
}

/** Shows a window once its page is drawn, and loads the page again when its process dies. */
export function tendWindow(window: ElectronWindow, now: () => number): void {
  const crashes: number[] = [];
  window.once('ready-to-show', () => window.show());
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    crashes.push(now());
    const lately = crashes.filter((at) => now() - at < RELOADS.withinMs);
    if (lately.length <= RELOADS.most) window.webContents.reload();
  });
}

/** Brings a window before the person. */
export function raiseWindow(window: Pick<ElectronWindow, 'isMinimized' | 'restore' | 'show' | 'focus'>): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
