/** Contacts to invite: those whose name has what was typed or whose address begins so, at most five. */
import { UserPlus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Contact } from '#api/contacts.ts';
import { useBoardState, useServices } from '../context.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import { follow } from '../follow.ts';
import { Icon } from '../kit/icon.tsx';

const SHOWN = 5;
const SHOWS: Readonly<Record<Contact['show'], TextKey>> = {
  free: 'share.online',
  away: 'people.away',
  busy: 'people.busy',
  off: 'share.offline',
};

export interface ContactListProps {
  readonly typed: string;
  readonly onInvite: (jid: string) => void;
}

export function ContactList({ typed, onInvite }: ContactListProps) {
  const { t } = useTranslation();
  const contacts = useContacts();
  const here = useBoardState((state) => state.status.room);
  const wanted = typed.trim().toLowerCase();
  const found = contacts.filter(
    ({ jid, name }) => jid !== here?.jid && (name.toLowerCase().includes(wanted) || jid.startsWith(wanted)),
  );
  if (found.length === 0) return null;
  return (
    <ul className="contacts" aria-label={t('share.contacts')}>
      {found.slice(0, SHOWN).map(({ jid, name, show }) => (
        <li key={jid} className="person">
          <div className="grow">
            <div className="person-name">
              <span className={`dot ${show}`} />
              <span className="ellipsis" dir="auto">
                {name}
              </span>
            </div>
            <div className="small secondary ellipsis">
              {t(SHOWS[show])} · <bdi dir="ltr">{jid}</bdi>
            </div>
          </div>
          <button
            type="button"
            className="button line small"
            aria-label={t('share.inviteNamed', { name })}
            onClick={() => onInvite(jid)}
          >
            <Icon of={UserPlus} size={16} />
            {t('share.invite')}
          </button>
        </li>
      ))}
      {found.length > SHOWN && (
        <li className="small secondary">{t('share.moreContacts', { count: found.length - SHOWN })}</li>
      )}
    </ul>
  );
}

/** The list, kept up to date. */
function useContacts(): readonly Contact[] {
  const { api, store } = useServices();
  const [contacts, setContacts] = useState<readonly Contact[]>([]);
  useEffect(
    () =>
      follow<readonly Contact[]>(
        api.call('contacts.list'),
        (heard) => api.on('contacts', heard),
        setContacts,
        store.fail,
      ),
    [api, store],
  );
  return contacts;
}
