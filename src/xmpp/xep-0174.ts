/**
 * XEP-0174: Serverless Messaging, version 2.0.1: what the TXT record of a `_presence._tcp` instance says, with the boards that are shared
 * there under keys of Limn's own (FEATURES G7.3). Whatever a record claims is cut to size; it proves nothing.
 */
import type { FoundService } from './ports.ts';
import { shownName } from './shown-name.ts';
import { parseCount } from './xml-text.ts';

/** A board that somebody offers on the network. */
export interface AnnouncedBoard {
  readonly session: string;
  readonly name: string;
  /** How many are there. */
  readonly people: number;
}

/** Who is on the network. */
export interface LinkPresence {
  readonly nick: string;
  /** SHA-256 of the public key, in hex: a claim until a stream proves it. */
  readonly key: string;
  readonly boards: readonly AnnouncedBoard[];
}

/** More boards than these aren't announced, nor read. */
export const MAX_ANNOUNCED = 8;
/** A string of a TXT record has one byte for its length (RFC 6763, section 6.1). */
const MAX_STRING = 255;
const MAX_NAME = 100;
const KEY = /^[0-9a-f]{64}$/;
const BOARD = /^([\w.:@-]{1,64}) (\d{1,3}) ([^]*)$/;

/** The strings of the TXT record. */
export function serializeLinkPresence({ nick, key, boards }: LinkPresence, port: number): string[] {
  const strings = [
    'txtvers=1',
    `port.p2pj=${port}`,
    'status=avail',
    fit(`nick=${nick}`, MAX_STRING),
    `limn.key=${key}`,
    ...boards
      .slice(0, MAX_ANNOUNCED)
      .map(({ session, people, name }, at) =>
        fit(`limn.${at + 1}=${session} ${Math.min(people, 999)} ${name}`, MAX_STRING),
      ),
  ];
  return strings;
}

/** What a found instance says of itself, or undefined when it is none of Limn's. */
export function parseLinkPresence({ instance, txt }: FoundService): LinkPresence | undefined {
  const said = new Map<string, string>();
  for (const text of txt) {
    const at = text.indexOf('=');
    const name = text.slice(0, at).toLowerCase();
    // Of a key that comes twice the first counts (RFC 6763, section 6.4).
    if (at > 0 && !said.has(name)) said.set(name, text.slice(at + 1));
  }
  const key = said.get('limn.key') ?? '';
  if (!KEY.test(key)) return undefined;
  const boards: AnnouncedBoard[] = [];
  for (let at = 1; at <= MAX_ANNOUNCED; at += 1) {
    const [, session, count, name] = BOARD.exec(said.get(`limn.${at}`) ?? '') ?? [];
    if (session === undefined || boards.some((one) => one.session === session)) continue;
    boards.push({ session, people: parseCount(count) ?? 1, name: shownName(name ?? '', MAX_NAME) });
  }
  const nick = shownName(said.get('nick') ?? '', MAX_NAME) || shownName(instance.split('@')[0] ?? '', MAX_NAME) || '?';
  return { nick, key, boards };
}

/** As many whole characters of the text as fit into so many bytes of UTF-8. */
function fit(text: string, bytes: number): string {
  let size = 0;
  let end = 0;
  for (const character of text) {
    size += new TextEncoder().encode(character).length;
    if (size > bytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}
