/** Declaring a document or a part of it complete, saying which are, and which edits were void. */
import { COMPLETE_NAME, COMPLETE_NS } from '#core/complete.ts';
import type { Voided } from '#core/judge.ts';
import type { Intent, LogEntry, Replica, SubmitResult } from '#core/replica-port.ts';
import type { Rid, TreeView } from '#core/types.ts';
import type { BoardStatus, EventData } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';

/** So many parts are told of; a drawing with more is one that is better completed as a whole. */
const MAX_TOLD = 1000;

/** The intent that marks an element as complete, with the claim of who did it and when, or takes the mark away. */
export function completion(
  view: TreeView,
  rid: Rid,
  claim: { readonly by: string; readonly at: number } | undefined,
): Intent {
  const target = rid === 'root' && view.get(rid) === undefined ? view.root() : rid;
  if (target === undefined || view.get(target)?.type !== 'element') {
    throw new ApiError('refused', `There is no element ${rid} on this board any more. Look again and repeat it.`);
  }
  const value = claim === undefined ? null : JSON.stringify(claim);
  return { do: 'set', rid: target, ns: COMPLETE_NS, name: `limn-complete:${COMPLETE_NAME}`, value };
}

/** What of a board's status says what is complete. */
export function completeness(replica: Replica): Pick<BoardStatus, 'complete'> {
  const parts = replica.completed();
  if (parts.length === 0) return {};
  const root = replica.shown.root();
  return { complete: { whole: root !== undefined && parts.includes(root), parts: parts.slice(0, MAX_TOLD) } };
}

/** What of a log was void, and why. */
export function voidIn(entries: readonly LogEntry[]): Voided[] {
  return entries.flatMap(({ edits }) => edits.flatMap((edit) => (edit.void ? [{ edit, fault: edit.void }] : [])));
}

/** A stanza may hold many void edits; people are told of so many. */
const MAX_VOID = 100;

/** Void edits as clients are told of them. */
export function toldVoid(voided: readonly Voided[]): Pick<EventData<'voided'>, 'edits' | 'count'> {
  const edits = voided.slice(0, MAX_VOID).map(({ edit: { rid, kind }, fault: { code, detail, reason } }) => {
    return { rid, kind, rule: { code, detail: { ...detail } }, reason };
  });
  return { edits, count: voided.length };
}

/** Why the replica did not do what a person asked for, as a failure that crosses the API. */
export function refusal({ reason, code, detail }: Extract<SubmitResult, { ok: false }>): ApiError {
  return new ApiError('refused', reason, code === undefined ? undefined : { code, detail: detail ?? {} });
}
