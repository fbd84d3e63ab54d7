/**
 * Limn's own state as it travels: JSON, checked field by field on arrival, since a peer may send anything; to peers that announce the
 * compact form its records are bytes of that form behind the JSON of all else.
 */
import type { Known, LogEntry, ReplicaState, Unsaid } from '#core/replica-port.ts';
import type { Edit, Fault, MutableFields, NodeRecord, NodeType, StanzaId, Transaction } from '#core/types.ts';
import { readRecords, writeRecords } from '#xmpp/compact-records.ts';
import type { Debts, LimnState } from '#xmpp/xep-0284.ts';

/** A state as received: `records` already checked; `log` is what came since, or, beside records, what history is known. */
export interface ReceivedState extends Omit<LimnState, 'records'> {
  readonly records?: readonly NodeRecord[];
}

const MAX_RECORDS = 2_000_000;
/** Texts of all records in compact form, in UTF-16 units. */
const MAX_TEXT = 256 * 1024 * 1024;
/** First byte of a state whose records are bytes: then the length of its JSON in four bytes, the JSON, the records. */
const WITH_BYTES = 1;
const BYTES_HEAD = 5;
const UTF8 = new TextDecoder('utf-8', { fatal: true });
const MAX_LOG = 1_000_000;
const MAX_PEOPLE = 10_000;
const MAX_OWED = 100_000;
const NODE_TYPES: ReadonlySet<string> = new Set(['element', 'attr', 'text', 'comment', 'processinginstruction']);
const TEXT_FIELDS = ['parent', 'ns', 'name', 'chdata', 'pitarget', 'pidata'] as const;

type Json = Readonly<Record<string, unknown>>;

/** Thrown inside this file alone: parseLimnState turns it into undefined. */
class Malformed extends Error {}

const check = (condition: boolean, what: string): void => {
  if (!condition) throw new Malformed(what);
};
const object = (value: unknown, what: string): Json => {
  check(typeof value === 'object' && value !== null && !Array.isArray(value), what);
  return value as Json;
};
const text = (value: unknown, what: string): string => {
  check(typeof value === 'string', what);
  return value as string;
};
const name = (value: unknown, what: string): string => {
  const result = text(value, what);
  check(result.length > 0 && result.length <= 4096, what);
  return result;
};
const count = (value: unknown, what: string): number => {
  check(Number.isSafeInteger(value) && (value as number) >= 0, what);
  return value as number;
};
const finite = (value: unknown, what: string): number => {
  check(typeof value === 'number' && Number.isFinite(value), what);
  return value as number;
};
const list = (value: unknown, most: number, what: string): readonly unknown[] => {
  check(Array.isArray(value) && value.length <= most, what);
  return value as readonly unknown[];
};

function parsePlace(value: unknown): { epoch: string; seq: number } {
  const place = object(value, 'place');
  return { epoch: name(place.epoch, 'epoch'), seq: count(place.seq, 'seq') };
}

function parseId(value: unknown): StanzaId {
  const id = object(value, 'id');
  const n = count(id.n, 'n');
  check(n > 0, 'n');
  return { prefix: name(id.prefix, 'prefix'), n };
}

