/** Running a room: who looks on, draws, moderates and owns it, who has to go, and how the room is (DESIGN section 3, Roles). */
import type { Entity } from '#xmpp/entity.ts';
import { StanzaError, XmppError } from '#xmpp/errors.ts';
import { queryDiscoInfo } from '#xmpp/xep-0030.ts';
import type { Room, RoomOccupant } from '#xmpp/xep-0045.ts';
import {
  changeSettings,
  destroyQuery,
  querySettings,
  type RoomSettings,
  type Standing as RoomStanding,
  standingQuery,
} from '#xmpp/xep-0045-admin.ts';
import { offersOf, roleOf, type Standing, standingOf } from './roles.ts';

/** All reject with an XmppError: `not-admin` for what the room doesn't let us do, `refused` else. */
export interface RoomAdmin {
  /** Makes somebody (by occupant id) a viewer, an editor, a moderator or an owner. Answers whether the room had to be made one where,
   *  from now on, who comes may only look on. */
  give(id: string, standing: Standing): Promise<boolean>;
  /** Sends somebody away; `forGood`: and lets them in no more. */
  remove(id: string, forGood: boolean, reason?: string): Promise<void>;
  settings(): Promise<RoomSettings>;
  change(changes: Partial<RoomSettings>): Promise<void>;
  /** Ends the room for all. */
  end(reason?: string): Promise<void>;
}

const ROLES = { viewer: 'visitor', editor: 'participant', moderator: 'moderator' } as const;

export function createRoomAdmin(entity: Entity, room: Room): RoomAdmin {
  /** The one with this id, and us; refused when we may not do that about them. */
  function concerned(id: string, offer: Standing | 'remove' | 'ban'): { me: RoomOccupant; other: RoomOccupant } {
    const all = room.occupants();
    const me = all.find((one) => one.me);
    const other = all.find((one) => one.id === id);
    if (!me || !other)
      throw new XmppError('refused', 'This person is not on the board any more. Wait until they are back.');
    if (!offersOf(me, other).includes(offer) && standingOf(other) !== offer) throw notAllowed();
    return { me, other };
  }

  const say = (standing: RoomStanding, reason?: string): Promise<unknown> =>
    entity.request('set', room.jid, standingQuery(standing, reason));

  /** Only a moderated room keeps viewers from drawing. Who draws there now goes on, after a cut, too. Answers whether newcomers lost their voice. */
  async function moderate(me: RoomOccupant, except: RoomOccupant): Promise<boolean> {
    if (me.affiliation !== 'owner') {
      const { features } = await queryDiscoInfo(entity, room.jid);
      if (!features.includes('muc_moderated'))
        throw new XmppError('not-admin', 'In this room everyone may draw. Only an owner of it can change that.');
      return false;
    }
    const { moderated } = await querySettings(entity, room.jid);
    if (moderated) return false;
    for (const { account, affiliation, role, id } of room.occupants()) {
      if (account !== undefined && affiliation === 'none' && role !== 'visitor' && id !== except.id)
        await say({ jid: account, affiliation: 'member' });
    }
    await changeSettings(entity, room.jid, { moderated: true });
    return !(await querySettings(entity, room.jid)).openVoice;
  }

  async function give(id: string, standing: Standing): Promise<boolean> {
    const { me, other } = concerned(id, standing);
    const { account, affiliation, nick } = other;
    const lasting = account !== undefined && roleOf(me) === 'owner' ? account : undefined;
    if (standing === 'owner') {
      if (lasting !== undefined) await say({ jid: lasting, affiliation: 'owner' });
      return false;
    }
    const newcomersWatch = standing === 'viewer' && (await moderate(me, other));
    const wanted = standing === 'viewer' ? 'none' : 'member';
    if (lasting !== undefined && affiliation !== wanted) await say({ jid: lasting, affiliation: wanted });
    await say({ nick, role: ROLES[standing] });
    return newcomersWatch;
  }

  return {
    give: (id, standing) => told(give(id, standing)),
    remove: (id, forGood, reason) =>
      told(
        (async () => {
          const { other } = concerned(id, forGood ? 'ban' : 'remove');
          if (forGood && other.account !== undefined) await say({ jid: other.account, affiliation: 'outcast' }, reason);
          else await say({ nick: other.nick, role: 'none' }, reason);
        })(),
      ),
    settings: () => told(querySettings(entity, room.jid)),
    async change(changes) {
      await told(changeSettings(entity, room.jid, changes));
      if (changes.password !== undefined) room.password = changes.password || undefined;
    },
    end: (reason) => told(entity.request('set', room.jid, destroyQuery(reason)).then(() => undefined)),
  };
}

const notAllowed = (): XmppError =>
  new XmppError('not-admin', 'The room does not let you do this. Ask one of its owners.');

/** Says what a refusal means. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    switch (error.condition ?? '') {
      case 'forbidden':
      case 'not-allowed':
      case 'not-authorized':
        throw notAllowed();
      case 'conflict':
        throw new XmppError('refused', 'A room needs an owner. Make somebody else an owner first.', error.condition);
      case 'item-not-found':
        throw new XmppError(
          'refused',
          'This person or room is not there any more. Look again who is on the board.',
          error.condition,
        );
      default:
        throw new XmppError(
          'refused',
          `The room did not accept this (${error.condition}). Try again, or ask those who run the server.`,
          error.condition,
        );
    }
  }
}
