/** The room lets one in no more, or only with another password: what happened, and what can be done here. */
import { LockKeyhole } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BoardStatus } from '#api/contract.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import { useBoardState, useServices } from '../context.ts';
import { codeOf, sentenceOf } from '../errors.ts';
import { Field } from '../kit/field.tsx';
import { Form } from '../kit/form.tsx';
import { Icon } from '../kit/icon.tsx';

type Reason = NonNullable<BoardStatus['barred']>;
const REASONS: Readonly<Record<Reason, TextKey>> = {
  'password-required': 'barred.password',
  'members-only': 'barred.members',
  banned: 'barred.banned',
};

export function Barred() {
  const reason = useBoardState((state) => state.status.barred);
  const board = useBoardState((state) => state.status.board);
  const place = useBoardState((state) => state.status.room);
  return reason && place ? <Notice key={reason} board={board} place={place} reason={reason} /> : null;
}

interface NoticeProps {
  readonly board: string;
  readonly place: NonNullable<BoardStatus['room']>;
  readonly reason: Reason;
}

function Notice({ board, place: { jid, nick }, reason }: NoticeProps) {
  const { t, i18n } = useTranslation();
  const { api, store } = useServices();
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const asks = reason === 'password-required';
  const join = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await api.call('rooms.join', { room: jid, nick, board, create: false, ...(asks && { password }) });
    } catch (failure) {
      if (asks && codeOf(failure) === 'password-required') {
        setError(sentenceOf(failure, i18n) ?? t('notice.failed'));
      } else store.fail(failure);
    } finally {
      setBusy(false);
    }
  };
  const button = (
    <button type="submit" className="button fill large" disabled={busy || (asks && password === '')}>
      {t(busy ? 'room.busy' : asks ? 'room.submit' : 'barred.again')}
    </button>
  );
  return (
    <aside className="floating barred" aria-label={t('barred.title')} data-region="barred">
      <Icon of={LockKeyhole} />
      <div className="grow" role="status">
        <b>{t('barred.title')}</b>
        <p>{t(REASONS[reason])}</p>
      </div>
      <Form onSubmit={join}>
        {asks ? (
          <Field
            label={t('room.password')}
            value={password}
            onValue={(next) => {
              setPassword(next);
              setError(undefined);
            }}
            type="password"
            autoComplete="off"
            name="room-password"
            maxLength={1024}
            error={error}
            beside={button}
            latin
          />
        ) : (
          button
        )}
      </Form>
    </aside>
  );
}
