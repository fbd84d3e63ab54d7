/** The one place that says whether what you draw is safe, and with the others. */
import {
  CircleAlert,
  CloudCheck,
  CloudOff,
  CloudUpload,
  Eye,
  HardDrive,
  type LucideIcon,
  RefreshCw,
} from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BoardStatus } from '#api/contract.ts';
import { useApp, useBoardState, useServices } from '../context.ts';
import { Icon } from '../kit/icon.tsx';
import { Tip } from '../kit/tip.tsx';
import { type Condition, conditionOf } from './condition.ts';

type Look = 'good' | 'busy' | 'warn' | 'bad';
const LOOKS: Readonly<Record<Condition, { look: Look; icon: LucideIcon }>> = {
  notSaved: { look: 'bad', icon: CircleAlert },
  offline: { look: 'warn', icon: CloudOff },
  connecting: { look: 'busy', icon: RefreshCw },
  joining: { look: 'busy', icon: RefreshCw },
  saving: { look: 'busy', icon: HardDrive },
  sending: { look: 'busy', icon: CloudUpload },
  saved: { look: 'good', icon: HardDrive },
  savedForAll: { look: 'good', icon: CloudCheck },
  watching: { look: 'good', icon: Eye },
};

/** Saving and sending are over in a blink as a rule; said only when they last, so that the bar doesn't flicker. */
const SAY_AFTER_MS = 300;
const BRIEF: ReadonlySet<Condition> = new Set(['saving', 'sending']);

export function ConnectionState() {
  const { t } = useTranslation();
  const status = useBoardState((state) => state.status);
  const { api } = useServices();
  const mayTry = useApp(({ account }) => account.state === 'offline');
  const now = conditionOf(status);
  const is = useSettled(now, status);
  const { look, icon } = LOOKS[is];
  const count = status.waiting;
  const texts: Readonly<Record<Condition, string>> = {
    notSaved: t('state.notSaved'),
    offline: count > 0 ? t('state.offlineWaiting', { count }) : t('state.offline'),
    connecting: t('state.connecting'),
    joining:
      status.progress === undefined
        ? t('state.joining')
        : t('state.progress', { percent: Math.round(status.progress * 100) }),
    saving: t('state.saving'),
    sending: t('state.sending', { count }),
    saved: t('state.saved'),
    savedForAll: t('state.savedForAll'),
    watching: t('state.watching'),
  };
  return (
    <>
      <Tip text={status.problem ?? texts[is]} side="bottom">
        {/* The attributes say the present condition at once, whatever the words still say. */}
        <div
          className={`state ${look}`}
          role="status"
          data-condition={now}
          data-waiting={count}
          tabIndex={status.problem === undefined ? undefined : 0}
        >
          <Icon of={icon} size={16} />
          <span className="long">{texts[is]}</span>
          <span className="sr-only">{status.problem}</span>
          {is === 'joining' && status.progress !== undefined && (
            <progress className="meter" value={status.progress} aria-label={texts.joining} />
          )}
        </div>
      </Tip>
      {is === 'offline' && mayTry && (
        <button type="button" className="link small" onClick={() => void api.call('account.reconnect')}>
          {t('state.tryNow')}
        </button>
      )}
    </>
  );
}

function useSettled(now: Condition, status: BoardStatus): Condition {
  const [lasts, setLasts] = useState(false);
  const isBrief = BRIEF.has(now);
  useEffect(() => {
    if (!isBrief) return;
    const timer = setTimeout(() => setLasts(true), SAY_AFTER_MS);
    return () => {
      clearTimeout(timer);
      setLasts(false);
    };
  }, [isBrief]);
  if (!isBrief || lasts) return now;
  return conditionOf({ ...status, saved: true, waiting: 0 });
}
