/** The conformance suite over real WebSockets, and what is the WebSocket's own. */
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createApiClient } from '#api/client.ts';
import type { WebSocketLike } from '#api/websocket-client.ts';
import { CLOSE_NO_SESSION, dialWebSocket } from '#api/websocket-client.ts';
import { createWebSocketApi } from '#api/websocket-server.ts';
import { describeTransport } from './conformance.ts';
import { FixtureServer } from './fixture-server.ts';

const KEY = 'the session key';
const open = (url: string): WebSocketLike => new WebSocket(url);

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describeTransport('WebSocket', async (server, options) => {
  const api = createWebSocketApi(server, { knows: (key) => key === KEY, ...options });
  const http = createServer();
  http.on('upgrade', (request, socket, head) => api.upgrade(request, socket, head));
  const url = await listen(http);
  const opened: WebSocket[] = [];
  const clients: { close(): void }[] = [];
  return {
    connect(clientOptions) {
      const client = createApiClient(
        dialWebSocket(url, KEY, (address) => {
          const socket = new WebSocket(address);
          opened.push(socket);
          return socket;
        }),
        clientOptions,
      );
      clients.push(client);
      return client;
    },
    async raw() {
      const socket = new WebSocket(url);
      opened.push(socket);
      const heard: string[] = [];
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      await new Promise((resolve) => socket.once('open', resolve));
      socket.send(KEY);
      await new Promise((resolve) => socket.once('message', resolve));
      socket.on('message', (data: Buffer) => heard.push(data.toString('utf8')));
      return { send: (text) => socket.send(text), heard, closed, close: () => socket.close() };
    },
    cut() {
      for (const socket of opened.splice(0)) socket.terminate();
    },
    async close() {
      for (const client of clients) client.close();
      for (const socket of opened) socket.terminate();
      api.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
});

describe('admission to the WebSocket', () => {
  let server: FixtureServer;
  let http: Server;
  let url: string;
  let api: ReturnType<typeof createWebSocketApi>;

  beforeEach(async () => {
    server = new FixtureServer();
    api = createWebSocketApi(server, { knows: (key) => key === KEY });
    http = createServer();
    http.on('upgrade', (request, socket, head) => api.upgrade(request, socket, head));
    url = await listen(http);
  });
  afterEach(async () => {
    api.close();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });

  const closeCode = (socket: WebSocket): Promise<number> =>
    new Promise((resolve) => socket.once('close', (code: number) => resolve(code)));

  test('a wrong key is told that trying again is of no use', async () => {
    const client = createApiClient(dialWebSocket(url, 'a guess', open));
    await expect(client.ready).rejects.toMatchObject({ code: 'disconnected' });
    expect(server.emits.size).toBe(0);
  });

  test.each([
    ['a call', '{"t":"call","id":1,"name":"app.info"}'],
    ['nothing', ''],
    ['the key and more', `${KEY} `],
  ])('%s instead of the key closes the connection', async (_, first) => {
    const socket = new WebSocket(url);
    const code = closeCode(socket);
    socket.once('open', () => socket.send(first));
    expect(await code).toBe(CLOSE_NO_SESSION);
    expect(server.asked).toEqual([]);
  });

  test('what follows a wrong key is not read', async () => {
    const socket = new WebSocket(url);
    const code = closeCode(socket);
    socket.once('open', () => {
      socket.send('a guess');
      socket.send(KEY);
      socket.send('{"t":"call","id":1,"name":"app.info"}');
    });
    expect(await code).toBe(CLOSE_NO_SESSION);
    expect(server.asked).toEqual([]);
  });

  test('a stranger cannot make the server collect a long message', async () => {
    const socket = new WebSocket(url);
    socket.on('error', () => {});
    const code = closeCode(socket);
    socket.once('open', () => socket.send('x'.repeat(1 << 20)));
    expect(await code).toBe(1006);
  });

  test('binary messages close the connection', async () => {
    const socket = new WebSocket(url);
    const code = closeCode(socket);
    socket.once('open', () => socket.send(Buffer.from(KEY)));
    expect(await code).toBe(1008);
  });

  test('the client end takes nothing from a server that does not welcome it', async () => {
    const heard: string[] = [];
    const rogue = createServer();
    const { WebSocketServer } = await import('ws');
    const sockets = new WebSocketServer({ server: rogue });
    sockets.on('connection', (socket) => socket.send('{"t":"reset"}'));
    const address = await listen(rogue);
    const down = new Promise<void>((resolve) => {
      dialWebSocket(
        address,
        KEY,
        open,
      )({
        up: () => heard.push('up'),
        message: (text) => heard.push(text),
        down: () => resolve(),
      });
    });
    await down;
    expect(heard).toEqual([]);
    sockets.close();
    rogue.close();
  });
});
