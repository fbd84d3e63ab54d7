/** The people on this board: their names, what they may do, whether they are there. */
import { UserPlus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Person } from '#api/contract.ts';
import { actionOf, perform } from '#renderer/actions/registry.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import { useApp, useBoardState, useServices } from '../context.ts';
import { Avatar } from '../kit/avatar.tsx';
import { CloseButton } from '../kit/close-button.tsx';
import { Icon } from '../kit/icon.tsx';
import { KeysText } from '../kit/keys.tsx';
import { PersonRole } from './person-role.tsx';

const SHOWS: Readonly<Record<Person['show'], TextKey>> = {
  free: 'people.free',
  away: 'people.away',
  busy: 'people.busy',
  off: 'people.off',
};

export function PeoplePanel() {
  const { t } = useTranslation();
  const { store, actions } = useServices();
  const people = useBoardState((state) => state.people);
  const sorted = people.toSorted((a, b) => Number(b.me) - Number(a.me));
  const shown = useBoardState((state) => state.othersShown);
  const voided = useApp((state) => state.voided);
  const alone = !people.some((person) => !person.me);
  return (
    <aside className="floating side-panel" aria-label={t('people.title')} data-region="panel">
      <header>
        <h2>
          {t('people.onBoard')} <span className="secondary numbers">{people.length}</span>
        </h2>
        <CloseButton onClose={() => store.set({ peopleOpen: false })} />
      </header>
      {/* A list that scrolls must be reachable by key. */}
      <ul className="list" tabIndex={0} aria-label={t('people.onBoard')}>
        {sorted.map((person) => (
          <PersonRow key={person.id} person={person} />
        ))}
        {alone && <li className="alone">{t('people.alone')}</li>}
      </ul>
      {voided && (
        <p className="small secondary voided">
          {t('void.others', { count: voided.count })} {voided.reason}
        </p>
      )}
      <footer>
        {!alone && (
          <label className="check">
            <input type="checkbox" checked={shown} onChange={() => perform(actionOf('view.others'), actions)} />
            <span className="grow">{t('people.cursors')}</span>
            <KeysText of={actionOf('view.others').shortcuts[0] ?? ''} />
          </label>
        )}
        <button type="button" className="button fill wide" onClick={() => perform(actionOf('file.share'), actions)}>
          <Icon of={UserPlus} size={16} />
          {t('people.invite')}
        </button>
      </footer>
    </aside>
  );
}

function PersonRow({ person }: { readonly person: Person }) {
  const { t } = useTranslation();
  const presenting = useBoardState((state) => state.presenting.presenter?.person === person.id);
  const does = presenting ? 'people.presenting' : person.draws ? SHOWS[person.show] : 'people.chatOnly';
  return (
    <li className="person">
      <Avatar person={person} size="medium" presence presenting={presenting} />
      <div className="grow">
        <div className="person-name">
          <span className="ellipsis" dir="auto">
            {person.name}
          </span>
          {person.me && <span className="secondary">{t('people.you')}</span>}
        </div>
        <div className="small secondary ellipsis">{t(does)}</div>
      </div>
      <PersonRole person={person} />
    </li>
  );
}
