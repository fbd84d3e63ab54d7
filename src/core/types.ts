/**
 * The vocabulary of the shared document: records, edits, trees and the changes that applying an edit yields.
 * Types only; every other module of core, and every folder that may import "core's types", starts here.
 */

/** A record id: any non-empty string. Limn's own are `<replica prefix>.<counter>` in base 36 (XEP-0284, "RID"). */
export type Rid = string;

/** What DOM node a record stands for (XEP-0284, "The type attribute", spelt as on the wire). */
export type NodeType = 'element' | 'attr' | 'text' | 'comment' | 'processinginstruction';

/** The fields of a record that a Set may write (XEP-0284, "Mapping the Records to the DOM Document"). */
export interface MutableFields {
  /** The parent's rid; `''` is the document itself. */
  parent: Rid;
  /** Place among siblings: ascending, ties by rid in Unicode code point order. Always finite. */
  primaryWeight: number;
  /** Namespace URI. Absent on an element: its parent's; absent on an attribute: none. `''`: explicitly none. */
  ns?: string;
  /** Qualified name as in the DOM's `nodeName` (`rect`, `xlink:href`, `xmlns:xlink`); elements and attributes. */
  name?: string;
  /** Text, comment or attribute value. */
  chdata?: string;
  /** Processing instructions. */
  pitarget?: string;
  pidata?: string;
}

export type FieldName = keyof MutableFields;

/** Who made and last changed a record, and when: claims of peers, never part of the digest. Times in ms since 1970. */
export interface Authorship {
  creator?: string;
  created?: number;
  lastModifiedBy?: string;
  modified?: number;
}

/** One DOM node of the shared document. */
export interface NodeRecord extends MutableFields, Authorship {
  readonly rid: Rid;
  readonly type: NodeType;
  /** The number of Sets this record has received (XEP-0284; DESIGN section 2). */
  version: number;
  /** The version at which `chdata` was last written (absent: 0). A splice whose author knew that version still fits. */
  chdataVersion?: number;
  /** True when the New that made it was forbidden: it is counted by every replica, but belongs to no tree. */
  inert?: true;
}

/** What somebody may do in a session, as far as edits are concerned: owners alone declare parts complete and reopen them. */
export type Role = 'owner' | 'editor';

/** Why an edit is void, or was refused. Plain JSON. */
export interface Fault {
  /** What rule it breaks; branch on this. */
  readonly code: string;
  /** Names and values that a translated sentence needs. */
  readonly detail: Readonly<Record<string, string>>;
  /** A sentence in English for a person: what is wrong and what to do. */
  readonly reason: string;
}

/** Add a record. */
export interface NewEdit extends MutableFields, Authorship {
  readonly kind: 'new';
  readonly rid: Rid;
  readonly type: NodeType;
  /** Only in a state; absent means 0. */
  readonly version?: number;
  /** The rid of the removed record that this one brings back (undo of a removal). Ignorable. */
  readonly restores?: Rid;
  /** Set by the codec when the stanza was well-formed but its content is forbidden; makes an inert record. */
  readonly malformed?: true;
  /** In logs alone: it was judged at its place and made an inert record. */
  readonly void?: Fault;
}

/** A stanza that came too late, in whole or in part, and the epoch of the session in which it did. */
export interface LateStanza {
  readonly id: StanzaId;
  readonly epoch: string;
}

/** Write fields of a record, or splice its `chdata`. */
export interface SetEdit {
  readonly kind: 'set';
  readonly rid: Rid;
  /** The version the author expected the record to have afterwards. */
  readonly version: number;
  readonly fields: Partial<MutableFields>;
  /** With `fields.chdata`: replace `count` UTF-16 units from `from` by it (replacefrom, replacen). */
  readonly splice?: {
    readonly from: number;
    readonly count: number;
    /** What it replaced: kept in this replica's own log alone, so that a splice can be taken back and rebased. */
    readonly was?: string;
    /** In this replica's own log alone: it wrote nothing (out of order or out of range); its author says it anew. */
    readonly void?: true;
  };
  /** With a splice that takes letters away, for as long as it waits: they stand in a text node of mine, made of them. What others have
   *  taken away before me goes there, too, or it would stand in two places. */
  readonly moved?: Moved;
  /** For as long as a splice waits: it says again what came too late in this stanza, in the session of this epoch. Another one in which that
   *  came about doesn't lack it. */
  readonly again?: LateStanza;
  /** A correction for strict peers: Limn replicas count it and write nothing (DESIGN section 2). */
  readonly fix?: true;
  /** With `fix`, all fields given: on the wire it is a New of this type under the same rid, for strict peers, from which a Remove with
   *  `fix` has taken the record (XEP-0284, "Creating New Nodes"). */
  readonly anew?: NodeType;
  /** Set by the codec when a field could not be read (weight, version...): counted, writes nothing. */
  readonly malformed?: true;
  /** In logs alone: it was judged at its place, counted, and wrote nothing. */
  readonly void?: Fault;
}

