/**
 * Passwords kept by the system's key store, through Electron's safeStorage: what lies on the disk is encrypted with a key
 * that the system holds. Where it has none, secrets are kept in memory alone, never in clear.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { SafeStorage } from 'electron';
import type { SecretStore } from '#app/ports.ts';
import { createMemorySecrets } from '#platform/secrets.ts';
import { writeFileAtomically } from '#platform/write-file.ts';

/** What is used of Electron's safeStorage. */
export type SafeStorageLike = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>;

const FILE = 'secrets.json';

/** Whether the key store really keeps the key: Linux without one falls back to a key that anybody knows. */
async function isReal(safeStorage: SafeStorageLike, platform: NodeJS.Platform): Promise<boolean> {
  if (platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())) return false;
  return await safeStorage.isAsyncEncryptionAvailable();
}

async function readAll(file: string): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    // A damaged file holds nothing that can be read; the person is asked for the password again.
    return new Map();
  }
}

/** The secret store of the profile folder `dir`. Electron must be ready. */
export async function createSecretStore(
  safeStorage: SafeStorageLike,
  dir: string,
  platform: NodeJS.Platform = process.platform,
): Promise<SecretStore> {
  const durable = await isReal(safeStorage, platform);
  if (!durable) return createMemorySecrets();
  const file = path.join(dir, FILE);
  const encrypted = await readAll(file);
  let writing = Promise.resolve();
  const write = (): Promise<void> => writeFileAtomically(file, JSON.stringify(Object.fromEntries(encrypted)), 0o600);
  return {
    durable,
    async get(key) {
      const value = encrypted.get(key);
      if (value === undefined) return null;
      try {
        return (await safeStorage.decryptStringAsync(Buffer.from(value, 'base64'))).result;
      } catch {
        // The system's key has changed (another machine, a new key ring): what it locked is lost.
        return null;
      }
    },
    async set(key, value) {
      if (value === null) encrypted.delete(key);
      else encrypted.set(key, (await safeStorage.encryptStringAsync(value)).toString('base64'));
      const done = writing.then(write);
      writing = done.catch(() => {});
      await done;
    },
  };
}
