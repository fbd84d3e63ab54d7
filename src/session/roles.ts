/** What somebody may do to a document, from what the room says of them at that moment; never from what they say (DESIGN section 3, Roles). */
import type { Role } from '#core/types.ts';
import type { Occupant } from './transport.ts';

/** Owners and admins of a room are owners of what is drawn there. Without a room, the host is (its transport says so). */
export function roleOf({ affiliation }: Pick<Occupant, 'affiliation'>): Role {
  return affiliation === 'owner' || affiliation === 'admin' ? 'owner' : 'editor';
}
