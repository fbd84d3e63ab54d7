/**
 * The socket that @xmpp/client is given: it says "connect" only when TLS stands and the certificate is trusted, so that nothing
 * above it can ever speak in the clear. STARTTLS (RFC 6120, section 5) or direct TLS (XEP-0368) happen in here.
 */
import { EventEmitter } from '@xmpp/events';
import { type Element, Parser } from '@xmpp/xml';
import { dialError, streamError, XmppError } from './errors.ts';
import type { CertificateFacts, Dial, Endpoint, ResolveSrv, Wire, XmppClock } from './ports.ts';

const NS_TLS = 'urn:ietf:params:xml:ns:xmpp-tls';
const NS_STREAM = 'http://etherx.jabber.org/streams';
const NS_STREAMS = 'urn:ietf:params:xml:ns:xmpp-streams';
/** For the dial, the features and the handshake each, in milliseconds; a person's decision takes what it takes. */
const STEP_TIMEOUT = 15_000;

export interface SecureSocketOptions {
  readonly domain: string;
  /** Where to go instead of asking the DNS. */
  readonly endpoint: Endpoint | undefined;
  readonly dial: Dial;
  readonly resolveSrv: ResolveSrv;
  readonly clock: XmppClock;
  /** Rejects with an XmppError when this certificate is not to be trusted for the domain. */
  readonly trust: (facts: CertificateFacts) => Promise<void>;
}

