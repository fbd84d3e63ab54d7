/**
 * XEP-0284: Shared XML Editing, version 0.1.4: the elements <new/>, <set/> and <remove/> and back. What is wrong with an edit
 * never throws: a New or Set that can be attributed to a record comes out `malformed`, so that every replica counts it alike
 * (DESIGN section 2, Void, not refused); one that names no record is dropped with a reason.
 */
import xml, { type Element } from '@xmpp/xml';
import type { Authorship, Edit, MutableFields, NewEdit, NodeType, RemoveEdit, SetEdit } from '#core/types.ts';
import {
  asAttribute,
  attribute,
  childElements,
  escapeBreaks,
  hasAttributeBreaks,
  isXmlName,
  isXmlText,
  parseCount,
  toXmlText,
  unescapeBreaks,
} from './xml-text.ts';
import { NS_LIMN_SESSION, NS_SXE } from './xep-0284.ts';

/** How a dialect spells edits. */
export interface EditDialect {
  readonly ns: string;
  /** The attribute by which Set and Remove name their record: `target`, and in Psi `rid`. */
  readonly target: 'target' | 'rid';
  /** Whether one of replacefrom and replacen alone voids the Set; Psi then replaces the whole value. */
  readonly loneReplace: 'malformed' | 'whole';
  /** Whether a New without a parent or with an unreadable weight stands (Psi: top level, weight 0). */
  readonly lenient: boolean;
  /** Whether Limn's extensions are written. */
  readonly extensions: boolean;
}

/** XEP-0284 as published. */
export const SXE_DIALECT: EditDialect = {
  ns: NS_SXE,
  target: 'target',
  loneReplace: 'malformed',
  lenient: false,
  extensions: true,
};

/** One edit, or why there is none. */
export type EditResult =
  | { readonly ok: true; readonly edit: Edit; readonly note?: string }
  | { readonly ok: false; readonly reason: string };

/** Longest rid that names a record, in UTF-16 units; longer ones are dropped by every Limn replica alike. */
export const MAX_RID = 1024;
/** Highest version that is read as one: far beyond any session, far below where counting goes wrong. */
export const MAX_VERSION = 1_000_000_000;

const TYPES: ReadonlySet<string> = new Set<NodeType>(['element', 'attr', 'text', 'comment', 'processinginstruction']);
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Longer than any double needs; keeps a hostile megabyte away from the number parser. */
const MAX_NUMBER = 400;

/** The wire's spelling of each mutable field. */
const WIRE: readonly (readonly [Exclude<keyof MutableFields, 'primaryWeight'>, string])[] = [
  ['parent', 'parent'],
  ['ns', 'ns'],
  ['name', 'name'],
  ['chdata', 'chdata'],
  ['pitarget', 'pitarget'],
  ['pidata', 'pidata'],
];
const FIELDS_OF: Readonly<Record<NodeType, ReadonlySet<string>>> = {
  element: new Set(['parent', 'ns', 'name']),
  attr: new Set(['parent', 'ns', 'name', 'chdata']),
  text: new Set(['parent', 'chdata']),
  comment: new Set(['parent', 'chdata']),
  processinginstruction: new Set(['parent', 'pitarget', 'pidata']),
};
/** Fields whose TAB, LF and CR must arrive. */
const SPACED = ['chdata', 'pidata'] as const;

/** A weight as the shortest decimal that reads back as the same double. Throws RangeError unless finite. */
export function serializeWeight(weight: number): string {
  if (!Number.isFinite(weight)) throw new RangeError(`A weight must be finite, not ${weight}.`);
  return String(weight === 0 ? 0 : weight);
}

/** The double that a weight says (XML Schema's float without INF and NaN), or undefined. */
export function parseWeight(text: string): number | undefined {
  const trimmed = text.length > MAX_NUMBER ? '' : text.trim();
  if (!NUMBER.test(trimmed)) return undefined;
  const weight = Number(trimmed);
  return Number.isFinite(weight) ? weight + 0 : undefined;
}

type Attrs = Record<string, string | undefined>;

