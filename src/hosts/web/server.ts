/**
 * The web host: the app's page and API on a loopback port, for one person's own browser (DESIGN section 4). Whatever else
 * runs in that browser or on that machine is a stranger: a foreign Host (DNS rebinding) or Origin (another site) is
 * refused before anything is read, and nobody gets further than the page's files without a token from the address.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { PATHS } from '#api/connect.ts';
import type { ApiServer } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import type { ServeOptions } from '#api/server.ts';
import { createWebSocketApi } from '#api/websocket-server.ts';
import { pageHeaders, readPageFile } from '../page.ts';
import { createSecrets } from './secrets.ts';

const LOOPBACK = '127.0.0.1';
/** Longer than any token. */
const MOST_BODY = 256;

export interface WebHostOptions {
  readonly app: ApiServer;
  /** The folder of the built page, with its index.html. */
  readonly rendererDir: string;
  /** 0 or absent: any free one. */
  readonly port?: number | undefined;
  readonly report?: ((fault: unknown) => void) | undefined;
  readonly limits?: ServeOptions['limits'];
}

/** An address that opens the app once. */
export interface Invitation {
  /** `http://127.0.0.1:PORT/?token=...`: to be printed or handed to `openBrowser`, never put into an argument. */
  readonly address: string;
  /** Resolves when the token has been used; never if it isn't. */
  readonly used: Promise<void>;
}

export interface WebHost {
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** A new address, whose token stays good until it is used once or the host closes. */
  invite(): Invitation;
  /** How many pages are connected. */
  clients(): number;
  /** Ends all connections and stops listening. The app itself goes on. */
  close(): Promise<void>;
}

/** Reads a small body; undefined when it is longer than `most` bytes. */
async function readBody(request: IncomingMessage, most: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const busy = error.code === 'EADDRINUSE';
      const why = busy ? `Port ${port} is taken by another program.` : `Limn may not listen on port ${port}.`;
      reject(new ApiError('refused', `${why} Choose another with --port, or leave it out.`));
    });
    server.listen(port, LOOPBACK, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Starts the web host. Rejects with an ApiError when the port can't be had. */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const secrets = createSecrets();
  const sockets = createWebSocketApi(options.app, {
    knows: (key) => secrets.knows(key),
    report: options.report,
    limits: options.limits,
  });
  let host = '';
  let headers: Record<string, string> = {};

  /** Whether a request is meant for this host and doesn't come from another site. */
  const isOwn = (request: IncomingMessage, needsOrigin: boolean): boolean => {
    const { origin } = request.headers;
    if (request.headers.host !== host) return false;
    return origin === undefined ? !needsOrigin : origin === `http://${host}`;
  };

  const refuse = (response: ServerResponse, status: number, sentence: string): void => {
    response.writeHead(status, {
      ...headers,
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
    });
    response.end(sentence);
  };

  const trade = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const token = await readBody(request, MOST_BODY);
    const key = token === undefined ? undefined : secrets.trade(token);
    if (key === undefined) {
      refuse(response, 403, 'This address of Limn has been used already. Start Limn again to get a new one.');
      return;
    }
    response.writeHead(200, { ...headers, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
    response.end(key);
  };

  const servePage = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const file = await readPageFile(options.rendererDir, (request.url ?? '/').replace(/[?#].*$/s, ''));
    if (file === undefined) {
      refuse(response, 404, 'There is no such page in Limn.');
      return;
    }
    const { body, type, etag } = file;
    const common = { ...headers, etag, 'cache-control': 'no-cache' };
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, common).end();
      return;
    }
    response.writeHead(200, { ...common, 'content-type': type, 'content-length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (!isOwn(request, !reads)) refuse(response, 403, 'Limn answers only its own page.');
    else if (reads) await servePage(request, response);
    else if (request.method === 'POST' && request.url === PATHS.session) await trade(request, response);
    else refuse(response, 405, 'Limn does not know this kind of request.');
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((fault: unknown) => {
      options.report?.(fault);
      if (!response.headersSent) refuse(response, 500, 'Something went wrong inside Limn. Reload the page.');
      else response.destroy();
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isOwn(request, true) && request.url === PATHS.socket) sockets.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });

  const port = await listen(server, options.port ?? 0);
  host = `${LOOPBACK}:${port}`;
  headers = pageHeaders([`ws://${host}`]);

  return {
    port,
    origin: `http://${host}`,
    invite() {
      let use = (): void => {};
      const used = new Promise<void>((resolve) => {
        use = resolve;
      });
      const token = secrets.token(use);
      return { address: `http://${host}/?token=${token}`, used };
    },
    clients: () => sockets.clients().length,
    async close() {
      sockets.close();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
    },
  };
}