const escape = (text: string): string => text.replace(/[<>&'"]/g, (one) => `&#${one.charCodeAt(0)};`);
const at = ({ host, port }: Endpoint): string => `${host}:${port}`;

/** A socket as @xmpp/connection wants it: connect, write, end; events connect, data, error, close. */
export class SecureSocket extends EventEmitter {
  /** Read by @xmpp/connection: this socket never is anything else. */
  readonly secure = true;
  readonly #options: SecureSocketOptions;
  #wire: Wire | undefined;
  #onText: ((text: string) => void) | undefined;
  #onClose: ((error?: Error) => void) | undefined;
  #closed = false;

  constructor(options: SecureSocketOptions) {
    super();
    this.#options = options;
  }

  /** Emits `connect`, or `error` and `close`. */
  connect(): void {
    this.#reachAny().then(
      () => {
        if (!this.#closed) this.emit('connect');
      },
      (error: unknown) => this.#finish(error instanceof Error ? error : new Error(String(error))),
    );
  }

  write(text: string, done: (error?: Error | null) => void): void {
    if (this.#wire && !this.#closed) this.#wire.write(text, done);
    else done(new XmppError('disconnected', 'The connection is closed.'));
  }

  end(): void {
    if (this.#wire) this.#wire.end();
    else this.#finish();
  }

  /** Drops the connection at once. */
  destroy(error?: Error): void {
    const wire = this.#wire;
    this.#wire = undefined;
    wire?.destroy();
    this.#finish(error);
  }

  #finish(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wire?.destroy();
    if (error) this.emit('error', error);
    this.emit('close', error !== undefined);
  }

  async #reachAny(): Promise<void> {
    const { domain, endpoint, resolveSrv } = this.#options;
    const found = endpoint ? [endpoint] : await resolveSrv(domain);
    if (found === null) {
      throw new XmppError('unknown-host', `${domain} says that it offers no XMPP. Check the address after the @.`);
    }
    const targets = found.length > 0 ? found : [{ host: domain, port: 5222, direct: false }];
    let failure: XmppError | undefined;
    for (const target of targets) {
      if (this.#closed) return;
      try {
        await this.#reach(target);
        return;
      } catch (error) {
        const drop = this.#wire;
        this.#wire = undefined;
        this.#onClose = undefined;
        drop?.destroy();
        failure =
          error instanceof XmppError ? error : dialError(endpoint?.host ?? domain, at(target), errorCode(error));
        // Going on to the next server after these would be a way around them.
        if (failure.code === 'certificate' || failure.code === 'no-encryption') throw failure;
      }
    }
    throw (
      failure ?? new XmppError('unknown-host', `No server was found for ${domain}. Check the address and the network.`)
    );
  }

  async #reach(target: Endpoint): Promise<void> {
    const { domain, dial, trust } = this.#options;
    const dialing = dial(target.host, target.port, {
      data: (text) => this.#onText?.(text),
      close: (error) => this.#onClose?.(error),
    });
    const wire = await this.#within(
      dialing,
      `${at(target)} does not answer. Check the network and try again.`,
      (late) => late.destroy(),
    );
    this.#wire = wire;
    if (this.#closed) {
      wire.destroy();
      return;
    }
    if (!target.direct) {
      await this.#within(this.#startTls(wire), `${at(target)} did not say how to encrypt. Try again later.`);
    }
    this.#onText = undefined;
    const lost = this.#untilClosed();
    const handshake = Promise.race([wire.secure(domain), lost]).catch((error: unknown) => {
      if (error instanceof XmppError) throw error;
      const said = error instanceof Error ? ` (${error.message})` : '';
      throw new XmppError(
        'no-encryption',
        `No encrypted connection to ${at(target)} came about${said}. Limn does not go on without one.`,
      );
    });
    const facts = await this.#within(handshake, `${at(target)} did not finish the encryption handshake.`);
    await Promise.race([trust(facts), lost]);
    // The stream begins: from here on what comes in is its text.
    this.#onText = (text) => {
      if (this.#closed) return;
      try {
        this.emit('data', text);
      } catch {
        // The library reads no more once a stream has ended or broken, and throws at what still comes.
        this.destroy();
      }
    };
    this.#onClose = (error) =>
      this.#finish(
        error && new XmppError('disconnected', 'The connection to the server was lost. Limn connects again by itself.'),
      );
  }

  #untilClosed(): Promise<never> {
    const lost = new Promise<never>((_, reject) => {
      this.#onClose = () => reject(new XmppError('disconnected', 'The server closed the connection. Try again.'));
    });
    lost.catch(() => undefined);
    return lost;
  }

  /** Opens a stream in the clear only to ask for TLS. */
  #startTls(wire: Wire): Promise<void> {
    const { domain } = this.#options;
    return new Promise((resolve, reject) => {
      const parser = new Parser();
      let asked = false;
      const refuse = (): void =>
        reject(
          new XmppError(
            'no-encryption',
            `The server of ${domain} offers no encryption. Limn does not sign in without it.`,
          ),
        );
      this.#onClose = () =>
        reject(new XmppError('disconnected', `The server of ${domain} closed the connection. Try again.`));
      parser.on('element', (element: Element) => {
        if (element.is('error', NS_STREAM)) {
          const condition = element.children.find((child) => typeof child === 'object');
          const name =
            typeof condition === 'object' && condition !== null ? condition.getName() : 'undefined-condition';
          reject(streamError(domain, name, element.getChildText('text', NS_STREAMS) ?? ''));
        } else if (asked) {
          if (element.is('proceed', NS_TLS)) resolve();
          else refuse();
        } else if (element.is('features', NS_STREAM) && element.getChild('starttls', NS_TLS)) {
          asked = true;
          wire.write(`<starttls xmlns='${NS_TLS}'/>`, (error) => error && reject(error));
        } else refuse();
      });
      const broken = (): void =>
        reject(
          new XmppError(
            'disconnected',
            `What answers for ${domain} does not speak XMPP. Check the address and the port.`,
          ),
        );
      parser.on('error', broken);
      parser.on('end', () =>
        reject(new XmppError('disconnected', `The server of ${domain} closed the connection. Try again.`)),
      );
      this.#onText = (text) => {
        try {
          parser.write(text);
        } catch {
          broken();
        }
      };
      const header = `<?xml version='1.0'?><stream:stream to='${escape(domain)}' version='1.0' xmlns='jabber:client' xmlns:stream='${NS_STREAM}'>`;
      wire.write(header, (error) => error && reject(error));
    });
  }

  /** The promise's value, or a timeout; `late` disposes of what comes after it. */
  #within<T>(promise: Promise<T>, sentence: string, late?: (value: T) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      let over = false;
      const cancel = this.#options.clock.after(STEP_TIMEOUT, () => {
        over = true;
        reject(new XmppError('timeout', sentence));
      });
      promise.then(
        (value) => {
          cancel();
          if (over) late?.(value);
          else resolve(value);
        },
        (error: unknown) => {
          cancel();
          reject(error);
        },
      );
    });
  }
}

function errorCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
