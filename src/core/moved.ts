/**
 * Letters that went from one text of mine to another, as where a line is split: for as long as their removal waits, it's known which
 * letters are where, so that what others take away or move first doesn't stand in two places.
 */
import type { BaseLayer } from './layer.ts';
import { replaceEdits, type Waiting } from './outbox.ts';
import { applySplice, diffTexts, rebase, rebaseTaken, type Splice, type Taken, takingOut } from './splice.ts';
import type { Edit, Moved, Rid, SetEdit } from './types.ts';

/** A splice of mine over what others did to the same text, and theirs after it. */
export interface Fitted {
  readonly edits: readonly SetEdit[];
  readonly theirs: readonly Splice[];
}

/** As `Fitted`, of a splice whose letters have gone elsewhere; which of them others took away before me is noted in `lost`. */
export function fitMoved(edit: SetEdit, moved: Moved, theirs: readonly Splice[], lost: Lost): Fitted {
  const { from = 0, count = 0 } = edit.splice ?? {};
  const { left, lost: letters, theirs: after } = rebaseTaken({ from, count, at: moved.at }, theirs);
  if (letters.length > 0) {
    const before = lost.get(moved.to)?.letters ?? [];
    lost.set(moved.to, { origin: edit.rid, letters: [...before, ...letters] });
  }
  // With nothing left it is said all the same, so that there is something that its echo answers.
  const parts = left.length > 0 ? left : [{ from: 0, count: 0, at: moved.at }];
  const edits = parts.map((part) => ({
    ...edit,
    splice: { from: part.from, count: part.count },
    moved: { ...moved, at: part.at },
  }));
  return { edits, theirs: after };
}

/** Letters that were moved to a text of mine move on from there by `edit`, which is about to wait, too. `text`: that text until now. */
export function handOn(stanzas: readonly Waiting[], { rid, splice, moved }: SetEdit, text: string): void {
  if (!splice || !moved) return;
  const end = splice.from + splice.count;
  for (const stanza of stanzas) {
    if (!stanza.edits.some((edit) => edit.kind === 'set' && edit.moved?.to === rid)) continue;
    const fitted = stanza.edits.map((edit): readonly Edit[] => {
      if (edit.kind !== 'set' || !edit.splice || edit.moved?.to !== rid) return [edit];
      const { from, count } = edit.splice;
      const { at, text: made } = edit.moved;
      const letters = rebaseTaken({ from: at, count, at: 0 }, diffTexts(made, text)).left.toReversed();
      const parts: SetEdit[] = [];
      const keep = (start: number, until: number, to: Moved): void => {
        if (until > start) parts.unshift({ ...edit, splice: { from: from + start, count: until - start }, moved: to });
      };
      let done = 0;
      for (const run of letters) {
        const start = Math.max(run.from, splice.from);
        const gone = Math.min(run.from + run.count, end) - start;
        if (gone <= 0) continue;
        const offset = run.at + start - run.from;
        keep(done, offset, { ...edit.moved, at: at + done });
        keep(offset, offset + gone, { ...moved, at: moved.at + start - splice.from });
        done = offset + gone;
      }
      keep(done, count, { ...edit.moved, at: at + done });
      return parts.length > 0 ? parts : [edit];
    });
    replaceEdits(stanza, fitted);
  }
}

/** Letters that others took away before me, by the text that I moved them to; places are those in `Moved.text`. */
export type Lost = Map<Rid, { readonly origin: Rid; readonly letters: readonly Omit<Taken, 'from'>[] }>;

/** Takes lost letters out of the texts that are being made of them; answers the splices that do so where a text has been sent. `fit`: a
 *  splice of mine over others. */
