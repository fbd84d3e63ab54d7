/** What is at an address where a room should be, as far as it can be learnt without going there (XEP-0030; XEP-0045, section 6). */
import type { Entity } from './entity.ts';
import { StanzaError } from './errors.ts';
import { parseJid } from './jid.ts';
import { type DiscoIdentity, queryDiscoInfo } from './xep-0030.ts';

/** `missing`: no such room, in a place that may have rooms. `no room`: an account, or an address at a server for accounts. */
export type WhatIsThere = 'room' | 'missing' | 'no room' | 'unknown';

/** Asks the address, and where that doesn't say, the domain that it is at. Never rejects. */
export async function whatIs(entity: Entity, address: string): Promise<WhatIsThere> {
  let missing = false;
  try {
    const { identities } = await queryDiscoInfo(entity, address);
    if (hasRooms(identities)) return 'room';
    if (identities.some(({ category }) => category === 'account' || category === 'client')) return 'no room';
  } catch (error) {
    missing = error instanceof StanzaError && error.condition === 'item-not-found';
  }
  // Whether an account exists is told to its contacts alone.
  return (await isForAccounts(entity, parseJid(address)?.domain)) ? 'no room' : missing ? 'missing' : 'unknown';
}

const hasRooms = (identities: readonly DiscoIdentity[]): boolean =>
  identities.some(({ category }) => category === 'conference');

async function isForAccounts(entity: Entity, domain: string | undefined): Promise<boolean> {
  if (domain === undefined) return false;
  try {
    const { identities } = await queryDiscoInfo(entity, domain);
    return identities.some(({ category }) => category === 'server') && !hasRooms(identities);
  } catch {
    return false; // A place that says nothing of itself may have rooms.
  }
}
