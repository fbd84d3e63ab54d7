/** The board: the canvas fills the window, chrome floats at its edges. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Result } from '#api/contract.ts';
import type { BoardController } from '#renderer/board/controller.ts';
import { BoardProvider, useApp, useBoardState, useServices } from '../context.ts';
import { HistoryView } from '../history/history-view.tsx';
import { MergedNotice } from '../merged/notice.tsx';
import { MergedPanel } from '../merged/panel.tsx';
import { useMerged } from '../merged/use-merged.ts';
import { WELCOME } from '../route.ts';
import { Presenting } from '../presenting/presenting.tsx';
import { NotesPanel } from '../notes/notes-panel.tsx';
import { RelatedPanel } from '../links/related-panel.tsx';
import { useAim } from '../links/use-aim.ts';
import { Barred } from './barred.tsx';
import { BoardDialogs } from './board-dialogs.tsx';
import { Hint } from './hint.tsx';
import { PeopleBar } from './people-bar.tsx';
import { PeoplePanel } from './people-panel.tsx';
import { Properties } from './properties.tsx';
import { TitleBar } from './title-bar.tsx';
import { Toolbar } from './toolbar.tsx';
import { useVoided } from './use-voided.ts';
import { ZoomBar } from './zoom-bar.tsx';

interface Opened {
  readonly controller: BoardController;
  readonly empty: boolean;
}

/** Opens the board and keeps it open while it is rendered. A failure goes back to the welcome screen with its sentence. */
export function BoardScreen({ board }: { readonly board: string }) {
  const { t } = useTranslation();
  useEffect(() => {
    document.addEventListener('mousedown', leaveFocusOnBoard);
    return () => document.removeEventListener('mousedown', leaveFocusOnBoard);
  }, []);
  const container = useRef<HTMLDivElement>(null);
  const opened = useOpened(board, container);
  const historyOpen = useApp((state) => state.historyOpen);
  return (
    <>
      {opened ? (
        <BoardProvider value={opened.controller}>
          <TitleBar />
          {!historyOpen && <PeopleBar />}
          {!historyOpen && <Presenting />}
        </BoardProvider>
      ) : (
        <header className="floating bar top-start" aria-busy="true">
          <p className="state busy">{t('app.loading')}</p>
        </header>
      )}
      <main>
        <div ref={container} className="board" data-region="board" />
        {opened && (
          <BoardProvider value={opened.controller}>
            {!historyOpen && <Toolbar />}
            <Opening />
            {!historyOpen && <Hint board={board} empty={opened.empty} />}
            {!historyOpen && <ZoomBar />}
          </BoardProvider>
        )}
      </main>
      {opened && (
        <BoardProvider value={opened.controller}>
          <Panels board={board} />
        </BoardProvider>
      )}
    </>
  );
}

/** A press on a tool or another button takes no focus from the board: the next key is the board's again. */
function leaveFocusOnBoard(event: MouseEvent): void {
  if (document.activeElement?.closest('[data-region="board"]') === null) return;
  if (document.activeElement instanceof HTMLTextAreaElement) return;
  if (event.target instanceof Element && event.target.closest('.floating button, .toolbar button')) {
    event.preventDefault();
  }
}

/** How far a large board has come onto the screen. */
function Opening() {
  const { t } = useTranslation();
  const percent = useBoardState((state) => (state.opening === null ? null : Math.floor(state.opening * 100)));
  if (percent === null) return null;
  return (
    <p className="opening" role="status">
      {t('app.openingShare', { percent })}
    </p>
  );
}

function Panels({ board }: { readonly board: string }) {
  const { t } = useTranslation();
  const name = useBoardState((state) => state.status.name);
  useEffect(() => {
    document.title = t('app.boardTitle', { name: name || t('boards.untitled') });
  }, [name, t]);
  return (
    <>
      <SidePanel board={board} />
      <BoardDialogs board={board} />
    </>
  );
}

/** What lies beside the board: one thing at a time. */
function SidePanel({ board }: { readonly board: string }) {
  const { peopleOpen, changesOpen, historyOpen, notesOpen, relatedOpen } = useApp((state) => state);
  const merged = useMerged(board);
  useVoided(board);
  useAim(board);
  const barred = useBoardState((state) => state.status.barred !== undefined);
  if (historyOpen) return <HistoryView board={board} />;
  if (changesOpen && merged) return <MergedPanel board={board} merged={merged} />;
  return (
    <>
      {barred ? <Barred /> : merged && <MergedNotice board={board} merged={merged} />}
      {notesOpen ? (
        <NotesPanel board={board} />
      ) : peopleOpen ? (
        <PeoplePanel />
      ) : relatedOpen ? (
        <RelatedPanel board={board} />
      ) : (
        <Properties />
      )}
    </>
  );
}

function useOpened(board: string, container: RefObject<HTMLDivElement | null>): Opened | null {
  const { api, store, createBoard, actions } = useServices();
  const connections = useApp((state) => state.connections);
  const [opened, setOpened] = useState<Opened | null>(null);
  // `connections`: after an interruption main knows nothing of the open board, so it is opened again.
  useEffect(() => {
    let left = false;
    let controller: BoardController | null = null;
    const mount = (result: Result<'boards.open'>): void => {
      if (left || !container.current) return;
      controller = createBoard(container.current, {
        api,
        board,
        opened: result,
        problem: store.fail,
        showingThis: (name) => actions.t('presenting.showing', { name }),
        follow: (rid) => {
          const goes = (address: string | null): void => (address === null ? undefined : store.follow(address));
          api.call('links.of', { board, rid }).then(goes, store.fail);
        },
      });
      actions.board = controller;
      setOpened({ controller, empty: result.root === null || childCount(result.root) === 0 });
    };
    api.call('boards.open', { board }).then(mount, (error: unknown) => {
      if (left) return;
      store.go(WELCOME);
      store.fail(error);
    });
    return () => {
      left = true;
      actions.board = null;
      setOpened(null);
      controller?.destroy();
      // When main is gone it has closed the board by itself.
      api.call('boards.close', { board }).catch(() => undefined);
    };
  }, [api, store, createBoard, actions, board, container, connections]);
  return opened;
}

function childCount(root: NonNullable<Result<'boards.open'>['root']>): number {
  return root.type === 'element' ? root.children.length : 0;
}
