/** The board: the canvas fills the window, chrome floats at its edges. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Result } from '#api/contract.ts';
import type { BoardController } from '#renderer/board/controller.ts';
import { BoardProvider, useApp, useBoardState, useServices } from '../context.ts';
import { WELCOME } from '../route.ts';
import { BoardDialogs } from './board-dialogs.tsx';
import { Hint } from './hint.tsx';
import { PeopleBar } from './people-bar.tsx';
import { PeoplePanel } from './people-panel.tsx';
import { Properties } from './properties.tsx';
import { TitleBar } from './title-bar.tsx';
import { Toolbar } from './toolbar.tsx';
import { ZoomBar } from './zoom-bar.tsx';

interface Opened {
  readonly controller: BoardController;
  readonly empty: boolean;
}

/** Opens the board and keeps it open while it is rendered. A failure goes back to the welcome screen with its sentence. */
export function BoardScreen({ board }: { readonly board: string }) {
  const { t } = useTranslation();
  const container = useRef<HTMLDivElement>(null);
  const opened = useOpened(board, container);
  return (
    <>
      {opened ? (
        <BoardProvider value={opened.controller}>
          <TitleBar />
          <PeopleBar />
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
            <Toolbar />
            <Hint board={board} empty={opened.empty} />
            <ZoomBar />
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

function Panels({ board }: { readonly board: string }) {
  const { t } = useTranslation();
  const peopleOpen = useApp((state) => state.peopleOpen);
  const name = useBoardState((state) => state.status.name);
  useEffect(() => {
    document.title = t('app.boardTitle', { name: name || t('boards.untitled') });
  }, [name, t]);
  return (
    <>
      {peopleOpen ? <PeoplePanel /> : <Properties />}
      <BoardDialogs board={board} />
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
        problem: (error) => store.toast('error', error.message),
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
