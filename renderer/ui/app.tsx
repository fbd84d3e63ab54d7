/** The window: one screen, the toast, and the word that main is gone. */
import { Unplug } from 'lucide-react';
import { Direction, Tooltip } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import { languages } from '#renderer/i18n/i18n.ts';
import { BoardScreen } from './board/board-screen.tsx';
import { useApp } from './context.ts';
import { CodeDialog } from './nearby/code-dialog.tsx';
import { InvitationDialog } from './invitation-dialog.tsx';
import { Icon } from './kit/icon.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { Toasts } from './toasts.tsx';
import { Welcome } from './welcome/welcome.tsx';

const TOOLTIP_AFTER_MS = 500;

export function App() {
  const { t } = useTranslation();
  const route = useApp((state) => state.route);
  const connected = useApp((state) => state.connected);
  const dir = useApp((state) => languages[state.language].dir);
  const shortcuts = useApp((state) => state.dialog === 'shortcuts');
  return (
    <Direction.Provider dir={dir}>
      <Tooltip.Provider delayDuration={TOOLTIP_AFTER_MS} disableHoverableContent>
        {route.screen === 'board' ? <BoardScreen key={route.board} board={route.board} /> : <Welcome route={route} />}
        {shortcuts && <ShortcutsDialog />}
        <InvitationDialog />
        <CodeDialog />
        <Toasts />
        {!connected && (
          <div className="banner lost" role="alert">
            <Icon of={Unplug} />
            <b>{t('app.connectionLost')}</b>
            <p>{t('app.connectionLostHelp')}</p>
          </div>
        )}
      </Tooltip.Provider>
    </Direction.Provider>
  );
}
