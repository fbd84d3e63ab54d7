/**
 * Where records lie for a Psi. It never shows that a record has come back to the very parent and weight it was made with, so what we move
 * there is put a hair beside it: not in Psi's copy alone, in the document, or the two would come to differ.
 */
import type { Edit, Rid } from '#core/types.ts';

interface Place {
  readonly madeIn: Rid;
  readonly madeAt: number;
  parent: Rid;
  weight: number;
  /** Whether it has been elsewhere. */
  moved: boolean;
}

export interface PsiPlaces {
  /** Takes note of what Psi is told, or says, in order. */
  note(edits: readonly Edit[]): void;
  /** Edits of ours as they are to be, and noted. Corrections stay: they say what the document has already. */
  settle(edits: readonly Edit[]): readonly Edit[];
  /** The document begins anew. */
  clear(): void;
}

const beside = (weight: number): number => (weight === 0 ? 1e-12 : weight * (1 + Number.EPSILON));

/** The same where nobody knows which Psi was told what in the beginning: whatever is moved is put beside. */
export function besideAll(edits: readonly Edit[]): readonly Edit[] {
  return edits.map((edit): Edit => {
    if (edit.kind !== 'set' || edit.fix || edit.fields.primaryWeight === undefined) return edit;
    return { ...edit, fields: { ...edit.fields, primaryWeight: beside(edit.fields.primaryWeight) } };
  });
}

/** Makes the list of places; what it hasn't heard of may have been made anywhere. */
export function createPsiPlaces(): PsiPlaces {
  const places = new Map<Rid, Place>();

  function noteOne(edit: Edit): void {
    if (edit.kind === 'remove') places.delete(edit.rid);
    else if (edit.kind === 'new') {
      const { parent, primaryWeight: weight } = edit;
      if (!places.has(edit.rid)) places.set(edit.rid, { madeIn: parent, madeAt: weight, parent, weight, moved: false });
    } else {
      const place = places.get(edit.rid);
      if (!place) return;
      place.parent = edit.fields.parent ?? place.parent;
      place.weight = edit.fields.primaryWeight ?? place.weight;
      place.moved ||= place.parent !== place.madeIn || place.weight !== place.madeAt;
    }
  }

  function settled(edit: Edit): Edit {
    if (edit.kind !== 'set' || edit.fix) return edit;
    const { rid, fields } = edit;
    if (fields.parent === undefined && fields.primaryWeight === undefined) return edit;
    const place = places.get(rid);
    const weight = fields.primaryWeight ?? place?.weight;
    if (weight === undefined || place?.moved === false) return edit;
    const back = !place || ((fields.parent ?? place.parent) === place.madeIn && weight === place.madeAt);
    return back ? { ...edit, fields: { ...fields, primaryWeight: beside(weight) } } : edit;
  }

  return {
    note: (edits) => edits.forEach(noteOne),
    settle: (edits) =>
      edits.map((edit) => {
        const told = settled(edit);
        noteOne(told);
        return told;
      }),
    clear: () => places.clear(),
  };
}
