/**
 * Large things by way of the server's upload service (XEP-0363), encrypted, so that the service learns only their size (DESIGN
 * section 3, Uploads). Only what our own account's service gives is fetched: its origin is learned by asking it for a slot.
 */
import type { Entity } from '#xmpp/entity.ts';
import type { Http } from '#xmpp/ports.ts';
import { findUploadService, requestSlot, type UploadService } from '#xmpp/xep-0363.ts';
import type { Uploaded } from '#xmpp/xep-0284.ts';

export interface Uploads {
  /** The service's JID, once it is known that there is one. */
  readonly service: string | undefined;
  /** Encrypts and uploads. Rejects when that can't be had. */
  put(data: Uint8Array, signal: AbortSignal): Promise<Uploaded>;
  /** Fetches and decrypts; rejects for what isn't where it may be, or isn't what was said. `progress` is told the share so far. */
  get(uploaded: Uploaded, signal: AbortSignal, progress: (share: number) => void): Promise<Uint8Array>;
}

/** The largest that is fetched, in bytes. */
const MAX_UPLOAD = 64 * 1024 * 1024;
const [KEY_BYTES, IV_BYTES, TAG_BYTES] = [32, 12, 16];
const CONTENT_TYPE = 'application/octet-stream';

/** Uploads over a connection, looked for when it is first online and again on each new stream. */
export function createUploads(entity: Entity, http: Http): Uploads & { ready(): Promise<void>; stop(): void } {
  let service: UploadService | undefined;
  let origin: string | undefined;
  let looking: Promise<void> = Promise.resolve();

  const look = (): Promise<void> => {
    service = undefined;
    origin = undefined;
    return findUploadService(entity).then(
      (found) => {
        service = found;
      },
      () => {},
    );
  };
  const stop = entity.on((event) => {
    if (event.type === 'online' && !event.resumed) looking = look();
  });
  if (entity.online) looking = look();

  const mustHave = (): UploadService => {
    if (!service) throw new RangeError('The server has no upload service.');
    return service;
  };

  return {
    get service() {
      return service?.jid;
    },
    ready: () => looking,
    stop,
    async put(data, signal) {
      const { jid, maxBytes = MAX_UPLOAD } = mustHave();
      const size = data.length + TAG_BYTES;
      if (size > Math.min(maxBytes, MAX_UPLOAD)) throw new RangeError('Too large for the upload service.');
      const [secret, iv] = [new Uint8Array(KEY_BYTES), new Uint8Array(IV_BYTES)];
      crypto.getRandomValues(secret);
      crypto.getRandomValues(iv);
      const key = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt']);
      const body = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new Uint8Array(data)));
      const slot = await requestSlot(entity, jid, { filename: 'state.bin', size, contentType: CONTENT_TYPE });
      await http.put(slot.put, body, [['Content-Type', CONTENT_TYPE], ...slot.headers], signal);
      return { url: slot.get, size, hash: await sha256(body), key: secret, iv };
    },
    async get({ url, size, hash, key: secret, iv }, signal, progress) {
      const { jid } = mustHave();
      if (size > MAX_UPLOAD || size < TAG_BYTES) throw new RangeError('An upload of a size that is not fetched.');
      if (secret.length !== KEY_BYTES || iv.length !== IV_BYTES) throw new RangeError('No key for AES-256-GCM.');
      // Where the service keeps things is only told with a slot.
      const request = { filename: 'state.bin', size: 1, contentType: CONTENT_TYPE };
      origin ??= originOf((await requestSlot(entity, jid, request)).get);
      if (originOf(url) !== origin) throw new RangeError('An address that is not our upload service.');
      const body = await http.get(url, size, signal, (bytes) => progress(bytes / size));
      if (body.length !== size || !equal(await sha256(body), hash)) throw new RangeError('Not what was uploaded.');
      const key = await crypto.subtle.importKey('raw', new Uint8Array(secret), 'AES-GCM', false, ['decrypt']);
      return new Uint8Array(
        await crypto.subtle.decrypt({ name: 'AES-GCM', iv: new Uint8Array(iv) }, key, new Uint8Array(body)),
      );
    },
  };
}

/** Throws TypeError for what is no address. */
const originOf = (url: string): string => new URL(url).origin;

const sha256 = async (data: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(data)));

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);
