/** Boards between two, as the contract tells them: inviting someone, and being invited. */
import * as v from 'valibot';
import { boardIdSchema, inBoard, none, shortText } from './values.ts';

export const invitationSchema = v.object({
  id: v.string(),
  /** Bare JID of who invites, as their server vouches. */
  from: v.string(),
  /** What they call the board; empty while it isn't known. */
  name: v.string(),
  /** The room to come to (bare JID); absent: to a board between two. */
  room: v.optional(v.string()),
  /** What they say about it. */
  reason: v.optional(v.string()),
});
export type Invitation = v.InferOutput<typeof invitationSchema>;

/** The calls; `board` is the schema of a board in lists. */
export const directCalls = <B extends v.GenericSchema>(board: B) => ({
  /** Invites someone to a board that isn't shared yet. Resolves when they have come, which may take them two minutes. */
  'direct.invite': { params: v.object({ board: boardIdSchema, jid: shortText }), result: board },
  /** Takes the invitation to this board back. */
  'direct.cancel': { params: inBoard, result: none },
  'direct.invitations': { params: none, result: v.array(invitationSchema) },
  /** Accepts, which makes a board, or declines. */
  'direct.answer': { params: v.object({ id: shortText, accept: v.boolean() }), result: v.nullable(board) },
});
