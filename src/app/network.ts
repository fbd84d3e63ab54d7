/**
 * The network as the app needs it: an account's connection that comes back by itself, and rooms in it. Composition roots
 * make it of src/xmpp and src/session/room-transport.ts; tests of fakes. Failures are Errors with a `code` of the API's
 * (src/api/errors.ts) and a sentence as their message.
 */
import type { Contact } from '#api/contacts.ts';
import type { BoardAnswers, KnownDocument } from '#session/board-service.ts';
import type { Incoming, Outgoing, Shared } from '#session/invitations.ts';
import type { NearbyBoard, NearbyQuestion } from '#session/nearby.ts';
import type { RoomAdmin } from '#session/room-admin.ts';
import type { RoomInvitations } from '#session/room-invitations.ts';
import type { RoomList } from '#session/room-list.ts';
import type { Occupant, Transport } from '#session/transport.ts';

/** What a person is asked about a server's certificate before anything secret is sent. */
export interface CertificateTrouble {
  readonly domain: string;
  /** Another key was accepted for this account before. */
  readonly changed: boolean;
  /** Why it isn't trusted, a sentence each. */
  readonly reasons: readonly string[];
  readonly certificate: {
    readonly subject: string;
    readonly issuer: string;
    /** Milliseconds since 1970. */
    readonly validFrom: number;
    readonly validTo: number;
    /** SHA-256 of the public key (SubjectPublicKeyInfo), hex: what a consent is remembered by. */
    readonly publicKey: string;
  };
}

export type ConnectionEvent =
  /** Usable (again). */
  | { readonly type: 'online'; readonly jid: string }
  /** Down; it tries to come back by itself. `message` says why, for a person. */
  | { readonly type: 'offline'; readonly message?: string }
  /** Down for good: nothing more will come. */
  | { readonly type: 'ended'; readonly error: unknown };

export interface ConnectOptions {
  readonly jid: string;
  readonly password: string;
  /** `host:port`, `xmpp://host:port` or `xmpps://host:port`; absent: found by SRV. */
  readonly service?: string;
  /** The public key that the person accepted for this account earlier. */
  readonly pinned?: string;
  /** The domain's certificate validated once: nothing less is offered from then on. */
  readonly validatedBefore: boolean;
  /** Asked when a certificate doesn't validate; false ends the attempt with code 'certificate'. */
  readonly decideCertificate: (trouble: CertificateTrouble) => Promise<boolean>;
  readonly onPinned: (publicKey: string) => void;
  readonly onValidated: () => void;
  readonly onEvent: (event: ConnectionEvent) => void;
  /** The documents of this profile, at the time of asking: those who may are told of them (FEATURES G7.4). */
  readonly documents: () => readonly KnownDocument[];
}

export interface JoinRoomOptions {
  readonly room: string;
  readonly nick: string;
  readonly password?: string;
  /** Make the room if it isn't there; else a missing room is an error. */
  readonly create: boolean;
}

export interface JoinedRoom {
  /** Its first listener gets everything since the join, beginning with 'joined'. Rejoins by itself after a cut. */
  readonly transport: Transport;
  /** The room as the server spells it (bare JID). */
  readonly room: string;
  readonly occupants: readonly Occupant[];
  /** A message of the room's chat; resolves when handed to the connection. */
  say(body: string): Promise<void>;
  /** Answers occupants who ask for a session's log or state (urn:x-limn:log:0, urn:x-limn:state:0). Returns the end of it. */
  answer?(session: string, answers: BoardAnswers): () => void;
}

/** Sessions between two. Their transports keep what comes for their first listener, as a room's do. */
export interface Direct {
  /** Invites a bare or full JID; `quietly` as in src/session/invitations.ts. */
  invite(jid: string, shared: Omit<Shared, 'sid'> & { readonly sid?: string }, quietly?: boolean): Outgoing;
  onInvited(listener: (incoming: Incoming) => void): () => void;
  /** We share a board with this account: it may invite us, and sees that we are here. */
  admit(jid: string): void;
  /** Answers the one at this full JID, with whom a board is shared, who asks for its log or state. Returns the end of it. */
  answer(peer: string, session: string, answers: BoardAnswers): () => void;
  /** Whom the account knows, and whether they are there. */
  contacts(): readonly Contact[];
  /** That has changed. */
  onContacts(listener: () => void): () => void;
  /** A client of this account has come. */
  onSeen(listener: (jid: string) => void): () => void;
}

export interface Connection {
  /** Bare JID. */
  readonly jid: string;
  readonly direct: Direct;
  readonly invitations: Pick<RoomInvitations, 'invite' | 'on'>;
  readonly rooms: RoomList;
  /** Runs a room that we are in; undefined when we are not. */
  admin(room: string): RoomAdmin | undefined;
  /** Resolves once the room has let us in. */
  join(options: JoinRoomOptions): Promise<JoinedRoom>;
  /** Tries at once to be connected, or finds out soon whether it still is: the network may be there again, or another one. */
  hurry?(): void;
  /** Leaves in order. No events come afterwards. */
  close(): Promise<void>;
  /** Drops the connection as a dead network would, and keeps it down until `link`. For tests and `limn bot`. */
  cut?(): Promise<void>;
  link?(): Promise<void>;
}

/** What is to be known of a person who turns the local network on. */
export interface NearbyPerson {
  readonly nick: () => string;
  /** Keys that this person has accepted. */
  readonly trust: { knows(key: string): boolean; accept(key: string, nick: string): void };
  /** Asks whether somebody else sees the same code; false refuses them. */
  readonly ask: (question: NearbyQuestion) => Promise<boolean>;
  /** What others offer has changed. */
  readonly changed: (boards: readonly NearbyBoard[]) => void;
}

/** The local network (XEP-0174), while it is listened to. */
export interface NearbyNetwork {
  /** Offers a board under its session's id. */
  share(session: string, name: string): Promise<JoinedRoom>;
  join(board: NearbyBoard, cancelled: AbortSignal): Promise<JoinedRoom>;
  /** Running the board, for its host; undefined where we are not. */
  admin(room: string): RoomAdmin | undefined;
  /** Leaves everything, and listens no more. */
  stop(): void;
}

/** Begins to listen and to look around. Rejects when the system doesn't let us. */
export type StartNearby = (person: NearbyPerson) => Promise<NearbyNetwork>;

/** Signs in. Resolves when online for the first time; rejects when that fails, and tries no more then. */
export type Connect = (options: ConnectOptions) => Promise<Connection>;
