/** Boards on the local network, as the contract tells them (XEP-0174). Names of boards and people are what those say themselves. */
import * as v from 'valibot';
import { inBoard, none, shortText } from './values.ts';

export const nearbySchema = v.object({
  /** Limn listens on the local network. */
  on: v.boolean(),
  /** How this person is called there. */
  nick: v.string(),
  /** What others offer. `known`: this person has accepted its host before. */
  boards: v.array(
    v.object({ id: v.string(), name: v.string(), host: v.string(), people: v.number(), known: v.boolean() }),
  ),
  /** Those with whom six digits are to be compared: `guest` wants to come to `board`, which is ours; else we want to come to theirs. */
  questions: v.array(
    v.object({ id: v.string(), board: v.string(), nick: v.string(), code: v.string(), guest: v.boolean() }),
  ),
});
export type NearbyStatus = v.InferOutput<typeof nearbySchema>;

/** The calls; `board` is the schema of a board in lists. */
export const nearbyCalls = <B extends v.GenericSchema>(board: B) => ({
  'nearby.status': { params: none, result: nearbySchema },
  /** Begins to listen, or stops; remembered for the next start. */
  'nearby.turn': { params: v.object({ on: v.boolean() }), result: none },
  /** Offers a board that isn't shared elsewhere; listens from then on. */
  'nearby.share': { params: inBoard, result: board },
  /** Goes to a board that is offered, which makes one here. Resolves when its host has let us in: people may have to compare digits first. */
  'nearby.join': { params: v.object({ id: shortText }), result: board },
  'nearby.cancel': { params: none, result: none },
  'nearby.answer': { params: v.object({ id: shortText, same: v.boolean() }), result: none },
});
