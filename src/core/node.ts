/** A record as the layers hold it: its fields, where the tree shows it, and its children. */
import type { SortedList } from './sorted-list.ts';
import type { Authorship, FieldName, MutableFields, NewEdit, NodeRecord, NodeType, Rid } from './types.ts';
import { isPiTarget, isQName, isXmlText, localName } from './xml-chars.ts';

/** The fields that a record may lack, as they are held: all there, some undefined. */
type Held = { [field in 'name' | 'chdata' | keyof Authorship]?: (MutableFields & Authorship)[field] | undefined };

const DIRTY = 1;
const UNCONFIRMED = 2;

/**
 * One record in a layer. Only layers write it. There are 80,000 of them on a board of 10,000 shapes, so what few records have is
 * declared and not made; all else is there from the beginning, so that nearly all are of one shape.
 */
export class Node implements MutableFields, Authorship {
  readonly rid: Rid;
  readonly type: NodeType;
  version = 0;
  parent: Rid;
  primaryWeight: number;
  declare ns?: string;
  name?: string;
  chdata?: string;
  declare pitarget?: string;
  declare pidata?: string;
  creator?: string;
  created?: number;
  lastModifiedBy?: string;
  modified?: number;
  chdataVersion = 0;
  declare inert?: true;
  /** The parent that the tree shows; `''` the top level, null nowhere (inert, or an attribute without its element). */
  home: Rid | null = null;
  /** What hangs under it, in the layer that the record belongs to. */
  kids: SortedList<Node> | undefined = undefined;
  attrs: Node[] | undefined = undefined;
  /** This record's part of the digest, two lanes; zero until counted. */
  hashA = 0;
  hashB = 0;
  /** Bits: DIRTY, UNCONFIRMED. */
  flags = 0;

  constructor(rid: Rid, type: NodeType, parent: Rid, primaryWeight: number) {
    this.rid = rid;
    this.type = type;
    this.parent = parent;
    this.primaryWeight = primaryWeight;
    const held = this as Held;
    held.name = undefined;
    held.chdata = undefined;
    held.creator = undefined;
    held.created = undefined;
    held.lastModifiedBy = undefined;
    held.modified = undefined;
  }

  /** Its part of the digest is no longer that of its fields. */
  get dirty(): boolean {
    return (this.flags & DIRTY) !== 0;
  }

  set dirty(dirty: boolean) {
    this.flags = dirty ? this.flags | DIRTY : this.flags & ~DIRTY;
  }

  /** Made in the overlay: what hangs under it is in its own lists, whatever the confirmed document has of that name. */
  get unconfirmed(): boolean {
    return (this.flags & UNCONFIRMED) !== 0;
  }

  set unconfirmed(unconfirmed: boolean) {
    this.flags = unconfirmed ? this.flags | UNCONFIRMED : this.flags & ~UNCONFIRMED;
  }
}

/** All fields that a Set may write. */
export const FIELDS: readonly FieldName[] = ['parent', 'primaryWeight', 'ns', 'name', 'chdata', 'pitarget', 'pidata'];
const TEXT_FIELDS = ['ns', 'name', 'chdata', 'pitarget', 'pidata'] as const;

/** A node with the fields of a New or of a stored record; not in any tree yet. */
export function nodeOf(source: NewEdit | NodeRecord): Node {
  const node = new Node(source.rid, source.type, source.parent, source.primaryWeight);
  node.version = source.version ?? 0;
  copyFields(source, node);
  if ('inert' in source && source.inert) node.inert = true;
  if ('chdataVersion' in source && source.chdataVersion !== undefined) node.chdataVersion = source.chdataVersion;
  return node;
}

/** A copy of the record's fields and place, without its children. */
export function cloneNode(source: Node): Node {
  const node = new Node(source.rid, source.type, source.parent, source.primaryWeight);
  node.version = source.version;
  copyFields(source, node);
  if (source.inert) node.inert = true;
  node.chdataVersion = source.chdataVersion;
  node.home = source.home;
  return node;
}

/** Writes what a Set says. */
export function writeFields(node: Node, fields: Partial<MutableFields>): void {
  if (fields.parent !== undefined) node.parent = fields.parent;
  if (fields.primaryWeight !== undefined) node.primaryWeight = fields.primaryWeight;
  if (fields.ns !== undefined) node.ns = fields.ns;
  if (fields.name !== undefined) node.name = fields.name;
  if (fields.chdata !== undefined) node.chdata = fields.chdata;
  if (fields.pitarget !== undefined) node.pitarget = fields.pitarget;
  if (fields.pidata !== undefined) node.pidata = fields.pidata;
}

