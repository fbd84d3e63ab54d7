/**
 * A connection to an XMPP server over @xmpp/client, with what the library leaves open closed: TLS always, the server's proof
 * checked, UTF-8 across chunks, no send lost in silence, reconnection with back-off, resumption (XEP-0198), typed failures.
 */
import { client } from '@xmpp/client';
import TcpTransport from '@xmpp/connection-tcp';
import xml, { type Element } from '@xmpp/xml';
import type { Entity } from './entity.ts';
import { isTransient, saslError, streamError, XmppError } from './errors.ts';
import { createRequests, serializeStanzaError } from './iq.ts';
import type { Dial, Endpoint, ResolveSrv, XmppClock, XmppRandom } from './ports.ts';
import { createReception } from './reception.ts';
import { createResumption, NS_SM, type Resumable } from './resumption.ts';
import { type Credentials, installMechanisms, type MechanismFactory } from './sasl.ts';
import { SecureSocket } from './secure-socket.ts';
import { createStreamRules, guardedParser } from './stream-guard.ts';
import { type TrafficLog, withoutSecrets } from './traffic.ts';
import { createTrust, type TrustOptions } from './trust.ts';
import { NS_DELAY } from './xep-0203.ts';
import { isElement } from './xml-text.ts';

export interface ConnectionOptions extends TrustOptions {
  /** The domain to sign in to: what follows the @. */
  readonly domain: string;
  /** Undefined: a guest (SASL ANONYMOUS). */
  readonly credentials: Credentials;
  /** Where the server is, when DNS doesn't say: `host:port`, `xmpp://host:port` (STARTTLS) or `xmpps://host:port` (direct TLS). */
  readonly service?: string;
  readonly resource?: string;
  readonly traffic?: TrafficLog;
  /** What went wrong and was survived: malformed stanzas, handlers that threw. */
  readonly trouble?: (message: string) => void;
}

export interface ConnectionPorts {
  readonly dial: Dial;
  readonly resolveSrv: ResolveSrv;
  readonly clock: XmppClock;
  readonly random: XmppRandom;
}

export interface Connection extends Entity {
  /** Signs in. Resolves with our full JID; rejects with an XmppError, and nothing is tried again then. Once only. */
  start(): Promise<string>;
  /** Signs out for good. */
  stop(): Promise<void>;
  /** The network may be another one, or there again: tries at once, or looks whether the server is still there. */
  hurry(): void;
  /** Drops the socket as a dead network would, and stays away until `link`. */
  cut(): void;
  link(): void;
}

const NS_PING = 'urn:xmpp:ping';
/** From TLS to being signed in, in milliseconds. */
const SIGN_IN_TIMEOUT = 30_000;
/** Silence after which the link is probed, and how long the answer may take. */
const PROBE_AFTER = 30_000;
const PROBE_TIMEOUT = 10_000;
const GOODBYE_TIMEOUT = 1_000;
const BACKOFF_FIRST = 500;
const BACKOFF_MOST = 15_000;

/** Reads `host:port`, `xmpp://host:port` or `xmpps://host:port`. Throws RangeError for anything else. */
export function parseService(service: string): Endpoint {
  const match = /^(?:(xmpps?):\/\/)?(\[[0-9a-f:.]+\]|[^:/[\]\s]+)(?::(\d{1,5}))?\/?$/i.exec(service);
  const direct = match?.[1]?.toLowerCase() === 'xmpps';
  const port = match?.[3] === undefined ? (direct ? 5223 : 5222) : Number(match[3]);
  if (!match?.[2] || port < 1 || port > 65_535) {
    throw new RangeError(`"${service}" is no server address. Write host:port, xmpp://host:port or xmpps://host:port.`);
  }
  return { host: match[2].replace(/^\[|\]$/g, ''), port, direct };
}

/** What @xmpp/client has and its types lack. */
interface Untyped extends Resumable {
  readonly saslFactory: MechanismFactory;
  readonly streamManagement: Resumable['streamManagement'] & { on(event: 'resumed', listener: () => void): void };
  transports: unknown[];
}
type Authenticate = (
  credentials: { username: string; password: string },
  mechanism: string | undefined,
) => Promise<void>;

