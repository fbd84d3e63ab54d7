/** One calm line that says what happened while one was away. It stays until it is looked at or dismissed. */
import { History, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Merged } from '#api/contract.ts';
import { useServices } from '../context.ts';
import { Icon } from '../kit/icon.tsx';
import { PANELS_CLOSED } from '../store.ts';

export function MergedNotice({ board, merged }: { readonly board: string; readonly merged: Merged }) {
  const { t, i18n } = useTranslation();
  const { api, store } = useServices();
  const { theirs, overruled } = merged.counts;
  const list = new Intl.ListFormat(i18n.language, { type: 'conjunction' });
  const names = merged.by.length > 0 ? list.format(merged.by) : t('merged.others');
  return (
    <aside className="floating merged-notice" aria-label={t('merged.title')} data-region="merged">
      <Icon of={History} size={16} />
      <p role="status">
        {theirs > 0 && <span>{t('merged.notice', { count: theirs, names })}</span>}{' '}
        {overruled > 0 && <span className="strong">{t('merged.noticeLost', { count: overruled })}</span>}
      </p>
      <button
        type="button"
        className="button line small"
        onClick={() => store.set({ ...PANELS_CLOSED, changesOpen: true })}
      >
        {t('merged.look')}
      </button>
      <button
        type="button"
        className="icon-button small"
        aria-label={t('notice.dismiss')}
        onClick={() => void api.call('merged.dismiss', { board }).catch(store.fail)}
      >
        <Icon of={X} size={16} />
      </button>
    </aside>
  );
}
