/** What happened to a board while its person was away from it, as the contract tells it. Times are ms since 1970. */
import * as v from 'valibot';
import { ridSchema, viewNode } from './view-node.ts';

const shape = {
  /** Names it in this report. */
  id: v.string(),
  rid: ridSchema,
  /** The element's local name; its words, if it has any. */
  name: v.string(),
  label: v.optional(v.string()),
  /** Who, as far as peers say: names as people chose them. */
  by: v.array(v.string()),
  time: v.optional(v.number()),
  /** What isn't on the board any more, as it was; and the transforms around it there, outermost first, as one. */
  ghost: v.optional(viewNode),
  around: v.optional(v.string()),
};
const shapeSchema = v.object({ ...shape, what: v.picklist(['added', 'changed', 'removed']) });
const clashSchema = v.object({
  ...shape,
  /** What the loser had done to the shape: made it, changed parts of it, or taken it away. */
  did: v.picklist(['added', 'changed', 'removed']),
  /** `lost`: the shape is gone; `overwritten`: it says something else in these parts; `void`: nobody applied it, for `reason`. */
  why: v.picklist(['lost', 'overwritten', 'void']),
  /** Attribute names, and `#text`. */
  parts: v.array(v.string()),
  reason: v.optional(v.string()),
  rule: v.optional(v.object({ code: v.string(), detail: v.record(v.string(), v.string()) })),
  /** Whether it can be brought back, and whether it has been. */
  mayAgain: v.boolean(),
  again: v.boolean(),
});
const counts = v.object({ theirs: v.number(), overruled: v.number(), overwrote: v.number() });

/** Lists are cut to what a person can look at; `counts` are of all. */
export const mergedSchema = v.object({
  counts,
  /** Who did `theirs`. */
  by: v.array(v.string()),
  theirs: v.array(shapeSchema),
  overruled: v.array(clashSchema),
  overwrote: v.array(clashSchema),
});
export type Merged = v.InferOutput<typeof mergedSchema>;
export type MergedShape = v.InferOutput<typeof shapeSchema>;
export type Clash = v.InferOutput<typeof clashSchema>;
