/** Two people who don't know each other yet compare six digits, so that nobody can be between them. Over whatever screen there is. */
import { Check } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useApp, useServices } from '../context.ts';
import { Dialog } from '../kit/dialog.tsx';
import { Icon } from '../kit/icon.tsx';
import { isolate } from '../kit/isolate.ts';

export function CodeDialog() {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const question = useApp((state) => state.nearby.questions[0]);
  if (!question) return null;
  const { id, nick, board, code, guest } = question;
  const name = isolate(nick);
  const answer = (same: boolean): void => {
    api.call('nearby.answer', { id, same }).catch(store.fail);
  };
  return (
    <Dialog
      key={id}
      title={guest ? t('nearby.guestTitle', { name }) : t('nearby.hostTitle', { name })}
      size="narrow"
      onClose={() => answer(false)}
    >
      <div className="dialog-body">
        {guest && <p>{t('nearby.guestBoard', { name, board: isolate(board || t('boards.untitled')) })}</p>}
        <p>{t('nearby.compare', { name })}</p>
        <output className="code-digits" dir="ltr" aria-label={[...code].join(' ')}>
          <span>{code.slice(0, 3)}</span>
          <span>{code.slice(3)}</span>
        </output>
        <p className="help">{t('nearby.compareHelp', { name })}</p>
        <div className="actions-row">
          <button type="button" className="button fill large grow" onClick={() => answer(true)}>
            <Icon of={Check} size={16} />
            {t('nearby.same')}
          </button>
          <button type="button" className="button line large" onClick={() => answer(false)}>
            {t('nearby.different')}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
