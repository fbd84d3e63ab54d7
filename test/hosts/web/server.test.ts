/** The web host from outside: what a stranger on the machine or in the browser may try. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import { createConnection } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { WebHost } from '#hosts/web/server.ts';
import { startWebHost } from '#hosts/web/server.ts';
import { FixtureServer } from '#test/api/fixture-server.ts';

let dir: string;
let host: WebHost;
const app = new FixtureServer();

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'limn-web-'));
  const page = path.join(dir, 'page');
  await mkdir(path.join(page, 'assets'), { recursive: true });
  await mkdir(path.join(dir, 'page-secret'));
  await writeFile(path.join(page, 'index.html'), '<!doctype html><title>Limn</title>');
  await writeFile(path.join(page, 'assets', 'a b.js'), 'export {};');
  await writeFile(path.join(page, '.env.json'), '"hidden"');
  await writeFile(path.join(page, 'notes.db'), 'not a page');
  await writeFile(path.join(dir, 'secret.txt'), 'secret');
  await writeFile(path.join(dir, 'page-secret', 'secret.txt'), 'secret');
  await symlink(path.join(dir, 'secret.txt'), path.join(page, 'link.txt'));
  await symlink(dir, path.join(page, 'up'));
  host = await startWebHost({ app, rendererDir: page });
});
afterAll(async () => {
  await host.close();
  await rm(dir, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A request as bytes go, with no client that tidies its path or headers. */
function ask(
  target: string,
  options: { method?: string; headers?: OutgoingHttpHeaders; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port: host.port,
        path: target,
        method: options.method ?? 'GET',
        headers: { host: `127.0.0.1:${host.port}`, ...options.headers },
        agent: false,
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      },
    );
    call.on('error', reject);
    call.end(options.body);
  });
}

const token = (): string => new URL(host.invite().address).searchParams.get('token') ?? '';
const trade = (body: string, headers: OutgoingHttpHeaders = { origin: host.origin }): Promise<Answer> =>
  ask('/session', { method: 'POST', body, headers });

describe('the page', () => {
  test('comes with headers that let it run and reach nothing but its own', async () => {
    const { status, headers, body } = await ask('/?token=x');
    expect([status, body]).toEqual([200, '<!doctype html><title>Limn</title>']);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = Object.fromEntries(
      String(headers['content-security-policy'])
        .split('; ')
        .map((directive) => {
          const [name = '', ...sources] = directive.split(' ');
          return [name, sources.join(' ')];
        }),
    );
    expect(policy).toMatchObject({
      'default-src': "'none'",
      'script-src': "'self'",
      'img-src': "'self' data: blob:",
      'connect-src': `'self' ws://127.0.0.1:${host.port}`,
      'frame-ancestors': "'none'",
      'object-src': "'none'",
      'base-uri': "'none'",
      'form-action': "'none'",
    });
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-frame-options': 'DENY',
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test('is not sent again while it is the same', async () => {
    const first = await ask('/assets/a%20b.js');
    expect([first.status, first.body]).toEqual([200, 'export {};']);
    const again = await ask('/assets/a%20b.js', { headers: { 'if-none-match': first.headers.etag ?? '' } });
    expect([again.status, again.body]).toEqual([304, '']);
    const head = await ask('/assets/a%20b.js', { method: 'HEAD' });
    expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', '10']);
  });

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/../page-secret/secret.txt',
    '//secret.txt',
    '/link.txt',
    '/up/secret.txt',
    '/.env.json',
    '/notes.db',
    '/assets',
    '/assets/',
    '/index.html%00.js',
    '/%',
    '/%ff.js',
    `/${'a'.repeat(5000)}.js`,
    'http://127.0.0.1/secret.txt',
    '*',
  ])('holds nothing at %s', async (target) => {
    const { status, body } = await ask(target);
    expect(status).toBe(404);
    expect(body).not.toContain('secret');
  });

  test.each(['PUT', 'DELETE', 'OPTIONS', 'POST'])('takes no %s', async (method) => {
    expect((await ask('/', { method, headers: { origin: host.origin } })).status).toBe(405);
  });
});