function writeFields(attrs: Attrs, fields: Partial<MutableFields>, extra: Element[], dialect: EditDialect): void {
  for (const [field, wire] of WIRE) {
    const value = fields[field];
    if (value === undefined) continue;
    const text = toXmlText(value);
    attrs[wire] = asAttribute(text);
    if (dialect.extensions && hasAttributeBreaks(text)) {
      extra.push(xml('raw', { xmlns: NS_LIMN_SESSION, field: wire }, escapeBreaks(text)));
    }
  }
  if (fields.primaryWeight !== undefined) attrs['primary-weight'] = serializeWeight(fields.primaryWeight);
}

function writeMarks(marks: Attrs, extra: Element[], dialect: EditDialect): void {
  if (dialect.extensions && Object.values(marks).some((value) => value !== undefined)) {
    extra.push(xml('mark', { xmlns: NS_LIMN_SESSION, ...marks }));
  }
}

const flag = (value: true | undefined): string | undefined => (value ? '1' : undefined);
const clean = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : asAttribute(toXmlText(value));

/** What a correction says that is to be a New for strict peers. */
function asNew({ rid, version, fields, malformed }: SetEdit, type: NodeType): NewEdit {
  const { parent = '', primaryWeight = 0 } = fields;
  return {
    ...{ ...fields, kind: 'new', rid, type, version, parent, primaryWeight },
    ...(malformed && { malformed }),
  };
}

/** One edit as an element, to be appended to a <state/> of the dialect's namespace. Throws RangeError for a non-finite weight. */
export function serializeEdit(said: Edit, dialect: EditDialect): Element {
  const edit = said.kind === 'set' && said.fix && said.anew !== undefined ? asNew(said, said.anew) : said;
  const extra: Element[] = [];
  const attrs: Attrs = { [edit.kind === 'new' ? 'rid' : dialect.target]: clean(edit.rid) };
  if (edit.kind === 'new') {
    attrs['type'] = edit.type;
    if (edit.version !== undefined && edit.version !== 0) attrs['version'] = String(edit.version);
    writeFields(attrs, edit, extra, dialect);
    if (edit.parent === '' && !dialect.lenient) delete attrs['parent'];
    attrs['creator'] = clean(edit.creator);
    attrs['last-modified-by'] = clean(edit.lastModifiedBy);
    writeMarks(
      {
        fix: said.kind === 'set' ? flag(said.fix) : undefined,
        restores: clean(edit.restores),
        created: edit.created?.toString(),
        modified: edit.modified?.toString(),
        malformed: flag(edit.malformed),
      },
      extra,
      dialect,
    );
  } else if (edit.kind === 'set') {
    attrs['version'] = String(edit.version);
    writeFields(attrs, edit.fields, extra, dialect);
    if (edit.splice) {
      attrs['replacefrom'] = String(edit.splice.from);
      attrs['replacen'] = String(edit.splice.count);
    }
    writeMarks({ fix: flag(edit.fix), malformed: flag(edit.malformed) }, extra, dialect);
  } else writeMarks({ fix: flag(edit.fix) }, extra, dialect);
  return xml(edit.kind, attrs, ...extra);
}

/** Collects what is wrong while an edit is read. */
interface Reading {
  malformed: boolean;
  note: string | undefined;
}

function spoil(reading: Reading, note: string): void {
  reading.malformed = true;
  reading.note ??= note;
}

/** The values of Limn's `raw` children, kept only where they agree with what a strict peer reads from the attribute. */
function readRaw(element: Element, reading: Reading): Map<string, string> {
  const raw = new Map<string, string>();
  for (const child of childElements(element)) {
    if (!child.is('raw', NS_LIMN_SESSION)) continue;
    const field = attribute(child, 'field') ?? '';
    const value = unescapeBreaks(child.getText());
    const shown = attribute(element, field);
    if (!SPACED.some((name) => name === field) || value === undefined || shown === undefined) continue;
    if (asAttribute(value) === asAttribute(shown)) raw.set(field, value);
    else reading.note ??= `the raw ${field} says something else than the attribute`;
  }
  return raw;
}

