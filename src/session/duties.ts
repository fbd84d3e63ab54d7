/** What the elected replica does for all: hanging strays, and what brings strict peers back to what the session has (DESIGN section 2). */
import { completedPart, completenessFault } from '#core/complete.ts';
import type { ReceiveResult, Replica, SubmitResult } from '#core/replica-port.ts';
import type { Edit, Rid } from '#core/types.ts';
import { addedAnew, isTooLong, madeAgain } from './made-again.ts';
import { createStrictDoubts, type Owed } from './strict-doubts.ts';
import type { Debts } from '#xmpp/xep-0284.ts';

export interface Duties {
  /** Takes note of a stanza around its receiving (`receive`); every replica keeps count, since any may be elected next. */
  around(edits: readonly Edit[], byStrict: boolean, receive: () => ReceiveResult): ReceiveResult;
  /** A stanza that counts for nothing, of another session in our room or come twice: strict peers take it. */
  missed(edits: readonly Edit[]): void;
  /** A fresh state: what was owed before is of no consequence. */
  clear(): void;
  /** What somebody whose state or log we took says is owed. */
  owe(debts: Debts | undefined): void;
  /** For a giver of state; undefined when nothing is owed. */
  debts(): Debts | undefined;
  /** Does what is due and isn't under way; answers what was submitted. For the elected replica. */
  perform(): readonly SubmitResult[];
  /** Nobody strict is there: nothing is owed to them. */
  noneStrict(): void;
}

/** Makes the list of duties over a replica. `strictPresent`: whether anyone there speaks SXE but not Limn. */
export function createDuties(replica: Replica, strictPresent: () => boolean): Duties {
  const corrections = new Set<Rid>();
  const strays = new Set<Rid>();
  const doubts = createStrictDoubts(replica);

  const touched = (): Set<Rid> => new Set(replica.pending().flatMap((stanza) => stanza.edits.map((edit) => edit.rid)));

  const isComplete = (rid: Rid): boolean => completedPart(replica.shown, rid) !== undefined;

  /** What strays need: a Set that says where they are shown. */
  const hang = (busy: ReadonlySet<Rid>): Edit[] => {
    const root = replica.confirmed.root();
    const edits: Edit[] = [];
    for (const rid of strays) {
      const record = replica.confirmed.get(rid);
      if (!record || replica.confirmed.parentOf(rid) === record.parent) strays.delete(rid);
      // In something complete nobody hangs anything; it is shown under the root meanwhile.
      else if (root !== undefined && rid !== root && !busy.has(rid) && replica.shown.get(rid) && !isComplete(rid))
        edits.push({ kind: 'set', rid, version: record.version + 1, fields: { parent: root } });
    }
    return edits;
  };

  /** What takes away from strict peers what we don't have, or have void. */
  const sweepAway = ({ ghosts, voids }: Owed, busy: ReadonlySet<Rid>): Edit[] => {
    const edits: Edit[] = [];
    for (const rid of ghosts) {
      if (!busy.has(rid) && !replica.confirmed.get(rid)) edits.push({ kind: 'remove', rid, fix: true });
    }
    // What came later may lie under what came before.
    for (const rid of voids.toReversed())
      if (!busy.has(rid) && replica.shown.get(rid)) edits.push({ kind: 'remove', rid });
    return edits;
  };

  /** What can't be stated in one stanza: a correction in pieces would be one that says something else. */
  const tooLong = (lost: readonly Rid[], busy: ReadonlySet<Rid>): Rid[] =>
    [...new Set([...corrections, ...lost])].filter((rid) => {
      const record = replica.confirmed.get(rid);
      if (!record || !isTooLong(record) || busy.has(rid)) return false;
      // What is complete can't be taken away: it waits until that is reopened.
      return completenessFault(replica.shown, { kind: 'remove', rid }, 'owner') === undefined;
    });

  return {
    around(edits, byStrict, receive) {
      const strict = strictPresent();
      if (strict) doubts.before(edits);
      const result = receive();
      if (!result.entry) return result;
      for (const rid of result.strays) strays.add(rid);
      if (!strict) return result;
      doubts.after(edits, result, byStrict);
      for (const edit of edits) if (edit.kind === 'set' && edit.fix) corrections.delete(edit.rid);
      for (const rid of result.needCorrection) corrections.add(rid);
      return result;
    },
    missed(edits) {
      if (strictPresent()) doubts.missed(edits);
    },
    clear() {
      corrections.clear();
      strays.clear();
      doubts.clear();
    },
    owe(debts) {
      if (!debts) return;
      for (const rid of debts.corrections) corrections.add(rid);
      doubts.take(debts);
    },
    debts() {
      const debts = { corrections: [...corrections], ...doubts.owed() };
      return Object.values(debts).some((list) => list.length > 0) ? debts : undefined;
    },
    noneStrict() {
      corrections.clear();
      doubts.clear();
    },
    perform() {
      const results: SubmitResult[] = [];
      const submit = (edits: readonly Edit[], gesture: string): void => {
        if (edits.length > 0) results.push(replica.submitEdits(edits, gesture));
      };
      if (strictPresent()) {
        const owed = doubts.owed();
        submit(sweepAway(owed, touched()), 'sweep');
        submit(madeAgain(replica, owed.lost), 'again');
        for (const rid of tooLong(owed.lost, touched())) {
          submit(addedAnew(replica, rid), 'again');
          corrections.delete(rid);
        }
      }
      if (corrections.size === 0 && strays.size === 0) return results;
      const busy = touched();
      submit(hang(busy), 'hang');
      for (const rid of corrections) if (!replica.confirmed.get(rid)) corrections.delete(rid);
      const due = [...corrections].filter((rid) => {
        const record = busy.has(rid) ? undefined : replica.shown.get(rid);
        return record !== undefined && !isTooLong(record);
      });
      if (due.length > 0) submit(replica.corrections(due), 'correct');
      return results;
    },
  };
}
