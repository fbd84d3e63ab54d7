/** Inviting someone to the room that a board is in, by address. */
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp, useServices } from '../context.ts';
import { codeOf, sentenceOf } from '../errors.ts';
import { Field } from '../kit/field.tsx';
import { Form } from '../kit/form.tsx';
import { Icon } from '../kit/icon.tsx';

export function InviteToRoom({ board }: { readonly board: string }) {
  const { t, i18n } = useTranslation();
  const { api, store } = useServices();
  const online = useApp((state) => state.account.state === 'online');
  const [jid, setJid] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  if (!online) return null;
  const invite = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      await api.call('rooms.invite', { board, jid });
      store.toast('info', t('share.invited', { jid: jid.trim() }));
      setJid('');
    } catch (failure) {
      const known = codeOf(failure) === 'bad-request' ? t('share.needAddress') : sentenceOf(failure, i18n);
      setError(known ?? t('notice.failed'));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form onSubmit={invite}>
      <Field
        label={t('share.inviteLabel')}
        value={jid}
        onValue={(next) => {
          setJid(next);
          setError(undefined);
        }}
        placeholder={t('signIn.addressExample')}
        autoComplete="off"
        name="invite"
        latin
        error={error}
        beside={
          <button type="submit" className="button line large" disabled={busy || jid.trim() === ''}>
            <Icon of={UserPlus} size={16} />
            {t('share.invite')}
          </button>
        }
      />
    </Form>
  );
}
