/** The colour of somebody whom a log names: theirs if they are here, else one by their name. */
import type { Person } from '#api/contract.ts';

const HUES = 8;

/** A class of controls.css. */
export function hueOf(name: string, people: readonly Person[]): string {
  const person = people.find((one) => one.name === name);
  if (person) return person.me ? 'hue-me' : `hue-${person.colour}`;
  let hash = 0;
  for (const char of name) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return `hue-${(hash % HUES) + 1}`;
}
