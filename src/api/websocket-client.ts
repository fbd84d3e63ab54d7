/** The API over a WebSocket, seen from the page. The first message carries the session key, the first answer admits. */
import type { Dial } from './client.ts';
import { WELCOME } from './wire.ts';

/** Sent by the server when the session key isn't one of its own: trying again is of no use. */
export const CLOSE_NO_SESSION = 4401;

/** The part of the browser's WebSocket that is used here. */
export interface WebSocketLike {
  send(data: string): void;
  close(code?: number): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number }) => void): void;
}

const NO_SESSION = 'Limn was started anew, and this window belongs to the time before. Close it and use the new one.';

/** Dials `url`, presenting `key`. `open` makes the socket; in a page it is the browser's own. */
export function dialWebSocket(
  url: string,
  key: string,
  open: (url: string) => WebSocketLike = (address) => new WebSocket(address),
): Dial {
  return (on) => {
    const socket = open(url);
    let admitted = false;
    socket.addEventListener('open', () => socket.send(key));
    socket.addEventListener('message', (event) => {
      if (typeof event.data !== 'string') {
        socket.close();
      } else if (admitted) {
        on.message(event.data);
      } else if (event.data === WELCOME) {
        admitted = true;
        on.up();
      } else {
        socket.close();
      }
    });
    // An error is always followed by a close.
    socket.addEventListener('close', (event) => on.down(event.code === CLOSE_NO_SESSION ? NO_SESSION : undefined));
    return { send: (text) => socket.send(text), close: () => socket.close() };
  };
}
