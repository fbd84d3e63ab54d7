/** Real connections for tests, each ended when its test is. */
import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { createDial, createResolveSrv } from '#platform/xmpp-net.ts';
import { type Connection, type ConnectionOptions, type ConnectionPorts, createConnection } from '#xmpp/connection.ts';
import type { XmppClock, XmppRandom } from '#xmpp/ports.ts';
import { type Caps, createCaps } from '#xmpp/xep-0115.ts';
import { NS_JINGLE_SXE, NS_LIMN_LIVE, NS_LIMN_SESSION, NS_SXE } from '#xmpp/xep-0284.ts';

export const clock: XmppClock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
export const random: XmppRandom = { bytes: (length) => new Uint8Array(randomBytes(length)) };
export const ports: ConnectionPorts = { dial: createDial(), resolveSrv: createResolveSrv(), clock, random };

/** A connection as alice@localhost with any certificate accepted, unless the options say otherwise. */
export function connection(service: string, options: Partial<ConnectionOptions> = {}): Connection {
  const made = createConnection(
    {
      domain: 'localhost',
      service,
      credentials: { username: 'alice', password: 'pw' },
      decideCertificate: () => Promise.resolve(true),
      ...options,
    },
    ports,
  );
  onTestFinished(() => made.stop());
  return made;
}

/** What a Limn of the tests says of itself. */
export const LIMN = {
  identities: [{ category: 'client', type: 'pc', name: 'Limn' }],
  features: ['http://jabber.org/protocol/disco#info', NS_SXE, NS_JINGLE_SXE, NS_LIMN_SESSION, NS_LIMN_LIVE],
  forms: [],
};

/** Signs somebody in whom others know for a Limn. */
export async function signIn(
  server: { readonly tlsPort: number },
  username: string,
): Promise<{ readonly entity: Connection; readonly caps: Caps }> {
  const entity = connection(`xmpps://127.0.0.1:${server.tlsPort}`, { credentials: { username, password: 'pw' } });
  await entity.start();
  return { entity, caps: await createCaps(entity, 'https://limn.example', LIMN) };
}

/** Resolves with the first value that the subscription gives and the filter takes. */
export function next<T, U extends T>(
  subscribe: (listener: (value: T) => void) => () => void,
  wanted: (value: T) => value is U,
): Promise<U>;
export function next<T>(
  subscribe: (listener: (value: T) => void) => () => void,
  wanted?: (value: T) => boolean,
): Promise<T>;
export function next<T>(
  subscribe: (listener: (value: T) => void) => () => void,
  wanted: (value: T) => boolean = () => true,
): Promise<T> {
  return new Promise((resolve) => {
    const stop = subscribe((value) => {
      if (!wanted(value)) return;
      queueMicrotask(() => stop());
      resolve(value);
    });
  });
}