describe('strangers', () => {
  test.each([
    'evil.example',
    'localhost',
    'localhost:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    'evil.example:PORT',
    '[::1]:PORT',
    '127.0.0.1:PORT.evil.example',
    '127.0.0.1:PORT@evil.example',
  ])('a request for the host %s is refused, as after DNS rebinding', async (name) => {
    const { status, headers } = await ask('/', { headers: { host: name.replace('PORT', String(host.port)) } });
    expect(status).toBe(403);
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test.each([
    'https://evil.example',
    'null',
    'http://localhost:PORT',
    'https://127.0.0.1:PORT',
    'http://127.0.0.1:1',
    'file://',
  ])('a request from the origin %s is refused, and its token stays good', async (name) => {
    const origin = name.replace('PORT', String(host.port));
    const good = token();
    expect((await ask('/', { headers: { origin } })).status).toBe(403);
    expect((await trade(good, { origin })).status).toBe(403);
    expect((await trade(good)).status).toBe(200);
  });

  test('a trade without an origin is refused', async () => {
    expect((await trade(token(), {})).status).toBe(403);
  });

  test('nothing listens but loopback', async () => {
    const outer = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => address);
    for (const address of [...outer, '127.0.0.2']) {
      const code = await new Promise((resolve) => {
        const socket = createConnection({ host: address, port: host.port });
        socket.on('connect', () => {
          socket.destroy();
          resolve('connected');
        });
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      });
      expect(code).toBe('ECONNREFUSED');
    }
  });
});

describe('tokens', () => {
  test('one is good once', async () => {
    const invitation = host.invite();
    const good = new URL(invitation.address).searchParams.get('token') ?? '';
    expect(invitation.address).toBe(`http://127.0.0.1:${host.port}/?token=${good}`);
    const first = await trade(good);
    expect(first.status).toBe(200);
    expect(first.body).toMatch(/^[\w-]{43}$/);
    expect(first.headers['cache-control']).toBe('no-store');
    await invitation.used;
    const second = await trade(good);
    expect(second.status).toBe(403);
    expect(second.body).toMatch(/used already.*Start Limn again/);
  });

  test('of two trades at once one succeeds', async () => {
    const good = token();
    const answers = await Promise.all([trade(good), trade(good)]);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 403]);
  });

  test.each(['', 'guess', '__proto__'])('%j is none', async (guess) => {
    expect((await trade(guess)).status).toBe(403);
  });

  test('a body longer than any token is not read', async () => {
    const answer = await trade('x'.repeat(1 << 20)).then(
      ({ status }) => status,
      () => 'cut off',
    );
    expect([403, 'cut off']).toContain(answer);
  });
});

describe('the socket', () => {
  const dial = (options: { origin?: string; path?: string; host?: string }): Promise<number | 'open'> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${host.port}${options.path ?? '/socket'}`, {
        ...(options.origin === undefined ? {} : { origin: options.origin }),
        ...(options.host === undefined ? {} : { headers: { host: options.host } }),
      });
      socket.on('open', () => {
        socket.terminate();
        resolve('open');
      });
      socket.on('unexpected-response', (call, response) => {
        resolve(response.statusCode ?? 0);
        call.destroy();
      });
      socket.on('error', () => {});
    });

  test('opens for the page alone', async () => {
    expect(await dial({ origin: host.origin })).toBe('open');
    expect(await dial({})).toBe(403);
    expect(await dial({ origin: 'https://evil.example' })).toBe(403);
    expect(await dial({ origin: 'null' })).toBe(403);
    expect(await dial({ origin: host.origin, host: 'evil.example' })).toBe(403);
    expect(await dial({ origin: host.origin, path: '/' })).toBe(403);
    expect(await dial({ origin: host.origin, path: '/socket?x' })).toBe(403);
  });

  test('serves whoever shows a session key, and closes on a token', async () => {
    const spent = token();
    const { body: key } = await trade(spent);
    const say = (first: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${host.port}/socket`, { origin: host.origin });
        socket.on('open', () => socket.send(first));
        socket.on('message', (data: Buffer) => {
          resolve(data.toString('utf8'));
          socket.terminate();
        });
        socket.on('close', (code: number) => resolve(`closed ${code}`));
      });
    expect(await say(key)).toBe('ready');
    expect(await say(spent)).toBe('closed 4401');
    expect(await say(token())).toBe('closed 4401');
    expect(await say(`${key}=`)).toBe('closed 4401');
  });
});

test('a taken port is told with what to do', async () => {
  await expect(startWebHost({ app, rendererDir: dir, port: host.port })).rejects.toMatchObject({
    code: 'refused',
    message: `Port ${host.port} is taken by another program. Choose another with --port, or leave it out.`,
  });
});
