/** The key by which others on the local network know this installation again, in a file that only its owner can read. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Identity, makePrivateKey, selfSigned } from './certificate.ts';

/** Reads the key, or makes it the first time. A file that holds none is left as it is: throws then, and when it can't be written. */
export function readLinkIdentity(file: string): Identity {
  try {
    return selfSigned(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error;
  }
  const key = makePrivateKey();
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, key, { mode: 0o600, flag: 'wx' });
  return selfSigned(key);
}
