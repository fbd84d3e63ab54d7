/**
 * Edits as bytes of the compact form. The first byte of an edit says what it is and, where that is usual, its version or that
 * what follows is as expected: a new record's rid the next one, an attribute's place behind its element's others.
 */
import type { Edit, MutableFields, NewEdit, NodeType, Rid, SetEdit } from '#core/types.ts';
import { type ByteReader, ByteWriter, Malformed } from './compact-bytes.ts';
import { RidReader, RidWriter } from './compact-rids.ts';
import { TextReader, TextWriter } from './compact-text.ts';
import { MAX_VERSION } from './xep-0284-edits.ts';
import { hasAttributeBreaks, isXmlName } from './xml-text.ts';

// The first byte of an edit. 0x80 and above: a Set of chdata alone, the version in seven bits.
const SET_TEXT = 0x80;
const SHORT_VERSION = 0x7f;
/** A New: the type in three bits, then the flags below. */
const NEW = 0x40;
const NEW_END = 0x68;
const USUAL_PLACE = 4;
const MORE = 2;
const NEXT_RID = 1;
/** A splice of chdata alone, the version in five bits. */
const SPLICE = 0x20;
const SHORTER_VERSION = 0x1f;
const REMOVE = 0;
const SET = 1;
const MOVE = 2;
const WEIGH = 3;
/** A Remove that is a correction. */
const REMOVE_AGAIN = 4;

/** What a New may say beyond the usual, as bits. */
const NEW_NS = 1;
const NEW_VERSION = 2;
const NEW_CREATOR = 4;
const NEW_CREATED = 8;
const NEW_MODIFIER = 16;
const NEW_MODIFIED = 32;
const NEW_RESTORES = 64;
const NEW_MALFORMED = 128;

/** What a Set writes, as bits; the last one says that a byte of marks follows. */
const SET_PARENT = 1;
const SET_WEIGHT = 2;
const SET_NS = 4;
const SET_NAME = 8;
const SET_CHDATA = 16;
const SET_PITARGET = 32;
const SET_PIDATA = 64;
const SET_MARKS = 128;
const MARK_SPLICE = 1;
const MARK_FIX = 2;
const MARK_MALFORMED = 4;
const MARK_ANEW = 8;

const TYPES: readonly NodeType[] = ['element', 'attr', 'text', 'comment', 'processinginstruction'];
const ELEMENT = 0;
const ATTR = 1;
const PI = 4;
/** Counts and times have at most 15 digits, as on the wire of SXE. */
const COUNT_END = 1e15;
const MAX_WHOLE = 2 ** 48;
const MAX_DECIMALS = 6;
const POWERS = Array.from({ length: MAX_DECIMALS + 1 }, (_, exponent) => 10 ** exponent);

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < COUNT_END;
const isVersion = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= MAX_VERSION;

/** Where the next new record is expected: both sides follow the same News. */
class Expectation {
  #element: Rid | undefined;
  #attributes = 0;
  #parent: Rid = '';
  #weight = -1;

  reset(): void {
    this.#element = undefined;
    this.#attributes = 0;
    this.#parent = '';
    this.#weight = -1;
  }

  parent(type: number): Rid {
    return type === ELEMENT || this.#element === undefined ? this.#parent : this.#element;
  }

  weight(type: number): number {
    if (type === ELEMENT) return this.#weight + 1;
    return type === ATTR ? this.#attributes : 0;
  }

  made(type: number, rid: Rid, parent: Rid, weight: number): void {
    if (type === ATTR) this.#attributes = weight + 1;
    else if (type === ELEMENT) {
      this.#element = rid;
      this.#attributes = 0;
      this.#parent = parent;
      this.#weight = weight;
    }
  }
}

/** Writes stanzas of edits, one after the other, into the same bytes. */
export class EditWriter {
  readonly bytes = new ByteWriter();
  readonly texts = new TextWriter();
  readonly #rids = new RidWriter(this.texts);
  readonly #expected = new Expectation();
  /** The last time written: others are told from it. */
  #time = 0;

  /** A new stanza begins, of the author whose rids have this prefix. */
  begin(prefix: string): void {
    this.bytes.length = 0;
    this.texts.reset();
    this.#rids.reset(prefix);
    this.#expected.reset();
    this.#time = 0;
  }

