/** Inviting someone to the room that a board is in, by address. */
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp, useServices } from '../context.ts';
import { Form } from '../kit/form.tsx';
import { Icon } from '../kit/icon.tsx';
import { parseAddress } from '../room-address.ts';
import { AddressField, useAddress } from './address-field.tsx';
import { ContactList } from './contact-list.tsx';

export function InviteToRoom({ board }: { readonly board: string }) {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const online = useApp((state) => state.account.state === 'online');
  const address = useAddress();
  const [busy, setBusy] = useState(false);
  if (!online) return null;
  const invite = async (jid: string): Promise<void> => {
    if (busy) return;
    if (parseAddress(jid) === null) return address.refuse();
    setBusy(true);
    try {
      await api.call('rooms.invite', { board, jid });
      store.toast('info', t('share.invited', { jid }));
      address.sent(address.jid);
    } catch (failure) {
      address.fail(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form onSubmit={() => invite(address.jid)}>
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
      <ContactList typed={address.typed} onInvite={(jid) => void invite(jid)} />
    </Form>
  );
}
