/** Who speaks for a session: the present occupant with voice whose hello is the oldest (DESIGN section 2). */
import type { Occupant } from './transport.ts';

export interface People {
  readonly me: Occupant | undefined;
  all(): readonly Occupant[];
  get(id: string): Occupant | undefined;
  /** Occupant ids in order of their hello, as session order brought them. */
  hellos(): readonly string[];
  /** The same without me. */
  others(): readonly string[];
  /** Whether anyone present speaks SXE but not Limn. */
  strictPresent(): boolean;
  isStrict(occupant: Occupant): boolean;
  elected(): Occupant | undefined;
  reset(occupants: readonly Occupant[]): void;
  put(occupant: Occupant): void;
  remove(id: string): void;
  /** A hello of this session's epoch; true when it changes the order. The latest of an occupant counts: who heard of its earlier one, before it
   *  went and came back, must agree with who didn't. */
  hello(id: string): boolean;
  /** Takes the order of hellos from a state; ids of people who aren't present are dropped, and mine unless I have said it since I came: its giver may
   *  have missed that I was gone. */
  setHellos(ids: readonly string[]): void;
  /** Whether an occupant's latest hello, in session order, was of this session's epoch: only then are its edits part of it. Whether
   *  it is still present doesn't matter: presence comes outside the order of what a joiner has yet to read. */
  takesPart(id: string | undefined): boolean;
  /** A hello of another epoch. */
  tookPartElsewhere(id: string): void;
  /** Notes that someone sent an SXE stanza, whatever discovery says. */
  spoke(occupant: Occupant): void;
}

/** Makes the list of who is present and in which order they said hello. */
export function createPeople(): People {
  const present = new Map<string, Occupant>();
  const speakers = new Set<string>();
  let hellos: string[] = [];
  let partakers = new Set<string>();

  const isStrict = (occupant: Occupant): boolean =>
    !occupant.me && occupant.limn !== true && (occupant.sxe === true || speakers.has(occupant.id));

  return {
    get me() {
      for (const occupant of present.values()) if (occupant.me) return occupant;
      return undefined;
    },
    all: () => [...present.values()],
    get: (id) => present.get(id),
    hellos: () => hellos,
    others: () => hellos.filter((id) => present.get(id)?.me === false),
    isStrict,
    strictPresent: () => [...present.values()].some(isStrict),
    elected() {
      for (const id of hellos) {
        const occupant = present.get(id);
        if (occupant && occupant.role !== 'visitor') return occupant;
      }
      return undefined;
    },
    reset(occupants) {
      present.clear();
      speakers.clear();
      hellos = [];
      partakers = new Set();
      for (const occupant of occupants) present.set(occupant.id, occupant);
    },
    put(occupant) {
      present.set(occupant.id, occupant);
    },
    remove(id) {
      present.delete(id);
      speakers.delete(id);
      hellos = hellos.filter((other) => other !== id);
    },
    hello(id) {
      partakers.add(id);
      if (!present.has(id) || hellos.at(-1) === id) return false;
      hellos = [...hellos.filter((other) => other !== id), id];
      return true;
    },
    takesPart: (id) => id !== undefined && partakers.has(id),
    tookPartElsewhere(id) {
      partakers.delete(id);
      hellos = hellos.filter((other) => other !== id);
    },
    setHellos(ids) {
      const spoken = new Set(hellos);
      partakers = new Set(ids);
      hellos = [...new Set(ids)].filter((id) => {
        const occupant = present.get(id);
        return occupant !== undefined && (!occupant.me || spoken.has(id));
      });
    },
    spoke(occupant) {
      if (present.has(occupant.id)) speakers.add(occupant.id);
    },
  };
}
