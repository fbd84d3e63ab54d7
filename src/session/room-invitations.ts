/** Invitations to rooms over a connection: those that come (XEP-0249, XEP-0045), and ours to others. */
import type { Entity } from '#xmpp/entity.ts';
import { queryDiscoInfo } from '#xmpp/xep-0030.ts';
import { receivedCarbon } from '#xmpp/xep-0280.ts';
import {
  declineInvitation,
  directInvitation,
  mediatedInvitation,
  NS_CONFERENCE,
  parseRoomInvitation,
  type RoomInvitation,
} from '#xmpp/xep-0249.ts';

export interface IncomingToRoom extends RoomInvitation {
  /** Tells who invited, where the room passes that on. */
  decline(): void;
}

export interface RoomInvitations {
  /** Invites an account to a room that we are in, in the way that lets it in. Rejects when the server didn't take it. */
  invite(room: string, to: string): Promise<void>;
  /** Calls back for each that comes; the first listener also gets what came before it listened. */
  on(listener: (incoming: IncomingToRoom) => void): () => void;
  stop(): void;
}

/** So many that came before anyone listened are kept. */
const MAX_EARLY = 32;
const MEMBERS_ONLY = 'muc_membersonly';

export interface RoomInvitationsOptions {
  /** What a room that we are in asks of whoever comes in. */
  readonly passwordOf: (room: string) => string | undefined;
  /** The features of the clients of an account that are seen (XEP-0030), as far as they are known. */
  readonly clientsOf: (account: string) => Promise<readonly ReadonlySet<string>[]>;
  readonly note: (message: string) => void;
}

export function createRoomInvitations(
  entity: Entity,
  { passwordOf, clientsOf, note }: RoomInvitationsOptions,
): RoomInvitations {
  const listeners = new Set<(incoming: IncomingToRoom) => void>();
  const early: IncomingToRoom[] = [];
  const stop = entity.onStanza((arrived) => {
    const invitation = parseRoomInvitation(receivedCarbon(entity, arrived) ?? arrived);
    if (!invitation) return;
    const incoming: IncomingToRoom = {
      ...invitation,
      decline() {
        if (!invitation.mediated || !entity.online) return;
        entity.send(declineInvitation(invitation)).catch(() => note('a refusal of an invitation was not taken'));
      },
    };
    if (listeners.size === 0 && early.length < MAX_EARLY) early.push(incoming);
    for (const listener of [...listeners]) listener(incoming);
  });
  return {
    async invite(room, to) {
      const about = await queryDiscoInfo(entity, room).catch(() => undefined);
      const membersOnly = about?.features.includes(MEMBERS_ONLY) ?? false;
      const theirs = await clientsOf(to);
      // What Psi 1.5 makes of a direct one is an empty chat.
      const mediatedOnly = theirs.length > 0 && theirs.every((features) => !features.has(NS_CONFERENCE));
      if (membersOnly || mediatedOnly) await entity.send(mediatedInvitation(to, room));
      if (!mediatedOnly) await entity.send(directInvitation(to, room, passwordOf(room)));
    },
    on(listener) {
      listeners.add(listener);
      for (const incoming of early.splice(0)) listener(incoming);
      return () => listeners.delete(listener);
    },
    stop,
  };
}
