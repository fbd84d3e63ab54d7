/** A board's past while its panel is open: the overview, where one looks, and what there is to see there. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Result } from '#api/contract.ts';
import type { HistoryOverview } from '#api/contract-history.ts';
import { useBoard, useServices } from '../context.ts';
import { codeOf } from '../errors.ts';
import { type Parts, whole } from './whole.ts';

export type Past = Omit<Result<'history.at'>, 'root'>;

export interface BoardHistory {
  /** Null while it is read. */
  readonly overview: HistoryOverview | null;
  /** How much of it has been read, 0 to 1. */
  readonly progress: number;
  /** The position one looks at; the overview's length is now. */
  readonly at: number;
  /** Who brought the board to what is on the screen; null now, and while the first is fetched. */
  readonly past: Past | null;
  /** How much of what is wanted has come, while that takes long; else null. */
  readonly coming: number | null;
  go(at: number): void;
  /** Reads it anew, and shows the present. */
  reload(): void;
}

/** A question that takes longer is dropped for the next one, milliseconds: else what comes late is shown on the way. */
const PATIENCE = 300;

/** Reads the past of a board and shows it on the canvas until the caller goes. */
export function useHistory(board: string): BoardHistory {
  const { api, store } = useServices();
  const canvas = useBoard();
  const [overview, setOverview] = useState<HistoryOverview | null>(null);
  const [progress, setProgress] = useState(0);
  const [at, setAt] = useState(0);
  const [past, setPast] = useState<Past | null>(null);
  /** How often it was read. */
  const [reading, setReading] = useState(0);
  /** The position that is wanted; undefined: now. */
  const wanted = useRef<number | undefined>(undefined);
  /** The question that is under way, when it was asked, and what has come of it; 0: none. */
  const asking = useRef({ ask: 0, since: 0, parts: [] as Parts });
  const asks = useRef(0);
  const [coming, setComing] = useState<number | null>(null);

  useEffect(() => {
    let left = false;
    const stop = api.on('history', (event) => {
      if (event.board === board) setProgress(event.progress);
    });
    const stopPast = api.on('past', ({ board: of, ask, parts, progress: part }) => {
      const now = asking.current;
      if (of !== board || ask !== now.ask) return;
      now.parts.push(...parts);
      if (performance.now() - now.since > PATIENCE) setComing(part);
    });
    api.call('history.open', { board }).then(
      (all) => {
        if (left) return;
        setOverview(all);
        setAt(all.length);
      },
      (error: unknown) => {
        if (left || codeOf(error) === 'cancelled') return;
        store.fail(error);
        store.set({ historyOpen: false });
      },
    );
    return () => {
      left = true;
      stop();
      stopPast();
    };
  }, [api, store, board, reading]);

  useEffect(
    () => () => {
      wanted.current = undefined;
      canvas.showPast(undefined);
      api.call('history.close', { board }).catch(() => undefined);
    },
    [api, canvas, board],
  );

  /** One question at a time; of those that come meanwhile the last is asked, when that one is answered or takes too long. */
  const fetch = useCallback(async (): Promise<void> => {
    const before = asking.current;
    if (before.ask !== 0 && performance.now() - before.since < PATIENCE) return;
    const ask = ++asks.current;
    const isLast = (): boolean => ask === asks.current;
    try {
      for (let asked = wanted.current; asked !== undefined; ) {
        const mine = { ask, since: performance.now(), parts: [] };
        asking.current = mine;
        const { root, ...found } = await api.call('history.at', { board, at: asked, ask });
        if (!isLast() || wanted.current === undefined) break;
        canvas.showPast(whole(root, mine.parts));
        setPast(found);
        if (wanted.current === asked) break;
        asked = wanted.current;
      }
    } catch (error) {
      if (isLast() && codeOf(error) !== 'cancelled') store.fail(error);
    } finally {
      if (isLast()) {
        asking.current = { ask: 0, since: 0, parts: [] };
        setComing(null);
      }
    }
  }, [api, canvas, store, board]);

  const length = overview?.length ?? 0;
  const go = useCallback(
    (position: number) => {
      setAt(position);
      wanted.current = position < length ? position : undefined;
      if (wanted.current !== undefined) return void fetch();
      canvas.showPast(undefined);
      setPast(null);
    },
    [canvas, fetch, length],
  );
  const reload = useCallback(() => {
    wanted.current = undefined;
    canvas.showPast(undefined);
    setPast(null);
    setOverview(null);
    setProgress(0);
    setReading((count) => count + 1);
  }, [canvas]);
  return { overview, progress, at, past, coming, go, reload };
}
