/** The people of a board, as they are shown: names, roles, and colours that differ as long as there are enough. */
import type { Person } from '#api/contract.ts';
import { offersOf, standingOf } from '#session/roles.ts';
import type { Occupant } from '#session/transport.ts';
import { createShownNames } from '#session/shown-names.ts';

const COLOURS = 8;

export interface People {
  /** Takes over who is there and tells how they are shown, oneself first, then by name. */
  update(occupants: readonly Occupant[], hellos: readonly string[]): Person[];
}

/** A person keeps a colour from join to leave, and gets the same one again if it is free. */
export function createPeople(): People {
  const colours = new Map<string, number>();
  const names = createShownNames();
  return {
    update(occupants, hellos) {
      const present = new Set(occupants.map(({ id }) => id));
      for (const id of colours.keys()) if (!present.has(id)) colours.delete(id);
      for (const { id, nick } of occupants) {
        if (!colours.has(id)) colours.set(id, freeColour(preferred(nick), new Set(colours.values())));
      }
      const drawing = new Set(hellos);
      const me = occupants.find((occupant) => occupant.me);
      // Nobody takes my own name from me, who came before me neither.
      const called = names.of([...occupants].sort((a, b) => Number(b.me) - Number(a.me)));
      return occupants
        .map(
          (occupant): Person => ({
            id: occupant.id,
            name: called.get(occupant.id) ?? '?',
            me: occupant.me,
            colour: colours.get(occupant.id) ?? 1,
            role: standingOf(occupant),
            offers: me === undefined ? [] : [...offersOf(me, occupant)],
            draws: occupant.me || drawing.has(occupant.id) || occupant.sxe === true,
            show: occupant.show,
          }),
        )
        .sort((a, b) => Number(b.me) - Number(a.me) || a.name.localeCompare(b.name));
    },
  };
}

/** As they are shown while our own connection is down: of the others nothing is known, and nothing can be done about them. */
export function lastSeen(people: readonly Person[]): Person[] {
  return people.map((person) => (person.me ? person : { ...person, show: 'off', offers: [] }));
}

/** Alone on a board. */
export function onlyMe(name: string): Person {
  return { id: 'me', name, me: true, colour: preferred(name), role: 'owner', offers: [], draws: true, show: 'free' };
}

/** A colour by name, so that a person mostly has the same one everywhere. FNV-1a. */
function preferred(name: string): number {
  let hash = 0x811c9dc5;
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return ((hash >>> 0) % COLOURS) + 1;
}

function freeColour(wanted: number, taken: ReadonlySet<number>): number {
  for (let step = 0; step < COLOURS; step++) {
    const colour = ((wanted - 1 + step) % COLOURS) + 1;
    if (!taken.has(colour)) return colour;
  }
  return wanted;
}
