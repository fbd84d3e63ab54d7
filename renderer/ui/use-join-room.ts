/** Joining a room as a form does it; a board that is given is shared there, else the room's own opens. */
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from './context.ts';
import { codeOf, type RoomField, roomField, sentenceOf } from './errors.ts';
import { MAX_TEXT, parseRoomAddress } from './room-address.ts';
import { useLeft } from './use-left.ts';
import type { FieldError } from './kit/form.tsx';

export interface RoomForm {
  readonly address: string;
  readonly nick: string;
  readonly password: string;
}

export interface JoinRoom {
  readonly form: RoomForm;
  readonly busy: boolean;
  readonly error: FieldError<RoomField> | null;
  /** The room asked for a password, or the link brought one. */
  readonly wantsPassword: boolean;
  /** The room that isn't there: the person decides whether to create it. */
  readonly missing: string | null;
  change(part: Partial<RoomForm>): void;
  submit(create?: boolean): Promise<void>;
}

/** `address` and `nick` stand in the form until something else is typed. */
export function useJoinRoom(
  address: string,
  nick: string,
  board: string | undefined,
  onJoined: (board: string) => void,
): JoinRoom {
  const { api } = useServices();
  const { t, i18n } = useTranslation();
  const [typed, setTyped] = useState<Partial<RoomForm>>({});
  const form: RoomForm = { address, nick, password: '', ...typed };
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<FieldError<RoomField> | null>(null);
  const [asked, setAsked] = useState(false);
  const [missing, setMissing] = useState<string | null>(null);
  const pending = useRef(false);
  const left = useLeft();

  async function submit(create = false): Promise<void> {
    if (pending.current) return;
    const target = parseRoomAddress(form.address);
    if (!target) return setError({ field: 'room', message: t('room.needAddress') });
    const password = form.password || target.password;
    const nickname = form.nick.trim();
    if (nickname.length > MAX_TEXT) return setError({ field: 'nick', message: t('field.tooLong') });
    if (password && password.length > MAX_TEXT) return setError({ field: 'password', message: t('field.tooLong') });
    pending.current = true;
    setBusy(true);
    setError(null);
    setMissing(null);
    try {
      const info = await api.call('rooms.join', {
        room: target.room,
        create,
        ...(nickname && { nick: nickname }),
        ...(password && { password }),
        ...(board !== undefined && { board }),
      });
      // Who went elsewhere meanwhile stays there; the board is among the recent ones.
      if (!left.current) onJoined(info.id);
    } catch (failure) {
      const code = codeOf(failure);
      if (code === 'room-missing' && !create) {
        setMissing(target.room);
        return;
      }
      if (code === 'password-required') setAsked(true);
      setError({ field: roomField(code), message: sentenceOf(failure, i18n) ?? t('notice.failed') });
    } finally {
      pending.current = false;
      setBusy(false);
    }
  }

  return {
    form,
    busy,
    error,
    wantsPassword: asked || error?.field === 'password',
    missing,
    change(part) {
      setTyped({ ...typed, ...part });
      setError(null);
      setMissing(null);
    },
    submit,
  };
}
