/**
 * A board's past as the API tells it. Positions count log entries over all epochs: position `n` is the document after the first `n`
 * of them. Times are milliseconds since 1970. Authors and times are claims of those who wrote, and of those who recorded it.
 */
import * as v from 'valibot';

/** Why the drawing at a position can't be shown: edits before it are lost (`lost`) or in no order that can be (`disorder`), or
 *  others made them while this board was away, on a drawing that it doesn't have (`elsewhere`). */
const gap = v.picklist(['lost', 'disorder', 'elsewhere']);

/** What one person did without a long pause: it begins at the position `from` and is done at `to`. */
const versionSchema = v.object({
  from: v.number(),
  to: v.number(),
  /** A JID, or `me`; and what people call them. */
  author: v.string(),
  name: v.string(),
  begin: v.number(),
  end: v.number(),
  /** Stanzas, and edits in them. */
  entries: v.number(),
  edits: v.number(),
  /** Nodes (not attributes) that were added, changed, moved, removed. */
  added: v.number(),
  changed: v.number(),
  moved: v.number(),
  removed: v.number(),
  /** Edits that were void where they came: what they should have done did not happen. */
  voids: v.number(),
  gap: v.optional(gap),
});
export type HistoryVersion = v.InferOutput<typeof versionSchema>;

/** What was left out of the log: stanzas, edits in them, and the times of the first and the last. */
const foldedEntries = { entries: v.number(), edits: v.number(), begin: v.number(), end: v.number() };

export const historySchema = v.object({
  /** The first position: what lies before it was left out. */
  start: v.number(),
  folded: v.optional(v.object(foldedEntries)),
  /** The position after the last entry: now. */
  length: v.number(),
  /** Oldest first. */
  versions: v.array(versionSchema),
  /** How many stored edits could not be read. */
  lost: v.number(),
});
export type HistoryOverview = v.InferOutput<typeof historySchema>;

/** What leaving out the log before `at` drops: the past before it can't be shown nor restored any more, nor who wrote what was written
 *  over since. What is there by then stays, with who made it and who changed it last. */
export const historyFoldSchema = v.object({
  /** The position from which the past can still be shown: at most the one that was asked for. */
  at: v.number(),
  ...foldedEntries,
  /** About so many bytes become free in the file of the boards, for what is drawn next. */
  freed: v.number(),
});
export type HistoryFold = v.InferOutput<typeof historyFoldSchema>;

/** A position, and who brought the board there; absent at position 0 and where the entry is lost. */
export const pastEntries = {
  at: v.number(),
  author: v.optional(v.string()),
  name: v.optional(v.string()),
  time: v.optional(v.number()),
  gap: v.optional(gap),
};

/** Edits that were void, oldest first: at most 100 of `count`. */
export const historyVoidsSchema = v.object({
  edits: v.array(
    v.object({
      /** The position right after its stanza. */
      at: v.number(),
      author: v.string(),
      name: v.string(),
      time: v.number(),
      kind: v.picklist(['new', 'set', 'remove']),
      rid: v.string(),
      /** What it broke: for a translated sentence; and the sentence in English. */
      rule: v.object({ code: v.string(), detail: v.record(v.string(), v.string()) }),
      reason: v.string(),
    }),
  ),
  count: v.number(),
});
export type HistoryVoids = v.InferOutput<typeof historyVoidsSchema>;

const claim = v.optional(v.string());
const time = v.optional(v.number());

/** Who made a node and who changed it, as they and others say. */
export const aboutSchema = v.object({
  rid: v.string(),
  creator: claim,
  created: time,
  lastModifiedBy: claim,
  modified: time,
  /** The log's entries that concern it (itself, its attributes and texts), newest first: at most 100 of `count`. */
  entries: v.array(
    v.object({
      /** The position right after it. */
      at: v.number(),
      author: v.string(),
      name: v.string(),
      time: v.number(),
      kinds: v.array(v.picklist(['added', 'changed', 'moved', 'removed'])),
    }),
  ),
  count: v.number(),
  /** Every rid that it had: one that was removed comes back under another. */
  selves: v.array(v.string()),
});
export type AboutNode = v.InferOutput<typeof aboutSchema>;
