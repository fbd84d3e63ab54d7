/** Somebody invites to draw: who, on what, and a decision. Over whatever screen there is; one invitation after the other. */
import { Brush } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp, useServices } from './context.ts';
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
      store.fail(error);
    }
  };
  const { from: jid, name } = invitation;
  return (
    <Dialog
      key={invitation.id}
      title={t('invitation.title', { who: jid.split('@')[0] ?? jid })}
      size="narrow"
      onClose={() => void answer(false)}
    >
      <div className="dialog-body">
        <p>{name === '' ? t('invitation.unnamed', { jid }) : t('invitation.board', { jid, name })}</p>
        <p className="help">{t('invitation.help')}</p>
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
