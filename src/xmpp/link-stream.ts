/**
 * XEP-0174: Serverless Messaging, version 2.0.1: one XML stream between two on a network, from its header to the stanzas. TLS is required
 * (RFC 6120, section 5), each with a certificate of its own making; then both must want each other, which is a stream feature of
 * Limn's own: `<commit/>`, `<nonce/>`, `<reveal/>`, and `<agreed/>` from either side. Stanzas before that end the stream.
 */
import type { Element, Parser } from '@xmpp/xml';
import { XmppError } from './errors.ts';
import { commitment, isNonce, makeNonce, shortCode } from './link-code.ts';
import type { LinkWire, XmppClock, XmppRandom } from './ports.ts';
import { randomHex } from './random-hex.ts';
import { guardedParser } from './stream-guard.ts';
import { attribute, childElements, parseCount, toXmlText, xml } from './xml-text.ts';

export const NS_LIMN_NEARBY = 'urn:x-limn:nearby:0';
const NS_STREAM = 'http://etherx.jabber.org/streams';
const NS_STREAMS = 'urn:ietf:params:xml:ns:xmpp-streams';
const NS_TLS = 'urn:ietf:params:xml:ns:xmpp-tls';
const NS_LIMITS = 'urn:xmpp:stream-limits:0';

/** For everything that programs do by themselves before people decide, and for people's decision, in milliseconds. */
const HANDSHAKE_WITHIN = 15_000;
const DECIDE_WITHIN = 3 * 60_000;
/** How long the other may take to end what we have ended, in milliseconds. */
const END_WITHIN = 1000;
/** The most that one element may be before and after both have agreed, in UTF-16 units. */
const MAX_EARLY = 16 * 1024;
const MAX_LINK_STANZA = 256 * 1024;
/** No step of the handshake has more elements on the way. */
const MAX_QUEUE = 4;
/** So much may wait for one who doesn't read, in bytes. */
const MAX_WAITING = 32 * 1024 * 1024;
const MAX_NICK = 100;
const SESSION = /^[\w.:@-]{1,200}$/;

/** Stream errors that are ours to send (RFC 6120, section 4.9.3). */
export type LinkCondition =
  | 'bad-format'
  | 'conflict'
  | 'connection-timeout'
  | 'host-unknown'
  | 'not-authorized'
  | 'policy-violation'
  | 'resource-constraint'
  | 'undefined-condition'
  | 'unsupported-feature'
  | 'unsupported-stanza-type'
  | 'unsupported-version';

/** Who is at the other end: the key is proven, the nick is a claim. */
export interface LinkPeer {
  /** SHA-256 of its public key, in hex. */
  readonly key: string;
  readonly nick: string;
  readonly session: string;
  /** Its address, in numbers. */
  readonly address: string;
  /** Where it can be called, if it can; a claim. */
  readonly port: number | undefined;
}

export interface LinkHandlers {
  stanza(stanza: Element): void;
  /** Once; no stanza comes afterwards. */
  closed(error: XmppError): void;
}

export interface LinkStream {
  readonly peer: LinkPeer;
  /** Writes a stanza that is text already. A peer that doesn't read is dropped. */
  send(text: string): void;
  /** Ends the stream, with an error where there is one to tell. */
  close(condition?: LinkCondition): void;
}

export interface LinkStreamOptions {
  readonly wire: LinkWire;
  readonly clock: XmppClock;
  readonly random: XmppRandom;
  /** Our own key as the other sees it, our link-local address (`user@machine`), and how we are called. */
  readonly key: string;
  readonly address: string;
  readonly nick: string;
  /** We call: whom by address, to which session, and who it must be if that is known. Absent: we are called. */
  readonly call?: {
    readonly to: string;
    readonly session: string;
    readonly key?: string | undefined;
    /** Where we listen ourselves. */
    readonly port?: number | undefined;
  };
  /** Called: why nobody can come to this session now; undefined when somebody can. */
  readonly closedTo?: (session: string) => LinkCondition | undefined;
  /** Whether we know this key well enough for this session. Only where both do, nobody is asked. */
  readonly known: (key: string, session: string) => boolean;
  /** Whether a person wants this one, having compared the code with the other person. `gone` when it has not waited. */
  readonly agree: (peer: LinkPeer, code: string, gone: AbortSignal) => Promise<boolean>;
  /** Both have agreed: from here on stanzas come. */
  readonly opened: (stream: LinkStream) => LinkHandlers;
  readonly note: (message: string) => void;
}

interface Verified {
  readonly peer: LinkPeer;
  readonly code: string;
  /** Each knows the other's key already. */
  readonly known: boolean;
}

/** Negotiates a stream. Resolves when it is open; rejects with an XmppError, and the wire is closed then. Once it is open, `cancelled`
 *  means nothing to it. */
