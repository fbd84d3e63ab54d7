/** Room addresses as people have them: a bare JID, or an `xmpp:` link (XEP-0147, the join query of XEP-0045 section 17.2). */
import type { BoardStatus } from '#api/contract.ts';

/** What a link on a board leads to: a node by its rid, or a part of the plane in user units. */
export type BoardTarget = { readonly rid: string } | { readonly view: readonly [number, number, number, number] };

/** As the API takes them, in UTF-16 units. */
export const MAX_TEXT = 1024;

export interface RoomAddress {
  readonly room: string;
  readonly password?: string;
  readonly target?: BoardTarget;
}

/** Reads what was typed or pasted; null when it names no room. The server judges the rest. */
export function parseRoomAddress(text: string): RoomAddress | null {
  const trimmed = text.trim();
  if (!/^xmpp:/i.test(trimmed)) return isBareJid(trimmed) ? { room: trimmed } : null;
  const [path = '', query = ''] = trimmed
    .slice('xmpp:'.length)
    .replace(/#.*$/s, '')
    .split(/\?(.*)/s, 2);
  const room = decode(path.replace(/^\/\/[^/]*\//, ''));
  if (room === null || !isBareJid(room)) return null;
  const target = parseTarget(trimmed);
  for (const pair of query.split(';')) {
    const password = pair.startsWith('password=') ? decode(pair.slice('password='.length)) : null;
    if (password) return { room, password, ...(target && { target }) };
  }
  return { room, ...(target && { target }) };
}

/** Reads somebody's address, as a JID or an `xmpp:` link; null when it names nobody. */
export function parseAddress(text: string): string | null {
  const jid = text
    .trim()
    .replace(/^xmpp:/i, '')
    .replace(/[/?].*$/s, '');
  return isBareJid(jid) ? jid : null;
}

/** The link that opens a room's board, to be pasted anywhere. With a target, what SVG's own links to files have behind the `#`:
 *  a node's name (here its rid), or `svgView(viewBox(…))` (SVG 2, Linking). */
export function roomLink(room: string, target?: BoardTarget): string {
  const link = `xmpp:${room.split('@').map(encodeURIComponent).join('@')}?join`;
  if (target === undefined) return link;
  if ('rid' in target) return `${link}#${encodeURIComponent(target.rid)}`;
  return `${link}#svgView(viewBox(${target.view.map((n) => Math.round(n * 100) / 100).join(',')}))`;
}

function parseTarget(link: string): BoardTarget | undefined {
  const fragment = decode(/#(.*)$/s.exec(link)?.[1] ?? '');
  if (fragment === null || fragment === '') return undefined;
  const numbers = /^svgView\(viewBox\(([^()]*)\)\)$/
    .exec(fragment)?.[1]
    ?.split(/[\s,]+/)
    .map(Number);
  if (numbers === undefined) return { rid: fragment };
  const [x = Number.NaN, y = Number.NaN, width = 0, height = 0] = numbers;
  const isBox = numbers.length === 4 && numbers.every(Number.isFinite) && width > 0 && height > 0;
  return isBox ? { view: [x, y, width, height] } : undefined;
}

function isBareJid(text: string): boolean {
  return text.length <= MAX_TEXT && /^[^\s@/"&'<>:]+@[^\s@/]+$/.test(text);
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** The address that leads to a board: of its room. Who shares with one other, or on this network, has none to hand out. */
export function sharedAddress(place: BoardStatus['room']): string | undefined {
  return place?.direct || place?.nearby ? undefined : place?.jid;
}
