/** The document to Psi and from it: what XEP-0284 sends as parts of a state, in Psi's reckoning (psi-edits.ts). */
import type { Edit } from '#core/types.ts';
import type { StatePart } from '#xmpp/xep-0284.ts';
import type { PsiStatePart } from '#xmpp/xep-0284-psi.ts';
import { editsForPsi, recordsOfPsi } from './psi-edits.ts';
import type { PsiPlaces } from './psi-places.ts';

/** Edits in a message at most: some 16 kB. */
const BATCH = 100;
const MAX_EDITS = 2_000_000;

/** Messages that say these parts; each is one `<negotiation/>`, outside of which Psi reads no part of a document. Since we name no prefix
 *  for its rids, Psi makes a random one. */
export function snapshotsForPsi(parts: readonly StatePart[], places: PsiPlaces): PsiStatePart[][] {
  return parts.flatMap((part): PsiStatePart[][] => {
    if (part.kind === 'begin') {
      places.clear();
      return [[{ kind: 'begin', prolog: part.prolog }]];
    }
    if (part.kind === 'end') return [[{ kind: 'end', usedIds: [] }]];
    const edits = editsForPsi(part.edits);
    places.note(edits);
    const count = Math.ceil(edits.length / BATCH);
    return Array.from({ length: count }, (_, at) => [
      { kind: 'edits', edits: edits.slice(at * BATCH, (at + 1) * BATCH) },
    ]);
  });
}

/** Psi's document as it comes. A record's Sets may come in a later message than its New, so it is read at its end. */
export interface PsiSnapshots {
  take(parts: readonly PsiStatePart[]): void;
  /** From now on it is wanted. */
  accept(): void;
  /** What the session is to be told now: that more has come, or all of it; undefined while it isn't wanted or nothing has come. */
  next(): StatePart[] | undefined;
  /** What came is of an earlier asking. */
  clear(): void;
}

/** Gathers one document at a time. */
export function createPsiSnapshots(places: PsiPlaces): PsiSnapshots {
  let prolog: string | undefined;
  let edits: Edit[] = [];
  let whole = false;
  let wanted = false;
  let news = false;

  return {
    take(parts) {
      for (const part of parts) {
        if (part.kind === 'begin') {
          prolog = part.prolog;
          edits = [];
          whole = false;
        } else if (prolog === undefined || whole) continue;
        else if (part.kind === 'edits') {
          if (edits.length < MAX_EDITS) for (const edit of part.edits) edits.push(edit);
        } else whole = true;
        news = true;
      }
    },
    accept() {
      wanted = true;
    },
    next() {
      if (!wanted || !news || prolog === undefined) return undefined;
      news = false;
      if (!whole) return [{ kind: 'edits', edits: [] }];
      places.clear();
      places.note(edits);
      const all: StatePart[] = [
        { kind: 'begin', prolog },
        { kind: 'edits', edits: recordsOfPsi(edits) },
        { kind: 'end', lastSender: '', lastId: '' },
      ];
      this.clear();
      return all;
    },
    clear() {
      prolog = undefined;
      edits = [];
      whole = false;
      wanted = false;
      news = false;
    },
  };
}
