/** What main tells of the time while this person was away. */
import { useEffect, useState } from 'react';
import type { Merged } from '#api/contract.ts';
import { useServices } from '../context.ts';

/** Null when there is nothing to tell. */
export function useMerged(board: string): Merged | null {
  const { api, store } = useServices();
  const [merged, setMerged] = useState<Merged | null>(null);
  useEffect(() => {
    let heard = false;
    const stop = api.on('merged', (event) => {
      if (event.board !== board) return;
      heard = true;
      setMerged(event.merged);
    });
    api.call('merged.get', { board }).then((first) => {
      if (!heard) setMerged(first);
    }, store.fail);
    return stop;
  }, [api, store, board]);
  return merged;
}
