/** Room addresses as people have them: a bare JID, or an `xmpp:` link (XEP-0147, the join query of XEP-0045 section 17.2). */

export interface RoomAddress {
  readonly room: string;
  readonly password?: string;
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
  for (const pair of query.split(';')) {
    const password = pair.startsWith('password=') ? decode(pair.slice('password='.length)) : null;
    if (password) return { room, password };
  }
  return { room };
}

/** The link that opens a room's board, to be pasted anywhere. */
export function roomLink(room: string): string {
  return `xmpp:${room.split('@').map(encodeURIComponent).join('@')}?join`;
}

function isBareJid(text: string): boolean {
  return /^[^\s@/"&'<>:]+@[^\s@/]+$/.test(text);
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
