/** My stanzas that are shown and not yet confirmed: joined, coalesced and frozen once they have been sent. */
import type { BaseLayer } from './layer.ts';
import type { PendingStanza } from './replica-port.ts';
import { applySplice } from './splice.ts';
import type { Edit, FieldName, LateStanza, NewEdit, Rid, SetEdit, StanzaId, Transaction } from './types.ts';
import { splitsPair } from './xml-chars.ts';

/** A stanza as the outbox holds it. */
export interface Waiting {
  readonly id: StanzaId;
  readonly author: string;
  readonly time: number;
  /** In their present, rebased form; what was sent may differ. */
  edits: Edit[];
  /** Sent at least once, perhaps received: nothing joins it any more. */
  frozen: boolean;
  /** While it is in flight: how many of `edits` stand for each edit that was sent (1, unless rebasing split it). */
  shares?: number[];
  /** What is shown lacks something of it, whose record isn't there: were somebody to use that rid again, it would come about unseen. */
  hidden?: true;
  /** The gesture that it shares with others; nothing else joins it then. */
  transaction?: Transaction;
  /** It says what another stanza of mine said before it. */
  restates?: true;
}

/** A stanza of edits stays below this (DESIGN section 3, Flow), in UTF-8 bytes as estimated here. */
const STANZA_BYTES = 14 * 1024;
/** Beyond that, what lies under a removed element isn't removed one by one. */
const MAX_REMOVES = 256;
/** What an edit takes beside its texts. */
const HEAD_BYTES = 70;
/** So many edits are searched sooner than looked up. */
const SEARCHED = 8;
/** A longer value travels as a New and appended splices. */
const VALUE_BYTES = 30 * 1024;

/** The queue of my pending stanzas. */
export class Outbox {
  readonly #nextId: () => StanzaId;
  readonly #author: string;
  stanzas: Waiting[] = [];
  inFlight = false;
  /** Where each record was last written in the stanza that is still open, up to `#indexed`: a short one is searched. */
  #latest = new Map<Rid, number>();
  #indexed = 0;
  /** The size of the open stanza so far, or somewhat more. */
  #bytes = 0;

  constructor(author: string, nextId: () => StanzaId) {
    this.#author = author;
    this.#nextId = nextId;
  }

  /** Appends the edits of a gesture; returns the id of the stanza that the first of them joined. */
  append(edits: readonly Edit[], time: number): StanzaId {
    let first: StanzaId | undefined;
    const stood = this.stanzas.length;
    for (const [i, edit] of edits.entries()) {
      const pieces = isShort(edit) ? undefined : inPieces(edit);
      if (pieces === undefined) first = this.#put(edit, time, first, madeAgain(edit, edits[i + 1]));
      else for (const piece of pieces) first = this.#put(piece, time, first);
    }
    if (this.stanzas.length > stood && this.stanzas.at(-1)?.id !== first) this.#bind(first);
    return first ?? this.#openOrLast(time).id;
  }

