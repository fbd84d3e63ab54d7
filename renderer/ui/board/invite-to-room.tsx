/** Inviting someone to the room that a board is in, by address. */
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp, useServices } from '../context.ts';
import { Form } from '../kit/form.tsx';
import { Icon } from '../kit/icon.tsx';
import { AddressField, useAddress } from './address-field.tsx';

export function InviteToRoom({ board }: { readonly board: string }) {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const online = useApp((state) => state.account.state === 'online');
  const address = useAddress();
  const [busy, setBusy] = useState(false);
  if (!online) return null;
  const invite = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      await api.call('rooms.invite', { board, jid: address.jid });
      store.toast('info', t('share.invited', { jid: address.jid }));
      address.sent(address.jid);
    } catch (failure) {
      address.fail(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form onSubmit={invite}>
      <AddressField
        label={t('share.inviteLabel')}
        address={address}
        name="invite"
        beside={
          <button type="submit" className="button line large" disabled={busy || address.jid === ''}>
            <Icon of={UserPlus} size={16} />
            {t('share.invite')}
          </button>
        }
      />
    </Form>
  );
}
