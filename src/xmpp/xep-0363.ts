/** XEP-0363: HTTP File Upload, version 1.1.0: finding the service, and a slot of it. Getting and putting is http.ts's port. */
import type { Entity } from './entity.ts';
import { queryDiscoInfo, queryDiscoItems } from './xep-0030.ts';
import { attribute, childElements, childOf, type Element, parseCount, xml } from './xml-text.ts';

const NS_HTTP_UPLOAD = 'urn:xmpp:http:upload:0';

export interface UploadService {
  readonly jid: string;
  /** The largest file, in bytes; absent: it doesn't say. */
  readonly maxBytes?: number;
}

/** What is to be uploaded. */
export interface UploadRequest {
  readonly filename: string;
  /** Bytes. */
  readonly size: number;
  readonly contentType: string;
}

export interface UploadSlot {
  readonly put: string;
  /** To be sent with the PUT. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly get: string;
}

/** Longest address that is read. */
const MAX_URL = 4096;
/** So many services of a server are asked what they are. */
const MAX_ITEMS = 30;
const HEADERS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'expires']);

export function serializeSlotRequest({ filename, size, contentType }: UploadRequest): Element {
  return xml('request', { xmlns: NS_HTTP_UPLOAD, filename, size: String(size), 'content-type': contentType });
}

/** The slot, or undefined when it has no addresses. Headers but the three that the XEP allows are dropped, and line breaks in them. */
export function parseSlot(slot: Element): UploadSlot | undefined {
  const put = childOf(slot, 'put', NS_HTTP_UPLOAD);
  const get = childOf(slot, 'get', NS_HTTP_UPLOAD);
  const [to, from] = [put && attribute(put, 'url'), get && attribute(get, 'url')];
  if (!put || !to || !from || to.length > MAX_URL || from.length > MAX_URL) return undefined;
  const headers = childElements(put)
    .filter((child) => child.is('header', NS_HTTP_UPLOAD))
    .map((child) => [attribute(child, 'name') ?? '', child.getText().replace(/[\r\n]/g, '')] as const)
    .filter(([name]) => HEADERS.has(name.toLowerCase()));
  return { put: to, headers, get: from };
}

/** What this account's server offers; undefined: nothing. Rejects as `Entity.request` when the server can't be asked. */
export async function findUploadService(entity: Entity): Promise<UploadService | undefined> {
  const items = await queryDiscoItems(entity, entity.domain);
  const asked = [{ jid: entity.domain }, ...items.slice(0, MAX_ITEMS)].map(
    async ({ jid }): Promise<UploadService | undefined> => {
      const info = await queryDiscoInfo(entity, jid).catch(() => undefined);
      if (!info?.features.includes(NS_HTTP_UPLOAD)) return undefined;
      const form = info.forms.find(({ type }) => type === NS_HTTP_UPLOAD);
      const maxBytes = parseCount(form?.fields.find(([name]) => name === 'max-file-size')?.[1][0]);
      return maxBytes === undefined ? { jid } : { jid, maxBytes };
    },
  );
  return (await Promise.all(asked)).find((service) => service !== undefined);
}

/** Asks for a slot. Rejects as `Entity.request`, or with a RangeError when the answer makes no sense. */
export async function requestSlot(entity: Entity, service: string, request: UploadRequest): Promise<UploadSlot> {
  const answer = await entity.request('get', service, serializeSlotRequest(request));
  const element = childOf(answer, 'slot', NS_HTTP_UPLOAD);
  const slot = element && parseSlot(element);
  if (!slot) throw new RangeError('The upload service gave no slot.');
  return slot;
}
