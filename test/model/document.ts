/**
 * The rules of a shared document, said as plainly as can be (DESIGN section 2 and DECISIONS): no index, no cache, no overlay;
 * where each record is shown is worked out anew from the records alone. Slow on purpose. The core has to agree with it.
 */
import type { Edit, NewEdit, NodeType, Rid, SetEdit } from '#core/types.ts';
import { isPiTarget, isQName, isXmlText, localName } from '#core/xml-chars.ts';

type Fields = Readonly<Record<string, string | number>>;

/** One node. `textVersion`: the version at which its text was last written. */
export interface ModelRecord {
  readonly rid: Rid;
  readonly type: NodeType;
  readonly version: number;
  readonly textVersion: number;
  readonly inert: boolean;
  readonly fields: Fields;
}

/** What a stanza left to be done for strict peers. */
export interface Owed {
  /** Records whose Set they undo or took for real, or of which a correction said what isn't so. */
  readonly corrections: ReadonlySet<Rid>;
}

const MAY_HAVE: Readonly<Record<NodeType, readonly string[]>> = {
  element: ['parent', 'primaryWeight', 'ns', 'name'],
  attr: ['parent', 'primaryWeight', 'ns', 'name', 'chdata'],
  text: ['parent', 'primaryWeight', 'chdata'],
  comment: ['parent', 'primaryWeight', 'chdata'],
  processinginstruction: ['parent', 'primaryWeight', 'pitarget', 'pidata'],
};
const MUST_HAVE: Readonly<Record<NodeType, readonly string[]>> = {
  element: ['name'],
  attr: ['name', 'chdata'],
  text: ['chdata'],
  comment: ['chdata'],
  processinginstruction: ['pitarget', 'pidata'],
};
const FIELDS = ['parent', 'primaryWeight', 'ns', 'name', 'chdata', 'pitarget', 'pidata'] as const;

/** Whether a record of this type may hold these fields. */
function areSound(type: NodeType, fields: Fields): boolean {
  return Object.entries(fields).every(([field, value]) => {
    if (!MAY_HAVE[type].includes(field)) return false;
    if (field === 'primaryWeight') return Number.isFinite(value);
    if (field === 'parent') return true;
    if (field === 'name') return isQName(String(value));
    return field === 'pitarget' ? isPiTarget(String(value)) : isXmlText(String(value));
  });
}

/** Ascends by Unicode code points, which UTF-16 units don't beyond the basic plane. */
export function byCodePoints(a: string, b: string): number {
  const [x, y] = [Array.from(a, (char) => char.codePointAt(0) ?? 0), Array.from(b, (char) => char.codePointAt(0) ?? 0)];
  const at = x.findIndex((point, i) => point !== y[i]);
  return at < 0 ? x.length - y.length : (x[at] as number) - (y[at] ?? -1);
}

/** The text after a splice; undefined when its range isn't in the text or would cut a character in two. */
function spliced(text: string | number | undefined, { splice, fields }: SetEdit): string | undefined {
  const { from, count } = splice ?? { from: 0, count: 0 };
  if (typeof text !== 'string' || fields.chdata === undefined) return undefined;
  const end = from + count;
  if (![from, count].every((n) => Number.isInteger(n) && n >= 0) || end > text.length) return undefined;
  const cuts = (at: number): boolean => (text.codePointAt(at - 1) ?? 0) > 0xffff;
  return cuts(from) || cuts(end) ? undefined : text.slice(0, from) + fields.chdata + text.slice(end);
}

export class ModelDocument {
  readonly records = new Map<Rid, ModelRecord>();
  root: Rid | undefined;
  /** For each record that the stanza sets: by how much its count ran ahead of the author's, and whether the author knew its text. */
  #begun = new Map<Rid, { readonly ahead: number; knows: boolean }>();

  /** Takes one stanza at its place in the order. */
  receive(edits: readonly Edit[]): Owed {
    this.#begun = new Map();
    const corrections = new Set<Rid>();
    for (const edit of edits) {
      if (edit.kind === 'new') this.#new(edit);
      else if (edit.kind === 'remove') this.#remove(edit.rid);
      else if (this.#set(edit)) corrections.add(edit.rid);
    }
    return { corrections };
  }

  /** An unknown parent or a used rid: nothing. What may not be there becomes inert: known everywhere, in no tree. */
  #new(edit: NewEdit): void {
    const { rid, type, parent } = edit;
    const above = this.records.get(parent);
    if (this.records.has(rid) || (parent !== '' && !above)) return;
    const fields: Record<string, string | number> = {};
    for (const field of FIELDS) if (edit[field] !== undefined) fields[field] = edit[field];
    const sound =
      !edit.malformed && areSound(type, fields) && MUST_HAVE[type].every((field) => fields[field] !== undefined);
    const inert = !sound || !this.#mayStand(edit, above);
    if (!Number.isFinite(fields.primaryWeight)) fields.primaryWeight = 0;
    this.records.set(rid, { rid, type, version: edit.version ?? 0, textVersion: 0, inert, fields });
    if (!inert && type === 'element' && parent === '') this.root = rid;
    this.#dropTwins();
  }

