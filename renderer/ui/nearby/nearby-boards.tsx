/** Boards that others offer on this network: off until one looks for them, then a list that opens with a click. */
import { Radar, Wifi } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp, useServices } from '../context.ts';
import { codeOf } from '../errors.ts';
import { Icon } from '../kit/icon.tsx';
import { isolate } from '../kit/isolate.ts';
import { OpenRow } from '../kit/open-row.tsx';
import { NearbyName } from './nearby-name.tsx';

export function NearbyBoards() {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const { on, boards } = useApp((state) => state.nearby);
  const [joining, setJoining] = useState<string | null>(null);
  const turn = (to: boolean): void => {
    api.call('nearby.turn', { on: to }).catch(store.fail);
  };
  const join = async (id: string): Promise<void> => {
    setJoining(id);
    try {
      const board = await api.call('nearby.join', { id });
      store.go({ screen: 'board', board: board.id });
    } catch (error) {
      // Who gave up needs no sentence about it.
      if (codeOf(error) !== 'cancelled') store.fail(error);
    } finally {
      setJoining(null);
    }
  };
  if (!on) {
    return (
      <p className="nearby-line">
        <Icon of={Radar} size={16} />
        <span className="grow">{t('nearby.off')}</span>
        <button type="button" className="link" onClick={() => turn(true)}>
          {t('nearby.find')}
        </button>
      </p>
    );
  }
  return (
    <section className="recent" aria-labelledby="nearby-boards">
      <div className="recent-head">
        <h2 id="nearby-boards">{t('nearby.title')}</h2>
        <button type="button" className="link" onClick={() => turn(false)}>
          {t('nearby.stop')}
        </button>
      </div>
      <NearbyName />
      {boards.length === 0 ? (
        <p className="secondary" role="status">
          {t('nearby.none')}
        </p>
      ) : (
        <ul>
          {boards.map((board) => (
            <li key={board.id} className="recent-row">
              <OpenRow
                icon={Wifi}
                name={board.name || t('boards.untitled')}
                detail={
                  joining === board.id
                    ? t('nearby.waiting', { name: isolate(board.host) })
                    : t('nearby.host', { name: isolate(board.host), count: board.people })
                }
                disabled={joining !== null}
                aria-busy={joining === board.id}
                onClick={() => void join(board.id)}
              />
              {joining === board.id && (
                <button
                  type="button"
                  className="button line small"
                  onClick={() => void api.call('nearby.cancel').catch(store.fail)}
                >
                  {t('common.cancel')}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
