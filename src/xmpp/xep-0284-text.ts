/**
 * XEP-0284: Shared XML Editing, version 0.1.4: the `<sxe/>` of ordinary edits as text, written and read without a tree in
 * between, since these are nearly all the stanzas of a session. What is out of the ordinary (extensions, forbidden
 * characters, anything unknown or malformed) is left to the codec that works on elements: both say and read the same.
 */
import { Element, escapeXML } from '@xmpp/xml';
import type { Edit, MutableFields } from '#core/types.ts';
import { MAX_RID, MAX_VERSION, parseWeight, serializeEdit, serializeWeight, SXE_DIALECT } from './xep-0284-edits.ts';
import { NS_SXE } from './xep-0284.ts';
import { isXmlName, isXmlText, parseCount, toXmlText } from './xml-text.ts';

/** Values of characters that stand for themselves in an attribute, wherever it passes. */
const PLAIN = /^[ !#-%(-;=?-~]*$/;

/** The `<sxe/>` that carries edits. Throws RangeError for a non-finite weight, which is the caller's bug. */
export function writeEdits(session: string, id: string, edits: readonly Edit[]): string {
  let text = `<sxe xmlns="${NS_SXE}" session="${escaped(session)}" id="${escaped(id)}"><state>`;
  // Attributes follow the element that they are put on: its rid is looked through once.
  let element = '';
  for (const edit of edits) {
    text += writeEdit(edit, element);
    if (edit.kind === 'new' && edit.type === 'element') element = PLAIN.test(edit.rid) ? edit.rid : '';
  }
  return `${text}</state></sxe>`;
}

const escaped = (value: string): string => (PLAIN.test(value) ? value : escapeXML(toXmlText(value)));

function writeEdit(edit: Edit, plainParent: string): string {
  if (!isPlain(edit, plainParent)) return serializeEdit(edit, SXE_DIALECT).toString();
  if (edit.kind === 'remove') return `<remove target="${edit.rid}"/>`;
  if (edit.kind === 'new') {
    const parent = edit.parent === '' ? '' : ` parent="${edit.parent}"`;
    return `<new rid="${edit.rid}" type="${edit.type}"${parent}${writeFields(edit)}/>`;
  }
  const { fields, splice } = edit;
  const parent = fields.parent === undefined ? '' : ` parent="${fields.parent}"`;
  const range = splice ? ` replacefrom="${splice.from}" replacen="${splice.count}"` : '';
  return `<set target="${edit.rid}" version="${edit.version}"${parent}${writeFields(fields)}${range}/>`;
}

/** Whether nothing in an edit needs escapes or extensions; of one parent that is known already. */
function isPlain(edit: Edit, plainParent: string): boolean {
  if (!PLAIN.test(edit.rid)) return false;
  if (edit.kind === 'remove') return !edit.fix;
  if (edit.malformed) return false;
  if (edit.kind === 'set') return !edit.fix && hasPlainFields(edit.fields, plainParent);
  const { version, creator, created, lastModifiedBy, modified, restores } = edit;
  if ((version ?? 0) !== 0 || (creator ?? lastModifiedBy ?? restores) !== undefined) return false;
  return (created ?? modified) === undefined && hasPlainFields(edit, plainParent);
}

function hasPlainFields(
  { parent, ns, name, chdata, pitarget, pidata }: Partial<MutableFields>,
  plainParent: string,
): boolean {
  return (
    (pitarget ?? pidata) === undefined &&
    (chdata === undefined || PLAIN.test(chdata)) &&
    (parent === undefined || parent === plainParent || PLAIN.test(parent)) &&
    (name === undefined || PLAIN.test(name)) &&
    (ns === undefined || PLAIN.test(ns))
  );
}

/** All but the parent, which a New and a Set leave out in different cases. */
function writeFields({ ns, name, chdata, primaryWeight }: Partial<MutableFields>): string {
  let text = ns === undefined ? '' : ` ns="${ns}"`;
  if (name !== undefined) text += ` name="${name}"`;
  if (chdata !== undefined) text += ` chdata="${chdata}"`;
  if (primaryWeight !== undefined) text += ` primary-weight="${serializeWeight(primaryWeight)}"`;
  return text;
}

/** An element whose text is made: what it holds goes out as it is. */
export class WrittenElement extends Element {
  readonly #text: string;

  constructor(name: string, attrs: Record<string, string>, text: string) {
    super(name, attrs);
    this.#text = text;
  }

  /** How ltx serialises an element, alone or as another's child. */
  override write(writer: (text: string) => void): void {
    writer(this.#text);
  }
}

/** What an `<sxe/>` of ordinary edits said. */
export interface ReadEdits {
  readonly session: string;
  readonly id: string;
  readonly edits: readonly Edit[];
  /** Where in the text its start tag ended, and where it did. */
  readonly opened: number;
  readonly end: number;
}

const OPEN = '<sxe';
const CLOSE = '</sxe>';
const STATE = '<state>';
const STATE_END = '</state>';
const ASCII = /^[ -~]*$/;
/** What a server may change in an attribute. */
const RAW_BREAK = /[\t\n\r]/;
const LONGEST_ID = 1024;

/** Reads the `<sxe/>` that begins at `start`. Undefined: it isn't all there, or it is out of the ordinary. */
export function readEdits(text: string, start = 0): ReadEdits | undefined {
  if (!text.startsWith(OPEN, start)) return undefined;
  const close = text.indexOf(CLOSE, start);
  if (close < 0) return undefined;
  const all = text.slice(start, close);
  if (!ASCII.test(all) && (RAW_BREAK.test(all) || !isXmlText(all))) return undefined;
  const tags = new Tags(text, start + OPEN.length, all.includes('&'));
  if (!tags.attributes(SXE_ATTRIBUTES) || tags.empty || tags.value(XMLNS) !== NS_SXE) return undefined;
  const [session, id] = [tags.value(SESSION), tags.value(ID)];
  if (!session || !id || session.length > LONGEST_ID || id.length > LONGEST_ID) return undefined;
  const opened = tags.at;
  if (!text.startsWith(STATE, opened)) return undefined;
  tags.at += STATE.length;
  const edits: Edit[] = [];
  while (!text.startsWith(STATE_END, tags.at)) {
    const edit = readEdit(tags);
    if (edit === undefined) return undefined;
    edits.push(edit);
  }
  if (tags.at + STATE_END.length !== close) return undefined;
  return { session: flat(session), id: flat(id), edits, opened, end: close + CLOSE.length };
}

/** Attributes by number; the order of `WORDS`. */
const [XMLNS, SESSION, ID, RID, TARGET, TYPE, VERSION, PARENT, NS, NAME, CHDATA, WEIGHT, FROM, COUNT] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
] as const;
const WORDS =
  'xmlns session id rid target type version parent ns name chdata primary-weight replacefrom replacen'.split(' ');
const maskOf = (...attributes: number[]): number => attributes.reduce((mask, i) => mask | (1 << i), 0);
const SXE_ATTRIBUTES = maskOf(XMLNS, SESSION, ID);
const NEW_ATTRIBUTES = maskOf(RID, TYPE, PARENT, NS, NAME, CHDATA, WEIGHT);
const SET_ATTRIBUTES = maskOf(TARGET, VERSION, PARENT, NS, NAME, CHDATA, WEIGHT, FROM, COUNT);
const REMOVE_ATTRIBUTES = maskOf(TARGET);
const RANGE = maskOf(FROM, COUNT);
const CHDATA_ALONE = maskOf(CHDATA);

interface Candidate {
  readonly word: string;
  readonly i: number;
}
const NO_CANDIDATES: readonly Candidate[] = [];
/** By the first character of their names: those that may stand there. */
const CANDIDATES: (readonly Candidate[])[] = Array.from({ length: 128 }, (_, code) =>
  WORDS.flatMap((word, i) => (word.charCodeAt(0) === code ? [{ word: `${word}=`, i }] : [])),
);

/** Which attribute's name begins at a place. */
function candidateAt(text: string, at: number): Candidate | undefined {
  const candidates = CANDIDATES[text.charCodeAt(at)] ?? NO_CANDIDATES;
  for (let k = 0; k < candidates.length; k++) {
    const candidate = candidates[k] as Candidate;
    if (text.startsWith(candidate.word, at)) return candidate;
  }
  return undefined;
}

const [SPACE, SLASH, GREATER, DOUBLE, SINGLE] = [0x20, 0x2f, 0x3e, 0x22, 0x27];

/** Reads the attributes of one tag after the other. */
class Tags {
  readonly text: string;
  at: number;
  /** Whether the last tag had no content. */
  empty = false;
  /** The element that was made last; the parent that was named last: the next names one of them as often as not. */
  element = '';
  #parent = '';
  readonly #escapes: boolean;
  /** Where each value lies in the text; those with escapes are made at once, and lie nowhere. */
  readonly #from: number[] = WORDS.map(() => 0);
  readonly #to: number[] = WORDS.map(() => 0);
  readonly #values: string[] = WORDS.map(() => '');
  #seen = 0;

  constructor(text: string, at: number, escapes: boolean) {
    this.text = text;
    this.at = at;
    this.#escapes = escapes;
  }

  value(attribute: number): string | undefined {
    if ((this.#seen & (1 << attribute)) === 0) return undefined;
    const from = this.#from[attribute] as number;
    return from < 0 ? this.#values[attribute] : this.text.slice(from, this.#to[attribute]);
  }

  /** A value as a string of its own, where V8 would keep the text that it was cut from alive. */
  flat(attribute: number): string | undefined {
    if ((this.#seen & (1 << attribute)) === 0) return undefined;
    const from = this.#from[attribute] as number;
    if (from < 0) return flat(this.#values[attribute] as string);
    return flatSlice(this.text, from, this.#to[attribute] as number);
  }

  /** Whether a value is this one. */
  is(attribute: number, value: string): boolean {
    const from = this.#from[attribute] as number;
    if ((this.#seen & (1 << attribute)) === 0) return false;
    if (from < 0) return this.#values[attribute] === value;
    return (this.#to[attribute] as number) - from === value.length && this.text.startsWith(value, from);
  }

  /** The parent, as the same string for all that name it in a row. */
  parent(): string {
    if ((this.#seen & (1 << PARENT)) === 0) return '';
    if (this.#parent !== '' && this.is(PARENT, this.#parent)) return this.#parent;
    if (this.element !== '' && this.is(PARENT, this.element)) return (this.#parent = this.element);
    return (this.#parent = this.flat(PARENT) ?? '');
  }

  has(mask: number): boolean {
    return (this.#seen & mask) !== 0;
  }

  /** Reads up to the end of the tag; false when anything else than these attributes is there, or one twice. */
  attributes(allowed: number): boolean {
    const { text } = this;
    this.#seen = 0;
    const found = text.indexOf('<', this.at);
    const limit = found < 0 ? text.length : found;
    for (let at = this.at; at < limit; ) {
      const code = text.charCodeAt(at);
      if (code === GREATER || (code === SLASH && text.charCodeAt(at + 1) === GREATER)) {
        this.empty = code === SLASH;
        this.at = at + (code === SLASH ? 2 : 1);
        return true;
      }
      if (code !== SPACE) return false;
      at++;
      const attribute = candidateAt(text, at);
      if (attribute === undefined) {
        if (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === SLASH) continue;
        return false;
      }
      const { word, i } = attribute;
      const bit = 1 << i;
      if ((allowed & bit) === 0 || (this.#seen & bit) !== 0) return false;
      const open = at + word.length;
      const quote = text.charCodeAt(open);
      if (quote !== DOUBLE && quote !== SINGLE) return false;
      const end = text.indexOf(quote === DOUBLE ? '"' : "'", open + 1);
      if (end < 0 || end > limit) return false;
      this.#from[i] = open + 1;
      this.#to[i] = end;
      if (this.#escapes && !this.#unescape(i)) return false;
      this.#seen |= bit;
      at = end + 1;
    }
    return false;
  }

  /** False when a value holds what is no escape. */
  #unescape(i: number): boolean {
    const raw = this.text.slice(this.#from[i], this.#to[i]);
    if (!raw.includes('&')) return true;
    const value = unescaped(raw);
    if (value === undefined) return false;
    this.#from[i] = -1;
    this.#values[i] = value;
    return true;
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(raw: string): string | undefined {
  let known = true;
  const value = raw.replace(/&([^;&]{0,8});?/g, (all: string, name: string) => {
    const character = all.endsWith(';') && Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
    if (character === undefined) known = false;
    return character ?? '';
  });
  return known ? value : undefined;
}

function readEdit(tags: Tags): Edit | undefined {
  const { text } = tags;
  if (text.startsWith('<set ', tags.at)) {
    tags.at += 4;
    return tags.attributes(SET_ATTRIBUTES) && tags.empty ? readSet(tags) : undefined;
  }
  if (text.startsWith('<new ', tags.at)) {
    tags.at += 4;
    return tags.attributes(NEW_ATTRIBUTES) && tags.empty ? readNew(tags) : undefined;
  }
  if (!text.startsWith('<remove ', tags.at)) return undefined;
  tags.at += 7;
  const rid = tags.attributes(REMOVE_ATTRIBUTES) && tags.empty ? ridIn(tags, TARGET) : undefined;
  return rid === undefined ? undefined : { kind: 'remove', rid };
}

function ridIn(tags: Tags, attribute: number): string | undefined {
  const rid = tags.value(attribute);
  return rid && rid.length <= MAX_RID ? rid : undefined;
}

function readSet(tags: Tags): Edit | undefined {
  const rid = ridIn(tags, TARGET);
  const version = countIn(tags, VERSION, MAX_VERSION);
  const fields = fieldsIn(tags);
  if (rid === undefined || version === undefined || fields === undefined) return undefined;
  if (!tags.has(RANGE)) return { kind: 'set', rid, version, fields };
  const from = countIn(tags, FROM, Number.MAX_SAFE_INTEGER);
  const count = countIn(tags, COUNT, Number.MAX_SAFE_INTEGER);
  if (from === undefined || count === undefined || fields.chdata === undefined) return undefined;
  return { kind: 'set', rid, version, fields, splice: { from, count } };
}

function readNew(tags: Tags): Edit | undefined {
  const rid = tags.flat(RID);
  const parent = tags.parent();
  const weight = tags.value(WEIGHT);
  const primaryWeight = weight === undefined ? 0 : weightIn(weight);
  if (!rid || rid.length > MAX_RID || primaryWeight === undefined || parent.length > MAX_RID) return undefined;
  const ns = tags.flat(NS);
  const named = tags.value(NAME);
  const name = named === undefined ? undefined : nameFor(named);
  if (tags.is(TYPE, 'attr')) {
    const type = 'attr';
    const chdata = tags.flat(CHDATA) ?? '';
    if (name === undefined) return undefined;
    if (ns === undefined) return { kind: 'new', rid, type, parent, primaryWeight, name, chdata };
    return { kind: 'new', rid, type, parent, primaryWeight, name, chdata, ns };
  }
  if (tags.is(TYPE, 'element')) {
    const type = 'element';
    if (name === undefined || tags.has(CHDATA_ALONE)) return undefined;
    tags.element = rid;
    if (ns === undefined) return { kind: 'new', rid, type, parent, primaryWeight, name };
    return { kind: 'new', rid, type, parent, primaryWeight, name, ns };
  }
  const type = tags.is(TYPE, 'text') ? 'text' : tags.is(TYPE, 'comment') ? 'comment' : undefined;
  if (type === undefined || (named ?? ns) !== undefined) return undefined;
  return { kind: 'new', rid, type, parent, primaryWeight, chdata: tags.flat(CHDATA) ?? '' };
}

/** The mutable fields that are there; undefined when one can't be read. */
function fieldsIn(tags: Tags): Partial<MutableFields> | undefined {
  const fields: Partial<MutableFields> = {};
  const parent = tags.value(PARENT);
  if (parent !== undefined) {
    if (parent.length > MAX_RID) return undefined;
    fields.parent = parent;
  }
  const ns = tags.flat(NS);
  if (ns !== undefined) fields.ns = ns;
  const name = tags.value(NAME);
  if (name !== undefined) {
    const known = nameFor(name);
    if (known === undefined) return undefined;
    fields.name = known;
  }
  const chdata = tags.flat(CHDATA);
  if (chdata !== undefined) fields.chdata = chdata;
  const weight = tags.value(WEIGHT);
  if (weight !== undefined) {
    const primaryWeight = weightIn(weight);
    if (primaryWeight === undefined) return undefined;
    fields.primaryWeight = primaryWeight;
  }
  return fields;
}

/** Most weights are small integers. */
function weightIn(text: string): number | undefined {
  const digit = text.length === 1 ? text.charCodeAt(0) - 48 : -1;
  return digit >= 0 && digit <= 9 ? digit : parseWeight(text);
}

function countIn(tags: Tags, attribute: number, max: number): number | undefined {
  return parseCount(tags.value(attribute), max);
}

/** Names seen lately, each as one string however often it comes. A flood of names empties it. */
let names = new Map<string, string>();

function nameFor(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (!isXmlName(text)) return undefined;
  if (names.size >= 2048) names = new Map();
  const name = flat(text);
  names.set(name, name);
  return name;
}

/** A string of its own, where V8 would keep the text that it was cut from alive. */
function flat(text: string): string {
  return flatSlice(text, 0, text.length);
}

/** Slices below 13 units are copies in V8, longer ones views; what is put together of two is made one when it is looked at. */
function flatSlice(text: string, from: number, to: number): string {
  if (to - from < 13) return text.slice(from, to);
  const copy = text.slice(from, from + 12) + text.slice(from + 12, to);
  copy.charCodeAt(0);
  return copy;
}
