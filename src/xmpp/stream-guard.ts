/**
 * What stands between the bytes of a stream and @xmpp/client: a parser that survives what a server or a handler does wrong,
 * and the rules that the library leaves open: no sign-in without the server's proof, nothing before the sign-in.
 */
import { type Element, Parser } from '@xmpp/xml';
import { XmppError } from './errors.ts';
import { NS_SASL, type SaslState, successData } from './sasl.ts';
import { noteRead } from './xep-0284-codec.ts';
import { type ReadEdits, readEdits } from './xep-0284-text.ts';
import { childElements } from './xml-text.ts';

const NS_STREAM = 'http://etherx.jabber.org/streams';
const NS_STREAMS = 'urn:ietf:params:xml:ns:xmpp-streams';
/** Largest text of one stanza, in UTF-16 units: servers allow a quarter of it. */
const MAX_STANZA = 4 * 1024 * 1024;
/** How deep elements may lie within each other: no stanza of anybody's needs a tenth of it, and what is deeper can't be written again. */
const MAX_DEPTH = 1000;

export interface GuardHooks {
  /** The element to pass on, or undefined to drop it. */
  admit(element: Element): Element | undefined;
  /** A handler of a stanza threw: a bug of ours, survived. */
  trouble(error: unknown): void;
  /** The most that one stanza may be now, if it is less than what we take from servers. */
  limit?(): number;
  /** Whether stanzas are kept whole, to be passed on: `<sxe/>` then is read like any element. */
  readonly whole?: boolean;
}

/** A parser class for a transport of @xmpp/client. */
export function guardedParser(hooks: GuardHooks): typeof Parser {
  return class extends Parser {
    #sinceElement = 0;
    #depth = 0;
    /** Whether a comment or such has come since, in which tags may not be tags. */
    #marked = false;
    #read: ReadEdits | undefined;

    override emit(event: string | symbol, ...args: unknown[]): boolean {
      if (event !== 'element') return super.emit(event, ...args);
      this.#sinceElement = 0;
      this.#marked = false;
      const element = hooks.admit(args[0] as Element);
      if (!element) return false;
      try {
        return super.emit(event, element);
      } catch (error) {
        hooks.trouble(error);
        return false;
      }
    }

    override write(data: string): void {
      this.#sinceElement += data.length;
      try {
        if (this.#sinceElement > (hooks.limit?.() ?? MAX_STANZA) + data.length)
          throw new Error('a stanza beyond every limit');
        if (hooks.whole) super.write(data);
        else this.#feed(data);
      } catch (error) {
        this.emit('error', error);
      }
    }

    /** Hands on the text, but for the content of each `<sxe/>` that is here as a whole and can be read at once. */
    #feed(data: string): void {
      let from = 0;
      for (let at = data.indexOf('<sxe '); at >= 0; at = data.indexOf('<sxe ', at + 1)) {
        const before = data.slice(from, at);
        this.#marked ||= before.includes('<!') || before.includes('<?');
        if (this.#marked || !before.endsWith('>')) continue;
        const read = readEdits(data, at);
        if (read === undefined) continue;
        super.write(before);
        this.#read = read;
        super.write(`${data.slice(at, read.opened - 1)}/>`);
        from = read.end;
        at = from - 1;
      }
      const rest = from === 0 ? data : data.slice(from);
      this.#marked ||= rest.includes('<!') || rest.includes('<?') || rest.endsWith('<');
      super.write(rest);
    }

    override onStartElement(name: string, attrs: Record<string, string>): void {
      this.#depth += 1;
      if (this.#depth > MAX_DEPTH) throw new Error('elements nested beyond every limit');
      super.onStartElement(name, attrs);
      if (this.#read && this.cursor) noteRead(this.cursor, this.#read);
      this.#read = undefined;
    }

    override onEndElement(name: string): void {
      this.#depth -= 1;
      super.onEndElement(name);
    }

    /** What stands between stanzas is there to keep the connection open (RFC 6120, section 4.6.1), and not to be kept. */
    override onText(text: string): void {
      if (this.cursor !== this.root) super.onText(text);
    }
  };
}

/** The state of one connection's sign-in; `reset` begins a new one. */
export interface StreamRules {
  reset(): void;
  /** Throws an XmppError when the server breaks the rules; returns undefined for what is to be ignored. */
  admit(element: Element): Element | undefined;
}

/** The order in which a stream may go on (RFC 6120, sections 4.3 and 6). */
export function createStreamRules(domain: string, sasl: SaslState): StreamRules {
  let authenticated = false;
  const refuse = (what: string): never => {
    throw new XmppError('refused', `${what} Limn did not go on: this may not be ${domain}. Ask those who run it.`);
  };
  return {
    reset: () => {
      authenticated = false;
    },
    admit: (element) => {
      if (element.is('error', NS_STREAM)) return plainError(element);
      if (element.is('features', NS_STREAM)) {
        // SASL2 would answer without checking the server's proof; the older SASL does all we need.
        const wanted = childElements(element).filter((child) => authenticated === !child.is('mechanisms', NS_SASL));
        if (!authenticated && wanted.length === 0) refuse(`The server offers no way to sign in.`);
        element.children = authenticated ? wanted.filter((child) => child.getNS() !== 'urn:xmpp:sasl:2') : wanted;
        return element;
      }
      if (element.getNS() === NS_SASL) {
        if (element.getName() === 'success') {
          if (authenticated || !sasl.verify(successData(element.getText()))) {
            refuse('The server did not prove that it knows this account.');
          }
          authenticated = true;
        }
        return element;
      }
      return authenticated ? element : refuse('The server skipped the sign-in.');
    },
  };
}

/** A redirection is not followed: only DNS says where a domain's server is. */
function plainError(element: Element): Element {
  const other = element.getChild('see-other-host', NS_STREAMS);
  if (other) other.name = 'connection-timeout';
  return element;
}
