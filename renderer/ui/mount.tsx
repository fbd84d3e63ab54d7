/** Puts the window together from its parts and shows it. */
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import type { Api } from '#api/contract.ts';
import type { ActionContext } from '#renderer/actions/action.ts';
import { listenForShortcuts } from '#renderer/actions/dispatcher.ts';
import { browserFiles } from '#renderer/actions/files.ts';
import { createI18n } from '#renderer/i18n/i18n.ts';
import { App } from './app.tsx';
import { type CreateBoard, ServicesProvider } from './context.ts';
import { createAppStore } from './store.ts';

/** Shows Limn in an element. Returns what takes it away again. */
export function mount(element: HTMLElement, api: Api, createBoard: CreateBoard): () => void {
  const i18n = createI18n();
  const store = createAppStore(api, i18n);
  const actions: ActionContext = { api, store, files: browserFiles, t: i18n.t, board: null };
  const stops = [store.start(), listenForShortcuts(actions)];
  const root = createRoot(element);
  root.render(
    <I18nextProvider i18n={i18n}>
      <ServicesProvider value={{ api, store, createBoard, actions }}>
        <App />
      </ServicesProvider>
    </I18nextProvider>,
  );
  return () => {
    root.unmount();
    for (const stop of stops) stop();
  };
}
