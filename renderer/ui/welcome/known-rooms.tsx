/** Below the form that joins a room: the rooms that the account keeps, and those of its server. */
import { Bookmark, Users } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ListedRoom } from '#api/contract.ts';
import { useApp, useServices } from '../context.ts';
import { OpenRow } from '../kit/open-row.tsx';

export function KnownRooms({ onChoose }: { readonly onChoose: (room: string) => void }) {
  const { t } = useTranslation();
  const { api } = useServices();
  const online = useApp(({ account }) => account.state === 'online');
  const [rooms, setRooms] = useState<readonly ListedRoom[]>([]);
  useEffect(() => {
    let left = false;
    // A list that doesn't come is no reason to say anything: the address can be typed.
    if (online)
      api.call('rooms.list').then(
        (list) => left || setRooms(list),
        () => undefined,
      );
    return () => {
      left = true;
    };
  }, [api, online]);
  const groups = [
    ['room.kept', Bookmark, rooms.filter(({ kept }) => kept)],
    ['room.onServer', Users, rooms.filter(({ kept }) => !kept)],
  ] as const;
  return groups.map(([title, icon, list]) =>
    list.length === 0 ? null : (
      <section key={title} className="recent" aria-label={t(title)}>
        <h2>{t(title)}</h2>
        <ul>
          {list.map(({ room, name }) => (
            <li key={room} className="recent-row">
              <OpenRow
                icon={icon}
                name={name || room.slice(0, room.indexOf('@'))}
                detail={<bdi dir="ltr">{room}</bdi>}
                onClick={() => onChoose(room)}
              />
            </li>
          ))}
        </ul>
      </section>
    ),
  );
}
