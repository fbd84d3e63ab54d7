/** Leaves out the oldest part of the log, after saying what that drops. */
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HistoryFold, HistoryOverview } from '#api/contract-history.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import { useServices } from '../context.ts';
import { codeOf } from '../errors.ts';
import { Dialog } from '../kit/dialog.tsx';
import { shortDay, shortTime } from '../times.ts';

const DAY = 24 * 3600_000;
const POINTS = {
  year: 'history.compactYear',
  month: 'history.compactMonth',
  shown: 'history.compactShown',
  now: 'history.compactNow',
} as const satisfies Readonly<Record<string, TextKey>>;
type Point = keyof typeof POINTS;

/** Where the log could begin, the earliest first; only what leaves something out. */
function pointsOf({ start, length, versions }: HistoryOverview, at: number, now: number): [Point, number][] {
  const before = (time: number): number => versions.findLast(({ end }) => end < time)?.to ?? start;
  const points: [Point, number][] = [
    ['year', before(now - 365 * DAY)],
    ['month', before(now - 30 * DAY)],
    ['shown', at < length ? at : start],
    ['now', length],
  ];
  return points.filter(([, position]) => position > start);
}

interface CompactDialogProps {
  readonly board: string;
  readonly overview: HistoryOverview;
  /** The position on the screen. */
  readonly at: number;
  /** `done`: the log is another now. */
  readonly onClose: (done: boolean) => void;
}

export function CompactDialog({ board, overview, at, onClose }: CompactDialogProps) {
  const { t, i18n } = useTranslation();
  const { api, store } = useServices();
  const [points] = useState(() => pointsOf(overview, at, Date.now()));
  const [point, setPoint] = useState(points[0]);
  const [found, setFound] = useState<{ readonly of: number; readonly fold: HistoryFold } | null>(null);
  const [progress, setProgress] = useState<number | null>(null);
  const position = point?.[1];
  const look = found !== null && found.of === position ? found.fold : null;
  const fail = (error: unknown): void => {
    if (codeOf(error) === 'cancelled') return;
    store.fail(error);
    onClose(false);
  };
  const failLooking = useEffectEvent(fail);

  useEffect(() => {
    if (position === undefined) return undefined;
    let stale = false;
    api.call('history.compact', { board, at: position, preview: true }).then(
      (fold) => {
        if (!stale) setFound({ of: position, fold });
      },
      (error: unknown) => {
        if (!stale) failLooking(error);
      },
    );
    return () => {
      stale = true;
    };
  }, [api, board, position]);

  useEffect(
    () =>
      api.on('history', (event) => {
        if (event.board === board) setProgress((part) => (part === null ? null : event.progress));
      }),
    [api, board],
  );

  const close = (): void => {
    // What is under way is given up; nothing was left out then.
    if (look === null || progress !== null) api.call('history.close', { board }).catch(() => undefined);
    onClose(false);
  };
  const compact = async (): Promise<void> => {
    if (look === null) return;
    setProgress(0);
    try {
      const { edits } = await api.call('history.compact', { board, at: look.at, preview: false });
      store.toast('info', t('history.compacted', { edits: t('history.edits', { count: edits }) }));
      onClose(true);
    } catch (error) {
      fail(error);
    }
  };
  const busy = progress !== null;
  return (
    <Dialog title={t('history.compactTitle')} size="narrow" onClose={close}>
      <div className="dialog-body compact-body">
        {points.length === 0 && <p>{t('history.compactNothing')}</p>}
        {points.length > 0 && (
          <fieldset className="compact-points" disabled={busy}>
            <legend>{t('history.compactHelp')}</legend>
            {points.map((one) => (
              <label key={one[0]}>
                <input type="radio" name="compact" checked={one === point} onChange={() => setPoint(one)} />
                {t(POINTS[one[0]])}
              </label>
            ))}
          </fieldset>
        )}
        {points.length > 0 && (
          <div className="compact-look" role="status" aria-busy={look === null}>
            {look === null ? (
              <p className="secondary">{t('history.compactLooking')}</p>
            ) : (
              <>
                <p>
                  {t('history.compactDrops', {
                    edits: t('history.edits', { count: look.edits }),
                    from: shortDay(look.begin, i18n.language),
                    to: shortDay(look.end, i18n.language),
                    size: sizeText(look.freed, i18n.language),
                  })}
                </p>
                <p>{t('history.compactGone', { time: shortTime(look.end, i18n.language) })}</p>
                <p>{t('history.compactStays')}</p>
              </>
            )}
          </div>
        )}
        {busy && <progress className="meter" value={progress} aria-label={t('history.compactTitle')} />}
      </div>
      <footer className="dialog-foot">
        <button type="button" className="button line" onClick={close}>
          {t('common.cancel')}
        </button>
        <button type="button" className="button danger" disabled={look === null || busy} onClick={() => void compact()}>
          {t('history.compactDo')}
        </button>
      </footer>
    </Dialog>
  );
}

/** Bytes as people say them: `340 kB`. */
function sizeText(bytes: number, language: string): string {
  const [unit, value] = bytes < 1e6 ? (['kilobyte', bytes / 1e3] as const) : (['megabyte', bytes / 1e6] as const);
  const digits = value < 10 ? 1 : 0;
  return new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: digits }).format(value);
}
