/** How one is called on this network, and a way to change that. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp, useServices } from '../context.ts';
import { isolate } from '../kit/isolate.ts';
import { NameField } from '../kit/name-field.tsx';

export function NearbyName() {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const name = useApp((state) => state.nearby.nick);
  const [changing, setChanging] = useState(false);
  const done = async (next: string | null): Promise<void> => {
    setChanging(false);
    if (next === null) return;
    try {
      await api.call('settings.set', { key: 'nick', value: next });
      await store.refreshNearby();
    } catch (error) {
      store.fail(error);
    }
  };
  if (changing) {
    return (
      <span className="field-box">
        <NameField name={name} label={t('nearby.nameLabel')} onDone={(next) => void done(next)} />
      </span>
    );
  }
  return (
    <p className="nearby-line small">
      <span className="grow">{t('nearby.name', { name: isolate(name) })}</span>
      <button type="button" className="link" onClick={() => setChanging(true)}>
        {t('nearby.rename')}
      </button>
    </p>
  );
}
