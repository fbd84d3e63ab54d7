import { toXmlText } from './xml-text.ts';

/** A name that somebody else gave, as it may be shown: one line, without what would turn the text around it, so many UTF-16 units at most. */
export function shownName(text: string, most: number): string {
  return (
    toXmlText(text)
      .replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
      .replace(/\s+/g, ' ')
      // Marks piled up would be drawn over the lines above.
      .replace(/(\p{M}{4})\p{M}+/gu, '$1')
      .trim()
      .slice(0, most)
      // What is left of a character that was cut in two.
      .replace(/[\ud800-\udbff]$/, '')
      .trim()
  );
}
