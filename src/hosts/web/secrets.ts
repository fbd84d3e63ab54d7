/** The web host's tokens and session keys. Both are 256 random bits; they live in memory and end with the process. */
import { createHash, randomBytes } from 'node:crypto';

/** Kept hashed: a look-up then takes no time that tells how much of a guess was right. */
function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

function makeSecret(): string {
  return randomBytes(32).toString('base64url');
}

export interface Secrets {
  /** A new token, good once; `used` is called when it has been traded. */
  token(used: () => void): string;
  /** A session key for a token that wasn't used before, else undefined. */
  trade(token: string): string | undefined;
  /** Whether `key` was given for a token. */
  knows(key: string): boolean;
}

/** The secrets of one running web host. */
export function createSecrets(): Secrets {
  const tokens = new Map<string, () => void>();
  const keys = new Set<string>();
  return {
    token(used) {
      const token = makeSecret();
      tokens.set(digest(token), used);
      return token;
    },
    trade(token) {
      const hash = digest(token);
      const used = tokens.get(hash);
      if (used === undefined) return undefined;
      tokens.delete(hash);
      const key = makeSecret();
      keys.add(digest(key));
      used();
      return key;
    },
    knows: (key) => keys.has(digest(key)),
  };
}
