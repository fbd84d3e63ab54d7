/** Boards in rooms, as the contract tells them: coming and going, who may do what there, and how the room is. */
import * as v from 'valibot';
import { boardIdSchema, inBoard, none, shortText } from './values.ts';

/** What somebody may do on a board. */
export const standingSchema = v.picklist(['viewer', 'editor', 'moderator', 'owner']);

const listedRoom = v.object({ room: v.string(), name: v.string(), kept: v.boolean() });
export type ListedRoom = v.InferOutput<typeof listedRoom>;

/** How a room is. Without open voice, who comes may only look on until somebody lets them draw. */
const roomSettings = v.object({
  name: shortText,
  /** Empty for none. */
  password: shortText,
  membersOnly: v.boolean(),
  openVoice: v.boolean(),
});
export type RoomSettings = v.InferOutput<typeof roomSettings>;

/** The calls; `board` is the schema of a board in lists. */
export const roomCalls = <B extends v.GenericSchema>(board: B) => ({
  /** Joins a room with the account signed in; `board` shares that board there, else the room's own opens. `create` makes the room if it isn't there. */
  'rooms.join': {
    params: v.object({
      room: shortText,
      nick: v.optional(shortText),
      password: v.optional(shortText),
      board: v.optional(boardIdSchema),
      create: v.boolean(),
    }),
    result: board,
  },
  /** Rooms of which no board is here: those that the account keeps first, then the public ones of its server. Empty without an account. */
  'rooms.list': { params: none, result: v.array(listedRoom) },
  /** The domain where the account's server keeps rooms; null if it tells none, or without an account. */
  'rooms.service': { params: none, result: v.nullable(v.string()) },
  'rooms.leave': { params: inBoard, result: none },
  /** Invites an account to the room that the board is in. Resolves when the server has taken it; whether they come is seen among the people. */
  'rooms.invite': { params: v.object({ board: boardIdSchema, jid: shortText }), result: none },
  /** Makes a person of the board's room (personSchema.id) what they are offered to be. Who they are then is seen among the people.
   *  `newcomersWatch`: for a viewer, the room had to be made one where who comes may only look on. */
  'rooms.give': {
    params: v.object({ board: boardIdSchema, person: shortText, standing: standingSchema }),
    result: v.object({ newcomersWatch: v.boolean() }),
  },
  /** Sends a person out of the room; `forGood`: and lets them in no more. */
  'rooms.remove': { params: v.object({ board: boardIdSchema, person: shortText, forGood: v.boolean() }), result: none },
  /** For owners of the room; else 'not-admin'. */
  'rooms.settings': { params: inBoard, result: roomSettings },
  'rooms.change': { params: v.object({ board: boardIdSchema, settings: roomSettings }), result: none },
  /** Ends the room for everyone; each keeps the board as it is. For owners. */
  'rooms.end': { params: inBoard, result: none },
});
