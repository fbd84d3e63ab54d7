/** The documents that belong with this board, for everybody on it: open, add by address, take off. */
import { ExternalLink, Link2, NotebookPen, PencilRuler, X } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Related } from '#api/contract.ts';
import { mayChange } from '#renderer/board/completeness.ts';
import { actionOf, perform } from '#renderer/actions/registry.ts';
import { useApp, useBoard, useBoardState, useServices } from '../context.ts';
import { follow } from '../follow.ts';
import { CloseButton } from '../kit/close-button.tsx';
import { Field } from '../kit/field.tsx';
import { Form } from '../kit/form.tsx';
import { Icon } from '../kit/icon.tsx';
import { Tip } from '../kit/tip.tsx';
import { isAddress } from '../notes/schema.ts';
import { parseRoomAddress, roomLink, sharedAddress } from '../room-address.ts';
import { PANELS_CLOSED } from '../store.ts';
import { useCopyLink } from './use-copy-link.ts';

export function RelatedPanel({ board }: { readonly board: string }) {
  const { t } = useTranslation();
  const { store, actions } = useServices();
  const related = useRelated(board);
  const controller = useBoard();
  const canEdit = useBoardState(mayChange);
  const room = useBoardState((state) => sharedAddress(state.status.room));
  const copy = useCopyLink();
  return (
    <aside className="floating side-panel related" aria-label={t('related.title')} data-region="panel">
      <header>
        <h2>
          {t('related.title')} {related.length > 0 && <span className="secondary numbers">{related.length}</span>}
        </h2>
        <CloseButton onClose={() => store.set(PANELS_CLOSED)} />
      </header>
      {/* A list that scrolls must be reachable by key. */}
      <ul className="list" tabIndex={0} aria-label={t('related.title')}>
        <li className="related-row">
          <button type="button" className="related-open" onClick={() => perform(actionOf('view.notes'), actions)}>
            <Icon of={NotebookPen} size={16} />
            <span className="grow">
              <span className="ellipsis">{t('notes.title')}</span>
              <span className="small secondary ellipsis">{t('related.notes')}</span>
            </span>
          </button>
        </li>
        {related.map((one) => (
          <Row key={one.address} board={board} related={one} canEdit={canEdit} />
        ))}
        {related.length === 0 && <li className="alone">{t('related.none')}</li>}
      </ul>
      {(canEdit || room !== undefined) && (
        <footer>
          {canEdit && <AddForm board={board} />}
          {room !== undefined && (
            <button
              type="button"
              className="button wide"
              onClick={() => copy(roomLink(room, { view: controller.inSight() }))}
            >
              <Icon of={Link2} size={16} />
              {t('links.copyView')}
            </button>
          )}
        </footer>
      )}
    </aside>
  );
}

/** The list, kept up to date. */
function useRelated(board: string): readonly Related[] {
  const { api, store } = useServices();
  const [related, setRelated] = useState<readonly Related[]>([]);
  useEffect(
    () =>
      follow<readonly Related[]>(
        api.call('related.list', { board }),
        (heard) => api.on('related', (event) => event.board === board && heard(event.related)),
        setRelated,
        store.fail,
      ),
    [api, store, board],
  );
  return related;
}

function Row({
  board,
  related: { address, title },
  canEdit,
}: {
  readonly board: string;
  readonly related: Related;
  readonly canEdit: boolean;
}) {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const room = parseRoomAddress(address)?.room;
  const name = title || (room ?? address);
  return (
    <li className="related-row">
      <button type="button" className="related-open" onClick={() => store.follow(address)}>
        <Icon of={room === undefined ? ExternalLink : PencilRuler} size={16} />
        <span className="grow">
          <span className="ellipsis" dir="auto">
            {name}
          </span>
          {name !== (room ?? address) && (
            <span className="small secondary ellipsis" dir="ltr">
              {room ?? address}
            </span>
          )}
        </span>
      </button>
      {canEdit && (
        <Tip text={t('related.remove')} side="left">
          <button
            type="button"
            className="icon-button medium"
            aria-label={t('related.removeNamed', { name })}
            onClick={() => void api.call('related.remove', { board, address }).catch(store.fail)}
          >
            <Icon of={X} size={16} />
          </button>
        </Tip>
      )}
    </li>
  );
}

function AddForm({ board }: { readonly board: string }) {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const boards = useApp((state) => state.boards);
  const [address, setAddress] = useState('');
  const [title, setTitle] = useState('');
  const [bad, setBad] = useState(false);
  const choices = useId();
  useEffect(() => void store.refreshBoards(), [store]);
  const rooms = (boards ?? []).filter((one) => one.room !== undefined && !one.nearby && one.id !== board);

  const submit = async (): Promise<void> => {
    const given = addressOf(address);
    setBad(given === null);
    if (given === null) return;
    const known = rooms.find((one) => roomLink(one.room ?? '') === given);
    try {
      await api.call('related.add', { board, address: given, title: title.trim() || (known?.name ?? '') });
      // What was typed while this was on its way stays.
      setAddress((now) => (now === address ? '' : now));
      setTitle((now) => (now === title ? '' : now));
    } catch (error) {
      store.fail(error);
    }
  };
  return (
    <Form onSubmit={submit}>
      <Field
        label={t('related.address')}
        value={address}
        onValue={(next) => {
          setAddress(next);
          setBad(false);
        }}
        error={bad ? t('links.bad') : undefined}
        placeholder="xmpp:room@example.org?join"
        list={choices}
        autoComplete="off"
        latin
      />
      <datalist id={choices}>
        {rooms.map((one) => (
          <option key={one.id} value={one.room} label={one.name} />
        ))}
      </datalist>
      <Field
        label={t('related.name')}
        value={title}
        onValue={setTitle}
        maxLength={200}
        autoComplete="off"
        beside={
          <button type="submit" className="button line large" disabled={address.trim() === ''}>
            {t('related.add')}
          </button>
        }
      />
    </Form>
  );
}

/** A room's address is as good as its link. */
function addressOf(typed: string): string | null {
  const text = typed.trim();
  if (isAddress(text)) return text;
  const named = parseRoomAddress(text);
  return named ? roomLink(named.room) : null;
}
