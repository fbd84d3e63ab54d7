/** Sharing a board with one person: the address, the wait for an answer, and with whom it is shared. */
import { UserPlus, UserMinus } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../context.ts';
import { Form } from '../kit/form.tsx';
import { Icon } from '../kit/icon.tsx';
import { parseAddress } from '../room-address.ts';
import { AddressField, useAddress } from './address-field.tsx';
import { ContactList } from './contact-list.tsx';
import { LeaveShare } from './leave-share.tsx';

/** Invites; closing the dialog meanwhile takes the invitation back. */
export function InviteOne({ board, onShared }: { readonly board: string; readonly onShared: () => void }) {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const address = useAddress();
  const [waiting, setWaiting] = useState<string | null>(null);
  const out = useRef(false);
  const cancel = useCallback((): void => {
    if (!out.current) return;
    out.current = false;
    api.call('direct.cancel', { board }).catch(store.fail);
  }, [api, store, board]);
  useEffect(() => cancel, [cancel]);
  const invite = async (jid: string): Promise<void> => {
    if (out.current) return;
    if (parseAddress(jid) === null) return address.refuse();
    out.current = true;
    address.type(jid);
    setWaiting(jid);
    try {
      await api.call('direct.invite', { board, jid });
      out.current = false;
      onShared();
    } catch (failure) {
      // Who took it back needs no sentence about it.
      if (out.current) address.fail(failure);
      out.current = false;
    } finally {
      setWaiting(null);
    }
  };
  return (
    <Form onSubmit={() => invite(address.jid)}>
      <p className="secondary">{t('share.oneLead')}</p>
      <AddressField label={t('share.oneAddress')} address={address} name="jid" focused readOnly={waiting !== null} />
      {waiting !== null ? (
        <div className="form-foot">
          <p className="help" role="status">
            {t('share.oneWaiting', { jid: waiting })}
          </p>
          <button type="button" className="button line" onClick={cancel}>
            {t('share.oneCancel')}
          </button>
        </div>
      ) : (
        <button type="submit" className="button fill large wide">
          <Icon of={UserPlus} size={16} />
          {t('share.oneSubmit')}
        </button>
      )}
      {waiting === null && <ContactList typed={address.typed} onInvite={(jid) => void invite(jid)} />}
    </Form>
  );
}

export function SharedWithOne({
  board,
  jid,
  onLeft,
}: {
  readonly board: string;
  readonly jid: string;
  readonly onLeft: () => void;
}) {
  const { t } = useTranslation();
  return (
    <>
      <p>{t('share.oneShared', { jid })}</p>
      <LeaveShare board={board} onLeft={onLeft}>
        <Icon of={UserMinus} size={16} />
        {t('share.oneLeave')}
      </LeaveShare>
    </>
  );
}
