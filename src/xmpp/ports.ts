/** What xmpp needs of the system: sockets with TLS, SRV records, mDNS, HTTPS, DEFLATE, time and randomness. `platform` implements it for Node. */

/** Why a certificate is not trusted as it stands. */
export type CertificateProblem =
  | 'self-signed'
  | 'unknown-issuer'
  | 'wrong-name'
  | 'expired'
  | 'not-yet-valid'
  | 'other';

/** A server's certificate as a person is asked about it. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** Names that it is for (subjectAltName, DNS). */
  readonly names: readonly string[];
  /** Milliseconds since 1970. */
  readonly validFrom: number;
  readonly validTo: number;
  /** SHA-256 of the public key (SubjectPublicKeyInfo), in hex: what is pinned. */
  readonly publicKey: string;
  /** Every reason not to trust it; empty when it validates for the domain. */
  readonly problems: readonly CertificateProblem[];
}

/** A byte stream to a server. Text in and out is UTF-8, decoded across chunks. */
export interface Wire {
  /** Calls back when handed to the system, with an error when it could not be. */
  write(text: string, done: (error?: Error | null) => void): void;
  /** Begins TLS for this domain and resolves with what the server showed; trust is decided by the caller. */
  secure(domain: string): Promise<CertificateFacts>;
  /** Ends in order: what was written still goes out. */
  end(): void;
  /** Drops the connection at once, as a dead network would. */
  destroy(): void;
}

export interface WireEvents {
  data(text: string): void;
  /** Once; with the error that ended it, if one did. */
  close(error?: Error): void;
}

/** Opens a TCP connection without Nagle's delay. Rejects with an Error whose `code` is the system's (ECONNREFUSED, ENOTFOUND…). */
export type Dial = (host: string, port: number, events: WireEvents) => Promise<Wire>;

/** A byte stream between two on one network (XEP-0174), each of whom shows a certificate that it made itself. Text is UTF-8. */
export interface LinkWire {
  /** The other's address, in numbers. */
  readonly address: string;
  /** Bytes that were written and have not gone out. */
  readonly waiting: number;
  /** Tells what comes from now on; nothing is lost before. */
  listen(events: WireEvents): void;
  write(text: string): void;
  /** Begins TLS and resolves with the SHA-256 of the other's public key (SubjectPublicKeyInfo), in hex. Rejects when it shows none. */
  secure(): Promise<string>;
  /** Ends in order: what was written still goes out. */
  end(): void;
  /** Drops the connection at once. */
  destroy(): void;
}

/** Link-local connections under the key of this installation. */
export interface LinkNet {
  /** SHA-256 of our own public key, in hex. */
  readonly key: string;
  /** Calls the first address that answers. Rejects when none does in time, and as soon as it is cancelled. */
  dial(addresses: readonly string[], port: number, cancelled?: AbortSignal): Promise<LinkWire>;
  /** Waits for calls, on a port that the system chooses. */
  listen(called: (wire: LinkWire) => void): Promise<{ readonly port: number; close(): void }>;
}

/** A service as DNS-SD has it (RFC 6763): an instance of `_presence._tcp`. */
export interface LinkService {
  /** The instance's name. */
  readonly instance: string;
  readonly port: number;
  /** The TXT record's strings. */
  readonly txt: readonly string[];
}

export interface FoundService extends LinkService {
  /** Where its host is, in numbers; at most 16. */
  readonly addresses: readonly string[];
}

/** Services on the local network (RFC 6762). Everything that others say is bounded in number and length. */
export interface Discovery {
  /** Says what we offer, or nothing any more. Under a name that somebody else has, it goes out under another one. */
  announce(service: LinkService | undefined): void;
  /** All that others offer, now and whenever that changes. */
  browse(found: (services: readonly FoundService[]) => void): void;
  close(): void;
}

/** One server to try. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (XEP-0368); else STARTTLS. */
  readonly direct: boolean;
}

/** SRV records in the order to try them; empty when there are none; null when the domain says that it has no service (RFC 2782, target "."). */
export type ResolveSrv = (domain: string) => Promise<readonly Endpoint[] | null>;

export interface XmppClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after `ms`; returns the canceller. */
  after(ms: number, run: () => void): () => void;
}

export interface XmppRandom {
  /** Cryptographically strong. */
  bytes(length: number): Uint8Array;
}

/** Raw DEFLATE (RFC 1951). With a `dictionary`, both sides begin as if it had come before. */
export interface Compression {
  deflate(data: Uint8Array, dictionary?: Uint8Array): Uint8Array;
  /** Throws when the data is damaged or would expand beyond `maxBytes`; it must stop expanding there. */
  inflate(data: Uint8Array, maxBytes: number, dictionary?: Uint8Array): Uint8Array;
}

/** Files by HTTPS (plain HTTP on this machine alone). No redirects; rejects for addresses in networks that we aren't part of, for any status
 *  but success, when it takes too long, and when `signal` says so. */
export interface Http {
  put(
    url: string,
    body: Uint8Array,
    headers: readonly (readonly [name: string, value: string])[],
    signal: AbortSignal,
  ): Promise<void>;
  /** Rejects for more than `maxBytes`; `progress` is told how many have come. */
  get(url: string, maxBytes: number, signal: AbortSignal, progress: (bytes: number) => void): Promise<Uint8Array>;
}
