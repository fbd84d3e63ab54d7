/** That something is complete, who can change that, and the way to do so for those who can. */
import { CircleCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { isOwner } from '#renderer/actions/complete.ts';
import { actionOf, perform } from '#renderer/actions/registry.ts';
import { useBoard, useBoardState, useServices } from '../context.ts';
import { Icon } from '../kit/icon.tsx';

/** In the title bar: the whole board is complete. */
export function CompleteChip() {
  const { t } = useTranslation();
  const whole = useBoardState((state) => state.status.complete?.whole ?? false);
  if (!whole) return null;
  return (
    <p className="state good complete" role="status">
      <Icon of={CircleCheck} size={16} />
      <span className="long">{t('complete.chip')}</span>
      <span className="sr-only narrow-only">{t('complete.chip')}</span>
    </p>
  );
}

/** In the properties: for a selection that is complete, or can be declared so. */
export function CompleteSection() {
  const { t } = useTranslation();
  const { actions } = useServices();
  const board = useBoard();
  const complete = useBoardState(() => board.selectionComplete());
  const owner = useBoardState(isOwner);
  const whole = useBoardState((state) => state.status.complete?.whole ?? false);
  if (complete === 'no' && !owner) return null;
  const id = complete === 'no' ? 'arrange.complete' : 'arrange.reopen';
  const action = actionOf(id);
  return (
    <section className="ruled complete-section">
      {complete !== 'no' && (
        <p className="small">
          <Icon of={CircleCheck} size={16} />
          <span>
            {t(whole ? 'complete.board' : complete === 'around' ? 'complete.around' : 'complete.itself')}{' '}
            {!owner && t('complete.askOwner')}
          </span>
        </p>
      )}
      {action.enabled(actions) && (
        <button type="button" className="button line small" onClick={() => perform(action, actions)}>
          {complete === 'no' && <Icon of={CircleCheck} size={16} />}
          {t(action.label)}
        </button>
      )}
    </section>
  );
}
