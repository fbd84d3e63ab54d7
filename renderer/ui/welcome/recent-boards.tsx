/** The boards of this computer, newest first: open, rename, delete. */
import { Ellipsis, Pencil, Shapes, Trash2, Users } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BoardInfo } from '#api/contract.ts';
import { useApp, useServices } from '../context.ts';
import { Confirm } from '../kit/confirm.tsx';
import { Icon } from '../kit/icon.tsx';
import { Menu, MenuRow } from '../kit/menu.tsx';
import { NameField } from '../kit/name-field.tsx';
import { OpenRow } from '../kit/open-row.tsx';
import { timeOrDay } from '../times.ts';

export function RecentBoards() {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const boards = useApp((state) => state.boards);
  const [renaming, setRenaming] = useState<string | null>(null);
  const [deleting, setDeleting] = useState<BoardInfo | null>(null);
  if (boards === null || boards.length === 0) return null;

  const change = (call: Promise<unknown>): void => {
    void call.catch(store.fail).then(() => store.refreshBoards());
  };
  return (
    <section className="recent" aria-labelledby="recent-boards">
      <h2 id="recent-boards">{t('welcome.recent')}</h2>
      <ul>
        {boards.map((board) => (
          <li key={board.id} className="recent-row">
            {renaming === board.id ? (
              <RenameField
                name={board.name}
                onDone={(name) => {
                  setRenaming(null);
                  if (name !== null) change(api.call('boards.rename', { board: board.id, name }));
                }}
              />
            ) : (
              <OpenButton board={board} />
            )}
            <Menu
              narrow
              align="end"
              trigger={
                <button
                  type="button"
                  className="icon-button medium"
                  aria-label={t('boards.options', { name: board.name || t('boards.untitled') })}
                >
                  <Icon of={Ellipsis} size={16} />
                </button>
              }
            >
              <MenuRow icon={Pencil} label={t('boards.rename')} onChoose={() => setRenaming(board.id)} />
              <MenuRow icon={Trash2} label={t('boards.delete')} danger onChoose={() => setDeleting(board)} />
            </Menu>
          </li>
        ))}
      </ul>
      {deleting && (
        <Confirm
          title={t('boards.deleteTitle', { name: deleting.name || t('boards.untitled') })}
          help={t('boards.deleteHelp')}
          label={t('boards.deleteConfirm')}
          onConfirm={() => change(api.call('boards.remove', { board: deleting.id }))}
          onClose={() => setDeleting(null)}
        />
      )}
    </section>
  );
}

/** Where the address stands in its sentence. */
const SLOT = '\u0000';

function OpenButton({ board }: { readonly board: BoardInfo }) {
  const { t, i18n } = useTranslation();
  const { store } = useServices();
  const name = board.name || t('boards.untitled');
  const place = board.nearby ? t('boards.nearby') : board.room && <InRoom room={board.room} />;
  return (
    <OpenRow
      icon={board.room === undefined ? Shapes : Users}
      shared={board.room !== undefined}
      name={name}
      detail={place}
      aria-label={t('boards.open', { name })}
      onClick={() => store.go({ screen: 'board', board: board.id })}
    >
      <time className="when" dateTime={new Date(board.modified).toISOString()}>
        {timeOrDay(board.modified, i18n.language)}
      </time>
    </OpenRow>
  );
}

/** In a sentence of any direction the address stands by itself, and is cut at its end. */
function InRoom({ room }: { readonly room: string }) {
  const { t } = useTranslation();
  const [before = '', after = ''] = t('boards.inRoom', { room: SLOT }).split(SLOT);
  return (
    <span className="in-room">
      {before}
      <bdi dir="ltr" className="ellipsis">
        {room}
      </bdi>
      {after}
    </span>
  );
}

function RenameField({ name, onDone }: { readonly name: string; readonly onDone: (name: string | null) => void }) {
  const { t } = useTranslation();
  return (
    <span className="field-box">
      <NameField name={name} label={t('boards.renameLabel', { name: name || t('boards.untitled') })} onDone={onDone} />
    </span>
  );
}
