/**
 * XEP-0284: Shared XML Editing, version 0.1.4: `SxeMessage` to stanza children and back, with Limn's ignorable extensions
 * (`urn:x-limn:session:0`, `urn:x-limn:live:0`, `urn:x-limn:compact:0`). A peer that knows only the XEP sees ordinary SXE: what Limn adds to it are
 * child elements in namespaces of its own, or, where the session agreed on it, edits in compact form in place of `<sxe/>`.
 * Reading never throws, whatever a peer sends.
 */
import xml, { type Element } from '@xmpp/xml';
import type { Known } from '#core/replica-port.ts';
import type { Edit, Transaction } from '#core/types.ts';
import type { CompactCodec } from './compact.ts';
import { parseProlog, serializeProlog } from './data-uri.ts';
import { isEdit, parseEdit, serializeEdit, SXE_DIALECT } from './xep-0284-edits.ts';
import { type ReadEdits, WrittenElement, writeEdits } from './xep-0284-text.ts';
import {
  NS_LIMN_COMPACT,
  NS_LIMN_LIVE,
  NS_LIMN_SESSION,
  NS_SXE,
  type StatePart,
  type SxeMessage,
  type SxePayload,
} from './xep-0284.ts';
import {
  asAttribute,
  attribute,
  childElements,
  childOf,
  decodeBase64,
  encodeBase64,
  isXmlText,
  parseCount,
  toXmlText,
} from './xml-text.ts';

