/** What no page may do, whichever it is: leave, open windows, ask for devices, reach the network. */
import type { Session, Shell, WebContents } from 'electron';
import { isOwnPage } from './protocol.ts';

/** What the app's own page may ask for; everything else, and everyone else, is denied. */
const PERMITTED = new Set(['clipboard-sanitized-write', 'fullscreen']);
/** Where a request may go: the app's own files, and what the page made itself. `devtools:` is Chromium's own. */
const REACHABLE = new Set(['limn:', 'blob:', 'data:', 'devtools:']);

/** Whether a link may be handed to the system's browser: plain https, without a user name that disguises the host. */
export function isSafeOutside(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password, hostname } = new URL(url);
  return protocol === 'https:' && username === '' && password === '' && hostname !== '';
}

/** Keeps a window's contents on the app's page. Links to https open in the system's browser, nothing else does anything. */
export function lockContents(
  contents: Pick<WebContents, 'on' | 'setWindowOpenHandler'>,
  shell: Pick<Shell, 'openExternal'>,
  report: (fault: unknown) => void,
): void {
  contents.setWindowOpenHandler(({ url }) => {
    if (isSafeOutside(url)) shell.openExternal(url).catch(report);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event) => {
    if (!isOwnPage(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isOwnPage(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

/** Denies a session every permission that the app doesn't need, and the network. */
export function lockSession(
  session: Pick<
    Session,
    'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler' | 'webRequest'
  >,
): void {
  session.setPermissionRequestHandler((_contents, permission, decide, details) =>
    decide(details.isMainFrame && isOwnPage(details.requestingUrl) && PERMITTED.has(permission)),
  );
  session.setPermissionCheckHandler(
    (_contents, permission, _origin, details) =>
      details.isMainFrame && isOwnPage(details.requestingUrl ?? '') && PERMITTED.has(permission),
  );
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, decide) =>
    decide({ cancel: !URL.canParse(details.url) || !REACHABLE.has(new URL(details.url).protocol) }),
  );
}
