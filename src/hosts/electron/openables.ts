/** What the system asks the app to open: `xmpp:` links and `.svg` files, from arguments and from macOS' events. */
import { open } from 'node:fs/promises';
import path from 'node:path';

/** The largest file that is opened, in bytes; the contract's largest text. */
const MOST_BYTES = 32 * 1024 * 1024;

export type Openable =
  | { readonly what: 'room'; readonly room: string }
  | { readonly what: 'file'; readonly file: string };

/**
 * The room of an `xmpp:` link (RFC 5122; XEP-0147 for the query), or undefined if it isn't one. Only `?join` and a link
 * without a query name a room; what it names is only offered to the person, never joined by itself.
 */
export function parseRoomLink(link: string): string | undefined {
  const match = /^xmpp:(?:\/\/[^/?#]*\/)?([^?#]+)(?:\?([^#]*))?(?:#.*)?$/i.exec(link);
  if (match === null) return undefined;
  const action = (match[2] ?? '').split(';')[0];
  if (action !== '' && action !== 'join') return undefined;
  try {
    const jid = decodeURIComponent(match[1] ?? '');
    return /^[^@/\s\p{Cc}]{1,1023}@[^@/\s\p{Cc}]{1,1023}$/u.test(jid) ? jid : undefined;
  } catch {
    return undefined;
  }
}

/** What a program's arguments name, relative paths being relative to `cwd`. Options are skipped. */
export function openablesOf(args: readonly string[], cwd: string): Openable[] {
  return args.flatMap((arg): Openable[] => {
    if (arg.startsWith('-')) return [];
    if (/^xmpp:/i.test(arg)) {
      const room = parseRoomLink(arg);
      return room === undefined ? [] : [{ what: 'room', room }];
    }
    return /\.svg$/i.test(arg) ? [{ what: 'file', file: path.resolve(cwd, arg) }] : [];
  });
}

/** The text of an SVG file with its name, or a sentence that says why it can't be opened. */
export async function readSvg(file: string): Promise<{ name: string; svg: string } | { problem: string }> {
  const name = path.basename(file, path.extname(file));
  try {
    const handle = await open(file, 'r');
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) return { problem: `${path.basename(file)} is not a file. Choose an SVG file.` };
      if (stat.size > MOST_BYTES) {
        return { problem: `${path.basename(file)} is larger than 32 MB. Make it smaller, then open it again.` };
      }
      return { name, svg: await handle.readFile('utf8') };
    } finally {
      await handle.close();
    }
  } catch {
    return {
      problem: `${path.basename(file)} could not be read. Check that it is still there and that you may read it.`,
    };
  }
}
