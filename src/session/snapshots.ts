/** States as they were given lately, so that one whose connection was cut gets what it lacks of one, and not all anew. */
import { type Clock, type Random, randomId } from './ports.ts';
import { PART_BYTES, type Snapshot } from './state-transfer.ts';

/** How long, how many, and how many bytes are kept. */
const KEPT_MS = 5 * 60_000;
const MOST = 4;
const MOST_BYTES = 32 * 1024 * 1024;

export interface Snapshots {
  /** Gives them a name, and keeps them if they are more than one piece. */
  add(data: Uint8Array): Snapshot;
  get(name: string): Snapshot | undefined;
  clear(): void;
}

/** Keeps none to begin with. */
export function createSnapshots(clock: Clock, random: Random): Snapshots {
  let kept: (Snapshot & { readonly until: number })[] = [];
  const prune = (): void => {
    const now = clock.now();
    kept = kept.filter(({ until }) => until > now).slice(-MOST);
    while (kept.length > 1 && kept.reduce((sum, { data }) => sum + data.length, 0) > MOST_BYTES) kept.shift();
  };
  return {
    add(data) {
      const snapshot = { name: randomId(random), data };
      if (data.length > PART_BYTES) kept.push({ ...snapshot, until: clock.now() + KEPT_MS });
      prune();
      return snapshot;
    },
    get(name) {
      prune();
      return kept.find((one) => one.name === name);
    },
    clear() {
      kept = [];
    },
  };
}
