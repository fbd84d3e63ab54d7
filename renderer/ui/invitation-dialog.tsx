/** Somebody invites to draw: who, on what, and a decision. Over whatever screen there is; one invitation after the other. */
import { Brush } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp, useServices } from './context.ts';
import { codeOf } from './errors.ts';
import { Dialog } from './kit/dialog.tsx';
import { Icon } from './kit/icon.tsx';

export function InvitationDialog() {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const invitation = useApp((state) => state.invitations[0]);
  const accept = useRef<HTMLButtonElement>(null);
  const id = invitation?.id;
  useEffect(() => accept.current?.focus(), [id]);
  if (!invitation) return null;
  const answer = async (yes: boolean): Promise<void> => {
    try {
      const board = await api.call('direct.answer', { id: invitation.id, accept: yes });
      if (board) store.go({ screen: 'board', board: board.id });
    } catch (error) {
      // A password or another name is asked for where rooms are joined.
      if (invitation.room !== undefined && ['password-required', 'nick-taken'].includes(codeOf(error) ?? ''))
        store.goToRoom(invitation.room);
      else store.fail(error);
    }
  };
  const { from: jid, name, room, reason } = invitation;
  return (
    <Dialog
      key={invitation.id}
      title={t('invitation.title', { who: jid.split('@')[0] ?? jid })}
      size="narrow"
      onClose={() => void answer(false)}
    >
      <div className="dialog-body">
        {room === undefined ? (
          <p>{name === '' ? t('invitation.unnamed', { jid }) : t('invitation.board', { jid, name })}</p>
        ) : (
          <p>{t('invitation.room', { jid, room })}</p>
        )}
        {reason !== undefined && (
          <blockquote className="secondary" dir="auto">
            {reason}
          </blockquote>
        )}
        <p className="help">{t(room === undefined ? 'invitation.help' : 'invitation.roomHelp')}</p>
        <div className="actions-row">
          <button ref={accept} type="button" className="button fill large grow" onClick={() => void answer(true)}>
            <Icon of={Brush} size={16} />
            {t('invitation.accept')}
          </button>
          <button type="button" className="button line large" onClick={() => void answer(false)}>
            {t('invitation.decline')}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
