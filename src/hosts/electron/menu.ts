/**
 * The menu bar: what the system expects there, by role. Undo, zoom and all that concerns the board are the page's own,
 * with its own keys; an item here would take the key away from it.
 */
import type { MenuItemConstructorOptions } from 'electron';

/** The menu for a platform (`process.platform`). `developing` adds reload and the developer tools. */
export function menuTemplate(platform: NodeJS.Platform, developing: boolean): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  return [
    ...(mac ? [{ role: 'appMenu' as const }] : [{ role: 'fileMenu' as const }]),
    {
      role: 'editMenu',
      submenu: [
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'pasteAndMatchStyle' },
        { type: 'separator' },
        // The page selects all of the board, or of the text that is edited.
        ...(mac ? [{ role: 'startSpeaking' as const }] : []),
      ],
    },
    {
      role: 'viewMenu',
      submenu: [
        ...(developing ? [{ role: 'reload' as const }, { role: 'toggleDevTools' as const }] : []),
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
  ];
}
