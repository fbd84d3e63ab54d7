/** What main tells of the time while this person was away. */
import { useEffect, useState } from 'react';
import type { Merged } from '#api/contract.ts';
import { useServices } from '../context.ts';
import { follow } from '../follow.ts';

/** Null when there is nothing to tell. */
export function useMerged(board: string): Merged | null {
  const { api, store } = useServices();
  const [merged, setMerged] = useState<Merged | null>(null);
  useEffect(
    () =>
      follow<Merged | null>(
        api.call('merged.get', { board }),
        (heard) => api.on('merged', (event) => event.board === board && heard(event.merged)),
        setMerged,
        store.fail,
      ),
    [api, store, board],
  );
  return merged;
}
