/** Files by HTTPS, for what the session uploads: no redirects, bounded in time and size, and no way into the local network. */
import { lookup } from 'node:dns/promises';
import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { BlockList, isIP, isIPv6 } from 'node:net';
import tls from 'node:tls';
import type { Http } from '#xmpp/ports.ts';

export interface HttpOptions {
  /** Certificate authorities to trust besides the system's, in PEM. */
  readonly ca?: readonly string[] | undefined;
  /** The host of the XMPP server that we are connected to: where that is on this machine, or in a private network, so may files be. */
  readonly home: () => string | undefined;
}

/** Without any byte for so long, and in all, milliseconds. */
const SILENCE = 15_000;
const LONGEST = 120_000;

type Reach = 'loopback' | 'private' | 'public';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
const PRIVATE = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ['::', 128],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv6');

/** How far away an address is. */
export function reachOf(address: string): Reach {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address;
  const family = isIPv6(plain) ? 'ipv6' : 'ipv4';
  if (LOOPBACK.check(plain, family)) return 'loopback';
  return isIP(plain) === 0 || PRIVATE.check(plain, family) ? 'private' : 'public';
}

/** Makes the client of one connection. */
export function createHttp(options: HttpOptions): Http {
  async function homeReach(): Promise<Reach> {
    const host = options.home();
    if (host === undefined) return 'public';
    return reachOf((await lookup(host)).address);
  }

  /** The address to connect to, or a rejection: decided once, so that a name can't mean another one afterwards. */
  async function addressFor(url: URL): Promise<{ address: string; family: number }> {
    if (!/^https?:$/.test(url.protocol)) throw new RangeError('Not an https address.');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const found = await lookup(host);
    const reach = reachOf(found.address);
    if (reach !== 'public' && reach !== (await homeReach())) throw new RangeError('An address in a private network.');
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && reach === 'loopback'))
      throw new RangeError('Not an https address.');
    return found;
  }

  async function exchange<T>(
    target: string,
    method: 'GET' | 'PUT',
    headers: Readonly<Record<string, string | number>>,
    body: Uint8Array | undefined,
    signal: AbortSignal,
    read: (response: IncomingMessage) => Promise<T>,
  ): Promise<T> {
    const url = new URL(target);
    const { address, family } = await addressFor(url);
    const ends = AbortSignal.any([signal, AbortSignal.timeout(LONGEST)]);
    const request: RequestOptions & { ca?: string[] } = {
      ...{ method, headers, signal: ends, timeout: SILENCE, agent: false },
      lookup: (_, asked, done) => (asked.all ? done(null, [{ address, family }]) : done(null, address, family)),
      ...(options.ca ? { ca: [...tls.rootCertificates, ...options.ca] } : {}),
    };
    return await new Promise<T>((resolve, reject) => {
      const sent = (url.protocol === 'https:' ? https : http).request(url, request, (response) => {
        const { statusCode = 0 } = response;
        if (statusCode < 200 || statusCode > 299) {
          sent.destroy();
          return reject(new RangeError(`HTTP status ${statusCode}`));
        }
        read(response).then(resolve, (error: unknown) => {
          sent.destroy();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      });
      sent.on('timeout', () => sent.destroy(new Error('The server fell silent.')));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  return {
    put: (url, body, headers, signal) =>
      exchange(
        url,
        'PUT',
        { ...Object.fromEntries(headers), 'Content-Length': body.length },
        body,
        signal,
        (response) => {
          response.resume();
          return Promise.resolve();
        },
      ),
    get: (url, maxBytes, signal, progress) =>
      exchange(url, 'GET', { 'Accept-Encoding': 'identity' }, undefined, signal, async (response) => {
        const chunks: Uint8Array[] = [];
        let length = 0;
        for await (const chunk of response as AsyncIterable<Uint8Array>) {
          length += chunk.length;
          if (length > maxBytes) throw new RangeError('More than was said.');
          chunks.push(chunk);
          progress(length);
        }
        return new Uint8Array(Buffer.concat(chunks));
      }),
  };
}
