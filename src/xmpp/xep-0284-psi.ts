/**
 * The dialect of shared XML editing that Psi 1.5 speaks, older than XEP-0284: namespace `http://jabber.org/protocol/sxe`,
 * a <negotiation/> instead of Jingle, Set and Remove by `rid`, edits bare in <sxe/>. As measured on a running Psi; the
 * same data as `SxeMessage` wherever both have it. Reading never throws.
 */
import xml, { type Element } from '@xmpp/xml';
import type { Edit } from '#core/types.ts';
import { parseProlog, serializeRawProlog } from './data-uri.ts';
import { type EditDialect, isEdit, parseEdit, serializeEdit } from './xep-0284-edits.ts';
import { attribute, childElements, childOf, isXmlText, toXmlText } from './xml-text.ts';

/** Namespace of the dialect, and its disco feature. */
export const NS_PSI_SXE = 'http://jabber.org/protocol/sxe';
/** The feature by which Psi names the application: SVG whiteboards. */
export const PSI_WHITEBOARD = 'http://www.w3.org/2000/svg';

/** The spelling of edits. Psi ignores New's version and authors, and reads what is missing or unreadable leniently. */
export const PSI_DIALECT: EditDialect = {
  ns: NS_PSI_SXE,
  target: 'rid',
  loneReplace: 'whole',
  lenient: true,
  extensions: false,
};

/** A part of a snapshot; all parts travel inside <negotiation/>. */
export type PsiStatePart =
  | { readonly kind: 'begin'; readonly prolog: string; readonly ridPrefix?: string }
  | { readonly kind: 'edits'; readonly edits: readonly Edit[] }
  | { readonly kind: 'end'; readonly usedIds: readonly string[] };

/** What an `<sxe/>` of Psi says. */
export type PsiPayload =
  | { readonly kind: 'invitation'; readonly features: readonly string[] }
  | { readonly kind: 'accept-invitation' }
  | { readonly kind: 'decline-invitation'; readonly alternatives: readonly string[] }
  | { readonly kind: 'abort-negotiation' }
  | { readonly kind: 'connect-request' }
  | { readonly kind: 'history-offer' }
  | { readonly kind: 'accept-history' }
  | { readonly kind: 'left-session' }
  | { readonly kind: 'snapshot'; readonly parts: readonly PsiStatePart[] }
  | { readonly kind: 'edits'; readonly edits: readonly Edit[] };

/** One message. `id` may be '' in a negotiation; edits always have one, unique in the session. */
export interface PsiMessage {
  readonly session: string;
  readonly id: string;
  readonly payload: PsiPayload;
}

/** What a stanza's `<sxe/>` came to; `notes` say what was void or dropped in it. */
export type PsiResult =
  | { readonly ok: true; readonly message: PsiMessage; readonly notes: readonly string[] }
  | { readonly ok: false; readonly reason: string };

const MAX_ID = 1024;

/** The `<sxe/>` child that says this. Throws RangeError for a non-finite weight. */
export function serializePsi(message: PsiMessage): Element {
  const sxe = xml('sxe', { xmlns: NS_PSI_SXE, session: toXmlText(message.session), id: toXmlText(message.id) });
  const { payload } = message;
  if (payload.kind === 'edits') sxe.append(...payload.edits.map((edit) => serializeEdit(edit, PSI_DIALECT)));
  else sxe.append(xml('negotiation', {}, ...serializeNegotiation(payload)));
  return sxe;
}

/** A negotiation about nothing, of which Psi takes notice all the same; `parsePsi` finds nothing in it. */
export function serializePsiNothing(session: string, id: string): Element {
  return xml('sxe', { xmlns: NS_PSI_SXE, session: toXmlText(session), id: toXmlText(id) }, xml('negotiation', {}));
}

function serializeNegotiation(payload: Exclude<PsiPayload, { kind: 'edits' }>): Element[] {
  switch (payload.kind) {
    case 'invitation':
      return [xml('invitation', {}, ...payload.features.map((feature) => xml('feature', {}, toXmlText(feature))))];
    case 'decline-invitation': {
      const others = payload.alternatives.map((session) => xml('alternative-session', {}, toXmlText(session)));
      return [xml('decline-invitation', {}, ...others)];
    }
    case 'snapshot':
      return payload.parts.flatMap(serializePart);
    case 'accept-invitation':
    case 'abort-negotiation':
    case 'connect-request':
    case 'history-offer':
    case 'accept-history':
    case 'left-session':
      return [xml(payload.kind, {})];
  }
}

