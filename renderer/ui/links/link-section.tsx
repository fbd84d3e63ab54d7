/** In the properties: where the selected shape leads, and the link that leads to it. */
import { Crosshair, ExternalLink, Link2 } from 'lucide-react';
import { type FormEvent, useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { actionOf, perform } from '#renderer/actions/registry.ts';
import { useBoardState, useServices } from '../context.ts';
import { Icon } from '../kit/icon.tsx';
import { Tip } from '../kit/tip.tsx';
import { isAddress } from '../notes/schema.ts';
import { roomLink, sharedAddress } from '../room-address.ts';
import { useCopyLink } from './use-copy-link.ts';

export function LinkSection({ rid, canEdit }: { readonly rid: string; readonly canEdit: boolean }) {
  const { t } = useTranslation();
  const { api, store, actions } = useServices();
  const point = actionOf('view.point');
  const mayPoint = useBoardState(() => point.enabled(actions));
  const board = useBoardState((state) => state.status.board);
  const room = useBoardState((state) => sharedAddress(state.status.room));
  const [link, setLink] = useState<string | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const copy = useCopyLink();
  const bad = typed !== null && typed.trim() !== '' && !isAddress(typed.trim());

  const read = useCallback(
    () => api.call('links.of', { board, rid }).then(setLink, () => setLink(null)),
    [api, board, rid],
  );
  useEffect(() => {
    void read();
    // What others do, and undo, may change it.
    return api.on('changes', (event) => {
      if (event.board === board && event.changes.some(({ op }) => op !== 'attr' && op !== 'text')) void read();
    });
  }, [api, board, read]);

  const commit = async (event?: FormEvent): Promise<void> => {
    event?.preventDefault();
    if (typed === null || bad) return;
    const address = typed.trim() === '' ? null : typed.trim();
    try {
      if (address !== link) await api.call('links.set', { board, rid, address });
      await read();
      setTyped((now) => (now === typed ? null : now));
    } catch (error) {
      store.fail(error);
    }
  };
  if (!canEdit && link === null) return null;
  return (
    <section className="ruled link-section">
      <h3 className="label">{t('links.title')}</h3>
      <form className="link-row" onSubmit={(event) => void commit(event)}>
        <div className={bad ? 'field-box bad' : 'field-box'}>
          <input
            aria-label={t('links.address')}
            aria-invalid={bad}
            placeholder="https:// xmpp:"
            dir="ltr"
            spellCheck={false}
            readOnly={!canEdit}
            value={typed ?? link ?? ''}
            onChange={(event) => setTyped(event.target.value)}
            onBlur={() => void commit()}
            onKeyDown={(event) => {
              if (event.key === 'Escape') setTyped(null);
            }}
          />
        </div>
        {link !== null && (
          <Tip text={t('links.open')} side="left">
            <button
              type="button"
              className="icon-button medium"
              aria-label={t('links.open')}
              onClick={() => store.follow(link)}
            >
              <Icon of={ExternalLink} size={16} />
            </button>
          </Tip>
        )}
      </form>
      {bad && (
        <p className="error small" role="alert">
          {t('links.bad')}
        </p>
      )}
      {room !== undefined && (
        <button type="button" className="button line small" onClick={() => copy(roomLink(room, { rid }))}>
          <Icon of={Link2} size={16} />
          {t('links.copyShape')}
        </button>
      )}
      {mayPoint && (
        <button type="button" className="button line small" onClick={() => perform(point, actions)}>
          <Icon of={Crosshair} size={16} />
          {t(point.label)}
        </button>
      )}
    </section>
  );
}