export async function openLinkStream(options: LinkStreamOptions, cancelled?: AbortSignal): Promise<LinkStream> {
  const stream = new Stream(options);
  const giveUp = (): void => stream.close();
  if (cancelled?.aborted) giveUp();
  cancelled?.addEventListener('abort', giveUp, { once: true });
  try {
    return await stream.run();
  } finally {
    cancelled?.removeEventListener('abort', giveUp);
  }
}

class Stream implements LinkStream {
  readonly #options: LinkStreamOptions;
  readonly #gone = new AbortController();
  #parser: Parser | undefined;
  #headers = 0;
  /** Whether our own stream has begun: an error needs one around it (RFC 6120, section 4.9.1.2). */
  #opened = false;
  #secure = false;
  #peer: LinkPeer | undefined;
  #agreed = { me: false, them: false };
  #handlers: LinkHandlers | undefined;
  #closed = false;
  readonly #queue: Element[] = [];
  #wake: (() => void) | undefined;
  #failure: XmppError | undefined;

  constructor(options: LinkStreamOptions) {
    this.#options = options;
    options.wire.listen({
      data: (text) => this.#parser?.write(text),
      close: () => this.#over(new XmppError('disconnected', `${this.#name()} ended the connection. Try again.`)),
    });
    this.#restart();
  }

