/** An edit at its place in the session's order, with who wrote it and when: what every replay of a log does, so that all end equal. */
import type { BaseLayer } from './layer.ts';
import type { Node } from './node.ts';
import { applyJudged, type Judge } from './judge.ts';
import type { Outbox } from './outbox.ts';
import type { LogEntry, ReceivedStanza } from './replica-port.ts';
import { applyEdit, type Outcome, StanzaContext } from './rules.ts';
import type { Edit, LateStanza, Rid } from './types.ts';

/** A confirmed edit, marked when void; the text that its splice replaced; whether it is a correction that says what is no longer so. */
export interface Applied {
  readonly edit: Edit;
  readonly was: string | undefined;
  readonly outcome: Outcome;
  readonly stale: boolean;
}

/** Whether an edit wrote nothing though its author meant it: a splice that came too late, an attribute whose twin stands, a node whose
 *  parent had gone (its author may have put it elsewhere since). */
export function isUnsaid(edit: Edit, outcome: Outcome): boolean {
  if (outcome.twin !== undefined || outcome.homeless) return true;
  return edit.kind === 'set' && edit.splice !== undefined && edit.void === undefined && outcome.status === 'void';
}

/** Applies an entry of a log once more: the log says what came of each edit, so nothing is judged anew. Answers which of its edits
 *  were left unsaid, by their index. `before` hears of each that does something, just before it does. */
export function replayEntry(layer: BaseLayer, entry: LogEntry, before?: (edit: Edit) => void): readonly number[] {
  const context = new StanzaContext(entry);
  const unsaid: number[] = [];
  for (const [i, edit] of entry.edits.entries()) {
    if (before && !edit.void && !(edit.kind === 'set' && edit.splice?.void)) before(edit);
    if (isUnsaid(edit, applyEdit(layer, edit, context))) unsaid.push(i);
  }
  return unsaid;
}

/** Applies a stanza at its place in the order, void edits marked, and tells what became of each. */
export function confirmStanza(base: BaseLayer, stanza: ReceivedStanza, judge: Judge | undefined): readonly Applied[] {
  const pass = (): ((edit: Edit) => Applied) => {
    const context = new StanzaContext(stanza);
    return (edit) => {
      const was = replacedBy(base, edit);
      const outcome = applyEdit(base, edit, context);
      const stale = isStale(base, edit);
      return { edit, was, outcome, stale };
    };
  };
  if (stanza.judged) return stanza.edits.map(pass());
  return applyJudged(base, stanza.edits, { judge, role: stanza.role ?? 'editor' }, pass);
}

/** The edits of a stanza as the log keeps them, before they are applied: each splice with what it will replace. Undefined where
 *  one splices what another of them writes. */
export function replacedBySplices(base: BaseLayer, edits: readonly Edit[]): readonly Edit[] | undefined {
  if (!edits.some((edit) => edit.kind === 'set' && edit.splice)) return edits;
  let written: Set<Rid> | undefined;
  let logged: Edit[] | undefined;
  for (let i = 0; i < edits.length; i++) {
    const edit = edits[i] as Edit;
    if (edit.kind === 'remove' || (edit.kind === 'set' ? edit.fields : edit).chdata === undefined) continue;
    if (edit.kind === 'set' && edit.splice) {
      if (written?.has(edit.rid)) return undefined;
      const { from, count } = edit.splice;
      const was = count === 0 ? '' : (base.get(edit.rid)?.chdata?.slice(from, from + count) ?? '');
      logged ??= [...edits];
      logged[i] = { ...edit, splice: { from, count, was } };
    }
    if (edits.length > 1) (written ??= new Set()).add(edit.rid);
  }
  return logged ?? edits;
}

/** Gives the records of a stanza that came about as its author saw it their versions, and says who wrote them. */
export function noteWritten(
  base: BaseLayer,
  { edits, author, time }: Pick<LogEntry, 'edits' | 'author' | 'time'>,
): void {
  for (const edit of edits) {
    const node = edit.kind === 'remove' ? undefined : base.get(edit.rid);
    if (node === undefined) continue;
    if (edit.kind === 'new') {
      node.version = edit.version ?? 0;
      node.chdataVersion = 0;
      node.creator = edit.creator ?? author;
      node.created = edit.created ?? time;
    } else if (edit.kind === 'set') {
      node.version = edit.version;
      if (edit.fields.chdata !== undefined) node.chdataVersion = edit.version;
      node.lastModifiedBy = author;
      node.modified = time;
    }
  }
}

/** An edit as the log keeps it: a splice with what it replaced, or marked when it wrote nothing. */
export function asLogged(edit: Edit, was: string | undefined, outcome: Outcome): Edit {
  if (edit.kind !== 'set' || edit.splice === undefined || was === undefined) return edit;
  const { from, count } = edit.splice;
  return { ...edit, splice: outcome.status === 'applied' ? { from, count, was } : { from, count, void: true } };
}

/** Whether nothing of my echoed edit is to be said anew, as nearly always: it came about, and one like it stands for it still. */
export function isSaid(present: Edit | undefined, sent: Edit, { status, twin }: Outcome): boolean {
  if (present?.rid !== sent.rid || present.kind !== sent.kind || status !== 'applied' || twin !== undefined)
    return false;
  return present.kind !== 'set' || sent.kind !== 'set' || present.fields.parent === sent.fields.parent;
}

/** What of my echoed edit, in the stanza and session `again`, did not come about and must be said anew. `present`: what stands for it since it was
 *  sent; `outbox`: what I sent later waits there. */
export function sayAgain(
  present: readonly Edit[],
  sent: Edit,
  outcome: Outcome,
  again: LateStanza,
  outbox: Pick<Outbox, 'hasSentValue'>,
): readonly Edit[] {
  const [first] = present;
  if (sent.kind === 'set' && sent.splice && outcome.status === 'void')
    return present.map((edit) => (edit.kind === 'set' && edit.splice ? { again, ...edit } : edit));
  if (first && (first.rid !== sent.rid || first.kind !== sent.kind)) return present;
  if (first?.kind === 'set' && sent.kind === 'set' && first.fields.parent !== sent.fields.parent) return present;
  if (outcome.twin === undefined || first?.kind !== 'new' || first.chdata === undefined) return [];
  if (outbox.hasSentValue(outcome.twin)) return [];
  return [{ kind: 'set', rid: outcome.twin, version: 0, fields: { chdata: first.chdata } }];
}

/** The text that a splice is about to replace; undefined for other edits. */
function replacedBy(base: BaseLayer, edit: Edit): string | undefined {
  if (edit.kind !== 'set' || edit.splice === undefined) return undefined;
  const { from, count } = edit.splice;
  return count === 0 ? '' : (base.get(edit.rid)?.chdata?.slice(from, from + count) ?? '');
}

/** Whether an edit is a correction that no longer says what stands. */
function isStale(base: BaseLayer, edit: Edit): boolean {
  const node = edit.kind === 'set' && edit.fix ? base.get(edit.rid) : undefined;
  if (node === undefined || edit.kind !== 'set') return false;
  return Object.entries(edit.fields).some(([field, value]) => node[field as keyof Node] !== value);
}
