import { shownName } from '#session/shown-names.ts';

/** How an author of edits is called: the nick of an occupant, the local part of an account, else what there is. */
export function authorName(author: string): string {
  const slash = author.indexOf('/');
  const at = author.indexOf('@');
  const name = slash >= 0 ? author.slice(slash + 1) : at > 0 ? author.slice(0, at) : author;
  return shownName(name, 100);
}