/** Identifiers are compared, so what a hop may have made of their white space must not matter. */
function plain(element: Element, wire: string, field: keyof MutableFields): string | undefined {
  const value = attribute(element, wire);
  return value === undefined || field === 'chdata' || field === 'pidata' ? value : asAttribute(value);
}

/** Reads the mutable fields that are there; those that can't be read are left out and spoil the edit. */
function readFields(element: Element, dialect: EditDialect, reading: Reading): Partial<MutableFields> {
  const fields: Partial<MutableFields> = {};
  const raw = readRaw(element, reading);
  for (const [field, wire] of WIRE) {
    const value = raw.get(wire) ?? plain(element, wire, field);
    if (value === undefined) continue;
    const named = field === 'name' || field === 'pitarget';
    if (!isXmlText(value)) spoil(reading, `${wire} holds characters that XML forbids`);
    else if (named && !isXmlName(value)) spoil(reading, `${wire} is no XML name`);
    else if (field === 'pitarget' && value.toLowerCase() === 'xml') spoil(reading, 'pitarget is reserved');
    else if (field === 'parent' && value.length > MAX_RID) spoil(reading, 'parent is longer than a rid can be');
    else fields[field] = value;
  }
  const text = attribute(element, 'primary-weight');
  if (text !== undefined) {
    const weight = parseWeight(text);
    if (weight !== undefined) fields.primaryWeight = weight;
    else if (!dialect.lenient) spoil(reading, 'primary-weight is no finite number');
  }
  return fields;
}

function readMarks(element: Element): ReadonlyMap<string, string> {
  const marks = new Map<string, string>();
  for (const child of childElements(element)) {
    if (!child.is('mark', NS_LIMN_SESSION)) continue;
    for (const name of ['fix', 'malformed', 'restores', 'created', 'modified']) {
      const value = attribute(child, name);
      if (value !== undefined) marks.set(name, value);
    }
  }
  return marks;
}

function readVersion(element: Element, reading: Reading): number {
  const version = parseCount(attribute(element, 'version'), MAX_VERSION);
  if (version === undefined) spoil(reading, 'version is missing or no number in range');
  return version ?? 0;
}

function finish<E extends Edit>(edit: E, reading: Reading): EditResult {
  return reading.note === undefined ? { ok: true, edit } : { ok: true, edit, note: reading.note };
}

function readAuthorship(element: Element, marks: ReadonlyMap<string, string>): Authorship {
  const authorship: Authorship = {};
  const creator = attribute(element, 'creator');
  const lastModifiedBy = attribute(element, 'last-modified-by');
  const created = parseCount(marks.get('created'));
  const modified = parseCount(marks.get('modified'));
  if (creator !== undefined) authorship.creator = creator;
  if (lastModifiedBy !== undefined) authorship.lastModifiedBy = lastModifiedBy;
  if (created !== undefined) authorship.created = created;
  if (modified !== undefined) authorship.modified = modified;
  return authorship;
}

/** A New that only strict peers need is a correction for us. */
function asCorrection({ rid, type, version = 0, malformed, ...edit }: NewEdit): SetEdit {
  const { parent, primaryWeight, ns, name, chdata, pitarget, pidata } = edit;
  const fields = {
    ...{ parent, primaryWeight },
    ...(ns !== undefined && { ns }),
    ...(name !== undefined && { name }),
    ...(chdata !== undefined && { chdata }),
    ...(pitarget !== undefined && { pitarget }),
    ...(pidata !== undefined && { pidata }),
  };
  return { kind: 'set', rid, version, fields, fix: true, anew: type, ...(malformed && { malformed }) };
}

