/** The board's past: a bar to go through it, the list of versions, and what can be done with one. */
import { History, RotateCcw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import { useBoardState, useServices } from '../context.ts';
import { Icon } from '../kit/icon.tsx';
import { Keys } from '../kit/keys.tsx';
import { shortTime } from '../times.ts';
import { HistoryBar } from './history-bar.tsx';
import { useHistory } from './use-history.ts';
import { Versions } from './versions.tsx';

const GAPS: Readonly<Record<'lost' | 'disorder' | 'elsewhere', TextKey>> = {
  lost: 'history.gapLost',
  disorder: 'history.gapDisorder',
  elsewhere: 'history.gapElsewhere',
};

export function HistoryView({ board }: { readonly board: string }) {
  const { t, i18n } = useTranslation();
  const { api, store } = useServices();
  const history = useHistory(board);
  const { overview, progress, at, past, coming } = history;
  const canEdit = useBoardState((state) => state.status.canEdit);
  const [restoring, setRestoring] = useState(false);
  const isPast = overview !== null && at < overview.length;
  const time = past?.time === undefined ? '' : shortTime(past.time, i18n.language);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open], [role="menu"]'))
        return;
      event.preventDefault();
      store.set({ historyOpen: false });
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [store]);

  const restore = async (): Promise<void> => {
    setRestoring(true);
    try {
      await api.call('history.restore', { board, at });
      store.set({ historyOpen: false });
      store.toast('info', t('history.restored', { time }));
    } catch (error) {
      store.fail(error);
      setRestoring(false);
    }
  };
  return (
    <>
      <nav className="floating bar top-end" aria-label={t('history.title')} data-region="people">
        {isPast && (
          <p className="state warn" role="status">
            <Icon of={History} size={16} />
            <span>{time === '' ? t('history.lookingAtStart') : t('history.lookingAt', { time })}</span>
          </p>
        )}
        {coming !== null && <progress className="meter" value={coming} aria-label={t('history.title')} />}
        <button type="button" className="button line" onClick={() => store.set({ historyOpen: false })}>
          {t('history.back')} <Keys of="Escape" />
        </button>
        <button
          type="button"
          className="button fill"
          disabled={!isPast || !canEdit || restoring}
          onClick={() => void restore()}
        >
          <Icon of={RotateCcw} size={16} mirrored />
          {t('history.restore')}
        </button>
      </nav>
      {past?.gap !== undefined && (
        <p className="floating history-gap" role="status">
          {t(GAPS[past.gap])}
        </p>
      )}
      {overview === null ? (
        <section className="floating history-bar" aria-label={t('history.title')} data-region="history">
          <p className="history-reading" role="status">
            {t('history.reading', { percent: Math.round(progress * 100) })}
          </p>
          <progress className="meter" value={progress} aria-label={t('history.title')} />
          <button type="button" className="button line small" onClick={() => store.set({ historyOpen: false })}>
            {t('common.cancel')}
          </button>
        </section>
      ) : (
        <>
          <Versions board={board} overview={overview} at={at} onGo={history.go} onReload={history.reload} />
          <HistoryBar overview={overview} at={at} past={past} onGo={history.go} />
        </>
      )}
    </>
  );
}