/** Where letters that a splice takes away have gone. */
export interface Moved {
  readonly to: Rid;
  /** Where they begin in `text`, UTF-16 units. */
  readonly at: number;
  /** What that node was made with, less what has been taken out since because others had it first. */
  readonly text: string;
}

/** Remove a record and, for an element, all that lies under it. */
export interface RemoveEdit {
  readonly kind: 'remove';
  readonly rid: Rid;
  /** In logs alone: it was judged at its place and removed nothing. */
  readonly void?: Fault;
  /** For strict peers, which may still hold what the order has removed, or must hear of children one by one: Limn replicas take
   *  no notice (DESIGN section 2). */
  readonly fix?: true;
}

export type Edit = NewEdit | SetEdit | RemoveEdit;

/** The author's own name for a stanza of edits: `prefix.n`, n from 1, consecutive per prefix (DESIGN section 2). */
export interface StanzaId {
  readonly prefix: string;
  readonly n: number;
}

/** A part of a gesture that takes several stanzas; `end` marks the last. Ids are their sender's own: that of the first stanza. */
export interface Transaction {
  readonly id: string;
  readonly end?: true;
}

/** A place in the one order of a session: the epoch and the number of the stanza in it, from 1. */
export interface Place {
  readonly epoch: string;
  readonly seq: number;
}

/** A node to be added, in element terms: what parsing yields and intents carry. Never empty strings for names. */
export type NodeTree = ElementTree | { readonly type: 'text' | 'comment'; readonly chdata: string } | PiTree;
export interface PiTree {
  readonly type: 'processinginstruction';
  readonly pitarget: string;
  readonly pidata: string;
}
export interface AttributeTree {
  readonly ns?: string;
  readonly name: string;
  readonly value: string;
}
export interface ElementTree {
  readonly type: 'element';
  /** Absent: the namespace of the place where it is put. */
  readonly ns?: string;
  readonly name: string;
  readonly attrs: readonly AttributeTree[];
  readonly children: readonly NodeTree[];
}

/** What an edit did to the tree that people see, in the order in which a DOM must follow it. Positions are final:
 *  `before` is the following sibling after the change, or null. Attribute order is not significant. */
export type Change =
  | { readonly kind: 'inserted'; readonly rid: Rid; readonly parent: Rid; readonly before: Rid | null }
  | { readonly kind: 'removed'; readonly rid: Rid; readonly parent: Rid }
  | { readonly kind: 'moved'; readonly rid: Rid; readonly parent: Rid; readonly before: Rid | null }
  | { readonly kind: 'renamed'; readonly rid: Rid }
  | {
      readonly kind: 'attr';
      readonly rid: Rid;
      readonly attr: Rid;
      readonly ns: string;
      readonly name: string;
      readonly value: string | null;
    }
  | { readonly kind: 'data'; readonly rid: Rid };

/** Reading a tree: the confirmed or the shown document. Content children are elements, texts, comments and PIs. */
export interface TreeView {
  get(rid: Rid): NodeRecord | undefined;
  /** The standing root element. */
  root(): Rid | undefined;
  /** Content children in order; `''` gives the top level (root element, comments, PIs). Never inert ones. */
  children(parent: Rid): readonly Rid[];
  /** The content sibling that follows, at the cost of a look-up; undefined for the last one, attributes and what isn't shown. */
  nextSibling(rid: Rid): Rid | undefined;
  /** Attribute records of an element in order. */
  attributes(element: Rid): readonly Rid[];
  attribute(element: Rid, ns: string, localName: string): Rid | undefined;
  /** The parent that the tree shows, which differs from the record's field for strays (DESIGN section 2, The tree). */
  parentOf(rid: Rid): Rid | undefined;
}