/** What a stanza's `<sxe/>`, `<live/>` or compact form came to. `notes` say what was void or dropped in it, for the log. */
export type SxeResult =
  | { readonly ok: true; readonly message: SxeMessage; readonly notes: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** Longest session id, sxe id, epoch or request id that is read, in UTF-16 units. */
const MAX_ID = 1024;
/** Longest `live` text that is read: such messages are small or worthless. */
const MAX_LIVE = 65_536;
const MAX_PARTS = 1_000_000;
const MAX_URL = 4096;

/** The child of a message that carries this: `<sxe/>`, `<live/>` for what is ephemeral, or the compact form of edits that ask
 *  for it, where a codec is given and they fit. Throws RangeError for a non-finite weight, which is the caller's bug. Characters
 *  that XML forbids become U+FFFD. */
export function serializeSxe(message: SxeMessage, compact?: CompactCodec): Element {
  const attrs = { session: toXmlText(message.session), id: toXmlText(message.id) };
  const short = compact && message.payload.kind === 'edits' && message.payload.compact;
  if (short) {
    const element = serializeCompact(message.id, attrs, message.payload, compact);
    if (element) return element;
  }
  if (message.payload.kind === 'live') {
    return xml('live', { xmlns: NS_LIMN_LIVE, ...attrs }, toXmlText(message.payload.json));
  }
  return xml('sxe', { xmlns: NS_SXE, ...attrs }, ...serializePayload(message.payload));
}

/** The same, for sending alone: its edits may be text already, and can't be looked into. */
export function writeSxe(message: SxeMessage, compact?: CompactCodec): Element {
  const { session, id, payload } = message;
  const plain = payload.kind === 'edits' && !hasMarks(payload) && !(compact && payload.compact);
  if (!plain) return serializeSxe(message, compact);
  return new WrittenElement('sxe', { xmlns: NS_SXE }, writeEdits(session, id, payload.edits));
}

type Edits = Extract<SxePayload, { kind: 'edits' }>;

const hasMarks = ({ origin, transaction, written }: Edits): boolean =>
  origin !== undefined || transaction !== undefined || written !== undefined;

/** The prefix that most rids of a stanza have, its author's own, as both sides read it from the element. */
const prefixOf = ({ origin, id }: { readonly origin: Edits['origin'] | undefined; readonly id: string }): string =>
  asAttribute(toXmlText(origin ? origin.id.prefix : id.slice(0, Math.max(0, id.lastIndexOf('.')))));

function serializeCompact(
  id: string,
  attrs: Readonly<Record<string, string>>,
  payload: Edits,
  codec: CompactCodec,
): Element | undefined {
  const { edits, origin, turn } = payload;
  const text = codec.write(edits, prefixOf({ origin, id }));
  if (text === undefined) return undefined;
  const marks = { ...(turn ? { turn: String(turn) } : {}), ...(origin && originAttributes(origin)) };
  return xml('c', { xmlns: NS_LIMN_COMPACT, ...attrs, ...marks }, text, ...besides(payload));
}

const originAttributes = ({ author, id }: NonNullable<Edits['origin']>): Record<string, string> => ({
  author: toXmlText(author),
  prefix: toXmlText(id.prefix),
  n: String(id.n),
});

const transactionAttributes = ({ id, end }: Transaction): Record<string, string> => ({
  xmlns: NS_LIMN_SESSION,
  id: toXmlText(id),
  ...(end ? { end: '1' } : {}),
});

/** What is said beside the edits in either form. */
function besides({ transaction, written }: Edits): Element[] {
  return [
    ...(transaction ? [xml('transaction', transactionAttributes(transaction))] : []),
    ...(written === undefined ? [] : [xml('written', { xmlns: NS_LIMN_SESSION, time: String(written) })]),
  ];
}

function serializePayload(payload: Exclude<SxePayload, { kind: 'live' }>): Element[] {
  switch (payload.kind) {
    case 'connect':
    case 'accept-state':
    case 'refuse-state':
      return [xml(payload.kind, {})];
    case 'state-offer':
      return [xml('state-offer', {}, ...payload.descriptions.map((xmlns) => xml('description', { xmlns })))];
    case 'state':
      return serializeState(payload.parts);
    case 'edits': {
      const state = xml('state', {}, ...payload.edits.map((edit) => serializeEdit(edit, SXE_DIALECT)));
      const { origin } = payload;
      return [
        state,
        ...(origin ? [xml('origin', { xmlns: NS_LIMN_SESSION, ...originAttributes(origin) })] : []),
        ...besides(payload),
      ];
    }
    case 'hello':
      return [
        xml('hello', {
          xmlns: NS_LIMN_SESSION,
          epoch: toXmlText(payload.epoch),
          ...(payload.opens ? { opens: '1' } : {}),
        }),
      ];
    case 'digest':
      return [
        xml('digest', {
          xmlns: NS_LIMN_SESSION,
          epoch: toXmlText(payload.epoch),
          seq: String(payload.seq),
          value: toXmlText(payload.digest),
        }),
      ];
    case 'turn':
      return [xml('turn', { xmlns: NS_LIMN_COMPACT, n: String(payload.turn) })];
    case 'catch-up': {
      const since = payload.since && { epoch: toXmlText(payload.since.epoch), seq: String(payload.since.seq) };
      const { upload, have } = payload;
      const attrs = {
        xmlns: NS_LIMN_SESSION,
        ...since,
        ...(upload === undefined ? {} : { upload: toXmlText(upload) }),
      };
      const parts = have && [xml('have', { snapshot: toXmlText(have.snapshot) }, writeRanges(have.parts))];
      return [xml('catch-up', attrs, ...serializeKnown(payload.known), ...(parts ?? []))];
    }
    case 'limn-upload': {
      const { url, size, hash, key, iv } = payload.upload;
      const bytes = { hash: encodeBase64(hash), key: encodeBase64(key), iv: encodeBase64(iv) };
      const attrs = { xmlns: NS_LIMN_SESSION, request: toXmlText(payload.request), url: toXmlText(url) };
      return [xml('limn-upload', { ...attrs, size: String(size), ...bytes })];
    }
    case 'limn-state': {
      const { request, part, parts, data, snapshot } = payload;
      const attrs = { xmlns: NS_LIMN_SESSION, request: toXmlText(request), part: String(part), parts: String(parts) };
      const named = snapshot === undefined ? {} : { snapshot: toXmlText(snapshot) };
      return [xml('limn-state', { ...attrs, ...named }, encodeBase64(data))];
    }
  }
}

/** A state without its begin or end looks like ordinary edits; the mark tells Limn replicas that it is none. */
function serializeState(parts: readonly StatePart[]): Element[] {
  const state = xml('state', {});
  for (const part of parts) {
    if (part.kind === 'begin') state.append(xml('document-begin', { prolog: serializeProlog(part.prolog) }));
    else if (part.kind === 'edits') state.append(...part.edits.map((edit) => serializeEdit(edit, SXE_DIALECT)));
    else {
      const end = { 'last-sender': toXmlText(part.lastSender), 'last-id': toXmlText(part.lastId) };
      state.append(xml('document-end', end));
    }
  }
  const plain = parts.every((part) => part.kind === 'edits');
  return plain ? [state, xml('snapshot', { xmlns: NS_LIMN_SESSION })] : [state];
}

function serializeKnown(known: Known): Element[] {
  return Object.entries(known).map(([prefix, ranges]) =>
    xml('known', { prefix: toXmlText(prefix) }, writeRanges(ranges)),
  );
}

function writeRanges(ranges: readonly (readonly [number, number])[]): string {
  return ranges.map(([first, last]) => `${first}-${last}`).join(' ');
}

const PLAIN_CARRIERS: readonly (readonly [name: string, ns: string])[] = [
  ['sxe', NS_SXE],
  ['live', NS_LIMN_LIVE],
];
const CARRIERS = [...PLAIN_CARRIERS, ['c', NS_LIMN_COMPACT] as const];

/** The child of a stanza that is for us, or the stanza itself; `<sxe/>`, which every peer reads, before anything else. */
function carrierOf(stanza: Element, compact: CompactCodec | undefined): Element | undefined {
  const kinds = compact ? CARRIERS : PLAIN_CARRIERS;
  if (kinds.some(([name, ns]) => stanza.is(name, ns))) return stanza;
  for (const [name, ns] of kinds) {
    const child = childOf(stanza, name, ns);
    if (child) return child;
  }
  return undefined;
}

/** Elements whose content was read from the stream's text, and left out of them. */
const readAlready = new WeakMap<Element, ReadEdits>();

/** Notes what the element of a stream said, so that `parseSxe` need not read it again. */
export function noteRead(element: Element, read: ReadEdits): void {
  readAlready.set(element, read);
}

/** Reads the `<sxe/>`, `<live/>` or, given a codec, the compact form of a message stanza, or such an element itself; undefined
 *  when there is none. A compact form that can't be read is a stanza of no edits: it takes its place, as on every replica. */
export function parseSxe(stanza: Element, compact?: CompactCodec): SxeResult | undefined {
  const element = carrierOf(stanza, compact);
  if (!element) return undefined;
  const read = readAlready.get(element);
  if (read) {
    const { session, id, edits } = read;
    return { ok: true, message: { session, id, payload: { kind: 'edits', edits } }, notes: [] };
  }
  const session = readId(element, 'session');
  if (session === undefined || session === '') return refuse('no readable session id');
  const id = readId(element, 'id');
  if (id === undefined) return refuse('no readable sxe id');
  const notes: string[] = [];
  const payload = readPayload(element, id, compact, notes);
  if (typeof payload === 'string') return refuse(payload);
  if (id === '' && payload.kind === 'edits') return refuse('edits without an sxe id');
  return { ok: true, message: { session, id, payload }, notes };
}

function readPayload(
  element: Element,
  id: string,
  compact: CompactCodec | undefined,
  notes: string[],
): SxePayload | string {
  if (element.is('live', NS_LIMN_LIVE)) return parseLive(element);
  if (compact && element.is('c', NS_LIMN_COMPACT)) return parseCompact(element, id, compact, notes);
  return parsePayload(element, notes);
}

function parseCompact(element: Element, id: string, codec: CompactCodec, notes: string[]): SxePayload | string {
  const resent = attribute(element, 'n') !== undefined;
  const origin = resent ? readOrigin(element) : undefined;
  if (typeof origin === 'string') return origin;
  const result = codec.read(element.getText(), prefixOf({ origin, id }));
  if (!result.ok) notes.push(`a compact stanza is void: ${result.reason}`);
  const turn = parseCount(attribute(element, 'turn')) ?? 0;
  return {
    kind: 'edits',
    edits: result.ok ? result.edits : [],
    compact: true,
    ...(turn > 0 ? { turn } : {}),
    ...(origin ? { origin } : {}),
    ...readTransaction(element),
    ...readWritten(element),
  };
}

/** Which gesture an element says that it is a part of; an unreadable mark is none, since it only concerns views. */
function readTransaction(element: Element): { transaction?: Transaction } {
  const mark = childOf(element, 'transaction', NS_LIMN_SESSION);
  const id = mark && readId(mark, 'id');
  return mark && id ? { transaction: { id, ...(attribute(mark, 'end') === '1' ? { end: true } : {}) } } : {};
}

/** When an element says that its edits were done; an unreadable time is none, since it is only a claim. */
function readWritten(element: Element): { written?: number } {
  const mark = childOf(element, 'written', NS_LIMN_SESSION);
  const written = mark && parseCount(attribute(mark, 'time'));
  return written === undefined ? {} : { written };
}

/** Whose earlier work an element says this is. Without it this would be counted as new work of the sender: none of it is. */
function readOrigin(element: Element): NonNullable<Edits['origin']> | string {
  const author = readId(element, 'author');
  const prefix = readId(element, 'prefix');
  const n = parseCount(attribute(element, 'n'));
  if (!author || !prefix || n === undefined || n === 0) return 'an origin that names no stanza';
  return { author, id: { prefix, n } };
}

const refuse = (reason: string): SxeResult => ({ ok: false, reason });

/** An identifier: '' when missing, undefined when it can't be one. */
function readId(element: Element, name: string): string | undefined {
  const value = attribute(element, name) ?? '';
  return value.length <= MAX_ID && isXmlText(value) ? value : undefined;
}

function parseLive(element: Element): SxePayload | string {
  const json = element.getText();
  if (json.length > MAX_LIVE) return 'a live message beyond its limit';
  return { kind: 'live', json };
}

/** The payload, or the reason why there is none. The first child that says something counts. */
function parsePayload(element: Element, notes: string[]): SxePayload | string {
  for (const child of childElements(element)) {
    const name = child.getName();
    const ns = child.getNS();
    if (ns === NS_SXE) {
      if (name === 'connect' || name === 'accept-state' || name === 'refuse-state') return { kind: name };
      if (name === 'state-offer') return parseOffer(child);
      if (name === 'state') return parseState(child, element, notes);
      notes.push(`<${name.slice(0, 40)}/> has no place in <sxe/>`);
    } else if (ns === NS_LIMN_COMPACT && name === 'turn') {
      const turn = parseCount(attribute(child, 'n'));
      return turn === undefined ? 'a turn without its number' : { kind: 'turn', turn };
    } else if (ns === NS_LIMN_SESSION) {
      if (name === 'hello') return parseHello(child);
      if (name === 'digest') return parseDigest(child);
      if (name === 'catch-up') return parseCatchUp(child, notes);
      if (name === 'limn-state') return parseLimnState(child);
      if (name === 'limn-upload') return parseUpload(child);
    }
  }
  return 'nothing in it that is known';
}

function parseOffer(offer: Element): SxePayload {
  const descriptions = childElements(offer)
    .filter((child) => child.getName() === 'description')
    .map((child) => child.getNS() ?? '')
    .filter((ns) => ns !== '' && ns !== NS_SXE);
  return { kind: 'state-offer', descriptions };
}

function parseState(state: Element, sxe: Element, notes: string[]): SxePayload | string {
  const parts: StatePart[] = [];
  let edits: Edit[] | undefined;
  for (const child of childElements(state)) {
    if (isEdit(child, SXE_DIALECT)) {
      const result = parseEdit(child, SXE_DIALECT);
      if (!result.ok) notes.push(result.reason);
      else {
        if (result.note !== undefined) notes.push(`${result.edit.kind} of ${result.edit.rid}: ${result.note}`);
        if (!edits) parts.push({ kind: 'edits', edits: (edits = []) });
        edits.push(result.edit);
      }
    } else if (child.is('document-begin', NS_SXE)) {
      edits = undefined;
      parts.push({ kind: 'begin', prolog: parseProlog(attribute(child, 'prolog') ?? '') });
    } else if (child.is('document-end', NS_SXE)) {
      edits = undefined;
      const lastSender = attribute(child, 'last-sender') ?? '';
      parts.push({ kind: 'end', lastSender, lastId: attribute(child, 'last-id') ?? '' });
    } else {
      notes.push(`<${child.getName().slice(0, 40)}/> has no place in <state/>`);
    }
  }
  const snapshot = childOf(sxe, 'snapshot', NS_LIMN_SESSION) !== undefined;
  if (snapshot || parts.some((part) => part.kind !== 'edits')) return { kind: 'state', parts };
  const named = childOf(sxe, 'origin', NS_LIMN_SESSION);
  const ordinary = { kind: 'edits', edits: edits ?? [], ...readTransaction(sxe), ...readWritten(sxe) } as const;
  if (!named) return ordinary;
  const origin = readOrigin(named);
  return typeof origin === 'string' ? origin : { ...ordinary, origin };
}

function parseHello(element: Element): SxePayload | string {
  const epoch = readId(element, 'epoch');
  if (!epoch) return 'a hello without an epoch';
  return { kind: 'hello', epoch, opens: attribute(element, 'opens') === '1' };
}

function parseDigest(element: Element): SxePayload | string {
  const epoch = readId(element, 'epoch');
  const seq = parseCount(attribute(element, 'seq'));
  const digest = attribute(element, 'value') ?? '';
  if (!epoch || seq === undefined || !/^[0-9a-f]{16}$/.test(digest)) return 'a digest of no place';
  return { kind: 'digest', epoch, seq, digest };
}

function parseCatchUp(element: Element, notes: string[]): SxePayload | string {
  const known = new Map<string, [number, number][]>();
  for (const child of childElements(element)) {
    if (!child.is('known', NS_LIMN_SESSION)) continue;
    const prefix = readId(child, 'prefix');
    const ranges = parseRanges(child.getText());
    if (!prefix || !ranges || known.has(prefix)) notes.push('a <known/> that says nothing');
    else known.set(prefix, ranges);
  }
  const epoch = readId(element, 'epoch');
  const seq = parseCount(attribute(element, 'seq'));
  const since = epoch && seq !== undefined ? { since: { epoch, seq } } : {};
  const upload = readId(element, 'upload');
  const have = childOf(element, 'have', NS_LIMN_SESSION);
  const snapshot = have && readId(have, 'snapshot');
  const parts = have && parseRanges(have.getText());
  return {
    ...{ kind: 'catch-up', ...since, known: Object.fromEntries(known) },
    ...(upload ? { upload } : {}),
    ...(snapshot && parts ? { have: { snapshot, parts } } : {}),
  };
}

/** Sorted, disjoint, inclusive ranges, or undefined for anything else. */
function parseRanges(text: string): [number, number][] | undefined {
  const ranges: [number, number][] = [];
  let above = -1;
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const match = /^(\d+)-(\d+)$/.exec(word);
    const first = parseCount(match?.[1]);
    const last = parseCount(match?.[2]);
    if (first === undefined || last === undefined || first <= above || last < first) return undefined;
    ranges.push([first, last]);
    above = last;
  }
  return ranges;
}

function parseLimnState(element: Element): SxePayload | string {
  const request = readId(element, 'request');
  const parts = parseCount(attribute(element, 'parts'), MAX_PARTS);
  const part = parseCount(attribute(element, 'part'), MAX_PARTS);
  const data = decodeBase64(element.getText());
  if (!request || parts === undefined || part === undefined || part >= parts) return 'a state part that names no place';
  if (!data) return 'a state part whose base64 is damaged';
  const snapshot = readId(element, 'snapshot');
  return { kind: 'limn-state', request, part, parts, data, ...(snapshot ? { snapshot } : {}) };
}

function parseUpload(element: Element): SxePayload | string {
  const request = readId(element, 'request');
  const url = attribute(element, 'url') ?? '';
  const size = parseCount(attribute(element, 'size'));
  const [hash, key, iv] = ['hash', 'key', 'iv'].map((name) => decodeBase64(attribute(element, name) ?? ''));
  if (!request || size === undefined || url === '' || url.length > MAX_URL) return 'an upload that names no place';
  if (!hash || !key || !iv) return 'an upload whose base64 is damaged';
  return { kind: 'limn-upload', request, upload: { url, size, hash, key, iv } };
}