/** Reads a set of stanza ids from JSON; undefined when it isn't one. */
export function parseKnown(value: unknown): Known | undefined {
  try {
    const known: Record<string, readonly (readonly [number, number])[]> = Object.create(null) as Record<string, never>;
    for (const [prefix, ranges] of Object.entries(object(value, 'known'))) {
      let last = 0;
      known[prefix] = list(ranges, MAX_LOG, 'ranges').map((range) => {
        const [from, to] = list(range, 2, 'range');
        const pair = [count(from, 'from'), count(to, 'to')] as const;
        check(pair[0] > last && pair[1] >= pair[0], 'range order');
        last = pair[1];
        return pair;
      });
    }
    return known;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function requireKnown(value: unknown): Known {
  const known = parseKnown(value);
  check(known !== undefined, 'known');
  return known as Known;
}

function parseFields(json: Json): Partial<MutableFields> {
  const fields: Partial<MutableFields> = {};
  for (const field of TEXT_FIELDS) if (json[field] !== undefined) fields[field] = text(json[field], field);
  if (json.primaryWeight !== undefined) fields.primaryWeight = finite(json.primaryWeight, 'primaryWeight');
  return fields;
}

function parseAuthorship(json: Json): Partial<Pick<NodeRecord, 'creator' | 'created' | 'lastModifiedBy' | 'modified'>> {
  return {
    ...(json.creator === undefined ? {} : { creator: text(json.creator, 'creator') }),
    ...(json.created === undefined ? {} : { created: finite(json.created, 'created') }),
    ...(json.lastModifiedBy === undefined ? {} : { lastModifiedBy: text(json.lastModifiedBy, 'lastModifiedBy') }),
    ...(json.modified === undefined ? {} : { modified: finite(json.modified, 'modified') }),
  };
}

function parseType(value: unknown): NodeType {
  const type = text(value, 'type');
  check(NODE_TYPES.has(type), 'type');
  return type as NodeType;
}

function parseNode(json: Json): { rid: string; type: NodeType; parent: string; primaryWeight: number } {
  const type = parseType(json.type);
  const fields = parseFields(json);
  check(fields.parent !== undefined && fields.primaryWeight !== undefined, 'parent and weight');
  return {
    ...fields,
    rid: name(json.rid, 'rid'),
    type,
    parent: fields.parent ?? '',
    primaryWeight: fields.primaryWeight ?? 0,
  };
}

function parseRecord(value: unknown): NodeRecord {
  const json = object(value, 'record');
  return {
    ...parseNode(json),
    ...parseAuthorship(json),
    version: count(json.version, 'version'),
    ...(json.chdataVersion === undefined ? {} : { chdataVersion: count(json.chdataVersion, 'chdataVersion') }),
    ...(json.inert === true ? { inert: true as const } : {}),
  };
}

function parseSplice(json: Json): { from: number; count: number; was?: string; void?: true } {
  const was = json.was === undefined ? {} : { was: text(json.was, 'was') };
  const nothing = json.void === true ? { void: true as const } : {};
  return { from: count(json.from, 'from'), count: count(json.count, 'count'), ...was, ...nothing };
}

function parseFault(value: unknown): Fault {
  const json = object(value, 'void');
  const detail = Object.entries(object(json.detail, 'detail')).map(([key, said]) => [key, text(said, 'detail')]);
  return { code: name(json.code, 'code'), detail: Object.fromEntries(detail), reason: text(json.reason, 'reason') };
}

function parseEdit(value: unknown): Edit {
  const json = object(value, 'edit');
  const malformed = json.malformed === true ? { malformed: true as const } : {};
  const voided = json.void === undefined ? {} : { void: parseFault(json.void) };
  if (json.kind === 'remove') {
    const fix = json.fix === true ? { fix: true as const } : {};
    return { kind: 'remove', rid: name(json.rid, 'rid'), ...fix, ...voided };
  }
  if (json.kind === 'new') {
    return {
      kind: 'new',
      ...parseNode(json),
      ...parseAuthorship(json),
      ...(json.version === undefined ? {} : { version: count(json.version, 'version') }),
      ...(json.restores === undefined ? {} : { restores: name(json.restores, 'restores') }),
      ...malformed,
      ...voided,
    };
  }
  check(json.kind === 'set', 'kind');
  const splice = json.splice === undefined ? undefined : object(json.splice, 'splice');
  return {
    kind: 'set',
    rid: name(json.rid, 'rid'),
    version: count(json.version, 'version'),
    fields: parseFields(object(json.fields, 'fields')),
    ...(splice ? { splice: parseSplice(splice) } : {}),
    ...(json.fix === true ? { fix: true as const } : {}),
    ...(json.anew === undefined ? {} : { anew: parseType(json.anew) }),
    ...malformed,
    ...voided,
  };
}

function parseEntry(value: unknown): LogEntry {
  const json = object(value, 'entry');
  return {
    place: parsePlace(json.place),
    author: text(json.author, 'author'),
    id: parseId(json.id),
    edits: list(json.edits, MAX_RECORDS, 'edits').map(parseEdit),
    time: finite(json.time, 'time'),
    ...(json.role === 'owner' || json.role === 'editor' ? { role: json.role } : {}),
    ...(json.unsaidBy === undefined ? {} : { unsaidBy: name(json.unsaidBy, 'unsaidBy') }),
    ...(json.transaction === undefined ? {} : { transaction: parseTransaction(json.transaction) }),
  };
}

function parseTransaction(value: unknown): Transaction {
  const { id, end } = object(value, 'transaction');
  return { id: name(id, 'transaction'), ...(end === true ? { end } : {}) };
}

function parseUnsaid(value: unknown): Unsaid {
  const json = object(value, 'unsaid');
  return {
    id: parseId(json.id),
    edits: list(json.edits, MAX_RECORDS, 'edits').map((index) => count(index, 'index')),
    ...(json.by === undefined ? {} : { by: name(json.by, 'by') }),
  };
}

function parseDebts(value: unknown): Debts {
  const json = object(value, 'owed');
  const rids = (what: keyof Debts): string[] => list(json[what], MAX_OWED, what).map((rid) => name(rid, what));
  const [corrections, lost, ghosts] = [rids('corrections'), rids('lost'), rids('ghosts')];
  return { corrections, lost, ghosts, voids: rids('voids'), remade: rids('remade') };
}

/** Whether the JSON is all (it begins with a brace), or where the records begin behind it. */
function split(data: Uint8Array): { json: string; bytes?: number } {
  const decode = (from: number, to: number): string => {
    try {
      return UTF8.decode(data.subarray(from, to));
    } catch {
      throw new Malformed('UTF-8');
    }
  };
  if (data[0] !== WITH_BYTES) return { json: decode(0, data.length) };
  check(data.length >= BYTES_HEAD, 'head');
  const length = new DataView(data.buffer, data.byteOffset, BYTES_HEAD).getUint32(1);
  check(length <= data.length - BYTES_HEAD, 'length');
  return { json: decode(BYTES_HEAD, BYTES_HEAD + length), bytes: BYTES_HEAD + length };
}

function parseHeard(value: unknown): { sender: string; id: string } {
  const json = object(value, 'heard');
  return { sender: text(json.sender, 'sender'), id: text(json.id, 'id') };
}

/** Reads a state from its bytes; undefined when any of it is not as it should be. */
export function parseLimnState(data: Uint8Array): ReceivedState | undefined {
  try {
    const { json, bytes } = split(data);
    const state = object(JSON.parse(json), 'state');
    const stated =
      state.records === undefined ? undefined : list(state.records, MAX_RECORDS, 'records').map(parseRecord);
    const records = bytes === undefined ? stated : readRecords(data, bytes, MAX_RECORDS, MAX_TEXT);
    check(bytes === undefined || records !== undefined, 'records');
    if (records) check(new Set(records.map((record) => record.rid)).size === records.length, 'rids');
    const log = state.log === undefined ? undefined : list(state.log, MAX_LOG, 'log').map(parseEntry);
    check(records !== undefined || log !== undefined, 'records or log');
    return {
      place: parsePlace(state.place),
      known: requireKnown(state.known),
      ...(state.unsaid === undefined ? {} : { unsaid: list(state.unsaid, MAX_LOG, 'unsaid').map(parseUnsaid) }),
      digest: text(state.digest, 'digest'),
      prolog: text(state.prolog, 'prolog'),
      ...(records ? { records } : {}),
      ...(log ? { log } : {}),
      ...(state.turn === undefined ? {} : { turn: count(state.turn, 'turn') }),
      ...(state.heard === undefined ? {} : { heard: parseHeard(state.heard) }),
      hellos: list(state.hellos, MAX_PEOPLE, 'hellos').map((id) => text(id, 'hello')),
      ...(state.owed === undefined ? {} : { owed: parseDebts(state.owed) }),
      ...(state.asking === undefined
        ? {}
        : { asking: list(state.asking, MAX_PEOPLE, 'asking').map((id) => text(id, 'asking')) }),
      name: text(state.name, 'name').slice(0, 1024),
    };
  } catch (error) {
    if (error instanceof Malformed || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The bytes of a state, its records in compact form where `compact` allows it. */
export function serializeLimnState(state: LimnState, compact: boolean): Uint8Array {
  const { records, ...rest } = state;
  const bytes = compact && records ? writeRecords(records as readonly NodeRecord[]) : undefined;
  const json = new TextEncoder().encode(JSON.stringify(bytes ? rest : state));
  if (!bytes) return json;
  const data = new Uint8Array(BYTES_HEAD + json.length + bytes.length);
  data[0] = WITH_BYTES;
  new DataView(data.buffer).setUint32(1, json.length);
  data.set(json, BYTES_HEAD);
  data.set(bytes, BYTES_HEAD + json.length);
  return data;
}

/** The whole of a replica's state, with what history the asker lacks. */
export function wholeState(
  state: ReplicaState,
  history: readonly LogEntry[],
  about: Pick<LimnState, 'hellos' | 'owed' | 'asking' | 'name' | 'turn' | 'heard'>,
): LimnState {
  return { ...state, ...(history.length > 0 ? { log: history } : {}), ...about };
}
