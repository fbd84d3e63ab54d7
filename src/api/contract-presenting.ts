/** Presenting as the API tells it: who shows which part of the board, and who follows. Rectangles are user units of the root `<svg>`. */
import * as v from 'valibot';
import { ridSchema } from './view-node.ts';

const finite = v.pipe(v.number(), v.finite());
/** x, y, width, height. */
export const rectSchema = v.tuple([finite, finite, finite, finite]);
export type Rect = v.InferOutput<typeof rectSchema>;

const answer = v.picklist(['asked', 'following', 'away', 'declined']);

export const presentingSchema = v.object({
  /** What I do: `asked` has not answered, `declined` said not now, `away` followed and looks around. */
  part: v.picklist(['none', 'presenting', 'asked', 'following', 'away', 'declined']),
  /** Null while nobody presents. `region`: the rectangle was chosen and isn't what the presenter sees. `held`: nobody may look elsewhere. */
  presenter: v.nullable(v.object({ person: v.string(), rect: rectSchema, region: v.boolean(), held: v.boolean() })),
  /** Nobody presents, or I am a moderator and may take over. */
  mayPresent: v.boolean(),
  mayHold: v.boolean(),
  /** While I present: those who could follow, and what they do. */
  audience: v.array(v.object({ person: v.string(), how: answer })),
});
export type Presenting = v.InferOutput<typeof presentingSchema>;

/** What can be done: begin (or take over), show another part, stop, hold the view, ask again, answer or leave, and point something out. */
export const presentActSchema = v.variant('do', [
  v.strictObject({ do: v.literal('begin'), rect: rectSchema }),
  v.strictObject({ do: v.literal('show'), rect: rectSchema, region: v.boolean() }),
  v.strictObject({ do: v.literal('stop') }),
  v.strictObject({ do: v.literal('hold'), on: v.boolean() }),
  v.strictObject({ do: v.literal('ask') }),
  v.strictObject({ do: v.literal('follow'), how: v.picklist(['following', 'away', 'declined']) }),
  v.strictObject({ do: v.literal('look'), rect: rectSchema, rid: v.optional(ridSchema) }),
]);
export type PresentAct = v.InferOutput<typeof presentActSchema>;
