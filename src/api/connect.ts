/** How a page gets its Api: from Electron's preload where there is one, else from the web host it was loaded from. */
import type { ApiClient } from './client.ts';
import { createApiClient } from './client.ts';
import { ApiError } from './errors.ts';
import { dialIpc, findBridge } from './ipc-client.ts';
import { dialWebSocket } from './websocket-client.ts';

/** Where the web host trades tokens for session keys, and where it speaks WebSocket. */
export const PATHS = { session: '/session', socket: '/socket' } as const;

const STORED_KEY = 'limn.session';
const USED_UP = 'This address of Limn has been used already, or is an old one. Start Limn again to get a new one.';

/** The session key: for the token in the address if there is one, else the one this tab got before it was reloaded. */
async function sessionKey(): Promise<string> {
  const address = new URL(location.href);
  const token = address.searchParams.get('token');
  if (token !== null) {
    // Out of the address bar and the history before anything else can read or copy it.
    address.searchParams.delete('token');
    history.replaceState(history.state, '', address.pathname + address.search + address.hash);
    const answer = await fetch(PATHS.session, { method: 'POST', body: token }).catch(() => {
      throw new ApiError('disconnected', 'Limn does not answer. Start it again.');
    });
    if (answer.ok) {
      const key = await answer.text();
      sessionStorage.setItem(STORED_KEY, key);
      return key;
    }
  }
  const key = sessionStorage.getItem(STORED_KEY);
  if (key === null) throw new ApiError('refused', USED_UP);
  return key;
}

/** Connects this page to Limn. Resolves when calls may be made; rejects with an ApiError whose sentence can be shown. */
export async function connectApi(): Promise<ApiClient> {
  const bridge = findBridge();
  const dial =
    bridge === undefined ? dialWebSocket(`ws://${location.host}${PATHS.socket}`, await sessionKey()) : dialIpc(bridge);
  const api = createApiClient(dial);
  await api.ready;
  return api;
}
