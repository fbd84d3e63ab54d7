/**
 * XEP-0284: Shared XML Editing, version 0.1.4, and Limn's ignorable extensions of it, as data. The codec
 * (xep-0284-codec.ts) turns these into stanza elements and back; the session speaks them.
 */
import type { Edit, StanzaId, Transaction } from '#core/types.ts';
import type { Known, LogEntry, Unsaid } from '#core/replica-port.ts';

export const NS_SXE = 'urn:xmpp:sxe:0';
export const NS_JINGLE_SXE = 'urn:xmpp:jingle:transports:sxe';
/** What Limn adds; each is announced in disco and may be ignored by a peer. */
export const NS_LIMN_SESSION = 'urn:x-limn:session:0';
export const NS_LIMN_LIVE = 'urn:x-limn:live:0';
/** Edits in compact form (compact.ts), in an element of their own: a strict peer sees nothing of SXE in it. */
export const NS_LIMN_COMPACT = 'urn:x-limn:compact:0';

/** A part of a document's state; a large one is split over several messages. */
export type StatePart =
  | { readonly kind: 'begin'; readonly prolog: string }
  | { readonly kind: 'edits'; readonly edits: readonly Edit[] }
  | { readonly kind: 'end'; readonly lastSender: string; readonly lastId: string };

/** What an `<sxe/>` (or one of Limn's own elements beside it) says. */
export type SxePayload =
  | { readonly kind: 'connect' }
  | { readonly kind: 'state-offer'; readonly descriptions: readonly string[] }
  | { readonly kind: 'accept-state' }
  | { readonly kind: 'refuse-state' }
  | { readonly kind: 'state'; readonly parts: readonly StatePart[] }
  /** Ordinary edits. `origin` names first author and id when this is a re-sending of somebody's earlier work. `compact` says that
   *  they travel in compact form, which only peers that announce it can read. */
  | {
      readonly kind: 'edits';
      readonly edits: readonly Edit[];
      readonly compact?: true;
      /** The session's turn under which a compact stanza was sent; absent: 0. */
      readonly turn?: number;
      readonly origin?: { readonly author: string; readonly id: StanzaId };
      /** Limn: the gesture of several stanzas that it is a part of. */
      readonly transaction?: Transaction;
      /** Limn: when it was done, if that was long before it was sent: milliseconds since 1970. */
      readonly written?: number;
    }
  /** Limn: I am in, with state. The first hello with an unknown epoch opens the session when nobody has one. */
  | { readonly kind: 'hello'; readonly epoch: string; readonly opens: boolean }
  /** Limn: the sender's digest of the document at a place of the order. To all: what the elected replica has; to one: a question
   *  about that place, or the answer to it. */
  | { readonly kind: 'digest'; readonly epoch: string; readonly seq: number; readonly digest: string }
  /** Limn: from here on edits are plain (odd turns) or may be compact again (even ones). */
  | { readonly kind: 'turn'; readonly turn: number }
  /** Limn: a request for state; `since` names what the asker has, so that the log suffices where it reaches back. */
  | {
      readonly kind: 'catch-up';
      readonly since?: { readonly epoch: string; readonly seq: number };
      readonly known: Known;
      /** The upload service (XEP-0363) from which the asker would fetch a large one. */
      readonly upload?: string;
      /** What the asker has of an earlier answer that was cut off: the snapshot's name, and the parts, as sorted ranges. */
      readonly have?: { readonly snapshot: string; readonly parts: readonly (readonly [number, number])[] };
    }
  /** Limn: a piece of the answer: JSON of LimnState, DEFLATEd where it pays; `part` of `parts`, from 0. */
  | {
      readonly kind: 'limn-state';
      readonly request: string;
      readonly part: number;
      readonly parts: number;
      readonly data: Uint8Array;
      /** Names what is cut into parts, so that those that are missing can be asked for after a cut. */
      readonly snapshot?: string;
    }
  /** Limn: the answer lies in an upload service. */
  | { readonly kind: 'limn-upload'; readonly request: string; readonly upload: Uploaded }
  /** Limn: ephemeral (cursor, selection, previews): JSON, checked by the receiver. */
  | { readonly kind: 'live'; readonly json: string };

/** Something that was uploaded, encrypted by AES-256-GCM: where, how many bytes with the tag, their SHA-256, the key. */
export interface Uploaded {
  readonly url: string;
  readonly size: number;
  readonly hash: Uint8Array;
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

/** What is owed to strict peers, as rids: those of records to be corrected, to be made again, to be removed once more since we have
 *  them no longer, and to be removed since they are inert; and which have been made again. */
export interface Debts {
  readonly corrections: readonly string[];
  readonly lost: readonly string[];
  readonly ghosts: readonly string[];
  readonly voids: readonly string[];
  readonly remade: readonly string[];
}

/** Limn's own state transfer, as decoded from the parts of 'limn-state'. */
export interface LimnState {
  readonly place: { readonly epoch: string; readonly seq: number };
  readonly known: Known;
  /** With records: what stanzas left unsaid. */
  readonly unsaid?: readonly Unsaid[];
  readonly digest: string;
  readonly prolog: string;
  /** Either the whole state ... */
  readonly records?: readonly unknown[];
  /** ... or what came since the asker's place. */
  readonly log?: readonly LogEntry[];
  /** The turn of forms at this place (absent: 0): whether edits are compact or plain. */
  readonly turn?: number;
  /** The last hello of the session's order that the giver has heard: the occupant who sent it, and its id. Edits before it that the state
   *  doesn't know count for nothing. */
  readonly heard?: { readonly sender: string; readonly id: string };
  /** Occupant ids in order of their hello. */
  readonly hellos: readonly string[];
  /** While strict peers are there. */
  readonly owed?: Debts;
  /** Ids of occupants that asked as strict peers do, and were not seen to get a state. */
  readonly asking?: readonly string[];
  readonly name: string;
}

/** One SXE message: its session, its sender-unique id (`prefix.n` for edits), its payload. */
export interface SxeMessage {
  readonly session: string;
  readonly id: string;
  readonly payload: SxePayload;
}
