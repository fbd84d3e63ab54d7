import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttp, reachOf } from '#platform/http.ts';
import { makeCertificate } from '#test/support/server-process.ts';

const kept = new Map<string, Buffer>();
let secure: https.Server;
let plain: http.Server;
let ca: string;
const asked: string[] = [];

const answer: http.RequestListener = (request, response) => {
  const { url = '', method } = request;
  asked.push(`${method} ${url}`);
  if (url === '/moved') return void response.writeHead(302, { Location: '/kept' }).end();
  if (url === '/full') return void response.writeHead(413).end();
  if (method === 'PUT') {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      kept.set(`${url} ${request.headers.authorization}`, Buffer.concat(chunks));
      response.writeHead(201).end();
    });
    return;
  }
  if (url === '/endless') {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384)));
      response.once('drain', more);
    };
    return more();
  }
  if (url === '/silent') return;
  response.end('what is kept');
};
const portOf = (server: http.Server | https.Server): number => (server.address() as AddressInfo).port;

beforeAll(async () => {
  const files = makeCertificate(mkdtempSync(path.join(os.tmpdir(), 'limn-http-')), 'localhost');
  ca = readFileSync(files.certificate, 'utf8');
  secure = https.createServer({ key: readFileSync(files.key), cert: ca }, answer);
  plain = http.createServer(answer);
  for (const server of [secure, plain]) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  for (const server of [secure, plain]) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

const home = (host?: string) => createHttp({ ca: [ca], home: () => host });
const never = new AbortController().signal;
const none = (): void => {};

describe('files by HTTPS', () => {
  it('are put with the headers that the server asked for, and got', async () => {
    const client = home('127.0.0.1');
    const at = `https://localhost:${portOf(secure)}`;
    await client.put(`${at}/new`, new Uint8Array([1, 2, 3]), [['Authorization', 'Bearer x']], never);
    expect([...(kept.get('/new Bearer x') ?? [])]).toEqual([1, 2, 3]);
    const seen: number[] = [];
    const got = await client.get(`${at}/kept`, 100, never, (bytes) => seen.push(bytes));
    expect(new TextDecoder().decode(got)).toBe('what is kept');
    expect(seen.at(-1)).toBe(12);
  });

  it('are not followed elsewhere, not read beyond what was said, and not waited for once nobody wants them', async () => {
    const client = home('127.0.0.1');
    const at = `https://localhost:${portOf(secure)}`;
    const before = asked.length;
    await expect(client.get(`${at}/moved`, 100, never, none)).rejects.toThrow('HTTP status 302');
    expect(asked.slice(before)).toEqual(['GET /moved']);
    await expect(client.put(`${at}/full`, new Uint8Array(10), [], never)).rejects.toThrow('413');
    await expect(client.get(`${at}/endless`, 100_000, never, none)).rejects.toThrow('More than was said');
    const given = new AbortController();
    const silent = client.get(`${at}/silent`, 100, given.signal, none);
    given.abort();
    await expect(silent).rejects.toThrow('abort');
  });

  it('are trusted by their certificate alone', async () => {
    const stranger = createHttp({ home: () => '127.0.0.1' });
    await expect(stranger.get(`https://localhost:${portOf(secure)}/kept`, 100, never, none)).rejects.toThrow(
      'self-signed',
    );
  });

  it('come from this machine only when the XMPP server is on it; plain HTTP from nowhere else', async () => {
    const at = `http://127.0.0.1:${portOf(plain)}/kept`;
    expect((await home('127.0.0.1').get(at, 100, never, none)).length).toBe(12);
    const before = asked.length;
    for (const host of ['192.0.2.7', '10.1.2.3', undefined]) {
      await expect(home(host).get(at, 100, never, none)).rejects.toThrow('private network');
    }
    await expect(home('127.0.0.1').get('http://10.1.2.3/x', 100, never, none)).rejects.toThrow('private network');
    await expect(home('10.9.9.9').get('http://10.1.2.3/x', 100, never, none)).rejects.toThrow('Not an https address');
    await expect(home('127.0.0.1').get('http://192.0.2.7/x', 100, never, none)).rejects.toThrow('Not an https address');
    await expect(home('127.0.0.1').get('file:///etc/passwd', 100, never, none)).rejects.toThrow('Not an https');
    expect(asked).toHaveLength(before);
  });

  it('know how far away an address is', () => {
    const table = {
      loopback: ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'],
      private: [
        '10.0.0.1',
        '172.31.0.1',
        '192.168.1.1',
        '169.254.169.254',
        '100.64.0.1',
        '0.0.0.0',
        '224.0.0.1',
      ].concat(['fc00::1', 'fe80::1', '::', '::ffff:10.0.0.1', 'no address']),
      public: ['192.0.2.7', '172.32.0.1', '8.8.8.8', '2001:db8::1', '::ffff:8.8.8.8'],
    };
    for (const [reach, addresses] of Object.entries(table))
      for (const address of addresses) expect([address, reachOf(address)]).toEqual([address, reach]);
  });
});