function parseNew(element: Element, rid: string, dialect: EditDialect): EditResult {
  const reading: Reading = { malformed: false, note: undefined };
  const marks = readMarks(element);
  const stated = attribute(element, 'type') ?? '';
  const known = TYPES.has(stated);
  // An unknown type still uses its rid up: an inert record, which is no part of any tree, stands for it.
  const type = known ? (stated as NodeType) : 'comment';
  if (!known) spoil(reading, 'type is unknown');
  const all = readFields(element, dialect, reading);
  const fields: Partial<MutableFields> = {};
  for (const [field] of WIRE) {
    const value = all[field];
    if (value !== undefined && FIELDS_OF[type].has(field)) fields[field] = value;
  }
  if (FIELDS_OF[type].has('name') && fields.name === undefined) spoil(reading, 'name is missing');
  if (FIELDS_OF[type].has('pitarget')) {
    if (fields.pitarget === undefined) spoil(reading, 'pitarget is missing');
    fields.pidata ??= '';
  }
  if (FIELDS_OF[type].has('chdata')) fields.chdata ??= '';
  let version: number | undefined;
  if (attribute(element, 'version') !== undefined && !dialect.lenient) version = readVersion(element, reading);
  if (marks.get('malformed') === '1') reading.malformed = true;
  const restores = marks.get('restores');
  const edit: NewEdit = {
    kind: 'new',
    rid,
    type,
    ...fields,
    parent: fields.parent ?? '',
    primaryWeight: all.primaryWeight ?? 0,
    ...(version === undefined || version === 0 ? {} : { version }),
    ...readAuthorship(element, marks),
    ...(restores === undefined || restores === '' || restores.length > MAX_RID ? {} : { restores }),
    ...(reading.malformed ? { malformed: true as const } : {}),
  };
  return finish(marks.get('fix') === '1' ? asCorrection(edit) : edit, reading);
}

function parseSet(element: Element, rid: string, dialect: EditDialect): EditResult {
  const reading: Reading = { malformed: false, note: undefined };
  const marks = readMarks(element);
  // Psi reads a Set without a version as version 0, which no record expects.
  const bare = dialect.lenient && attribute(element, 'version') === undefined;
  const version = bare ? 0 : readVersion(element, reading);
  const fields = readFields(element, dialect, reading);
  const from = attribute(element, 'replacefrom');
  const count = attribute(element, 'replacen');
  let splice: SetEdit['splice'];
  if (from !== undefined && count !== undefined) {
    const at = parseCount(from);
    const length = parseCount(count);
    if (at === undefined || length === undefined) spoil(reading, 'replacefrom or replacen is no number in range');
    else if (fields.chdata === undefined) spoil(reading, 'a splice without readable chdata');
    else splice = { from: at, count: length };
  } else if ((from ?? count) !== undefined && dialect.loneReplace === 'malformed') {
    spoil(reading, 'only one of replacefrom and replacen');
  }
  if (marks.get('malformed') === '1') reading.malformed = true;
  const edit: SetEdit = {
    kind: 'set',
    rid,
    version,
    fields,
    ...(splice ? { splice } : {}),
    ...(marks.get('fix') === '1' ? { fix: true as const } : {}),
    ...(reading.malformed ? { malformed: true as const } : {}),
  };
  return finish(edit, reading);
}

/** Whether the element is an edit of the dialect. */
export function isEdit(element: Element, dialect: EditDialect): boolean {
  const name = element.getName();
  return (name === 'new' || name === 'set' || name === 'remove') && element.getNS() === dialect.ns;
}

/** Reads one <new/>, <set/> or <remove/>. Never throws. */
export function parseEdit(element: Element, dialect: EditDialect): EditResult {
  const kind = element.getName();
  const rid = asAttribute(attribute(element, kind === 'new' ? 'rid' : dialect.target) ?? '');
  if (rid === '') return { ok: false, reason: `<${kind}/> names no record` };
  if (rid.length > MAX_RID)
    return { ok: false, reason: `<${kind}/> names a record by more than ${MAX_RID} characters` };
  if (!isXmlText(rid)) return { ok: false, reason: `<${kind}/> names a record by characters that XML forbids` };
  if (kind === 'new') return parseNew(element, rid, dialect);
  if (kind === 'set') return parseSet(element, rid, dialect);
  const fix = readMarks(element).get('fix') === '1';
  const edit: RemoveEdit = { kind: 'remove', rid, ...(fix ? { fix } : {}) };
  return { ok: true, edit };
}
