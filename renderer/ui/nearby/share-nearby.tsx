/** Offering a board to people on this network, and what is said of one that is. */
import { Wifi, WifiOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LeaveShare } from '../board/leave-share.tsx';
import { useBoardState, useServices } from '../context.ts';
import { Icon } from '../kit/icon.tsx';
import { NearbyName } from './nearby-name.tsx';

export function ShareNearby({ board }: { readonly board: string }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="secondary">{t('share.nearbyLead')}</p>
      <NearbyName />
      <ShareButton board={board} label={t('share.nearbySubmit')} />
    </>
  );
}

/** The board is one on this network. After a restart, or alone again, it can be offered anew. */
export function SharedNearby({ board, onLeft }: { readonly board: string; readonly onLeft: () => void }) {
  const { t } = useTranslation();
  const offline = useBoardState(({ status }) => status.connection === 'offline');
  return (
    <>
      <p>{t(offline ? 'share.nearbyOffline' : 'share.nearbyShared')}</p>
      {offline && <ShareButton board={board} label={t('share.nearbyAgain')} />}
      <LeaveShare board={board} onLeft={onLeft}>
        <Icon of={WifiOff} size={16} />
        {t('share.oneLeave')}
      </LeaveShare>
    </>
  );
}

function ShareButton({ board, label }: { readonly board: string; readonly label: string }) {
  const { api, store } = useServices();
  const [busy, setBusy] = useState(false);
  const share = (): void => {
    setBusy(true);
    void api
      .call('nearby.share', { board })
      .catch(store.fail)
      .finally(() => setBusy(false));
  };
  return (
    <button type="button" className="button fill large wide" disabled={busy} onClick={share}>
      <Icon of={Wifi} size={16} />
      {label}
    </button>
  );
}