  /** The stanzas from this one on are one gesture. */
  #bind(first: StanzaId | undefined): void {
    const parts = this.stanzas.slice(this.stanzas.findIndex(({ id }) => id === first));
    const id = first === undefined ? '' : `${first.prefix}.${first.n}`;
    for (const part of parts) part.transaction = part === parts.at(-1) ? { id, end: true } : { id };
  }

  /** `next`: what must go into the same stanza. */
  #put(edit: Edit, time: number, first: StanzaId | undefined, next?: Edit): StanzaId {
    const bytes = sizeOf(edit);
    const room = this.#bytes + bytes + (next ? sizeOf(next) : 0);
    let last = this.stanzas.at(-1);
    if (last === undefined || isClosed(last) || (last.edits.length > 0 && room > STANZA_BYTES)) last = this.#open(time);
    this.#join(last, edit, bytes);
    return first ?? last.id;
  }

  /** Puts edits that must be sent again before what hasn't been sent yet. */
  requeue(edits: readonly Edit[], time: number): void {
    if (edits.length === 0) return;
    const open = this.stanzas.find((stanza) => !stanza.frozen) ?? this.#open(time);
    open.edits = [...edits, ...open.edits];
    open.restates = true;
    this.#reindex();
  }

  /** Stanzas that were sent by somebody before: kept whole, under their ids, ahead of all else. */
  prepend(stanzas: readonly PendingStanza[]): void {
    this.stanzas = [
      ...stanzas.map(({ id, author, time, edits, transaction }) => ({
        ...{ id, author, time, edits: [...edits], frozen: true },
        ...(transaction && { transaction }),
      })),
      ...this.stanzas,
    ];
    this.#reindex();
  }

  /** Edits were replaced or left out: the open stanza's index is made anew. */
  reindexed(): void {
    this.#reindex();
  }

  /** The next stanza to send, with the versions that its Sets should lead to; it is frozen from now on. */
  take(base: BaseLayer, childrenFirst: boolean): PendingStanza | undefined {
    const next = this.stanzas[0];
    if (this.inFlight || next === undefined) return undefined;
    this.inFlight = true;
    if (childrenFirst && !next.frozen) next.edits = withChildrenFirst(next.edits, base);
    next.frozen = true;
    if (this.stanzas.length === 1) this.#forget();
    const counted = next.edits.length > 1 ? new Map<Rid, number>() : undefined;
    next.edits = next.edits.map((edit) => {
      if (edit.kind !== 'set') return edit;
      const version = (counted?.get(edit.rid) ?? base.get(edit.rid)?.version ?? 0) + 1;
      counted?.set(edit.rid, version);
      return version === edit.version ? edit : { ...edit, version };
    });
    next.shares = next.edits.map(() => 1);
    const { id, author, time, transaction, restates } = next;
    const edits = asSent(next.edits);
    if (transaction === undefined && restates === undefined) return { id, author, edits, time };
    return { ...{ id, author, edits, time }, ...(transaction && { transaction }), ...(restates && { restates }) };
  }

  /** Takes a stanza out that has been confirmed (or is known to be). */
  strike({ prefix, n }: StanzaId): Waiting | undefined {
    if (this.stanzas.length === 0) return undefined;
    const i = this.stanzas.findIndex(({ id }) => id.n === n && id.prefix === prefix);
    if (i < 0) return undefined;
    const struck = this.stanzas[i];
    if (i === 0) {
      this.inFlight = false;
      this.stanzas.shift();
    } else this.stanzas.splice(i, 1);
    if (!struck?.frozen) this.#reindex();
    return struck;
  }

  /** Takes out what says a stanza again of which nothing is missed (what came too late in one session may have come about in another),
   *  unless it was sent; answers it. */
  withdraw(isSaid: (late: LateStanza) => boolean): readonly Edit[] {
    const taken: Edit[] = [];
    for (const stanza of this.stanzas) {
      if (stanza.frozen) continue;
      stanza.edits = stanza.edits.filter((edit) => {
        const needed = edit.kind !== 'set' || !edit.again || !isSaid(edit.again);
        if (!needed) taken.push(edit);
        return needed;
      });
    }
    if (taken.length > 0) this.#reindex();
    return taken;
  }

  /** The stanza of this id, if it waits here. */
  find({ prefix, n }: StanzaId): Waiting | undefined {
    if (this.stanzas.length === 0) return undefined;
    return this.stanzas.find(({ id }) => id.n === n && id.prefix === prefix);
  }

  /** Whether something that waits writes this field of a record. */
  writes(rid: Rid, field: FieldName): boolean {
    return this.stanzas.some(({ edits }) =>
      edits.some((edit) => {
        if (edit.rid !== rid || edit.kind === 'remove') return false;
        return edit.kind === 'new' || (!edit.fix && field in edit.fields);
      }),
    );
  }

  /** Whether what was sent and waits still gives a record a whole value: what is said after it overrides that. */
  hasSentValue(rid: Rid): boolean {
    return this.stanzas.some(({ frozen, edits }) => frozen && edits.some((edit) => edit.rid === rid && isValue(edit)));
  }

  /** Somebody used the id of a stanza of mine: it and those behind it that nobody has seen get fresh ones, in order. */
  renumber(taken: Waiting): void {
    const from = this.stanzas.indexOf(taken);
    if (from === 0) this.inFlight = false;
    this.stanzas = this.stanzas.map((stanza, i) => {
      if (i !== from && (i < from || stanza.frozen)) return stanza;
      const { author, time, edits, frozen, transaction } = stanza;
      return { id: this.#nextId(), author, time, edits, frozen, restates: true, ...(transaction && { transaction }) };
    });
    this.#reindex();
  }

  #open(time: number): Waiting {
    const stanza: Waiting = { id: this.#nextId(), author: this.#author, time, edits: [], frozen: false };
    this.stanzas.push(stanza);
    this.#forget();
    return stanza;
  }

  #openOrLast(time: number): Waiting {
    const last = this.stanzas.at(-1);
    return last === undefined || isClosed(last) ? this.#open(time) : last;
  }

  #join(stanza: Waiting, edit: Edit, bytes: number): void {
    const at = edit.kind === 'set' ? this.#lastOf(edit.rid, stanza.edits) : undefined;
    const earlier = at === undefined ? undefined : stanza.edits[at];
    const merged =
      earlier && edit.kind === 'set'
        ? merge(earlier, edit, this.#isBefore(edit.fields.parent, at, stanza.edits))
        : undefined;
    if (at !== undefined && earlier !== undefined && merged !== undefined) {
      stanza.edits[at] = merged;
      // A text that grows isn't measured as a whole for each letter.
      this.#bytes += edit.kind === 'set' && edit.splice ? bytes - HEAD_BYTES : sizeOf(merged) - sizeOf(earlier);
      return;
    }
    stanza.edits.push(edit);
    this.#bytes += bytes;
  }

  /** Whether the open stanza says nothing of a parent from its edit `at` on: what is made there can be put into it. */
  #isBefore(parent: Rid | undefined, at: number | undefined, edits: readonly Edit[]): boolean {
    return parent !== undefined && (this.#lastOf(parent, edits) ?? -1) < (at ?? 0);
  }

  /** Where a record was last written in the open stanza. */
  #lastOf(rid: Rid, edits: readonly Edit[]): number | undefined {
    for (let i = edits.length - 1; i >= Math.max(0, edits.length - SEARCHED); i--) if (edits[i]?.rid === rid) return i;
    for (; this.#indexed < edits.length - SEARCHED; this.#indexed++)
      this.#latest.set((edits[this.#indexed] as Edit).rid, this.#indexed);
    return this.#indexed > 0 ? this.#latest.get(rid) : undefined;
  }

  #forget(): void {
    if (this.#indexed > 0) this.#latest = new Map();
    this.#indexed = 0;
    this.#bytes = 0;
  }

  #reindex(): void {
    this.#forget();
    const last = this.stanzas.at(-1);
    if (last === undefined || last.frozen) return;
    for (const edit of last.edits) this.#bytes += sizeOf(edit);
  }
}

