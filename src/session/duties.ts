/** What the elected replica does for all: corrections for strict peers, and hanging strays (DESIGN section 2). */
import type { ReceiveResult, Replica, SubmitResult } from '#core/replica-port.ts';
import type { Edit, Rid } from '#core/types.ts';

export interface Duties {
  /** Notes what a stanza left to be done; every replica keeps count, since any may be elected next. */
  note(edits: readonly Edit[], result: ReceiveResult): void;
  /** A fresh state: nothing is owed any more. */
  clear(): void;
  /** Does what is due and isn't under way; answers what was submitted. For the elected replica. */
  perform(strictPresent: boolean): readonly SubmitResult[];
}

/** Makes the list of duties over a replica. */
export function createDuties(replica: Replica): Duties {
  const corrections = new Set<Rid>();
  const strays = new Set<Rid>();

  const touched = (): Set<Rid> => new Set(replica.pending().flatMap((stanza) => stanza.edits.map((edit) => edit.rid)));

  return {
    clear() {
      corrections.clear();
      strays.clear();
    },
    note(edits, result) {
      for (const edit of edits) if (edit.kind === 'set' && edit.fix) corrections.delete(edit.rid);
      for (const rid of result.needCorrection) corrections.add(rid);
      for (const rid of result.strays) strays.add(rid);
    },
    perform(strictPresent) {
      const results: SubmitResult[] = [];
      if (!strictPresent) corrections.clear();
      if (corrections.size === 0 && strays.size === 0) return results;
      const busy = touched();
      const root = replica.confirmed.root();
      const hang: Edit[] = [];
      for (const rid of strays) {
        const record = replica.confirmed.get(rid);
        if (!record || replica.confirmed.parentOf(rid) === record.parent) strays.delete(rid);
        else if (root !== undefined && rid !== root && !busy.has(rid)) {
          hang.push({ kind: 'set', rid, version: record.version + 1, fields: { parent: root } });
        }
      }
      if (hang.length > 0) results.push(replica.submitEdits(hang, 'hang'));
      for (const rid of corrections) if (!replica.confirmed.get(rid)) corrections.delete(rid);
      const due = [...corrections].filter((rid) => !busy.has(rid));
      const edits = due.length > 0 ? replica.corrections(due) : [];
      if (edits.length > 0) results.push(replica.submitEdits(edits, 'correct'));
      return results;
    },
  };
}
