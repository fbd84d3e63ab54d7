/**
 * SCRAM (RFC 5802, RFC 7677): the client's side of SASL's salted challenge response, without channel binding, and the check
 * of the server's signature that proves that the server knows the password's keys too.
 */
import { decodeBase64, encodeBase64 } from './xml-text.ts';

export type ScramHash = 'SHA-1' | 'SHA-256' | 'SHA-512';

const utf8 = new TextEncoder();
/** Below this an eavesdropper's guess is too cheap (RFC 5802, section 5.1); above the other a server only burns our time. */
const MIN_ITERATIONS = 4096;
const MAX_ITERATIONS = 10_000_000;

async function hmac(key: Uint8Array, data: Uint8Array, hash: ScramHash): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey('raw', new Uint8Array(key), { name: 'HMAC', hash }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, new Uint8Array(data)));
}

async function salted(password: string, salt: Uint8Array, iterations: number, hash: ScramHash): Promise<Uint8Array> {
  const bits = { 'SHA-1': 160, 'SHA-256': 256, 'SHA-512': 512 }[hash];
  const key = await crypto.subtle.importKey('raw', utf8.encode(password), 'PBKDF2', false, ['deriveBits']);
  const parameters = { name: 'PBKDF2', hash, salt: new Uint8Array(salt), iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, bits));
}

/** One log-in by SCRAM. */
export interface Scram {
  /** The client's first message. */
  first(): string;
  /** The client's final message. Rejects when the server's is no valid answer to ours. */
  answer(challenge: string): Promise<string>;
  /** Whether the server's final message proves that it knows the password's keys. False before `answer`. */
  verify(final: string): boolean;
}

/** `nonce` is fresh printable ASCII without commas. */
export function createScram(hash: ScramHash, username: string, password: string, nonce: string): Scram {
  // SASLprep (RFC 4013) in its part that matters: NFKC, and any space is U+0020.
  const prepared = (text: string): string => text.normalize('NFKC').replace(/\p{Zs}/gu, ' ');
  const name = prepared(username).replace(/=/g, '=3D').replace(/,/g, '=2C');
  const bare = `n=${name},r=${nonce}`;
  let expected: string | undefined;
  return {
    first: () => `n,,${bare}`,
    answer: async (challenge) => {
      const match = /^r=([^,]+),s=([^,]+),i=([1-9]\d{0,8})(?:,|$)/.exec(challenge);
      const [, both = '', salt64 = '', count = ''] = match ?? [];
      const salt = decodeBase64(salt64);
      const iterations = Number(count);
      if (!both.startsWith(nonce) || both.length === nonce.length || !salt || salt.length === 0) {
        throw new Error('the SCRAM challenge does not answer ours');
      }
      if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS)
        throw new Error('the SCRAM iteration count is out of range');
      const key = await salted(prepared(password), salt, iterations, hash);
      const clientKey = await hmac(key, utf8.encode('Client Key'), hash);
      const storedKey = new Uint8Array(await crypto.subtle.digest(hash, new Uint8Array(clientKey)));
      const withoutProof = `c=biws,r=${both}`;
      const auth = utf8.encode(`${bare},${challenge},${withoutProof}`);
      const signature = await hmac(storedKey, auth, hash);
      const proof = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0));
      expected = encodeBase64(await hmac(await hmac(key, utf8.encode('Server Key'), hash), auth, hash));
      return `${withoutProof},p=${encodeBase64(proof)}`;
    },
    verify: (final) => expected !== undefined && /^v=([^,]+)/.exec(final)?.[1] === expected,
  };
}
