/**
 * The API over WebSockets, server end. Who may connect is decided twice: the upgrade request by the host (Host, Origin,
 * path), the first message by the session key it carries. Until then a connection is nobody, is given little time and
 * may say nothing else.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { ApiServer } from './contract.ts';
import type { ServedClient, ServeOptions } from './server.ts';
import { serveClient } from './server.ts';
import { CLOSE_NO_SESSION } from './websocket-client.ts';
import { LIMITS, WELCOME } from './wire.ts';

/** What a connection has until it shows its key: milliseconds, bytes, and how many such there may be. */
const ADMISSION = { ms: 10_000, bytes: 4096, most: 32 } as const;
const CLOSE_POLICY = 1008;
const CLOSE_GOING_AWAY = 1001;

export interface WebSocketApiOptions {
  /** Whether `key` is a session key that was given out. */
  readonly knows: (key: string) => boolean;
  readonly report?: ((fault: unknown) => void) | undefined;
  readonly limits?: ServeOptions['limits'];
}

export interface WebSocketApi {
  /** Takes over a request whose Host, Origin and path have been found right. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** The clients admitted and still connected, oldest first. */
  clients(): ServedClient[];
  /** Disconnects all. */
  close(): void;
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8');
}

/** Serves `server` to every WebSocket that presents a known key. */
export function createWebSocketApi(server: ApiServer, options: WebSocketApiOptions): WebSocketApi {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LIMITS.messageChars, perMessageDeflate: false });
  const clients = new Map<WebSocket, ServedClient>();
  let strangers = 0;
  let count = 0;

  const admit = (socket: WebSocket): ServedClient => {
    count += 1;
    socket.send(WELCOME);
    const port = {
      send: (text: string) => socket.send(text),
      close: (reason: string) => socket.close(CLOSE_POLICY, reason),
    };
    const client = serveClient(server, port, {
      id: `ws-${count}`,
      report: options.report,
      limits: options.limits,
    });
    clients.set(socket, client);
    return client;
  };

  const greet = (socket: WebSocket, raw: Duplex): void => {
    strangers += 1;
    let stranger = true;
    let heard = 0;
    // Before ws does it: it would collect a message of any length that an admitted client may send.
    const hear = (chunk: Buffer): void => {
      heard += chunk.length;
      if (heard > ADMISSION.bytes) socket.terminate();
    };
    raw.on('data', hear);
    const known = (): void => {
      if (!stranger) return;
      stranger = false;
      strangers -= 1;
      raw.off('data', hear);
      clearTimeout(timer);
    };
    const timer = setTimeout(() => socket.terminate(), ADMISSION.ms);
    socket.on('message', (data: RawData, isBinary: boolean) => {
      const client = clients.get(socket);
      if (isBinary) {
        socket.close(CLOSE_POLICY, 'text only');
      } else if (client !== undefined) {
        client.receive(textOf(data));
      } else if (stranger) {
        known();
        if (options.knows(textOf(data))) admit(socket);
        else socket.close(CLOSE_NO_SESSION, 'no such session');
      }
    });
    socket.on('close', () => {
      known();
      clients.get(socket)?.gone();
      clients.delete(socket);
    });
    // A broken frame or connection; ws closes it itself.
    socket.on('error', (fault) => options.report?.(fault));
  };

  return {
    upgrade(request, socket, head) {
      if (strangers >= ADMISSION.most) {
        socket.destroy();
        return;
      }
      sockets.handleUpgrade(request, socket, head, (client) => greet(client, socket));
    },
    clients: () => [...clients.values()],
    close() {
      for (const socket of sockets.clients) {
        socket.close(CLOSE_GOING_AWAY);
        clients.get(socket)?.gone();
      }
      sockets.close();
    },
  };
}
