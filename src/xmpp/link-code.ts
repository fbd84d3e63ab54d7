/**
 * The six digits by which two people make sure that nobody is between them (DESIGN section 3, Link-local): made of both keys and of a
 * nonce of each side, the caller's promised by its hash before it hears the other's. Who is in between must commit to guesses, one try
 * in a million each.
 */
import { decodeBase64, encodeBase64 } from './xml-text.ts';

const NONCE_BYTES = 32;

/** What both sides have agreed on and seen. Keys are SHA-256 of public keys, in hex; the nonces are base64. */
export interface CodeParts {
  readonly session: string;
  readonly caller: { readonly key: string; readonly nick: string; readonly nonce: string };
  readonly called: { readonly key: string; readonly nick: string; readonly nonce: string };
}

const digest = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));

/** A fresh nonce from random bytes. */
export function makeNonce(random: { bytes(length: number): Uint8Array }): string {
  return encodeBase64(random.bytes(NONCE_BYTES));
}

/** Whether a text that came is a nonce of full length. */
export function isNonce(text: string): boolean {
  return decodeBase64(text)?.length === NONCE_BYTES;
}

/** What is told of a nonce before it is: its hash, in base64. */
export async function commitment(nonce: string): Promise<string> {
  return encodeBase64(await digest(`limn nearby nonce ${nonce}`));
}

/** The six digits. Both see the same ones if nobody is in between, and names and session are what each side said. */
export async function shortCode({ session, caller, called }: CodeParts): Promise<string> {
  // JSON keeps the parts apart, whatever is in them.
  const said = [session, caller.key, caller.nick, caller.nonce, called.key, called.nick, called.nonce];
  const hash = await digest(`limn nearby code ${JSON.stringify(said)}`);
  const number = new DataView(hash.buffer).getUint32(0) % 1_000_000;
  return String(number).padStart(6, '0');
}
