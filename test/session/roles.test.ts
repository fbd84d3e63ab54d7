/** Who may make what of whom in a room (XEP-0045, section 5). */
import { expect, test } from 'vitest';
import { offersOf } from '#session/roles.ts';
import type { Occupant } from '#session/transport.ts';

type Placed = Parameters<typeof offersOf>[0];
const placed = (
  role: Occupant['role'],
  affiliation: Occupant['affiliation'],
  account: string | undefined = 'x@example.org',
): Placed => ({ me: false, role, affiliation, ...(account === undefined ? {} : { account }) });
const me = (role: Occupant['role'], affiliation: Occupant['affiliation']): Placed => ({
  ...placed(role, affiliation),
  me: true,
});

const OWNER = me('moderator', 'owner');
const ADMIN = me('moderator', 'admin');
const MODERATOR = me('moderator', 'none');

test.each<[string, Placed, Placed, string]>([
  ['an owner, of an editor', OWNER, placed('participant', 'none'), 'viewer moderator owner remove ban'],
  ['an owner, of a viewer', OWNER, placed('visitor', 'none'), 'editor moderator owner remove ban'],
  ['an owner, of a moderator', OWNER, placed('moderator', 'member'), 'viewer editor owner remove ban'],
  ['an owner, of another owner', OWNER, placed('moderator', 'owner'), 'viewer editor moderator'],
  [
    'an owner, of somebody whose account is hidden',
    OWNER,
    { ...placed('participant', 'none'), account: undefined } as never,
    'viewer moderator remove',
  ],
  ['an admin, of an editor', ADMIN, placed('participant', 'none'), 'viewer moderator remove ban'],
  ['an admin, of an owner', ADMIN, placed('moderator', 'owner'), ''],
  ['a moderator, of an editor', MODERATOR, placed('participant', 'member'), 'viewer remove'],
  ['a moderator, of a moderator', MODERATOR, placed('moderator', 'none'), ''],
  ['an editor, of a viewer', me('participant', 'member'), placed('visitor', 'none'), ''],
  ['anybody, of oneself', OWNER, OWNER, ''],
])('%s', (_, one, other, offers) => {
  expect(offersOf(one, other).join(' ')).toBe(offers);
});
