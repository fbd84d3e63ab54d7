/**
 * The port through which a session meets the others: a room, one peer, nearby hosts, or the test network. A transport
 * keeps one order for all `toAll` stanzas, echoes one's own, and never reorders one sender's stanzas (DESIGN section 2, One order).
 */
import type { SxeMessage } from '#xmpp/xep-0284.ts';
import type { Advertised } from '#xmpp/xep-0284-presence.ts';
import type { Uploads } from './uploads.ts';

/** Someone present. `id` is the occupant-id (XEP-0421) or, where there is none, the room JID from join to leave. */
export interface Occupant {
  readonly id: string;
  readonly jid: string;
  readonly nick: string;
  readonly me: boolean;
  readonly role: 'visitor' | 'participant' | 'moderator';
  readonly affiliation: 'owner' | 'admin' | 'member' | 'none';
  /** Bare JID of the account, where we are told. */
  readonly account?: string;
  /** Advertises an SXE session in presence (XEP-0284, "Advertising a Session"): has its state and can offer it. */
  readonly session?: Advertised;
  /** Further sessions in the same room that the occupant advertises in Limn's own namespace (the board's notes). */
  readonly also?: readonly Advertised[];
  /** From caps or disco: knows urn:xmpp:sxe:0; undefined while not known yet. */
  readonly sxe?: boolean;
  /** Draws as Psi 1.5 does: knows nothing of a board until it has been given it. */
  readonly psi?: boolean;
  /** Announces Limn's own namespaces. */
  readonly limn?: boolean;
  /** Announces the compact form of edits. */
  readonly compact?: boolean;
  readonly show: 'free' | 'away' | 'busy' | 'off';
}

const BARRED = ['password-required', 'members-only', 'banned'] as const;
/** Why a room that one was in lets one in no more, or not as before. */
export type Barred = (typeof BARRED)[number];

/** Whether a code says so. */
export const isBarred = (code: string | undefined): code is Barred => BARRED.some((one) => one === code);

export type TransportEvent =
  /** We are in; `occupants` is everyone, me included. After a reconnect it comes again: `resumed` false means stanzas may have been missed. */
  | { readonly type: 'joined'; readonly occupants: readonly Occupant[]; readonly resumed?: boolean }
  | { readonly type: 'occupant'; readonly occupant: Occupant }
  | { readonly type: 'left'; readonly occupant: Occupant }
  /** To all, in the one order, one's own included. */
  | { readonly type: 'message'; readonly from: Occupant; readonly message: SxeMessage; readonly time: number }
  /** To me alone; outside the order. */
  | { readonly type: 'private'; readonly from: Occupant; readonly message: SxeMessage; readonly time: number }
  /** The server or a peer refused a stanza of mine (error reply), by its SXE id. */
  | { readonly type: 'refused'; readonly sxeId: string; readonly condition: string; readonly text?: string }
  | { readonly type: 'down'; readonly reason: string; readonly final: boolean; readonly barred?: Barred }
  | { readonly type: 'chat'; readonly from: Occupant; readonly body: string; readonly time: number };

export interface Transport {
  /** Sends to everyone in the order. Resolves when handed to the connection; rejects while down (nothing is queued). */
  toAll(message: SxeMessage): Promise<void>;
  toOne(occupant: Occupant, message: SxeMessage): Promise<void>;
  /** What presence says of us (XEP-0284 advertisement), and which further sessions we have, in Limn's own namespace. */
  advertise(session: Advertised | undefined, also?: readonly Advertised[]): void;
  /** Whether presence says that we are away; nothing where it says nothing of the kind. */
  away?(on: boolean): void;
  /** Whether we speak for the session: one alone invites those who can't come by themselves. */
  leads?(on: boolean): void;
  on(listener: (event: TransportEvent) => void): () => void;
  leave(): Promise<void>;
  /** Our server's upload service, where it has one. */
  readonly uploads?: Uploads;
}
