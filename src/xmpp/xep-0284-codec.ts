/**
 * XEP-0284: Shared XML Editing, version 0.1.4: `SxeMessage` to stanza children and back, with Limn's ignorable extensions
 * (`urn:x-limn:session:0`, `urn:x-limn:live:0`). A peer that knows only the XEP sees ordinary SXE: what Limn adds to it are
 * child elements in namespaces of its own. Reading never throws, whatever a peer sends.
 */
import xml, { type Element } from '@xmpp/xml';
import type { Known } from '#core/replica-port.ts';
import type { Edit } from '#core/types.ts';
import { parseProlog, serializeProlog } from './data-uri.ts';
import { type EditDialect, isEdit, parseEdit, serializeEdit } from './xep-0284-edits.ts';
import { NS_LIMN_LIVE, NS_LIMN_SESSION, NS_SXE, type StatePart, type SxeMessage, type SxePayload } from './xep-0284.ts';
import {
  attribute,
  childElements,
  childOf,
  decodeBase64,
  encodeBase64,
  isXmlText,
  parseCount,
  toXmlText,
} from './xml-text.ts';

/** What a stanza's `<sxe/>` or `<live/>` came to. `notes` say what was void or dropped in it, for the log. */
export type SxeResult =
  | { readonly ok: true; readonly message: SxeMessage; readonly notes: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** XEP-0284 as published. */
export const SXE_DIALECT: EditDialect = {
  ns: NS_SXE,
  target: 'target',
  loneReplace: 'malformed',
  lenient: false,
  extensions: true,
};

/** Longest session id, sxe id, epoch or request id that is read, in UTF-16 units. */
const MAX_ID = 1024;
/** Longest `live` text that is read: such messages are small or worthless. */
const MAX_LIVE = 65_536;
const MAX_PARTS = 1_000_000;

/** The child of a message that carries this: `<sxe/>`, or `<live/>` for what is ephemeral. Throws RangeError for a
 *  non-finite weight, which is the caller's bug. Characters that XML forbids become U+FFFD. */
export function serializeSxe(message: SxeMessage): Element {
  const attrs = { session: toXmlText(message.session), id: toXmlText(message.id) };
  if (message.payload.kind === 'live') {
    return xml('live', { xmlns: NS_LIMN_LIVE, ...attrs }, toXmlText(message.payload.json));
  }
  return xml('sxe', { xmlns: NS_SXE, ...attrs }, ...serializePayload(message.payload));
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
      if (!payload.origin) return [state];
      const { author, id } = payload.origin;
      const origin = {
        xmlns: NS_LIMN_SESSION,
        author: toXmlText(author),
        prefix: toXmlText(id.prefix),
        n: String(id.n),
      };
      return [state, xml('origin', origin)];
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
    case 'catch-up': {
      const since = payload.since && { epoch: toXmlText(payload.since.epoch), seq: String(payload.since.seq) };
      return [xml('catch-up', { xmlns: NS_LIMN_SESSION, ...since }, ...serializeKnown(payload.known))];
    }
    case 'limn-state': {
      const { request, part, parts, data } = payload;
      const attrs = { xmlns: NS_LIMN_SESSION, request: toXmlText(request), part: String(part), parts: String(parts) };
      return [xml('limn-state', attrs, encodeBase64(data))];
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
    xml('known', { prefix: toXmlText(prefix) }, ranges.map(([first, last]) => `${first}-${last}`).join(' ')),
  );
}

/** Reads the `<sxe/>` or `<live/>` of a message stanza, or such an element itself; undefined when there is none. */
export function parseSxe(stanza: Element): SxeResult | undefined {
  const element =
    stanza.is('sxe', NS_SXE) || stanza.is('live', NS_LIMN_LIVE)
      ? stanza
      : (childOf(stanza, 'sxe', NS_SXE) ?? childOf(stanza, 'live', NS_LIMN_LIVE));
  if (!element) return undefined;
  const session = readId(element, 'session');
  if (session === undefined || session === '') return refuse('no readable session id');
  const id = readId(element, 'id');
  if (id === undefined) return refuse('no readable sxe id');
  const notes: string[] = [];
  const payload = element.is('live', NS_LIMN_LIVE) ? parseLive(element) : parsePayload(element, notes);
  if (typeof payload === 'string') return refuse(payload);
  if (id === '' && payload.kind === 'edits') return refuse('edits without an sxe id');
  return { ok: true, message: { session, id, payload }, notes };
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
    } else if (ns === NS_LIMN_SESSION) {
      if (name === 'hello') return parseHello(child);
      if (name === 'digest') return parseDigest(child);
      if (name === 'catch-up') return parseCatchUp(child, notes);
      if (name === 'limn-state') return parseLimnState(child);
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
  const origin = childOf(sxe, 'origin', NS_LIMN_SESSION);
  if (!origin) return { kind: 'edits', edits: edits ?? [] };
  const author = readId(origin, 'author');
  const prefix = readId(origin, 'prefix');
  const n = parseCount(attribute(origin, 'n'));
  // Without its origin this would be counted as new work of the sender: none of it is.
  if (!author || !prefix || n === undefined || n === 0) return 'an origin that names no stanza';
  return { kind: 'edits', edits: edits ?? [], origin: { author, id: { prefix, n } } };
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
  return { kind: 'catch-up', ...since, known: Object.fromEntries(known) };
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
  return { kind: 'limn-state', request, part, parts, data };
}