/** Edits without what is for their author alone. */
function asSent(edits: readonly Edit[]): readonly Edit[] {
  if (!edits.some((edit) => edit.kind === 'set' && (edit.moved || edit.again))) return edits;
  return edits.map((edit) => {
    if (edit.kind !== 'set') return edit;
    const { moved: _, again: __, ...sent } = edit;
    return sent;
  });
}

/** Puts for each edit of a stanza what now stands for it, keeping count of what was sent. */
export function replaceEdits(stanza: Waiting, fitted: readonly (readonly Edit[])[]): void {
  if (stanza.shares) {
    let at = 0;
    stanza.shares = stanza.shares.map((share) => {
      let sum = 0;
      for (let i = 0; i < share; i++) sum += fitted[at++]?.length ?? 0;
      return sum;
    });
  }
  stanza.edits = fitted.flat();
}

/** Whether what is done from now on joins another stanza. */
function isClosed({ frozen, transaction }: Waiting): boolean {
  return frozen || transaction !== undefined;
}

/** The correction that makes a record again, if it follows the Remove of that record: who is given the state between the two has it twice. */
function madeAgain(edit: Edit, next: Edit | undefined): Edit | undefined {
  return edit.kind === 'remove' && next?.kind === 'set' && next.anew && next.rid === edit.rid ? next : undefined;
}