/** The record as plain data. */
export function recordOf(node: Node): NodeRecord {
  const record: NodeRecord = {
    rid: node.rid,
    type: node.type,
    version: node.version,
    parent: node.parent,
    primaryWeight: node.primaryWeight,
  };
  copyFields(node, record);
  if (node.inert) record.inert = true;
  if (node.chdataVersion > 0) record.chdataVersion = node.chdataVersion;
  return record;
}

function copyFields(from: Partial<MutableFields> & Authorship, to: MutableFields & Authorship): void {
  if (from.ns !== undefined) to.ns = from.ns;
  if (from.name !== undefined) to.name = from.name;
  if (from.chdata !== undefined) to.chdata = from.chdata;
  if (from.pitarget !== undefined) to.pitarget = from.pitarget;
  if (from.pidata !== undefined) to.pidata = from.pidata;
  if (from.creator !== undefined) to.creator = from.creator;
  if (from.created !== undefined) to.created = from.created;
  if (from.lastModifiedBy !== undefined) to.lastModifiedBy = from.lastModifiedBy;
  if (from.modified !== undefined) to.modified = from.modified;
}

/** All mutable fields that a record of this type has, as a Set that states them would carry. */
export function fieldsOf(node: MutableFields): MutableFields {
  const fields: MutableFields = { parent: node.parent, primaryWeight: node.primaryWeight };
  for (const field of TEXT_FIELDS) {
    const value = node[field];
    if (value !== undefined) fields[field] = value;
  }
  return fields;
}

const ALLOWED: Readonly<Record<NodeType, readonly FieldName[]>> = {
  element: ['parent', 'primaryWeight', 'ns', 'name'],
  attr: ['parent', 'primaryWeight', 'ns', 'name', 'chdata'],
  text: ['parent', 'primaryWeight', 'chdata'],
  comment: ['parent', 'primaryWeight', 'chdata'],
  processinginstruction: ['parent', 'primaryWeight', 'pitarget', 'pidata'],
};

/** Why these fields may not be written to a record of this type, or undefined (XEP-0284, attributes of new and set). */
export function fieldFault(type: NodeType, fields: Partial<MutableFields>): string | undefined {
  if (areUsual(type, fields)) return undefined;
  for (const key in fields) {
    const field = key as FieldName;
    const value = fields[field];
    if (value === undefined) continue;
    if (!ALLOWED[type].includes(field)) return `a record of type ${type} has no ${field}`;
    if (field === 'primaryWeight' ? !Number.isFinite(value) : !textFits(field, value as string))
      return `${field} can't be ${JSON.stringify(value).slice(0, 80)}`;
  }
  return undefined;
}

/** What nearly all Sets write: a place, a value, or both. */
function areUsual(
  type: NodeType,
  { primaryWeight, ns, name, chdata, pitarget, pidata }: Partial<MutableFields>,
): boolean {
  if ((ns ?? name ?? pitarget ?? pidata) !== undefined) return false;
  if (primaryWeight !== undefined && !Number.isFinite(primaryWeight)) return false;
  return chdata === undefined || (type !== 'element' && type !== 'processinginstruction' && isXmlText(chdata));
}

/** Whether a record can be made of what a New says: all that its type needs, nothing that it can't have, and all of it readable. */
export function isSound({ type, primaryWeight, ns, name, chdata, pitarget, pidata }: NewEdit): boolean {
  if (!Number.isFinite(primaryWeight)) return false;
  if (
    (pitarget !== undefined) !== (type === 'processinginstruction') ||
    (pidata === undefined) !== (pitarget === undefined)
  )
    return false;
  const named = type === 'element' || type === 'attr';
  if ((name !== undefined) !== named || (ns !== undefined && !named)) return false;
  if ((chdata !== undefined) !== (type !== 'element' && type !== 'processinginstruction')) return false;
  return (
    (name === undefined || isQName(name)) &&
    (chdata === undefined || isXmlText(chdata)) &&
    (ns === undefined || isXmlText(ns)) &&
    (pitarget === undefined || isPiTarget(pitarget)) &&
    (pidata === undefined || isXmlText(pidata))
  );
}

function textFits(field: Exclude<FieldName, 'primaryWeight'>, value: string): boolean {
  if (field === 'name') return isQName(value);
  if (field === 'pitarget') return isPiTarget(value);
  return field === 'parent' || isXmlText(value);
}

/** Whether an attribute has this namespace and name, as `attributeKey` compares them. */
export function isCalled(attr: Node, ns: string | undefined, name: string): boolean {
  if (!ns) return !attr.ns && attr.name === name;
  return attr.ns === ns && localName(attr.name ?? '') === localName(name);
}

/** What two attributes of one element may not share: namespace and local name; without a namespace the whole name. */
export function attributeKey(ns: string | undefined, name: string): string {
  return ns ? `${ns}\n${localName(name)}` : name;
}
