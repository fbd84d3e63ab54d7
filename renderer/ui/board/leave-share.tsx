/** The end of sharing a board: what is kept, and the button. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../context.ts';

export function LeaveShare({
  board,
  onLeft,
  children,
}: {
  readonly board: string;
  readonly onLeft: () => void;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  const { api, store } = useServices();
  return (
    <div className="form-foot">
      <p className="help">{t('share.leaveHelp')}</p>
      <button
        type="button"
        className="button line"
        onClick={() => {
          onLeft();
          api.call('rooms.leave', { board }).catch(store.fail);
        }}
      >
        {children}
      </button>
    </div>
  );
}
