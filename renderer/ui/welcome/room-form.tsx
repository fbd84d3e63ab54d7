/** A room's address, one's name there, its password if it has one, and the question whether to create it. */
import { CirclePlus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Field } from '../kit/field.tsx';
import { errorAt, Form } from '../kit/form.tsx';
import { Icon } from '../kit/icon.tsx';
import { useJoinRoom } from '../use-join-room.ts';

export interface RoomFormProps {
  /** What stands there until something else is typed. */
  readonly address: string;
  readonly nick: string;
  /** The board to share there; absent: the room's own board opens. */
  readonly board?: string;
  readonly help?: string;
  readonly submitLabel: string;
  readonly busyLabel: string;
  readonly onJoined: (board: string) => void;
}

export function RoomForm({ address, nick, board, help, submitLabel, busyLabel, onJoined }: RoomFormProps) {
  const { t } = useTranslation();
  const join = useJoinRoom(address, nick, board, onJoined);
  const { form, busy, error, missing, change } = join;
  return (
    <Form onSubmit={() => join.submit()}>
      <Field
        label={t('room.address')}
        value={form.address}
        onValue={(next) => change({ address: next })}
        placeholder={t('room.addressExample')}
        autoComplete="off"
        name="room"
        latin
        focused
        error={errorAt(error, 'room')}
        help={help}
      />
      <Field
        label={t('room.nick')}
        value={form.nick}
        onValue={(next) => change({ nick: next })}
        autoComplete="nickname"
        name="nick"
        error={errorAt(error, 'nick')}
      />
      {join.wantsPassword && (
        <Field
          label={t('room.password')}
          value={form.password}
          onValue={(password) => change({ password })}
          type="password"
          autoComplete="off"
          name="room-password"
          latin
          error={errorAt(error, 'password')}
        />
      )}
      {missing !== null && (
        <div className="banner info" role="alert">
          <Icon of={CirclePlus} />
          <b>{t('room.missingTitle', { room: missing })}</b>
          <p>{t('room.missingHelp')}</p>
          <div className="choices">
            <button type="button" className="button fill small" autoFocus onClick={() => void join.submit(true)}>
              {t('room.create')}
            </button>
            <button type="button" className="button small" onClick={() => change({})}>
              {t('room.otherAddress')}
            </button>
          </div>
        </div>
      )}
      {missing === null && (
        <button type="submit" className="button fill large wide" disabled={busy}>
          {busy ? busyLabel : submitLabel}
        </button>
      )}
    </Form>
  );
}
