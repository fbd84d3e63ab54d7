/** SASL (RFC 6120, section 6) for @xmpp/client: mechanisms that check the server's signature, and who may use which. */
import { createScram, type Scram, type ScramHash } from './scram.ts';
import type { XmppRandom } from './ports.ts';

export const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';

/** Name and password, or nothing for a guest (ANONYMOUS). */
export type Credentials = { readonly username: string; readonly password: string } | undefined;

/** One log-in: whether a `<success/>` with this data proves that the server knows us. */
export interface SaslState {
  verify(additionalData: string): boolean;
}

/** The registry of mechanisms that @xmpp/client makes. */
export interface MechanismFactory {
  use(name: string, mechanism: new () => object): unknown;
  /** Read by @xmpp/sasl itself, in order of preference. */
  _mechs: unknown[];
}

// @xmpp/sasl encodes with btoa, which takes bytes as characters.
const toBinary = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text));
const fromBinary = (binary: string): string =>
  new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));

const HASHES: readonly ScramHash[] = ['SHA-512', 'SHA-256', 'SHA-1'];

/** Replaces the library's mechanisms, strongest first. PLAIN is there for servers that offer nothing else, under TLS alone as
 *  every connection here is; a server that offered SCRAM must have shown its signature. */
export function installMechanisms(factory: MechanismFactory, credentials: Credentials, random: XmppRandom): SaslState {
  let verify: (data: string) => boolean = () => false;
  factory._mechs.length = 0;
  if (!credentials) {
    factory.use(
      'ANONYMOUS',
      class {
        readonly name = 'ANONYMOUS';
        readonly clientFirst = true;
        response(): string {
          verify = () => true;
          return '';
        }
        challenge(): void {}
      },
    );
    return { verify: (data) => verify(data) };
  }
  const { username, password } = credentials;
  for (const hash of HASHES) {
    const name = `SCRAM-${hash}`;
    factory.use(
      name,
      class {
        readonly name = name;
        readonly clientFirst = true;
        readonly #scram: Scram;
        #answer: string | undefined;
        constructor() {
          const nonce = Array.from(random.bytes(18), (byte) => byte.toString(16).padStart(2, '0')).join('');
          const scram = createScram(hash, username, password, nonce);
          this.#scram = scram;
          verify = (data) => scram.verify(data);
        }
        response(): string {
          const answer = this.#answer;
          return toBinary(answer ?? this.#scram.first());
        }
        async challenge(text: string): Promise<void> {
          const message = fromBinary(text);
          // A server may send its signature as a last challenge, to be answered by nothing.
          if (this.#answer !== undefined && message.startsWith('v=')) {
            const proven = this.#scram.verify(message);
            verify = (data) => proven && (data === '' || data === message);
            this.#answer = '';
          } else this.#answer = await this.#scram.answer(message);
        }
      },
    );
  }
  factory.use(
    'PLAIN',
    class {
      readonly name = 'PLAIN';
      readonly clientFirst = true;
      response(): string {
        verify = () => true;
        return toBinary(`\0${username}\0${password}`);
      }
      challenge(): void {}
    },
  );
  return { verify: (data) => verify(data) };
}

/** The additional data of a `<success/>`: base64 as text, `=` for none. */
export function successData(text: string): string {
  try {
    return text === '' || text === '=' ? '' : fromBinary(atob(text));
  } catch {
    return '';
  }
}