/** Whether two lists of edits say the same, in the same words. */
export function areEqual(some: readonly Edit[], others: readonly Edit[]): boolean {
  return (
    some === others ||
    (some.length === others.length &&
      some.every((edit, i) => edit === others[i] || sameWords(edit, others[i] as unknown as Words)))
  );
}

type Words = Readonly<Record<string, unknown>>;

function sameWords(edit: Edit | Words, other: Words): boolean {
  const one = edit as Words;
  for (const key in one) {
    const [a, b] = [one[key], other[key]];
    if (a === b || key === 'was' || key === 'moved' || key === 'again') continue;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
    if (!sameWords(a as Words, b as Words)) return false;
  }
  for (const key in other) if (!(key in one)) return false;
  return true;
}

/** Whether one edit stands for each that was sent. */
export function standsEdit({ edits, shares }: Waiting, sent: number): boolean {
  return edits.length === sent && (shares?.length !== sent || shares.every((share) => share === 1));
}

/** What stands now for each edit of a stanza that was sent, by its index; undefined when that can't be told any more. After a
 *  restart each edit stands for itself. */
export function standingFor({ edits, shares }: Waiting, sent: number): readonly (readonly Edit[])[] | undefined {
  if (shares?.length !== sent) return edits.length === sent ? edits.map((edit) => [edit]) : undefined;
  let at = 0;
  return shares.map((share) => edits.slice(at, (at += share)));
}

/** Whether a stanza says what this one of mine says, in whatever form rebasing has given it: then it confirms it. It may say more:
 *  of somebody's stanza that I am to say again, I leave out what wrote nothing where I saw it. */
export function saysTheSame(mine: Waiting, edits: readonly Edit[]): boolean {
  if (!mine.frozen) return false;
  const said = new Set(edits.map(words));
  return mine.edits.every((edit) => said.has(words(edit)));
}

/** What an edit does to which record. A Set of an attribute that has been removed is a New, with a rid of whoever says it. */
function words(edit: Edit): string {
  return edit.kind === 'new' && edit.type === 'attr' && edit.restores !== undefined
    ? `set ${edit.restores}`
    : `${edit.kind} ${edit.rid}`;
}

/** The splices of mine that stand for those of a record that were sent, where nothing tells which for which: once. */
export function splicesOf(waiting: Waiting, { rid }: Edit, again: readonly Edit[]): readonly Edit[] {
  return waiting.edits.filter(
    (edit) => edit.rid === rid && edit.kind === 'set' && edit.splice && !again.includes(edit),
  );
}

/** Edits with each Remove of an element led by Removes of what lies under it, the deepest first. */
function withChildrenFirst(edits: readonly Edit[], base: BaseLayer): Edit[] {
  let left = MAX_REMOVES;
  const done = new Set<Rid>();
  return edits.flatMap((edit): readonly Edit[] => {
    if (edit.kind !== 'remove') return [edit];
    const under: Rid[] = [edit.rid];
    for (let i = 0; i < under.length && under.length <= left; i++) under.push(...base.under(under[i] as Rid));
    const children = under.slice(1).filter((rid) => !done.has(rid));
    for (const rid of under) done.add(rid);
    if (under.length > left) return [edit];
    left -= children.length;
    return [...children.toReversed().map((rid): Edit => ({ kind: 'remove', rid, fix: true })), edit];
  });
}

/** Two edits of one record that nobody has seen yet, as one; undefined when they must stay two. `fits`: the parent that the later one
 *  names is there where the earlier one stands. */
