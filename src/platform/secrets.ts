/** Where passwords are kept: in memory, or in the settings, encrypted by a key that the system holds. */
import type { SecretStore, SettingStore } from '#app/ports.ts';

/** Keeps secrets until the process ends. */
export function createMemorySecrets(): SecretStore {
  const secrets = new Map<string, string>();
  return {
    durable: false,
    get: (key) => Promise.resolve(secrets.get(key) ?? null),
    set(key, value) {
      if (value === null) secrets.delete(key);
      else secrets.set(key, value);
      return Promise.resolve();
    },
  };
}

/** What is needed of Electron's `safeStorage`. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean;
  /** Linux only; `basic_text` is a key known to everyone. */
  getSelectedStorageBackend?(): string;
  encryptString(plain: string): Buffer;
  decryptString(encrypted: Buffer): string;
}

/**
 * Keeps secrets in the settings, encrypted through Electron's safeStorage. Where the system has no key store (or only
 * Linux's `basic_text`, which hides nothing) they stay in memory and `durable` is false. To be made once the app is ready.
 */
export function createSafeSecrets(safeStorage: SafeStorage, settings: SettingStore): SecretStore {
  const weak = safeStorage.getSelectedStorageBackend?.() === 'basic_text';
  if (weak || !safeStorage.isEncryptionAvailable()) return createMemorySecrets();
  const name = (key: string): string => `secret/${key}`;
  return {
    durable: true,
    get(key) {
      const stored = settings.get(name(key));
      if (stored === null) return Promise.resolve(null);
      try {
        return Promise.resolve(safeStorage.decryptString(Buffer.from(stored, 'base64')));
      } catch {
        // The system's key is another one now (new machine, reset key ring): the secret is gone and is asked for again.
        settings.set(name(key), null);
        return Promise.resolve(null);
      }
    },
    set(key, value) {
      settings.set(name(key), value === null ? null : safeStorage.encryptString(value).toString('base64'));
      return Promise.resolve();
    },
  };
}