function serializePart(part: PsiStatePart): Element[] {
  if (part.kind === 'edits') return part.edits.map((edit) => serializeEdit(edit, PSI_DIALECT));
  if (part.kind === 'end') return [xml('document-end', { 'used-sxe-ids': part.usedIds.map(toXmlText).join(';') })];
  const prefix = part.ridPrefix === undefined ? {} : { 'available-uuid-prefix': toXmlText(part.ridPrefix) };
  return [xml('document-begin', { prolog: serializeRawProlog(part.prolog), ...prefix })];
}

/** Reads the `<sxe/>` of a message stanza, or such an element itself; undefined when there is none. */
export function parsePsi(stanza: Element): PsiResult | undefined {
  const sxe = stanza.is('sxe', NS_PSI_SXE) ? stanza : childOf(stanza, 'sxe', NS_PSI_SXE);
  if (!sxe) return undefined;
  const session = attribute(sxe, 'session') ?? '';
  const id = attribute(sxe, 'id') ?? '';
  for (const value of [session, id]) {
    if (value.length > MAX_ID || !isXmlText(value)) return { ok: false, reason: 'no readable id' };
  }
  if (session === '') return { ok: false, reason: 'no session id' };
  const notes: string[] = [];
  // Psi reads nothing beside a <negotiation/>, even an empty one.
  const negotiation = childOf(sxe, 'negotiation', NS_PSI_SXE);
  const payload = negotiation ? parseNegotiation(negotiation, notes) : parseEdits(sxe, notes);
  if (!payload) return { ok: false, reason: 'nothing in it that is known' };
  if (payload.kind === 'edits' && id === '') return { ok: false, reason: 'edits without an id' };
  return { ok: true, message: { session, id, payload }, notes };
}

function parseEdits(sxe: Element, notes: string[]): PsiPayload {
  const edits: Edit[] = [];
  for (const child of childElements(sxe)) readEdit(child, edits, notes);
  return { kind: 'edits', edits };
}

function readEdit(child: Element, edits: Edit[], notes: string[]): void {
  if (!isEdit(child, PSI_DIALECT)) {
    notes.push(`<${child.getName().slice(0, 40)}/> is unknown`);
    return;
  }
  const result = parseEdit(child, PSI_DIALECT);
  if (!result.ok) {
    notes.push(result.reason);
    return;
  }
  if (result.note !== undefined) notes.push(`${result.edit.kind} of ${result.edit.rid}: ${result.note}`);
  edits.push(result.edit);
}

const SIMPLE = [
  'accept-invitation',
  'abort-negotiation',
  'connect-request',
  'history-offer',
  'accept-history',
  'left-session',
] as const;

function texts(element: Element, name: string): string[] {
  return childElements(element)
    .filter((child) => child.getName() === name)
    .map((child) => child.getText());
}

function parseNegotiation(negotiation: Element, notes: string[]): PsiPayload | undefined {
  const parts: PsiStatePart[] = [];
  let edits: Edit[] | undefined;
  for (const child of childElements(negotiation)) {
    const name = child.getName();
    const simple = SIMPLE.find((kind) => kind === name);
    if (simple) return { kind: simple };
    if (name === 'invitation') return { kind: 'invitation', features: texts(child, 'feature') };
    if (name === 'decline-invitation') return { kind: name, alternatives: texts(child, 'alternative-session') };
    if (name === 'document-begin') {
      const ridPrefix = attribute(child, 'available-uuid-prefix');
      const prolog = parseProlog(attribute(child, 'prolog') ?? '');
      parts.push({ kind: 'begin', prolog, ...(ridPrefix === undefined ? {} : { ridPrefix }) });
      edits = undefined;
    } else if (name === 'document-end') {
      const usedIds = (attribute(child, 'used-sxe-ids') ?? '').split(';').filter((used) => used !== '');
      parts.push({ kind: 'end', usedIds });
      edits = undefined;
    } else {
      const before: Edit[] = edits ?? [];
      const count = before.length;
      readEdit(child, before, notes);
      if (!edits && before.length > count) parts.push({ kind: 'edits', edits: (edits = before) });
    }
  }
  return parts.length > 0 ? { kind: 'snapshot', parts } : undefined;
}