function merge(earlier: Edit, later: SetEdit, fits: boolean): NewEdit | SetEdit | undefined {
  if (later.fix || later.malformed || earlier.kind === 'remove') return undefined;
  if (later.fields.parent !== undefined && (!fits || earlier.kind !== 'new' || earlier.type === 'attr'))
    return undefined;
  if (earlier.kind === 'set' && (earlier.fix || earlier.malformed)) return undefined;
  // Which letters went where, and what is said again, must still be told.
  if (later.moved || later.again || (earlier.kind === 'set' && (earlier.moved || earlier.again))) return undefined;
  const insert = later.fields.chdata;
  if (later.splice === undefined) {
    if (earlier.kind === 'new') return { ...earlier, ...later.fields };
    return earlier.splice === undefined ? { ...earlier, fields: { ...earlier.fields, ...later.fields } } : undefined;
  }
  if (insert === undefined || !isTextAlone(later.fields)) return undefined;
  const value = earlier.kind === 'new' ? earlier.chdata : earlier.fields.chdata;
  if (value === undefined) return undefined;
  const start = earlier.kind === 'set' ? (earlier.splice?.from ?? 0) : 0;
  const chdata = applySplice(value, { from: later.splice.from - start, count: later.splice.count, insert });
  if (chdata === undefined || (chdata.length * 3 > VALUE_BYTES && sizeOfText(chdata) > VALUE_BYTES)) return undefined;
  if (earlier.kind === 'new') return { ...earlier, chdata };
  const { rid, version, fields, splice } = earlier;
  if (splice && isTextAlone(fields)) return { kind: 'set', rid, version, fields: { chdata }, splice };
  return { ...earlier, fields: { ...fields, chdata } };
}

function isTextAlone(fields: SetEdit['fields']): boolean {
  for (const field in fields) if (field !== 'chdata') return false;
  return true;
}

function isValue(edit: Edit): boolean {
  return edit.kind === 'set' && !edit.fix && edit.splice === undefined && edit.fields.chdata !== undefined;
}

function isShort(edit: Edit): boolean {
  const value = edit.kind === 'new' ? edit.chdata : edit.kind === 'set' ? edit.fields.chdata : undefined;
  return value === undefined || value.length * 3 <= VALUE_BYTES;
}

/** An edit whose value is too long for a stanza, as one with its beginning and splices that append the rest. */
function inPieces(edit: Edit): readonly Edit[] {
  const value = edit.kind === 'new' ? edit.chdata : edit.kind === 'set' ? edit.fields.chdata : undefined;
  if (value === undefined || sizeOfText(value) <= VALUE_BYTES || edit.kind === 'remove') return [edit];
  const step = isAscii(value) ? VALUE_BYTES : Math.floor(VALUE_BYTES / 3);
  const pieces: Edit[] = [];
  for (let from = 0; from < value.length; ) {
    let end = Math.min(from + step, value.length);
    if (splitsPair(value, end)) end--;
    const chdata = value.slice(from, end);
    if (from > 0) {
      const at = edit.kind === 'set' && edit.splice ? edit.splice.from + from : from;
      pieces.push({
        kind: 'set',
        rid: edit.rid,
        version: 0,
        fields: { chdata },
        splice: { from: at, count: 0, was: '' },
      });
    } else if (edit.kind === 'new') {
      pieces.push({ ...edit, chdata });
    } else {
      pieces.push({ ...edit, fields: { ...edit.fields, chdata } });
    }
    from = end;
  }
  return pieces;
}

/** About how many bytes an edit takes in a stanza. */
function sizeOf(edit: Edit): number {
  if (edit.kind === 'remove') return 40;
  const fields = edit.kind === 'new' ? edit : edit.fields;
  return (
    HEAD_BYTES +
    sizeOfText(fields.chdata) +
    sizeOfText(fields.pidata) +
    (fields.name?.length ?? 0) +
    (fields.ns?.length ?? 0) +
    (fields.parent?.length ?? 0)
  );
}

function sizeOfText(text: string | undefined): number {
  if (text === undefined) return 0;
  return text.length < 64 || isAscii(text) ? text.length : text.length * 3;
}

const BEYOND_ASCII = /[^\u0000-\u007f]/;

function isAscii(text: string): boolean {
  return !BEYOND_ASCII.test(text);
}
