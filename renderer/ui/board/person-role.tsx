/** What somebody may do on the board, and for those who run its room a menu that changes it. */
import { ChevronDown, Crown, DoorOpen, Eye, type LucideIcon, Pencil, Shield, UserX } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person } from '#api/contract.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import { useBoardState, useServices } from '../context.ts';
import { Confirm } from '../kit/confirm.tsx';
import { Icon } from '../kit/icon.tsx';
import { Menu, MenuLine, MenuRow } from '../kit/menu.tsx';

const ROLES: Readonly<Record<Person['role'], TextKey>> = {
  viewer: 'people.viewer',
  editor: 'people.editor',
  moderator: 'people.moderator',
  owner: 'people.owner',
};
const GIVE: Readonly<Record<Person['role'], readonly [TextKey, LucideIcon]>> = {
  viewer: ['people.giveViewer', Eye],
  editor: ['people.giveEditor', Pencil],
  moderator: ['people.giveModerator', Shield],
  owner: ['people.giveOwner', Crown],
};
const STANDINGS = ['viewer', 'editor', 'moderator', 'owner'] as const;

export function PersonRole({ person }: { readonly person: Person }) {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const board = useBoardState((state) => state.status.board);
  const [banning, setBanning] = useState(false);
  const { id, name, role, offers } = person;
  const give = async (standing: Person['role']): Promise<void> => {
    try {
      const { newcomersWatch } = await api.call('rooms.give', { board, person: id, standing });
      if (newcomersWatch) store.toast('info', t('people.newcomersWatch'));
    } catch (error) {
      store.fail(error);
    }
  };
  const remove = (forGood: boolean): void => {
    api.call('rooms.remove', { board, person: id, forGood }).catch(store.fail);
  };
  if (offers.length === 0) return <span className="small secondary">{t(ROLES[role])}</span>;
  return (
    <>
      <Menu
        align="end"
        narrow
        trigger={
          <button
            type="button"
            className="person-role small secondary"
            aria-label={t('people.roleOf', { name, role: t(ROLES[role]) })}
          >
            {t(ROLES[role])}
            <Icon of={ChevronDown} size={14} />
          </button>
        }
      >
        {STANDINGS.filter((standing) => offers.includes(standing)).map((standing) => (
          <MenuRow
            key={standing}
            icon={GIVE[standing][1]}
            label={t(GIVE[standing][0])}
            onChoose={() => void give(standing)}
          />
        ))}
        {offers.includes('remove') && <MenuLine />}
        {offers.includes('remove') && (
          <MenuRow icon={DoorOpen} label={t('people.remove')} onChoose={() => remove(false)} />
        )}
        {offers.includes('ban') && (
          <MenuRow icon={UserX} label={t('people.ban')} danger onChoose={() => setBanning(true)} />
        )}
      </Menu>
      {banning && (
        <Confirm
          title={t('people.banTitle', { name })}
          help={t('people.banHelp', { name })}
          label={t('people.banConfirm')}
          onConfirm={() => remove(true)}
          onClose={() => setBanning(false)}
        />
      )}
    </>
  );
}
