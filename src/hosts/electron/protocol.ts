/** The app's own scheme: `limn://app/` serves the built page and nothing else, with the headers of every host. */
import type { Protocol } from 'electron';
import { pageHeaders, readPageFile } from '../page.ts';

const SCHEME = 'limn';
const HOST = 'app';

/** The page that every window shows. */
export const PAGE_URL = `${SCHEME}://${HOST}/`;

/** Whether a URL is the app's own page: its address, whatever follows in the query or after `#`. */
export function isOwnPage(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, pathname, username, password } = new URL(url);
  const ours = protocol === `${SCHEME}:` && host === HOST && username === '' && password === '';
  return ours && (pathname === '/' || pathname === '/index.html');
}

/** Makes the scheme a secure origin of its own, with no rights beyond. Must be called before Electron is ready. */
export function registerScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Answers one request to the scheme from the files of `rendererDir`. */
export async function answer(
  rendererDir: string,
  request: { readonly url: string; readonly method: string },
): Promise<Response> {
  const headers = pageHeaders();
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.protocol !== `${SCHEME}:` || url.host !== HOST) {
    return new Response(null, { status: 403, headers });
  }
  const file = await readPageFile(rendererDir, url.pathname);
  if (file === undefined) return new Response(null, { status: 404, headers });
  return new Response(new Uint8Array(file.body), { headers: { ...headers, 'content-type': file.type } });
}

/** Serves `rendererDir` on the scheme. Electron must be ready. */
export function serveScheme(protocol: Pick<Protocol, 'handle'>, rendererDir: string): void {
  protocol.handle(SCHEME, (request) => answer(rendererDir, request));
}
