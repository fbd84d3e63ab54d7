/** How the board's room is, for its owners: who may come, what those may do, and its end. */
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomSettings as Settings } from '#api/contract.ts';
import { useBoardState, useServices } from '../context.ts';
import { Segmented } from '../kit/choices.tsx';
import { Confirm } from '../kit/confirm.tsx';
import { Field } from '../kit/field.tsx';
import { Form } from '../kit/form.tsx';
import { Icon } from '../kit/icon.tsx';
import { SwitchRow } from '../kit/switch-row.tsx';

export interface RoomSettingsProps {
  readonly board: string;
  readonly room: string;
  readonly onDone: () => void;
}

export function RoomSettings({ board, room, onDone }: RoomSettingsProps) {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const isOwner = useBoardState((state) => state.people.some(({ me, role }) => me && role === 'owner'));
  const [settings, setSettings] = useState<Settings | null>(null);
  const [asking, setAsking] = useState(false);
  if (!isOwner) return null;
  const toggle = (): void => {
    if (settings !== null) return setSettings(null);
    if (asking) return;
    setAsking(true);
    const asked = api.call('rooms.settings', { board }).then(setSettings, store.fail);
    void asked.finally(() => setAsking(false));
  };
  return (
    <section className="room-settings">
      <button type="button" className="link advanced-toggle" aria-expanded={settings !== null} onClick={toggle}>
        {t('roomSettings.title')}
        <Icon of={ChevronRight} size={14} mirrored />
      </button>
      {asking && (
        <p className="help" role="status">
          {t('roomSettings.asking')}
        </p>
      )}
      {settings && <SettingsForm board={board} room={room} start={settings} onDone={onDone} />}
    </section>
  );
}

function SettingsForm({ board, room, start, onDone }: RoomSettingsProps & { readonly start: Settings }) {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const [settings, setSettings] = useState(start);
  const [busy, setBusy] = useState(false);
  const [ending, setEnding] = useState(false);
  const set = (changes: Partial<Settings>): void => setSettings({ ...settings, ...changes });
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      await api.call('rooms.change', { board, settings });
      store.toast('info', t('roomSettings.saved'));
      onDone();
    } catch (error) {
      store.fail(error);
      setBusy(false);
    }
  };
  const end = (): void => {
    onDone();
    api.call('rooms.end', { board }).catch(store.fail);
  };
  return (
    <Form onSubmit={save}>
      <div className="field">
        <span className="label">{t('roomSettings.newcomers')}</span>
        <Segmented
          label={t('roomSettings.newcomers')}
          value={settings.openVoice ? 'draw' : 'watch'}
          segments={(['draw', 'watch'] as const).map((value) => {
            const name = t(value === 'draw' ? 'roomSettings.draw' : 'roomSettings.watch');
            return { value, name, content: name };
          })}
          onChoose={(value) => set({ openVoice: value === 'draw' })}
        />
        {!settings.openVoice && <p className="help">{t('roomSettings.newcomersHelp')}</p>}
      </div>
      <SwitchRow
        label={t('roomSettings.membersOnly')}
        checked={settings.membersOnly}
        onChange={(membersOnly) => set({ membersOnly })}
      />
      <Field
        label={t('roomSettings.password')}
        value={settings.password}
        onValue={(password) => set({ password })}
        type="password"
        autoComplete="off"
        maxLength={200}
        help={t('roomSettings.passwordHelp')}
        latin
      />
      <div className="form-foot">
        <button type="button" className="link danger" onClick={() => setEnding(true)}>
          {t('roomSettings.end')}
        </button>
        <button type="submit" className="button line" disabled={busy}>
          {t('roomSettings.save')}
        </button>
      </div>
      {ending && (
        <Confirm
          title={t('roomSettings.endTitle', { room })}
          help={t('roomSettings.endHelp')}
          label={t('roomSettings.endConfirm')}
          onConfirm={end}
          onClose={() => setEnding(false)}
        />
      )}
    </Form>
  );
}
