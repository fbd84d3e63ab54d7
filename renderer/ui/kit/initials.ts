/** The letters in an avatar. */

const segmenter = new Intl.Segmenter();

/** As people count them: an emoji of several code points is one. */
function signs(word: string): string[] {
  return [...segmenter.segment(word)].map(({ segment }) => segment);
}

/** At most two letters: of the first and last word, or the first two signs of one word. */
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const first = signs(words[0] ?? '?');
  const last = words.length > 1 ? signs(words.at(-1) ?? '') : first.slice(1);
  return `${first[0] ?? ''}${last[0] ?? ''}`.toLocaleUpperCase();
}
