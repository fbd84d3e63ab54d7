/**
 * `urn:x-limn:log:0`: a board's log over the wire and in files. A program asks a Limn occupant of the board's room by IQ for the
 * edits since a place or for all of them, page by page (XEP-0059: Result Set Management, version 1.0.1); FEATURES G6.2, G6.3.
 * Entries are the same elements in an exported log. Their edits are those of XEP-0284.
 */
import type { Base } from '#core/history-port.ts';
import type { Jump, LogEntry, ReplicaState } from '#core/replica-port.ts';
import type { Edit, Fault, NodeRecord, Place, Rid } from '#core/types.ts';
import { isEdit, parseEdit, serializeEdit, SXE_DIALECT } from './xep-0284-edits.ts';
import { NS_SXE } from './xep-0284.ts';
import { attribute, childElements, childOf, type Element, isXmlText, parseCount, toXmlText, xml } from './xml-text.ts';

export const NS_LIMN_LOG = 'urn:x-limn:log:0';
export const NS_RSM = 'http://jabber.org/protocol/rsm';

/** What is asked for: entries after an index of an earlier page, else after a place, else from the first one. */
export interface LogQuery {
  /** The session; absent: the one that the room's presence advertises. */
  readonly session?: string;
  readonly since?: Place;
  /** The `last` of the page before. */
  readonly after?: number;
  /** How many at most; whoever answers may give fewer. */
  readonly max?: number;
}

export interface IndexedEntry {
  /** Counts the answerer's entries from 0 over all epochs. */
  readonly index: number;
  readonly entry: LogEntry;
}

export interface LogPage {
  readonly entries: readonly IndexedEntry[];
  /** How many entries the answerer has. */
  readonly count: number;
  /** Nothing comes after this page. */
  readonly complete: boolean;
}

const MAX_ID = 1024;

function readText(element: Element, name: string): string | undefined {
  const value = attribute(element, name);
  return value !== undefined && value.length <= MAX_ID && isXmlText(value) ? value : undefined;
}

/** The `<log/>` of a request. */
export function serializeLogQuery({ session, since, after, max }: LogQuery): Element {
  const rsm = [
    ...(max === undefined ? [] : [xml('max', {}, String(max))]),
    ...(after === undefined ? [] : [xml('after', {}, String(after))]),
  ];
  return xml(
    'log',
    {
      xmlns: NS_LIMN_LOG,
      ...(session === undefined ? {} : { session: toXmlText(session) }),
      ...(since === undefined ? {} : { epoch: toXmlText(since.epoch), seq: String(since.seq) }),
    },
    ...(rsm.length > 0 ? [xml('set', { xmlns: NS_RSM }, ...rsm)] : []),
  );
}

/** What a `<log/>` asks for, or undefined when that is no question. */
export function parseLogQuery(log: Element): LogQuery | undefined {
  const session = readText(log, 'session');
  const epoch = readText(log, 'epoch');
  const seq = attribute(log, 'seq');
  const place = parseCount(seq);
  if ((attribute(log, 'session') !== undefined && !session) || (attribute(log, 'epoch') !== undefined && !epoch))
    return undefined;
  if ((epoch === undefined) !== (seq === undefined) || (seq !== undefined && place === undefined)) return undefined;
  const set = childOf(log, 'set', NS_RSM);
  const said = (name: string): string | undefined => set && childOf(set, name, NS_RSM)?.getText();
  const [max, after] = [said('max'), said('after')];
  const [most, index] = [parseCount(max), parseCount(after)];
  if ((max !== undefined && most === undefined) || (after !== undefined && index === undefined)) return undefined;
  return {
    ...(session === undefined ? {} : { session }),
    ...(epoch === undefined || place === undefined ? {} : { since: { epoch, seq: place } }),
    ...(index === undefined ? {} : { after: index }),
    ...(most === undefined ? {} : { max: most }),
  };
}

/** The `<log/>` of an answer. */
export function serializeLogPage({ entries, count, complete }: LogPage): Element {
  const [first, last] = [entries[0], entries.at(-1)];
  return xml(
    'log',
    { xmlns: NS_LIMN_LOG, ...(complete ? { complete: 'true' } : {}) },
    ...entries.map(serializeEntry),
    xml(
      'set',
      { xmlns: NS_RSM },
      ...(first ? [xml('first', {}, String(first.index))] : []),
      ...(last ? [xml('last', {}, String(last.index))] : []),
      xml('count', {}, String(count)),
    ),
  );
}