  /** Appends an edit. False when it isn't one as the plain form would bring it to the other side (it holds what XML can't carry,
   *  or lacks what its type needs): what has been written is of no use then. Throws RangeError for a non-finite weight. */
  write(edit: Edit): boolean {
    switch (edit.kind) {
      case 'set':
        return this.#set(edit);
      case 'new':
        return this.#new(edit);
      case 'remove':
        this.bytes.byte(edit.fix ? REMOVE_AGAIN : REMOVE);
        return edit.rid !== '' && this.#rids.write(this.bytes, edit.rid);
    }
  }

  #set(edit: SetEdit): boolean {
    const { bytes } = this;
    const { rid, version, fields, splice } = edit;
    if (rid === '' || !isVersion(version)) return false;
    const { chdata } = fields;
    const mask = maskOf(fields);
    if (mask === SET_CHDATA && chdata !== undefined && !edit.fix && !edit.malformed) {
      if (splice === undefined) {
        bytes.byte(SET_TEXT | Math.min(version, SHORT_VERSION));
        if (version >= SHORT_VERSION) bytes.varint(version);
        return this.#rids.write(bytes, rid) && this.texts.write(bytes, chdata);
      }
      bytes.byte(SPLICE | Math.min(version, SHORTER_VERSION));
      if (version >= SHORTER_VERSION) bytes.varint(version);
      return this.#rids.write(bytes, rid) && this.#splice(splice) && this.texts.write(bytes, chdata);
    }
    const marks =
      (splice ? MARK_SPLICE : 0) |
      (edit.fix ? MARK_FIX : 0) |
      (edit.malformed ? MARK_MALFORMED : 0) |
      (edit.anew ? MARK_ANEW : 0);
    if (splice !== undefined && chdata === undefined) return false;
    if (edit.anew !== undefined && !isWhole(edit, TYPES.indexOf(edit.anew))) return false;
    const kind = marks !== 0 ? SET : mask === SET_WEIGHT ? WEIGH : mask === (SET_PARENT | SET_WEIGHT) ? MOVE : SET;
    bytes.byte(kind);
    if (kind === SET) bytes.byte(mask | (marks === 0 ? 0 : SET_MARKS));
    if (kind === SET && marks !== 0) bytes.byte(marks);
    if (!this.#rids.write(bytes, rid)) return false;
    bytes.varint(version);
    if (edit.anew !== undefined) bytes.byte(TYPES.indexOf(edit.anew));
    return this.#fields(fields) && (splice === undefined || this.#splice(splice));
  }