/** A connection that is not started yet. Throws RangeError for a `service` that is no address. */
export function createConnection(options: ConnectionOptions, ports: ConnectionPorts): Connection {
  const { domain } = options;
  const { clock, random } = ports;
  const endpoint = options.service === undefined ? undefined : parseService(options.service);
  const trust = createTrust(domain, options);
  const trouble = (message: string): void => options.trouble?.(message);

  const made = client({
    service: `xmpps://${domain}`,
    domain,
    ...(options.resource === undefined ? {} : { resource: options.resource }),
    // The mechanisms hold the credentials; the library only says which one goes first.
    credentials: async (authenticate, mechanisms) => {
      await (authenticate as Authenticate)({ username: '', password: '' }, mechanisms[0]);
    },
    timeout: SIGN_IN_TIMEOUT,
  });
  const xmpp = made as typeof made & Untyped;
  xmpp.reconnect.stop();
  const sasl = installMechanisms(xmpp.saslFactory, options.credentials, random);
  const rules = createStreamRules(domain, sasl);

  let phase: 'new' | 'connecting' | 'online' | 'waiting' | 'stopped' = 'new';
  let socket: SecureSocket | undefined;
  let jid: string | undefined;
  let cut = false;
  let stopping = false;
  let tries = 0;
  /** Whether the server offers stream management, and the address that it bound on this stream. */
  let manages = false;
  let bound: string | undefined;
  let failure: XmppError | undefined;
  let cancelTimer: () => void = () => undefined;
  let first: { resolve: (jid: string) => void; reject: (error: XmppError) => void } | undefined;
  const { emit, hear, answer, handle, onStanza, on } = createReception(trouble);

  function drop(error: XmppError): void {
    failure ??= error;
    socket?.destroy();
  }

  // Our transport: a socket that is secure before it is connected, and a parser that keeps the rules.
  class Transport extends TcpTransport {
    override socketParameters(): object {
      return {};
    }
    /** Used by stream management to send again what wasn't acknowledged. The delay it adds would make a room's members take it for history. */
    override async sendMany(elements: Element[]): Promise<void> {
      // TLS may never call back for a write of nothing, and the library waits for it before it says "resumed".
      if (elements.length === 0) return;
      for (const element of elements) {
        element.children = element.children.filter(
          (child) => !(isElement(child) && child.is('delay', NS_DELAY) && child.attrs['from'] === jid),
        );
      }
      await super.sendMany(elements);
    }
  }
  Object.assign(Transport.prototype, {
    NS: 'jabber:client',
    Socket: function Socket(): SecureSocket {
      socket = new SecureSocket({ domain, endpoint, ...ports, trust });
      return socket;
    },
    Parser: guardedParser({
      admit: (element) => {
        try {
          const admitted = rules.admit(element);
          heard();
          if (admitted) {
            resumption.follow(admitted);
            follow(admitted);
          }
          if (admitted && options.traffic) options.traffic('in', withoutSecrets(admitted).toString());
          return admitted;
        } catch (error) {
          drop(toError(error));
          return undefined;
        }
      },
      trouble: (error) => trouble(`a stanza could not be handled: ${describe(error)}`),
    }),
  });
  xmpp.transports = [Transport];

  const requests = createRequests({
    send: (stanza) => entity.send(stanza),
    clock,
    random,
    self: () => jid,
    domain,
  });

  xmpp.middleware.use(async ({ stanza }, next) => {
    const answered = stanza.name === 'iq' ? await answer(stanza) : undefined;
    if (!answered) return next();
    return 'error' in answered ? serializeStanzaError(answered.error) : (answered.result ?? {});
  });
  xmpp.on('stanza', (stanza: Element) => {
    if (!requests.settle(stanza) && stanza.name !== 'iq') hear(stanza);
  });
  xmpp.on('send', (element: Element) => {
    resumption.follow(element);
    if (options.traffic) options.traffic('out', withoutSecrets(element).toString());
  });
  xmpp.on('error', (error: unknown) => {
    const known = toError(error);
    // A stream in the making has our own time limit: what the library's runs out on may be of the one before.
    if (phase === 'connecting' && known.code === 'timeout') trouble(describe(error));
    else if (phase === 'connecting') drop(known);
    else if (error instanceof XmppError || isNamed(error, 'StreamError')) failure ??= known;
    else trouble(describe(error));
  });
  // The library counts stanzas from when it has dealt with <enabled/>, a moment after it came: one that comes in that moment is
  // lost to the count, and the server ends the stream over it. So nothing is asked of the server before.
  xmpp.on('online', (address: { toString(): string }) => {
    bound = address.toString();
    if (!manages) online(bound, false);
  });
  xmpp.streamManagement.on('resumed', () => {
    if (jid !== undefined) online(jid, true);
  });
  xmpp.on('disconnect', () => disconnected());
  const resumption = createResumption(xmpp);

  /** Watches how stream management (XEP-0198) is agreed upon. */
  function follow(element: Element): void {
    if (element.is('features', 'http://etherx.jabber.org/streams'))
      manages = element.getChild('sm', NS_SM) !== undefined;
    else if (bound !== undefined && (element.is('enabled', NS_SM) || element.is('failed', NS_SM))) {
      const address = bound;
      clock.after(0, () => {
        if (phase === 'connecting' && bound === address) online(address, false);
      });
    }
  }

  function toError(error: unknown): XmppError {
    if (error instanceof XmppError) return error;
    const condition = property(error, 'condition') ?? '';
    const text = property(error, 'text') ?? '';
    if (isNamed(error, 'StreamError')) return streamError(domain, condition, text);
    if (isNamed(error, 'SASLError')) {
      if (!condition.startsWith('SASL:')) return saslError(domain, condition, text);
      return new XmppError(
        'refused',
        `The server of ${domain} offers no way to sign in that Limn knows. Ask those who run it.`,
      );
    }
    if (isNamed(error, 'TimeoutError'))
      return new XmppError('timeout', `The server of ${domain} stopped answering. Try again.`);
    return new XmppError('disconnected', `The connection to ${domain} failed (${describe(error)}). Try again.`);
  }

  function online(address: string, resumed: boolean): void {
    jid = address;
    phase = 'online';
    tries = 0;
    failure = undefined;
    heard();
    first?.resolve(address);
    first = undefined;
    // The library marks itself online only after this event.
    queueMicrotask(() => {
      if (phase === 'online') emit({ type: 'online', jid: address, resumed });
    });
  }

  /** Something came in: the next probe is due when nothing has for a while. */
  function heard(): void {
    if (phase !== 'online') return;
    cancelTimer();
    cancelTimer = clock.after(PROBE_AFTER, probe);
  }

  function probe(): void {
    entity.request('get', undefined, xml('ping', { xmlns: NS_PING }), PROBE_TIMEOUT).catch((error: unknown) => {
      // An error reply is an answer.
      if (error instanceof XmppError && error.code === 'timeout')
        socket?.destroy(new XmppError('disconnected', error.message));
    });
  }

  function attempt(): void {
    phase = 'connecting';
    failure = undefined;
    bound = undefined;
    manages = false;
    rules.reset();
    resumption.begin();
    cancelTimer();
    const negotiate = async (): Promise<void> => {
      await xmpp.connect(`xmpps://${domain}`);
      cancelTimer();
      cancelTimer = clock.after(SIGN_IN_TIMEOUT, () => {
        if (phase === 'connecting')
          drop(new XmppError('timeout', `The server of ${domain} did not finish the sign-in. Try again.`));
      });
      await xmpp.open({ domain });
    };
    negotiate().catch((error: unknown) => {
      if (phase === 'connecting') drop(toError(error));
    });
  }

  function disconnected(): void {
    if (phase === 'stopped' || phase === 'waiting') return;
    cancelTimer();
    const was = phase;
    phase = 'waiting';
    const error =
      failure ?? new XmppError('disconnected', `The connection to ${domain} was lost. Limn connects again by itself.`);
    requests.fail(error);
    if (was === 'connecting' && resumption.ended()) tries = 0;
    if (stopping) return;
    if (was === 'online') emit({ type: 'offline', error });
    if (first || !isTransient(error)) {
      phase = 'stopped';
      first?.reject(error);
      if (!first) emit({ type: 'failed', error });
      first = undefined;
      return;
    }
    if (!cut) retry();
  }

  function retry(): void {
    const most = Math.min(BACKOFF_MOST, BACKOFF_FIRST * 2 ** tries);
    tries += 1;
    // Between half and all of it, so that a server's return isn't met by everyone at once.
    const [high = 0, low = 0] = random.bytes(2);
    cancelTimer();
    cancelTimer = clock.after(most * (0.5 + (high * 256 + low) / 131_072), () => {
      if (phase === 'waiting' && !cut) attempt();
    });
  }

  const entity: Connection = {
    get jid() {
      return jid;
    },
    domain,
    get online() {
      return phase === 'online';
    },
    send: async (stanza) => {
      if (phase !== 'online')
        throw new XmppError('disconnected', 'Limn is not connected at the moment. Try again when it is.');
      await xmpp.send(stanza);
    },
    request: (...args) => requests.request(...args),
    handle,
    onStanza,
    on,
    start: () => {
      if (phase !== 'new') return Promise.reject(new RangeError('A connection starts once.'));
      return new Promise((resolve, reject) => {
        first = { resolve, reject };
        attempt();
      });
    },
    stop: async () => {
      if (stopping) return;
      stopping = true;
      const was = phase;
      const gone = new XmppError('disconnected', 'Signed out.');
      requests.fail(gone);
      if (was === 'online') {
        // In order if the server answers, else at once: nor does the library wait on.
        xmpp.timeout = GOODBYE_TIMEOUT;
        const giveUp = new Promise<void>((resolve) => clock.after(GOODBYE_TIMEOUT, resolve));
        await Promise.race([xmpp.stop().catch(() => undefined), giveUp]);
      }
      phase = 'stopped';
      cancelTimer();
      socket?.destroy();
      if (was === 'online') emit({ type: 'offline', error: undefined });
      first?.reject(gone);
      first = undefined;
    },
    hurry: () => {
      if (phase === 'online') return probe();
      if (phase !== 'waiting' || cut || stopping) return;
      tries = 0;
      attempt();
    },
    cut: () => {
      cut = true;
      if (phase === 'waiting') cancelTimer();
      else socket?.destroy(new XmppError('disconnected', 'The network is gone.'));
    },
    link: () => {
      cut = false;
      if (phase === 'waiting') entity.hurry();
    },
  };
  handle('get', 'ping', NS_PING, () => undefined);
  return entity;
}

function property(value: unknown, name: 'condition' | 'text' | 'name'): string | undefined {
  const found: unknown =
    typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
  return typeof found === 'string' ? found : undefined;
}

const isNamed = (error: unknown, name: string): boolean => property(error, 'name') === name;
const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
