/** The app's page as every host serves it: its files, and what the page may do. */
import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';

/**
 * The page's Content-Security-Policy. Scripts come from the app's own files alone, and nothing is fetched from anywhere
 * else, so that a drawing can neither run nor report. Inline styles are allowed, for a drawing has them; they cannot load
 * anything from outside either. `connect` names what the page may connect to besides its own origin.
 */
function contentSecurityPolicy(connect: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}

/** The headers that go with everything the page is made of. */
export function pageHeaders(connect: readonly string[] = []): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(connect),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=()',
  };
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/vnd.microsoft.icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
};

export interface PageFile {
  readonly body: Buffer;
  readonly type: string;
  /** A strong validator: a hash of the content, quoted as HTTP wants it. */
  readonly etag: string;
}

/**
 * The file of `root` that a URL's path names, `/` being its index.html. Undefined when there is none: also for a path that
 * leaves `root` (by dots, escapes or symbolic links), for hidden files, folders and types that a page isn't made of.
 */
export async function readPageFile(root: string, urlPath: string): Promise<PageFile | undefined> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return undefined;
  }
  const parts = (decoded === '/' ? '/index.html' : decoded).split('/').slice(1);
  // Judged part by part: what has no dot-file, no separator and no drive letter in it cannot lead out.
  if (parts.length === 0 || !parts.every((part) => /^[^.\\:\0][^\\:\0]*$/.test(part))) return undefined;
  const type = TYPES[path.extname(decoded === '/' ? 'index.html' : decoded).toLowerCase()];
  if (type === undefined) return undefined;
  try {
    const base = await realpath(root);
    const file = await realpath(path.join(base, ...parts));
    if (!file.startsWith(base + path.sep)) return undefined;
    const body = await readFile(file);
    return { body, type, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"` };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ENAMETOOLONG') return undefined;
    throw error;
  }
}