  #splice({ from, count }: { from: number; count: number }): boolean {
    if (!isCount(from) || !isCount(count)) return false;
    this.bytes.varint(from * 2 + (count > 0 ? 1 : 0));
    if (count > 0) this.bytes.varint(count);
    return true;
  }

  #fields(fields: Partial<MutableFields>): boolean {
    const { bytes } = this;
    const { parent, primaryWeight, ns, name, chdata, pitarget, pidata } = fields;
    if (parent !== undefined && !this.#rids.write(bytes, parent)) return false;
    if (primaryWeight !== undefined) this.#weight(primaryWeight);
    if (ns !== undefined && !this.#identifier(ns)) return false;
    if (name !== undefined && !this.texts.writeName(bytes, name)) return false;
    if (chdata !== undefined && !this.texts.write(bytes, chdata)) return false;
    if (pitarget !== undefined && !this.#piTarget(pitarget)) return false;
    return pidata === undefined || this.texts.write(bytes, pidata);
  }

  /** A text whose TAB, LF and CR the plain form doesn't keep. */
  #identifier(text: string): boolean {
    return !hasAttributeBreaks(text) && this.texts.write(this.bytes, text);
  }

  #piTarget(name: string): boolean {
    return isPiTarget(name) && this.texts.write(this.bytes, name);
  }

  /** Whole numbers, numbers of few decimals, and doubles as they are. */
  #weight(weight: number): void {
    const { bytes } = this;
    if (!Number.isFinite(weight)) throw new RangeError(`A weight must be finite, not ${weight}.`);
    if (Number.isInteger(weight) && Math.abs(weight) < MAX_WHOLE) {
      bytes.varint((weight < 0 ? -2 * weight - 1 : 2 * weight) * 2);
      return;
    }
    for (let decimals = 1; decimals <= MAX_DECIMALS; decimals++) {
      const power = POWERS[decimals] as number;
      const whole = Math.round(weight * power);
      if (whole / power !== weight || Math.abs(whole) >= MAX_WHOLE) continue;
      bytes.byte(decimals * 2 + 1);
      bytes.signed(whole);
      return;
    }
    bytes.byte(1);
    bytes.double(weight);
  }

  #new(edit: NewEdit): boolean {
    const { bytes } = this;
    const { rid, parent } = edit;
    const type = TYPES.indexOf(edit.type);
    const primaryWeight = edit.primaryWeight === 0 ? 0 : edit.primaryWeight;
    if (type < 0 || !fits(edit, type)) return false;
    const more = moreOf(edit);
    const usual = primaryWeight === this.#expected.weight(type) && parent === this.#expected.parent(type);
    const next = this.#rids.follows(rid);
    bytes.byte(NEW | (type << 3) | (usual ? USUAL_PLACE : 0) | (more === 0 ? 0 : MORE) | (next ? NEXT_RID : 0));
    if (more !== 0) bytes.byte(more);
    if (!next && !this.#rids.writeNew(bytes, rid)) return false;
    if (!usual) {
      if (!this.#rids.write(bytes, parent)) return false;
      this.#weight(primaryWeight);
    }
    this.#expected.made(type, rid, parent, primaryWeight);
    return (more === 0 || this.#more(edit, type)) && this.#content(edit, type);
  }

  #content({ name, chdata, pitarget, pidata }: NewEdit, type: number): boolean {
    const { bytes } = this;
    if (type === ELEMENT) return name === undefined || this.texts.writeName(bytes, name);
    if (type === PI) {
      return (
        (pitarget === undefined || this.#piTarget(pitarget)) && pidata !== undefined && this.texts.write(bytes, pidata)
      );
    }
    if (name !== undefined && !this.texts.writeName(bytes, name)) return false;
    return chdata !== undefined && this.texts.write(bytes, chdata);
  }

  #more(edit: NewEdit, type: number): boolean {
    const { bytes } = this;
    const { ns, version, creator, created, lastModifiedBy, modified, restores } = edit;
    if (edit.malformed) bytes.byte(edit.name !== undefined || edit.pitarget !== undefined ? 1 : 0);
    if (ns !== undefined && (type > ATTR || !this.#identifier(ns))) return false;
    if (version !== undefined) {
      if (!isVersion(version) || version === 0) return false;
      bytes.varint(version);
    }
    if (creator !== undefined && !this.#identifier(creator)) return false;
    if (created !== undefined && !this.#moment(created)) return false;
    if (lastModifiedBy !== undefined && !this.#identifier(lastModifiedBy)) return false;
    if (modified !== undefined && !this.#moment(modified)) return false;
    return restores === undefined || (restores !== '' && this.#rids.write(bytes, restores));
  }

  #moment(time: number): boolean {
    if (!isCount(time)) return false;
    this.bytes.signed(time - this.#time);
    this.#time = time;
    return true;
  }
}

/** Which fields a Set writes. */
function maskOf({ parent, primaryWeight, ns, name, chdata, pitarget, pidata }: Partial<MutableFields>): number {
  return (
    (parent === undefined ? 0 : SET_PARENT) |
    (primaryWeight === undefined ? 0 : SET_WEIGHT) |
    (ns === undefined ? 0 : SET_NS) |
    (name === undefined ? 0 : SET_NAME) |
    (chdata === undefined ? 0 : SET_CHDATA) |
    (pitarget === undefined ? 0 : SET_PITARGET) |
    (pidata === undefined ? 0 : SET_PIDATA)
  );
}

/** Whether a correction says all that a New says. */
function isWhole({ fields, fix, splice, malformed }: SetEdit, type: number): boolean {
  if (!fix || splice || fields.parent === undefined || fields.primaryWeight === undefined) return false;
  return fits({ ...fields, ...(malformed && { malformed }) }, type);
}

/** Whether a New has the fields of its type and no others. */
function fits({ ns, name, chdata, pitarget, pidata, malformed }: Partial<NewEdit>, type: number): boolean {
  if (type === PI) {
    return (
      (pitarget !== undefined || malformed === true) && pidata !== undefined && (name ?? chdata ?? ns) === undefined
    );
  }
  if ((pitarget ?? pidata) !== undefined) return false;
  if (type === ELEMENT) return (name !== undefined || malformed === true) && chdata === undefined;
  if (chdata === undefined) return false;
  return type === ATTR ? name !== undefined || malformed === true : (name ?? ns) === undefined;
}

function moreOf(edit: NewEdit): number {
  return (
    (edit.ns === undefined ? 0 : NEW_NS) |
    (edit.version === undefined ? 0 : NEW_VERSION) |
    (edit.creator === undefined ? 0 : NEW_CREATOR) |
    (edit.created === undefined ? 0 : NEW_CREATED) |
    (edit.lastModifiedBy === undefined ? 0 : NEW_MODIFIER) |
    (edit.modified === undefined ? 0 : NEW_MODIFIED) |
    (edit.restores === undefined ? 0 : NEW_RESTORES) |
    (edit.malformed ? NEW_MALFORMED : 0)
  );
}

const isPiTarget = (name: string): boolean => isXmlName(name) && name.toLowerCase() !== 'xml';

/** Reads stanzas of edits. Throws Malformed for what no EditWriter writes; whatever it answers, the plain form could say. */
export class EditReader {
  readonly #texts = new TextReader();
  readonly #rids = new RidReader(this.#texts);
  readonly #expected = new Expectation();
  #time = 0;

  /** A new stanza begins, of the author whose rids have this prefix; all its texts come to at most `most` UTF-16 units. */
  begin(prefix: string, most: number): void {
    this.#texts.reset(most);
    this.#rids.reset(prefix);
    this.#expected.reset();
    this.#time = 0;
  }

  read(reader: ByteReader): Edit {
    const head = reader.byte();
    if (head >= SET_TEXT) {
      const version = versionAfter(reader, head & SHORT_VERSION, SHORT_VERSION);
      const rid = this.#target(reader);
      return { kind: 'set', rid, version, fields: { chdata: this.#texts.read(reader) } };
    }
    if (head >= NEW) return this.#new(reader, head);
    if (head >= SPLICE) {
      const version = versionAfter(reader, head & SHORTER_VERSION, SHORTER_VERSION);
      const rid = this.#target(reader);
      const splice = readSplice(reader);
      return { kind: 'set', rid, version, fields: { chdata: this.#texts.read(reader) }, splice };
    }
    switch (head) {
      case REMOVE:
        return { kind: 'remove', rid: this.#target(reader) };
      case REMOVE_AGAIN:
        return { kind: 'remove', rid: this.#target(reader), fix: true };
      case SET: {
        const mask = reader.byte();
        return this.#set(reader, mask & ~SET_MARKS, mask & SET_MARKS ? reader.byte() : 0);
      }
      case MOVE:
        return this.#set(reader, SET_PARENT | SET_WEIGHT, 0);
      case WEIGH:
        return this.#set(reader, SET_WEIGHT, 0);
      default:
        throw new Malformed('an edit of an unknown kind');
    }
  }

  #target(reader: ByteReader): Rid {
    const rid = this.#rids.read(reader);
    if (rid === '') throw new Malformed('an edit of no record');
    return rid;
  }

  #set(reader: ByteReader, mask: number, marks: number): SetEdit {
    if (marks > (MARK_SPLICE | MARK_FIX | MARK_MALFORMED | MARK_ANEW)) throw new Malformed('an unknown mark');
    const rid = this.#target(reader);
    const version = readVersion(reader);
    const anew = marks & MARK_ANEW ? TYPES[reader.byte()] : undefined;
    if (marks & MARK_ANEW && (anew === undefined || !(marks & MARK_FIX))) throw new Malformed('made anew as nothing');
    const fields: Partial<MutableFields> = {};
    if (mask & SET_PARENT) fields.parent = this.#rids.read(reader);
    if (mask & SET_WEIGHT) fields.primaryWeight = readWeight(reader);
    if (mask & SET_NS) fields.ns = this.#identifier(reader);
    if (mask & SET_NAME) fields.name = this.#texts.readName(reader);
    if (mask & SET_CHDATA) fields.chdata = this.#texts.read(reader);
    if (mask & SET_PITARGET) fields.pitarget = this.#piTarget(reader);
    if (mask & SET_PIDATA) fields.pidata = this.#texts.read(reader);
    if (marks & MARK_SPLICE && fields.chdata === undefined) throw new Malformed('a splice of nothing');
    return {
      kind: 'set',
      rid,
      version,
      fields,
      ...(marks & MARK_SPLICE ? { splice: readSplice(reader) } : {}),
      ...(marks & MARK_FIX ? { fix: true as const } : {}),
      ...(anew === undefined ? {} : { anew }),
      ...(marks & MARK_MALFORMED ? { malformed: true as const } : {}),
    };
  }

  #identifier(reader: ByteReader): string {
    const text = this.#texts.read(reader);
    if (hasAttributeBreaks(text)) throw new Malformed('an identifier with a line break');
    return text;
  }

  #piTarget(reader: ByteReader): string {
    const name = this.#texts.read(reader);
    if (!isPiTarget(name)) throw new Malformed('a target that is none');
    return name;
  }

  #new(reader: ByteReader, head: number): NewEdit {
    if (head >= NEW_END) throw new Malformed('an edit of an unknown kind');
    const type = (head >> 3) & 7;
    const more = head & MORE ? reader.byte() : 0;
    const rid = head & NEXT_RID ? this.#rids.next() : this.#rids.readNew(reader);
    const usual = (head & USUAL_PLACE) !== 0;
    const parent = usual ? this.#expected.parent(type) : this.#rids.read(reader);
    const primaryWeight = usual ? this.#expected.weight(type) : readWeight(reader);
    this.#expected.made(type, rid, parent, primaryWeight);
    const edit: { -readonly [K in keyof NewEdit]: NewEdit[K] } = {
      kind: 'new',
      rid,
      type: TYPES[type] as NodeType,
      parent,
      primaryWeight,
    };
    const named = more === 0 || this.#more(reader, edit, type, more);
    if (type === PI) {
      if (named) edit.pitarget = this.#piTarget(reader);
      edit.pidata = this.#texts.read(reader);
      return edit;
    }
    if (type <= ATTR && named) edit.name = this.#texts.readName(reader);
    if (type !== ELEMENT) edit.chdata = this.#texts.read(reader);
    return edit;
  }

  /** Answers whether a name follows, where the type has one. */
  #more(reader: ByteReader, edit: { -readonly [K in keyof NewEdit]: NewEdit[K] }, type: number, more: number): boolean {
    const named = more & NEW_MALFORMED ? reader.byte() === 1 : true;
    if (more & NEW_NS) {
      if (type > ATTR) throw new Malformed('a namespace of what has none');
      edit.ns = this.#identifier(reader);
    }
    if (more & NEW_VERSION) {
      edit.version = readVersion(reader);
      if (edit.version === 0) throw new Malformed('a version that says nothing');
    }
    if (more & NEW_CREATOR) edit.creator = this.#identifier(reader);
    if (more & NEW_CREATED) edit.created = this.#moment(reader);
    if (more & NEW_MODIFIER) edit.lastModifiedBy = this.#identifier(reader);
    if (more & NEW_MODIFIED) edit.modified = this.#moment(reader);
    if (more & NEW_RESTORES) edit.restores = this.#target(reader);
    if (more & NEW_MALFORMED) edit.malformed = true;
    return named;
  }

  #moment(reader: ByteReader): number {
    this.#time += reader.signed();
    if (!isCount(this.#time)) throw new Malformed('a time out of range');
    return this.#time;
  }
}

/** The version that stood in the first byte, unless that says that it follows. */
const versionAfter = (reader: ByteReader, short: number, follows: number): number =>
  short === follows ? readVersion(reader) : short;

function readVersion(reader: ByteReader): number {
  const version = reader.varint();
  if (version > MAX_VERSION) throw new Malformed('a version out of range');
  return version;
}

function readSplice(reader: ByteReader): { from: number; count: number } {
  const code = reader.varint();
  const from = Math.floor(code / 2);
  const count = code % 2 === 0 ? 0 : reader.varint();
  if (!isCount(from) || !isCount(count)) throw new Malformed('a splice out of range');
  return { from, count };
}

function readWeight(reader: ByteReader): number {
  const code = reader.varint();
  if (code % 2 === 0) {
    const zigzag = code / 2;
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }
  if (code === 1) {
    const weight = reader.double();
    if (!Number.isFinite(weight)) throw new Malformed('a weight that is no finite number');
    return weight + 0;
  }
  const power = POWERS[(code - 1) / 2];
  if (power === undefined) throw new Malformed('a weight of too many decimals');
  return reader.signed() / power + 0;
}
