/** Holds a strict peer's document against a Limn replica's. */
import type { StrictPeer } from '#test/support/strict-peer.ts';
import type { Person } from './person.ts';

/** What a strict peer has that the Limn replica has not, or has otherwise; undefined when they are equal. */
export function strictDifference({ replica }: Person, peer: StrictPeer): string | undefined {
  if (!peer.hasState) return 'the strict peer has no state';
  for (const record of replica.state().records) {
    if (record.inert) continue;
    const theirs = peer.fields(record.rid);
    if (!theirs) return `the strict peer lacks ${record.rid}`;
    for (const field of ['parent', 'name', 'chdata', 'primaryWeight'] as const)
      if (theirs[field] !== record[field])
        return `${record.rid} ${field}: ${String(theirs[field])}, not ${String(record[field])}`;
    if (peer.records.get(record.rid)?.version !== record.version) return `${record.rid} has another version`;
  }
  for (const rid of peer.records.keys()) if (!replica.confirmed.get(rid)) return `the strict peer still has ${rid}`;
  return undefined;
}