  #mayStand({ type, parent }: NewEdit, above: ModelRecord | undefined): boolean {
    if (parent === '')
      return type === 'element' ? this.root === undefined : type === 'comment' || type === 'processinginstruction';
    if (above?.type !== 'element') return false;
    // The children of a second root hang under the one that stands.
    return !above.inert || (type !== 'attr' && above.fields.parent === '' && this.root !== undefined);
  }

  /** Counts always; writes its fields, the last writer in the order winning each. True when strict peers don't have the outcome. */
  #set(edit: SetEdit): boolean {
    const was = this.records.get(edit.rid);
    if (!was) return false;
    const version = was.version + 1;
    const counted = { ...was, version };
    this.records.set(edit.rid, counted);
    const late = edit.version !== version;
    const knows = was.textVersion < edit.version && edit.version <= version;
    const author = this.#begun.get(edit.rid) ?? { ahead: version - edit.version, knows };
    this.#begun.set(edit.rid, author);
    const says = edit.fields as Fields;
    if (edit.fix) return late || Object.entries(says).some(([field, value]) => was.fields[field] !== value);
    if (was.inert) return late;
    // Strict peers write what is void here.
    if (edit.malformed || !areSound(was.type, says)) return true;
    let fields = says;
    if (edit.splice) {
      const fits = author.knows && author.ahead === version - edit.version;
      const text = fits ? spliced(was.fields.chdata, edit) : undefined;
      if (text === undefined) return true;
      fields = { ...says, chdata: text };
    }
    // Who has written the whole text knows it from here on.
    if (fields.chdata !== undefined) author.knows = true;
    const textVersion = fields.chdata === undefined ? was.textVersion : version;
    this.records.set(edit.rid, { ...counted, textVersion, fields: { ...was.fields, ...fields } });
    this.#dropTwins();
    return late;
  }

  #remove(top: Rid): void {
    if (!this.records.has(top)) return;
    this.#takeOut(top, this.homes());
    if (this.root === top) this.root = undefined;
    this.#dropTwins();
  }

  /** With a record goes all that is shown under it, and the inert records that name any of these as their parent. */
  #takeOut(top: Rid, homes: ReadonlyMap<Rid, Rid | null>): void {
    const gone = new Set([top]);
    for (let before = 0; before < gone.size; ) {
      before = gone.size;
      for (const { rid, inert, fields } of this.records.values())
        if (gone.has((inert ? fields.parent : homes.get(rid)) as Rid)) gone.add(rid);
    }
    for (const rid of gone) this.records.delete(rid);
  }

  /** Of two attributes of one element and name the lower rid goes. */
  #dropTwins(): void {
    const homes = this.homes();
    const standing = new Map<string, Rid>();
    for (const { rid, type, fields } of [...this.records.values()].sort((a, b) => byCodePoints(b.rid, a.rid))) {
      const home = homes.get(rid);
      if (type !== 'attr' || typeof home !== 'string') continue;
      const name = String(fields.name);
      const key = JSON.stringify([home, fields.ns || '', fields.ns ? localName(name) : name]);
      if (standing.has(key)) this.#takeOut(rid, homes);
      else standing.set(key, rid);
    }
  }

  /** Where the tree shows each record: under which other, at the top (`''`), or nowhere (null). Inert ones are left out. */
  homes(): Map<Rid, Rid | null> {
    const homes = new Map<Rid, Rid | null>();
    for (const record of this.records.values()) {
      if (record.inert) continue;
      const { rid, type } = record;
      const parent = record.fields.parent as Rid;
      const above = this.records.get(parent);
      let home: Rid | null = type === 'attr' ? null : (this.root ?? null);
      if (rid === this.root) home = '';
      else if (parent === '' && (type === 'comment' || type === 'processinginstruction')) home = '';
      else if (above?.type === 'element' && !above.inert && !this.#cutsCycle(record)) home = parent;
      homes.set(rid, home);
    }
    return homes;
  }

  /** Whether a record is the least of a cycle of parents: the one that hangs under the root instead. */
  #cutsCycle({ rid, type, fields }: ModelRecord): boolean {
    if (type !== 'element') return false;
    const cycle = [rid];
    for (let at = fields.parent as Rid; at !== rid; ) {
      const record = this.records.get(at);
      if (!record || at === this.root || cycle.includes(at)) return false;
      cycle.push(at);
      at = record.fields.parent as Rid;
    }
    return cycle.every((other) => byCodePoints(rid, other) <= 0);
  }

  /** Records that are shown elsewhere than they say, for want of a better place: under the root. */
  strays(): Rid[] {
    const homes = this.homes();
    return [...homes].flatMap(([rid, home]) =>
      home !== null && home !== '' && home !== this.records.get(rid)?.fields.parent ? [rid] : [],
    );
  }

  /** What is shown, in order: `rid type fields [attributes] (children)`. */
  outline(): string {
    const homes = this.homes();
    const under = (home: Rid, attributes: boolean): string =>
      [...this.records.values()]
        .filter((record) => homes.get(record.rid) === home && (record.type === 'attr') === attributes)
        .sort((a, b) => Number(a.fields.primaryWeight) - Number(b.fields.primaryWeight) || byCodePoints(a.rid, b.rid))
        .map(({ rid, type }) => `${rid} ${type}[${under(rid, true)}](${under(rid, false)})`)
        .join();
    return under('', false);
  }

  /** All records as text, inert ones too. */
  listing(): string {
    return [...this.records.values()]
      .sort((a, b) => byCodePoints(a.rid, b.rid))
      .map((record) => describe(record))
      .join('\n');
  }
}

/** A record as one line; the core's records are described by the same words. */
export function describe({ rid, type, version, textVersion, inert, fields }: ModelRecord): string {
  const said = FIELDS.flatMap((field) => (fields[field] === undefined ? [] : [`${field}=${fields[field]}`]));
  return `${rid} ${type} v${version} t${textVersion}${inert ? ' inert' : ''} ${said.join(' ')}`;
}
