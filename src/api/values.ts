/** Values that calls of several parts of the contract have in common. */
import * as v from 'valibot';

export const boardIdSchema = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/));
/** A name, an address, a password. */
export const shortText = v.pipe(v.string(), v.maxLength(1024));
export const none = v.optional(v.undefined_());
export const inBoard = v.object({ board: boardIdSchema });