  get peer(): LinkPeer {
    if (!this.#peer) throw new RangeError('The stream is not open.');
    return this.#peer;
  }

  send(text: string): void {
    if (this.#closed) return;
    if (this.#options.wire.waiting > MAX_WAITING) return this.#fail('resource-constraint', 'it does not read');
    this.#options.wire.write(text);
  }

  close(condition?: LinkCondition): void {
    if (condition) return this.#fail(condition, 'ended by us');
    this.#end('');
    this.#over(new XmppError('cancelled', 'The connection was ended.'));
  }

  async run(): Promise<LinkStream> {
    this.#mustLive();
    const { clock, call } = this.#options;
    const cancel = clock.after(HANDSHAKE_WITHIN, () => this.#fail('connection-timeout', 'no handshake in time'));
    let cancelDecision: (() => void) | undefined;
    try {
      const key = call ? await this.#callTls() : await this.#answerTls();
      const { peer, code, known } = call ? await this.#callVerify(call, key) : await this.#answerVerify(key);
      this.#peer = peer;
      cancel();
      cancelDecision = clock.after(DECIDE_WITHIN, () => this.#fail('connection-timeout', 'nobody decided in time'));
      const wanted = known || (await this.#options.agree(peer, code, this.#gone.signal));
      this.#mustLive();
      if (!wanted) throw this.#fault('not-authorized', 'not wanted');
      this.#write(xml('agreed', { xmlns: NS_LIMN_NEARBY }));
      this.#agreed.me = true;
      this.#maybeOpen();
      while (!this.#handlers) await this.#turn();
      return this;
    } finally {
      cancel();
      cancelDecision?.();
    }
  }

  // ── The steps ────────────────────────────────────────────────────────────────────────────────────────────────────

  async #callTls(): Promise<string> {
    const { wire } = this.#options;
    this.#header();
    const features = await this.#next('features', NS_STREAM);
    if (!features.getChild('starttls', NS_TLS)) throw this.#fault('policy-violation', 'no TLS is offered');
    this.#write(xml('starttls', { xmlns: NS_TLS }));
    await this.#next('proceed', NS_TLS);
    return this.#tls(() => wire.secure());
  }

  async #answerTls(): Promise<string> {
    const { wire } = this.#options;
    await this.#begun();
    this.#write(xml('stream:features', {}, xml('starttls', { xmlns: NS_TLS }, xml('required'))));
    await this.#next('starttls', NS_TLS);
    return this.#tls(() => {
      this.#write(xml('proceed', { xmlns: NS_TLS }));
      return wire.secure();
    });
  }

  async #tls(secure: () => Promise<string>): Promise<string> {
    // Whatever stands behind the request in the clear was put there by somebody else.
    if (this.#queue.length > 0) throw this.#fault('policy-violation', 'something between plain text and TLS');
    this.#parser = undefined;
    this.#secure = true;
    let key: string;
    try {
      key = await secure();
    } catch (error) {
      this.#mustLive();
      throw this.#fault('not-authorized', `TLS: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.#mustLive();
    if (key === this.#options.key) throw this.#fault('conflict', 'that is ourselves');
    this.#restart();
    return key;
  }

  async #callVerify(call: NonNullable<LinkStreamOptions['call']>, key: string): Promise<Verified> {
    const { nick, random, wire } = this.#options;
    if (call.key !== undefined && call.key !== key) throw this.#fault('not-authorized', 'somebody else answered');
    this.#header();
    const features = await this.#next('features', NS_STREAM);
    if (!features.getChild('verify', NS_LIMN_NEARBY)) throw this.#fault('unsupported-feature', 'not a Limn');
    const nonce = makeNonce(random);
    const said = { xmlns: NS_LIMN_NEARBY, session: call.session, nick: toXmlText(nick) };
    const port = call.port === undefined ? {} : { port: String(call.port) };
    this.#write(xml('commit', { ...said, ...port }, await commitment(nonce)));
    const answer = await this.#next('nonce', NS_LIMN_NEARBY);
    const theirs = { key, nick: this.#nickIn(answer), nonce: this.#nonceIn(answer) };
    const knows = this.#options.known(key, call.session);
    this.#write(xml('reveal', { xmlns: NS_LIMN_NEARBY, known: String(knows) }, nonce));
    const caller = { key: this.#options.key, nick: said.nick, nonce };
    const code = await shortCode({ session: call.session, caller, called: theirs });
    const peer = { key, nick: theirs.nick, session: call.session, address: wire.address, port: undefined };
    return { peer, code, known: knows && attribute(answer, 'known') === 'true' };
  }

  async #answerVerify(key: string): Promise<Verified> {
    const { nick, random, closedTo, wire } = this.#options;
    await this.#begun();
    const limits = xml('limits', { xmlns: NS_LIMITS }, xml('max-bytes', {}, String(MAX_LINK_STANZA)));
    this.#write(xml('stream:features', {}, xml('verify', { xmlns: NS_LIMN_NEARBY }), limits));
    const commit = await this.#next('commit', NS_LIMN_NEARBY);
    const session = attribute(commit, 'session') ?? '';
    if (!SESSION.test(session)) throw this.#fault('bad-format', 'no session is named');
    const closed = closedTo?.(session);
    if (closed) throw this.#fault(closed, `nobody can come to ${session} now`);
    const promised = commit.getText();
    const nonce = makeNonce(random);
    const own = { key: this.#options.key, nick: toXmlText(nick), nonce };
    const their = this.#nickIn(commit);
    const knows = this.#options.known(key, session);
    this.#write(xml('nonce', { xmlns: NS_LIMN_NEARBY, nick: own.nick, known: String(knows) }, nonce));
    const reveal = await this.#next('reveal', NS_LIMN_NEARBY);
    const caller = { key, nick: their, nonce: this.#nonceIn(reveal) };
    if ((await commitment(caller.nonce)) !== promised)
      throw this.#fault('not-authorized', 'another nonce than promised');
    const code = await shortCode({ session, caller, called: own });
    const port = parseCount(attribute(commit, 'port'), 65_535);
    const known = knows && attribute(reveal, 'known') === 'true';
    return { peer: { key, nick: their, session, address: wire.address, port }, code, known };
  }

  #nickIn(element: Element): string {
    const nick = attribute(element, 'nick') ?? '';
    if (nick.length > MAX_NICK || nick.trim() === '') throw this.#fault('bad-format', 'no name, or one without end');
    return nick;
  }

  #nonceIn(element: Element): string {
    const nonce = element.getText();
    if (!isNonce(nonce)) throw this.#fault('bad-format', 'no nonce');
    return nonce;
  }

  #maybeOpen(): void {
    if (this.#handlers || !this.#agreed.me || !this.#agreed.them) return;
    this.#handlers = this.#options.opened(this);
    this.#wake?.();
  }

  // ── What comes ───────────────────────────────────────────────────────────────────────────────────────────────────

  #restart(): void {
    const parser = new (guardedParser({
      admit: (element) => {
        if (this.#parser === parser && !this.#closed) this.#take(element);
        return undefined;
      },
      trouble: (error) => this.#options.note(`a stanza could not be handled: ${String(error)}`),
      limit: () => (this.#handlers ? MAX_LINK_STANZA : MAX_EARLY),
      whole: this.#options.call === undefined,
    }))();
    this.#headers = 0;
    this.#opened = false;
    this.#parser = parser;
    parser.on('start', (root: Element) => {
      if (this.#parser !== parser) return;
      if (!root.is('stream', NS_STREAM)) return this.#fail('bad-format', 'no stream begins');
      if (attribute(root, 'version')?.startsWith('1.') !== true)
        return this.#fail('unsupported-version', 'no version 1');
      this.#headers += 1;
      this.#wake?.();
    });
    parser.on('error', () => {
      if (this.#parser === parser) this.#fail('policy-violation', 'malformed, or a stanza beyond every limit');
    });
    parser.on('end', () => {
      if (this.#parser === parser && !this.#closed) this.close();
    });
  }

  #take(element: Element): void {
    if (element.is('error', NS_STREAM)) {
      const condition = childElements(element).find((child) => child.getNS() === NS_STREAMS);
      this.#end('');
      return this.#over(linkError(this.#name(), condition?.getName() ?? 'undefined-condition'));
    }
    if (this.#handlers) {
      if (!['message', 'presence', 'iq'].includes(element.name))
        return this.#fail('unsupported-stanza-type', 'no stanza');
      try {
        return this.#handlers.stanza(element);
      } catch (error) {
        return this.#options.note(`a stanza could not be handled: ${String(error)}`);
      }
    }
    if (this.#secure && element.is('agreed', NS_LIMN_NEARBY)) {
      this.#agreed.them = true;
      return this.#maybeOpen();
    }
    if (['message', 'presence', 'iq'].includes(element.name)) return this.#fail('not-authorized', 'stanzas too early');
    if (this.#queue.length >= MAX_QUEUE) return this.#fail('policy-violation', 'too much before the handshake is done');
    this.#queue.push(element);
    this.#wake?.();
  }

  /** Waits until something has come. */
  #turn(): Promise<void> {
    this.#mustLive();
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        this.#wake = undefined;
        if (this.#failure) reject(this.#failure);
        else resolve();
      };
    });
  }

  async #next(name: string, ns: string): Promise<Element> {
    while (this.#queue.length === 0) await this.#turn();
    this.#mustLive();
    const element = this.#queue.shift();
    if (!element?.is(name, ns)) throw this.#fault('unsupported-feature', `no <${name}/> comes`);
    return element;
  }

  /** The other's stream has begun, and ours with it. */
  async #begun(): Promise<void> {
    while (this.#headers === 0) await this.#turn();
    this.#header();
  }

  // ── What goes out ────────────────────────────────────────────────────────────────────────────────────────────────

  #header(): void {
    const { address, call, random, wire } = this.#options;
    const to = call ? ` to='${escape(call.to)}'` : ` id='${randomHex(random, 12)}'`;
    wire.write(
      `<?xml version='1.0'?><stream:stream from='${escape(address)}'${to} version='1.0' xmlns='jabber:client' xmlns:stream='${NS_STREAM}'>`,
    );
    this.#opened = true;
  }

  #write(element: Element): void {
    if (!this.#closed) this.#options.wire.write(element.toString());
  }

  #name(): string {
    return this.#peer?.nick ?? this.#options.call?.to ?? 'The other side';
  }

  #fault(condition: LinkCondition, why: string): XmppError {
    this.#fail(condition, why);
    return this.#failure ?? linkError(this.#name(), condition);
  }

  #fail(condition: LinkCondition, why: string): void {
    if (this.#closed) return;
    const { wire, note, call } = this.#options;
    note(`${wire.address}: ${condition}: ${why}`);
    const error = xml('stream:error', {}, xml(condition, { xmlns: NS_STREAMS }));
    if (!this.#opened) this.#header();
    this.#end(error.toString());
    const told = call && condition === 'not-authorized' && why === 'not wanted' ? 'cancelled' : 'refused';
    this.#over(
      condition === 'connection-timeout'
        ? new XmppError('timeout', `${this.#name()} did not answer in time. Try again.`, condition)
        : new XmppError(told, `The connection to ${this.#name()} was ended: ${why}. Try again.`, condition),
    );
  }

  /** Says what is to be said and hangs up; one who goes on talking is dropped. */
  #end(last: string): void {
    if (this.#closed) return;
    const { wire, clock } = this.#options;
    // Before our stream begins, and in the middle of a TLS handshake, nothing can be said.
    if (!this.#opened || (this.#secure && !this.#parser)) return wire.destroy();
    wire.write(`${last}</stream:stream>`);
    wire.end();
    clock.after(END_WITHIN, () => wire.destroy());
  }

  #mustLive(): void {
    if (this.#failure) throw this.#failure;
  }

  #over(error: XmppError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#failure = error;
    this.#parser = undefined;
    this.#gone.abort();
    this.#wake?.();
    this.#handlers?.closed(error);
  }
}

const escape = (text: string): string => toXmlText(text).replace(/[<>&'"]/g, (one) => `&#${one.charCodeAt(0)};`);

/** The sentence for the stream error with which another on the network refuses or ends a stream. */
function linkError(name: string, condition: string): XmppError {
  switch (condition) {
    case 'not-authorized':
      return new XmppError('not-allowed', `${name} did not let you in. Ask there, then try again.`, condition);
    case 'resource-constraint':
      return new XmppError('room-full', `The board of ${name} is full. Try again when somebody has left.`, condition);
    case 'host-unknown':
      return new XmppError(
        'room-missing',
        `${name} does not share this board any more. Choose another one.`,
        condition,
      );
    case 'connection-timeout':
      return new XmppError('timeout', `${name} did not answer in time. Try again.`, condition);
    default:
      return new XmppError('disconnected', `The connection to ${name} ended (${condition}). Try again.`, condition);
  }
}