/** Reads an answer; undefined when it isn't one. Entries that make no sense are left out. */
export function parseLogPage(log: Element): LogPage | undefined {
  const set = childOf(log, 'set', NS_RSM);
  const count = parseCount(set && childOf(set, 'count', NS_RSM)?.getText());
  if (!log.is('log', NS_LIMN_LOG) || count === undefined) return undefined;
  const entries = childElements(log).flatMap((child) => parseEntry(child) ?? []);
  return { entries, count, complete: attribute(log, 'complete') === 'true' };
}

/** One entry. What was judged void in it is marked by `<void/>`, which names the edit by its number, from 0. */
export function serializeEntry({ index, entry }: IndexedEntry): Element {
  const { place, author, id, time, role, edits } = entry;
  const voids = edits.flatMap((edit, i) => (edit.void ? [serializeVoid(i, edit.void)] : []));
  return xml(
    'entry',
    {
      xmlns: NS_LIMN_LOG,
      index: String(index),
      epoch: toXmlText(place.epoch),
      seq: String(place.seq),
      author: toXmlText(author),
      prefix: toXmlText(id.prefix),
      n: String(id.n),
      time: new Date(time).toISOString(),
      ...(role === undefined ? {} : { role }),
    },
    xml('state', { xmlns: NS_SXE }, ...edits.map((edit) => serializeEdit(edit, SXE_DIALECT))),
    ...voids,
  );
}

function serializeVoid(edit: number, { code, detail, reason }: Fault): Element {
  const details = Object.entries(detail).map(([name, value]) =>
    xml('detail', { name: toXmlText(name) }, toXmlText(value)),
  );
  return xml('void', { edit: String(edit), code: toXmlText(code) }, xml('reason', {}, toXmlText(reason)), ...details);
}

/** Reads an entry; undefined when it lacks what an entry needs. */
export function parseEntry(element: Element): IndexedEntry | undefined {
  const state = childOf(element, 'state', NS_SXE);
  const index = parseCount(attribute(element, 'index'));
  const seq = parseCount(attribute(element, 'seq'));
  const n = parseCount(attribute(element, 'n'));
  const [epoch, author, prefix] = ['epoch', 'author', 'prefix'].map((name) => readText(element, name));
  const time = Date.parse(attribute(element, 'time') ?? '');
  if (!element.is('entry', NS_LIMN_LOG) || !state || !epoch || !prefix || !n || Number.isNaN(time)) return undefined;
  if (index === undefined || seq === undefined || author === undefined) return undefined;
  const faults = new Map(
    childElements(element)
      .map(parseVoid)
      .filter((found) => found !== undefined),
  );
  const edits = childElements(state)
    .filter((child) => isEdit(child, SXE_DIALECT))
    .flatMap((child, i): Edit[] => {
      const result = parseEdit(child, SXE_DIALECT);
      const fault = faults.get(i);
      if (!result.ok) return [];
      return [fault ? { ...result.edit, void: fault } : result.edit];
    });
  const role = attribute(element, 'role');
  const known = role === 'owner' || role === 'editor' ? ({ role } as const) : {};
  return { index, entry: { place: { epoch, seq }, author, id: { prefix, n }, edits, time, ...known } };
}

/** Where another state was taken over: what became different. Records are written as New elements with their versions; `<text/>`
 *  says at which version a record's text was written last, `<inert/>` that a record belongs to no tree. */
export function serializeJump(index: number, { place, digest, root, records, removed, strays }: Jump): Element {
  const named = (name: string, rid: Rid, more = {}): Element => xml(name, { rid: toXmlText(rid), ...more });
  return xml(
    'jump',
    {
      ...{ xmlns: NS_LIMN_LOG, index: String(index), epoch: toXmlText(place.epoch), seq: String(place.seq), digest },
      ...(root === undefined ? {} : { root: toXmlText(root) }),
      ...(strays ? { strays: 'true' } : {}),
    },
    xml(
      'state',
      { xmlns: NS_SXE },
      ...records.map(({ inert: _, chdataVersion: __, ...record }) =>
        serializeEdit({ kind: 'new', ...record }, SXE_DIALECT),
      ),
    ),
    ...records.flatMap(({ rid, inert }) => (inert ? [named('inert', rid)] : [])),
    ...records.flatMap(({ rid, chdataVersion }) =>
      chdataVersion === undefined ? [] : [named('text', rid, { version: String(chdataVersion) })],
    ),
    ...removed.map((rid) => named('removed', rid)),
  );
}

