/** Where you are: the main menu, the board's name, and whether what you draw is safe. */
import {
  ChevronDown,
  CircleCheck,
  Crosshair,
  Download,
  Languages,
  LayoutGrid,
  FolderOpen,
  History,
  Keyboard,
  LogIn,
  LogOut,
  Pencil,
  Plus,
  Presentation,
  Share2,
  SunMoon,
  Waypoints,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { isOwner } from '#renderer/actions/complete.ts';
import { type Language, languages } from '#renderer/i18n/i18n.ts';
import { useApp, useBoardState, useServices } from '../context.ts';
import { Icon } from '../kit/icon.tsx';
import { Logo } from '../kit/logo.tsx';
import { ActionRow, Menu, MenuChoice, MenuLine } from '../kit/menu.tsx';
import { NameField } from '../kit/name-field.tsx';
import { CompleteChip } from './complete-note.tsx';
import { ConnectionState } from './connection-state.tsx';

export function TitleBar() {
  return (
    <header className="floating bar top-start" data-region="title">
      <MainMenu />
      <Title />
      <CompleteChip />
      <span className="divider wide-only" />
      <ConnectionState />
    </header>
  );
}

function MainMenu() {
  const { t } = useTranslation();
  const { store } = useServices();
  const theme = useApp((state) => state.theme);
  const language = useApp((state) => state.language);
  const account = useApp((state) => state.account);
  const signedOut = account.state !== 'online' && account.state !== 'connecting';
  return (
    <Menu
      trigger={
        <button type="button" className="logo-button" aria-label={t('board.mainMenu')}>
          <Logo size={28} />
        </button>
      }
    >
      <ActionRow id="file.boards" icon={LayoutGrid} />
      <MenuLine />
      <ActionRow id="file.new" icon={Plus} />
      <ActionRow id="file.open" icon={FolderOpen} />
      <ActionRow id="file.export" icon={Download} />
      <MenuLine />
      <MenuChoice
        icon={SunMoon}
        label={t('menu.theme')}
        value={theme}
        options={[
          { value: 'system', label: t('menu.themeSystem') },
          { value: 'light', label: t('menu.themeLight') },
          { value: 'dark', label: t('menu.themeDark') },
        ]}
        onChoose={store.setTheme}
      />
      <MenuChoice
        icon={Languages}
        label={t('menu.language')}
        value={language}
        options={(Object.keys(languages) as Language[]).map((value) => ({
          value,
          label: languages[value].name,
          lang: value,
        }))}
        onChoose={(value) => void store.setLanguage(value).catch(store.fail)}
      />
      <ActionRow id="view.shortcuts" icon={Keyboard} />
      <MenuLine />
      {signedOut && <ActionRow id="file.signIn" icon={LogIn} />}
      {account.jid !== undefined && <ActionRow id="file.signOut" icon={LogOut} />}
    </Menu>
  );
}

function Title() {
  const { t } = useTranslation();
  const { store } = useServices();
  const name = useBoardState((state) => state.status.name) || t('boards.untitled');
  const renaming = useApp((state) => state.renaming);
  const owner = useBoardState(isOwner);
  const complete = useBoardState((state) => state.status.complete?.whole ?? false);
  if (renaming) return <TitleField name={name} onDone={() => store.set({ renaming: false })} />;
  return (
    <Menu
      trigger={
        <button type="button" className="title-button" aria-label={t('board.titleMenu', { name })}>
          <span className="ellipsis" dir="auto">
            {name}
          </span>
          <Icon of={ChevronDown} size={14} />
        </button>
      }
    >
      <ActionRow id="file.rename" icon={Pencil} />
      <ActionRow id="file.share" icon={Share2} />
      <ActionRow id="file.export" icon={Download} />
      <ActionRow id="view.present" icon={Presentation} />
      <ActionRow id="view.point" icon={Crosshair} />
      <ActionRow id="view.related" icon={Waypoints} />
      <ActionRow id="view.history" icon={History} />
      {owner && <ActionRow id={complete ? 'file.reopen' : 'file.complete'} icon={CircleCheck} />}
    </Menu>
  );
}

function TitleField({ name, onDone }: { readonly name: string; readonly onDone: () => void }) {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const board = useBoardState((state) => state.status.board);
  return (
    <NameField
      className="title-input"
      label={t('board.name')}
      name={name}
      onDone={(next) => {
        if (next !== null) api.call('boards.rename', { board, name: next }).catch(store.fail);
        onDone();
      }}
    />
  );
}