export function withoutLost(
  stanzas: readonly Waiting[],
  lost: Lost,
  base: BaseLayer,
  fit: (edit: SetEdit, theirs: readonly Splice[]) => Fitted,
): readonly SetEdit[] {
  const made = madeTexts(stanzas, lost);
  const outOf = (rid: Rid, text: string): readonly Splice[] =>
    rebase(takingOut(inOrder(lost.get(rid)?.letters)), diffTexts(made.get(rid) ?? text, text))[0];
  const shifts = new Map<Rid, readonly Splice[]>();
  const emptied = new Set<Rid>();
  const meet = (rid: Rid, text: string): readonly Splice[] => {
    const splices = outOf(rid, text);
    shifts.set(rid, splices);
    if (spliced(text, splices) === '' && !isWritten(stanzas, rid)) emptied.add(rid);
    return splices;
  };
  for (const rid of lost.keys()) {
    const text = base.get(rid)?.chdata;
    if (text !== undefined) meet(rid, text);
  }
  /** Where a text of which nothing is left goes, back to where its letters were: the line that was made for it is none then. */
  const home = (rid: Rid): { parent: Rid; primaryWeight: number } | undefined => {
    const origin = emptied.has(rid) ? base.get(lost.get(rid)?.origin ?? '') : undefined;
    return origin && { parent: origin.parent, primaryWeight: origin.primaryWeight };
  };
  const said: SetEdit[] = [];
  const say = (): void => {
    for (const [rid, splices] of shifts) {
      for (const { from, count } of splices)
        if (count > 0) said.push({ kind: 'set', rid, version: 0, fields: { chdata: '' }, splice: { from, count } });
      const fields = home(rid);
      if (fields) said.push({ kind: 'set', rid, version: 0, fields });
    }
  };
  let open = false;
  for (const stanza of stanzas) {
    if (!stanza.frozen && !open) say();
    open ||= !stanza.frozen;
    const fitted = stanza.edits.map((given): readonly Edit[] => {
      const edit = given.kind === 'set' && given.moved ? { ...given, moved: withoutLetters(given.moved, lost) } : given;
      if (edit.kind === 'remove' || !lost.has(edit.rid)) return [edit];
      if (edit.kind === 'set') {
        const shift = shifts.get(edit.rid);
        if (shift === undefined || edit.fields.chdata === undefined) return [edit];
        const fitted = fit(edit, shift);
        shifts.set(edit.rid, fitted.theirs);
        return open ? fitted.edits : [edit];
      }
      const chdata = spliced(edit.chdata ?? '', meet(edit.rid, edit.chdata ?? ''));
      return [open ? { ...edit, chdata, ...home(edit.rid) } : edit];
    });
    replaceEdits(stanza, fitted);
  }
  if (!open) say();
  return said;
}

/** The texts that letters were moved to, as they were made. */
function madeTexts(stanzas: readonly Waiting[], lost: Lost): ReadonlyMap<Rid, string> {
  const made = new Map<Rid, string>();
  for (const { edits } of stanzas)
    for (const edit of edits)
      if (edit.kind === 'set' && edit.moved && lost.has(edit.moved.to)) made.set(edit.moved.to, edit.moved.text);
  return made;
}

/** Whether I write something into a text after making it. */
function isWritten(stanzas: readonly Waiting[], rid: Rid): boolean {
  return stanzas.some(({ edits }) =>
    edits.some((edit) => edit.kind === 'set' && edit.rid === rid && (edit.fields.chdata ?? '') !== ''),
  );
}

function inOrder(letters: readonly Omit<Taken, 'from'>[] = []): readonly Omit<Taken, 'from'>[] {
  return [...letters].sort((a, b) => a.at - b.at);
}

function spliced(text: string, splices: readonly Splice[]): string {
  return splices.reduce((left, splice) => applySplice(left, splice) ?? left, text);
}

/** Where letters stand, once those that were lost are out of the text. */
function withoutLetters(moved: Moved, lost: Lost): Moved {
  const letters = inOrder(lost.get(moved.to)?.letters);
  const before = letters.filter(({ at }) => at < moved.at).reduce((sum, { count }) => sum + count, 0);
  return { to: moved.to, at: moved.at - before, text: spliced(moved.text, takingOut(letters)) };
}