/** Reads a jump; undefined when it isn't one. */
export function parseJump(element: Element): { index: number; jump: Jump } | undefined {
  const state = childOf(element, 'state', NS_SXE);
  const index = parseCount(attribute(element, 'index'));
  const seq = parseCount(attribute(element, 'seq'));
  const epoch = readText(element, 'epoch');
  if (!element.is('jump', NS_LIMN_LOG) || !state || index === undefined || seq === undefined || !epoch)
    return undefined;
  const named = (name: string): Element[] => childElements(element).filter((child) => child.is(name, NS_LIMN_LOG));
  const inert = new Set(named('inert').map((child) => attribute(child, 'rid')));
  const texts = new Map(
    named('text').map((child) => [attribute(child, 'rid'), parseCount(attribute(child, 'version'))]),
  );
  const records = childElements(state).flatMap((child): NodeRecord[] => {
    const result = parseEdit(child, SXE_DIALECT);
    if (!result.ok || result.edit.kind !== 'new') return [];
    const { kind: _, restores: __, malformed: ___, void: ____, version = 0, ...record } = result.edit;
    const chdataVersion = texts.get(record.rid);
    return [
      {
        ...record,
        version,
        ...(chdataVersion === undefined ? {} : { chdataVersion }),
        ...(inert.has(record.rid) ? { inert: true as const } : {}),
      },
    ];
  });
  const root = attribute(element, 'root');
  const jump: Jump = {
    ...{ place: { epoch, seq }, digest: attribute(element, 'digest') ?? '', records },
    removed: named('removed').flatMap((child) => attribute(child, 'rid') ?? []),
    ...(root === undefined ? {} : { root }),
    ...(attribute(element, 'strays') === 'true' ? { strays: true as const } : {}),
  };
  return { index, jump };
}

/** A base as plain records. */
export interface PlainBase extends Omit<Base, 'state'> {
  readonly state: ReplicaState;
}

/** What a log begins with when what was before is folded: the document there, as a jump to it from nothing, which of its nodes are
 *  others that came back, and what was dropped. */
export function serializeBase(index: number, { state, folded, restored }: PlainBase): Element {
  const { place, digest, records } = state;
  const root = records[0]?.parent === '' && records[0].type === 'element' ? { root: records[0].rid } : {};
  return xml(
    'base',
    {
      ...{ xmlns: NS_LIMN_LOG, index: String(index) },
      ...{ entries: String(folded.entries), edits: String(folded.edits) },
      ...{ begin: new Date(folded.begin).toISOString(), end: new Date(folded.end).toISOString() },
    },
    serializeJump(index, { place, digest, records, removed: [], ...root }),
    ...restored.map(([rid, earlier]) => xml('restored', { rid: toXmlText(rid), earlier: toXmlText(earlier) })),
  );
}

/** Reads a base; undefined when it isn't one. It doesn't say which stanzas were folded. */
export function parseBase(element: Element): { index: number; base: PlainBase } | undefined {
  const said = childOf(element, 'jump', NS_LIMN_LOG);
  const found = said && parseJump(said);
  const [entries, edits] = ['entries', 'edits'].map((name) => parseCount(attribute(element, name)));
  const [begin, end] = ['begin', 'end'].map((name) => Date.parse(attribute(element, name) ?? ''));
  if (!element.is('base', NS_LIMN_LOG) || !found || entries === undefined || edits === undefined) return undefined;
  if (begin === undefined || end === undefined || Number.isNaN(begin + end)) return undefined;
  const { place, digest, records } = found.jump;
  const restored = childElements(element).flatMap((child): (readonly [Rid, Rid])[] => {
    const [rid, earlier] = [attribute(child, 'rid'), attribute(child, 'earlier')];
    return child.is('restored', NS_LIMN_LOG) && rid && earlier ? [[rid, earlier]] : [];
  });
  const state = { place, records, known: {}, digest, prolog: '' };
  return { index: found.index, base: { state, folded: { entries, edits, begin, end }, restored } };
}

function parseVoid(element: Element): [number, Fault] | undefined {
  const edit = parseCount(attribute(element, 'edit'));
  if (!element.is('void', NS_LIMN_LOG) || edit === undefined) return undefined;
  const details = childElements(element).filter((child) => child.is('detail', NS_LIMN_LOG));
  const detail = Object.fromEntries(details.map((child) => [attribute(child, 'name') ?? '', child.getText()]));
  const reason = childOf(element, 'reason', NS_LIMN_LOG)?.getText() ?? '';
  return [edit, { code: attribute(element, 'code') ?? '', detail, reason }];
}
