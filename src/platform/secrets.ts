import type { SecretStore } from '#app/ports.ts';

/** Keeps secrets until the process ends: where the system has no place for them. (Electron's is in hosts/electron.) */
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
