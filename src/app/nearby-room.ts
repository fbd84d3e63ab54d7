/** How boards on the local network are told from those in a server's rooms. */
import type { BoardStatus } from '#api/contract.ts';
import { NEARBY_DOMAIN } from '#session/nearby-place.ts';
import type { StoredBoard } from './ports.ts';

/** What a board on the local network has in place of an account. */
export const NEARBY_ACCOUNT = 'nearby';

/** How somebody is called on the local network: by the first of these that is a name, in one line. */
export function nearbyName(...wanted: readonly (string | undefined)[]): string {
  for (const name of wanted) {
    const line = (name ?? '').replace(/\s+/g, ' ').trim().slice(0, 64).trim();
    if (line !== '') return line;
  }
  return 'Me';
}

/** Where a board is shared, as clients are told. */
export function boardPlace({ jid, nick, direct }: NonNullable<StoredBoard['room']>): NonNullable<BoardStatus['room']> {
  return { jid, nick, ...(direct && { direct }), ...(isNearbyRoom(jid) && { nearby: true }) };
}

/** Whether a room's bare JID is that of a board on the local network. */
export function isNearbyRoom(jid: string): boolean {
  return jid.endsWith(`@${NEARBY_DOMAIN}`);
}
