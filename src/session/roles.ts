/** What somebody may do to a document, from what the room says of them at that moment; never from what they say (DESIGN section 3, Roles). */
import type { Role } from '#core/types.ts';
import type { Occupant } from './transport.ts';

/** What people of a board are to it: whoever looks on, draws, holds everyone's view, decides. */
export type Standing = 'viewer' | 'editor' | 'moderator' | 'owner';

/** What can be done about somebody: give a standing, or send away, once or for good. */
export type Offer = Standing | 'remove' | 'ban';

type Placed = Pick<Occupant, 'me' | 'role' | 'affiliation' | 'account'>;

/** Owners and admins of a room are owners of what is drawn there. Without a room, the host is (its transport says so). */
export function roleOf({ affiliation }: Pick<Occupant, 'affiliation'>): Role {
  return affiliation === 'owner' || affiliation === 'admin' ? 'owner' : 'editor';
}

export function standingOf(occupant: Pick<Occupant, 'role' | 'affiliation'>): Standing {
  if (roleOf(occupant) === 'owner') return 'owner';
  if (occupant.role === 'moderator') return 'moderator';
  return occupant.role === 'visitor' ? 'viewer' : 'editor';
}

/** What `me` may do about somebody in a room (XEP-0045, sections 5 and 8 to 10). What lasts needs to know the account. */
export function offersOf(me: Placed, other: Placed): readonly Offer[] {
  if (other.me || me.role !== 'moderator') return [];
  const isOwner = me.affiliation === 'owner';
  const isAdmin = roleOf(me) === 'owner';
  const known = other.account !== undefined;
  const theirs = standingOf(other);
  if (theirs === 'owner' && !(isOwner && known)) return [];
  if (theirs === 'moderator' && !isAdmin) return [];
  const offers: readonly (readonly [Offer, boolean])[] = [
    ['viewer', true],
    ['editor', true],
    ['moderator', isAdmin],
    ['owner', isOwner && known],
    ['remove', theirs !== 'owner'],
    ['ban', theirs !== 'owner' && isAdmin && known],
  ];
  return offers.flatMap(([offer, may]) => (may && offer !== theirs ? [offer] : []));
}
