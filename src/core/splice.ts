/** Splices of text: applying, inverting, and rebasing one over another so that both authors' letters survive. */
import { splitsPair } from './xml-chars.ts';

/** Replace `count` UTF-16 units from `from` by `insert`. */
export interface Splice {
  readonly from: number;
  readonly count: number;
  readonly insert: string;
}

/** The text after the splice, or undefined when it is out of range or would cut a surrogate pair (a void edit). */
export function applySplice(text: string, { from, count, insert }: Splice): string | undefined {
  const end = from + count;
  if (!(Number.isInteger(from) && Number.isInteger(count) && from >= 0 && count >= 0 && end <= text.length))
    return undefined;
  if (splitsPair(text, from) || splitsPair(text, end)) return undefined;
  return text.slice(0, from) + insert + text.slice(end);
}

/** The splice that takes `splice` back, given the text before it. */
export function invertSplice(before: string, { from, count, insert }: Splice): Splice {
  return { from, count: insert.length, insert: before.slice(from, from + count) };
}

/** The one splice that turns `before` into `after`: what lies between their common prefix and suffix, whole characters. */
export function diffTexts(before: string, after: string): Splice {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  if (splitsPair(before, start) || splitsPair(after, start)) start--;
  let tail = 0;
  while (
    tail < most - start &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail++;
  if (splitsPair(before, before.length - tail) || splitsPair(after, after.length - tail)) tail--;
  return { from: start, count: before.length - tail - start, insert: after.slice(start, after.length - tail) };
}

/**
 * Rebases two splices of the same text over each other: `[mine after theirs, theirs after mine]`. Both lead to the same
 * text, what each inserted survives, what either deleted is gone. At one place theirs stands first: it was earlier.
 */
export function rebase(mine: Splice, theirs: Splice): [Splice, Splice] {
  const mineEnd = mine.from + mine.count;
  const theirsEnd = theirs.from + theirs.count;
  if (theirsEnd <= mine.from) return [{ ...mine, from: mine.from + theirs.insert.length - theirs.count }, theirs];
  if (mineEnd <= theirs.from) return [mine, { ...theirs, from: theirs.from + mine.insert.length - mine.count }];
  // They overlap, so all between their outer ends is deleted by one or both: whoever comes second writes it anew.
  const from = Math.min(mine.from, theirs.from);
  const end = Math.max(mineEnd, theirsEnd);
  const insert = mine.from < theirs.from ? mine.insert + theirs.insert : theirs.insert + mine.insert;
  return [
    { from, count: theirs.from - from + theirs.insert.length + (end - theirsEnd), insert },
    { from, count: mine.from - from + mine.insert.length + (end - mineEnd), insert },
  ];
}
