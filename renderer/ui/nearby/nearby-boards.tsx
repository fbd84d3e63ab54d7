/** Boards that others offer on this network: off until one looks for them, then a list that opens with a click. */
import { Radar, Wifi } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NearbyStatus } from '#api/contract.ts';
import { useApp, useServices } from '../context.ts';
import { codeOf } from '../errors.ts';
import { Icon } from '../kit/icon.tsx';
import { isolate } from '../kit/isolate.ts';
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
              <NearbyRow
                board={board}
                waiting={joining === board.id}
                disabled={joining !== null}
                onOpen={() => void join(board.id)}
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

function NearbyRow({
  board: { name, host: nick, people },
  waiting,
  disabled,
  onOpen,
}: {
  readonly board: NearbyStatus['boards'][number];
  readonly waiting: boolean;
  readonly disabled: boolean;
  readonly onOpen: () => void;
}) {
  const { t } = useTranslation();
  const host = isolate(nick);
  return (
    <button type="button" className="open" disabled={disabled} aria-busy={waiting} onClick={onOpen}>
      <span className="tile sea">
        <Icon of={Wifi} size={16} />
      </span>
      <span className="grow">
        <span className="name ellipsis">
          <bdi>{name || t('boards.untitled')}</bdi>
        </span>
        <span className="room small secondary ellipsis">
          {waiting ? t('nearby.waiting', { name: host }) : t('nearby.host', { name: host, count: people })}
        </span>
      </span>
    </button>
  );
}
