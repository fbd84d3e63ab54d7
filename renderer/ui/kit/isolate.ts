/** A name within a sentence, so that neither turns the other round: first strong isolate, pop directional isolate. */
export const isolate = (name: string): string => `\u2068${name}\u2069`;
