/** Link-local connections (XEP-0174) by Node: TCP, then TLS with a certificate on both sides, read no faster than one person draws. */
import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import type { LinkNet, LinkWire, WireEvents, XmppClock } from '#xmpp/ports.ts';
import type { Identity } from './certificate.ts';
import { type MdnsInterface, systemInterfaces } from './mdns-link.ts';
import { ownNetworks } from './own-networks.ts';
import { readText } from './socket-text.ts';

export interface LinkNetOptions {
  readonly identity: Identity;
  readonly clock: XmppClock;
  /** Where to listen; every address of this machine unless given. */
  readonly host?: string | undefined;
  /** The interfaces there are now, in whose networks alone anybody is called; all of the system's but the loopback unless given. */
  readonly interfaces?: (() => readonly MdnsInterface[]) | undefined;
}

const DIAL_WITHIN = 3000;
/** What one peer may send at once, and what it may send every second beyond that, in bytes; the rest waits with it (TCP's window). */
const BURST = 16 * 1024 * 1024;
const PER_SECOND = 1024 * 1024;
/** Calls that are taken at one time; more are hung up on. */
const MAX_CALLS = 64;

const keyOf = (spki: Buffer): string => createHash('sha256').update(spki).digest('hex');

/** How long to wait before more is read: a bucket that fills with time. */
export function createPace(clock: XmppClock): (bytes: number) => number {
  let left = BURST;
  let at = clock.now();
  return (bytes) => {
    const now = clock.now();
    left = Math.min(BURST, left + ((now - at) * PER_SECOND) / 1000) - bytes;
    at = now;
    return left >= 0 ? 0 : (-left * 1000) / PER_SECOND;
  };
}

/** Connections under this installation's key. Throws for an identity that is none. */
export function createLinkNet({ identity, clock, host, interfaces = systemInterfaces }: LinkNetOptions): LinkNet {
  const own = createPublicKey(identity.key).export({ type: 'spki', format: 'der' });
  const material = { key: identity.key, cert: identity.certificate };

  function wireOf(tcp: net.Socket, called: boolean): LinkWire {
    let events: WireEvents | undefined;
    let current: net.Socket = tcp;
    let over = false;
    const pace = createPace(clock);
    const close = (error?: Error): void => {
      if (over) return;
      over = true;
      events?.close(error);
    };
    const read = (socket: net.Socket): void => {
      const came = (bytes: number): void => {
        const wait = pace(bytes);
        if (wait === 0) return;
        socket.pause();
        clock.after(wait, () => socket.resume());
      };
      readText(socket, (text) => events?.data(text), came);
    };
    tcp.setNoDelay(true);
    tcp.setKeepAlive(true, 10_000);
    tcp.on('error', close);
    tcp.on('close', () => close());
    // Who ends its half has ended the stream.
    tcp.on('end', () => close());
    return {
      address: (tcp.remoteAddress ?? '').replace(/^::ffff:/i, ''),
      get waiting() {
        return current.writableLength;
      },
      listen(given) {
        events = given;
        read(tcp);
      },
      write(text) {
        if (current.writable) current.write(text);
      },
      secure: () =>
        new Promise((secured, refused) => {
          tcp.removeAllListeners('data');
          const common = { ...material, rejectUnauthorized: false, minVersion: 'TLSv1.3' } as const;
          const socket = called
            ? new tls.TLSSocket(tcp, { ...common, isServer: true, requestCert: true })
            : tls.connect({ ...common, socket: tcp });
          current = socket;
          socket.on('error', (error) => {
            refused(error);
            close(error);
            tcp.destroy();
          });
          socket.once('close', () => {
            refused(new Error('hung up during the handshake'));
            close();
          });
          socket.once(called ? 'secure' : 'secureConnect', () => {
            try {
              const { raw } = socket.getPeerCertificate() as { raw?: Buffer };
              if (!raw) throw new Error('no certificate was shown');
              secured(keyOf(new X509Certificate(raw).publicKey.export({ type: 'spki', format: 'der' })));
            } catch (error) {
              refused(error instanceof Error ? error : new Error(String(error)));
              return;
            }
            // What comes in the same packet is read when whoever waited for the key is ready for it.
            setImmediate(() => read(socket));
          });
        }),
      end() {
        current.end();
      },
      destroy() {
        current.destroy();
        tcp.destroy();
      },
    };
  }

  const dialOne = (address: string, port: number, cancelled?: AbortSignal): Promise<net.Socket> =>
    new Promise((resolve, reject) => {
      const tcp = net.connect({ host: address, port });
      const giveUp = (): void => void tcp.destroy(new Error('given up'));
      const cancel = clock.after(DIAL_WITHIN, () => tcp.destroy(new Error('no answer')));
      cancelled?.addEventListener('abort', giveUp, { once: true });
      const settled = (): void => {
        cancel();
        cancelled?.removeEventListener('abort', giveUp);
      };
      tcp.once('error', (error) => {
        settled();
        reject(error);
      });
      tcp.once('connect', () => {
        settled();
        resolve(tcp);
      });
    });

  return {
    key: keyOf(own),
    async dial(addresses, port, cancelled) {
      let failure: unknown = new Error('no address');
      const networks = interfaces().flatMap((one) => one.networks);
      // Numbers alone, of our own networks: a name would be looked up wherever the system likes, and a peer that names others' addresses
      // would have us knock there.
      const isLocal = ownNetworks(networks, () => undefined);
      for (const address of addresses) {
        cancelled?.throwIfAborted();
        if (!isLocal(address)) continue;
        try {
          return wireOf(await dialOne(address, port, cancelled), false);
        } catch (error) {
          failure = error;
        }
      }
      throw failure;
    },
    listen: (called) =>
      new Promise((resolve, reject) => {
        const calls = new Set<net.Socket>();
        const server = net.createServer((tcp) => {
          if (calls.size >= MAX_CALLS) return void tcp.destroy();
          calls.add(tcp);
          tcp.once('close', () => calls.delete(tcp));
          called(wireOf(tcp, true));
        });
        // Later ones are about single calls that could not be taken.
        server.on('error', reject);
        server.listen({ port: 0, ...(host === undefined ? {} : { host }) }, () => {
          const bound = server.address();
          resolve({
            port: typeof bound === 'object' && bound !== null ? bound.port : 0,
            close() {
              server.close();
              for (const tcp of calls) tcp.destroy();
            },
          });
        });
      }),
  };
}
