/** Tells a board's state in pages of bounded size: a copy is kept for whoever asks, until it has been told or a while has passed. */
import type { ReplicaState } from '#core/replica-port.ts';
import type { NodeRecord } from '#core/types.ts';
import type { StatePage, StateQuery } from '#xmpp/limn-state-pages.ts';
import { type Clock, type Random, randomId } from './ports.ts';

/** A page holds no more records than this, nor more characters than about so many: servers drop stanzas of 64 KiB and more. */
const MAX_RECORDS = 200;
const MAX_CHARACTERS = 32 * 1024;
/** What a record takes beside its texts, at least. */
const RECORD = 120;
/** So long a copy waits for the next question, and so many wait at once. */
const KEPT_MS = 2 * 60_000;
const MOST = 2;

type Copy = Pick<ReplicaState, 'records' | 'place' | 'digest'>;

export type StateAnswer =
  | { readonly ok: true; readonly page: StatePage }
  | { readonly ok: false; readonly condition: 'item-not-found' | 'bad-request'; readonly text: string };

/** Answers those who ask for the state that `state` gives; undefined while there is none to give. */
export function createStatePages(clock: Clock, random: Random, state: () => Copy | undefined) {
  let kept: { readonly name: string; readonly copy: Copy; until: number }[] = [];
  let cancel: (() => void) | undefined;

  function prune(): void {
    cancel?.();
    cancel = undefined;
    const now = clock.now();
    kept = kept.filter(({ until }) => until > now).slice(-MOST);
    if (kept.length > 0) cancel = clock.after(KEPT_MS, prune);
  }

  return {
    answer(query: StateQuery | undefined): StateAnswer {
      if (query === undefined) {
        const text = 'Name a snapshot and what to begin after, or neither; max and after are numbers from 0.';
        return { ok: false, condition: 'bad-request', text };
      }
      prune();
      const found = kept.find(({ name }) => name === query.snapshot);
      const copy = query.snapshot === undefined ? state() : found?.copy;
      if (copy === undefined) {
        const text = 'That state is not here (any more). Ask again without naming a snapshot.';
        return { ok: false, condition: 'item-not-found', text };
      }
      const snapshot = query.snapshot ?? randomId(random);
      const first = query.after === undefined ? 0 : query.after + 1;
      const { place, digest, records } = copy;
      const told = pageOf(records, first, query.max ?? MAX_RECORDS);
      const isLast = first + told.length >= records.length;
      kept = kept.filter((one) => one !== found);
      if (!isLast) kept.push({ name: snapshot, copy, until: clock.now() + KEPT_MS });
      prune();
      const root = records[0]?.parent === '' && records[0].type === 'element' ? { root: records[0].rid } : {};
      const part = { place, digest, records: told, removed: [], ...root };
      return { ok: true, page: { snapshot, first, count: records.length, part } };
    },
    stop(): void {
      kept = [];
      prune();
    },
  };
}

function pageOf(records: readonly NodeRecord[], first: number, max: number): readonly NodeRecord[] {
  let size = 0;
  let end = first;
  const most = Math.min(records.length, first + Math.min(max, MAX_RECORDS));
  while (end < most) {
    const { chdata = '', ns = '', pidata = '' } = records[end] as NodeRecord;
    // What is escaped may take six times as much; such records come alone.
    size += RECORD + (chdata.length + ns.length + pidata.length) * (/[<>&"'\t\r\n]/.test(chdata) ? 6 : 1);
    if (size > MAX_CHARACTERS && end > first) break;
    end++;
  }
  return records.slice(first, end);
}
