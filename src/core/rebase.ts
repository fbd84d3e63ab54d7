/** Fits my pending edits to a confirmed document that others have changed meanwhile (DESIGN section 2, New and Remove; Splice). */
import type { BaseLayer } from './layer.ts';
import { type Node } from './node.ts';
import { type Fitted, fitMoved, type Lost, withoutLost } from './moved.ts';
import { replaceEdits, type Waiting } from './outbox.ts';
import { diffTexts, rebase, type Splice } from './splice.ts';
import type { Edit, NewEdit, Rid, SetEdit } from './types.ts';
import { splitsPair } from './xml-chars.ts';

/** What pending edits were made against, and what stands now. */
export interface Rebasing {
  readonly base: BaseLayer;
  /** A record as it was when the pending edits were last fitted; null or undefined when it wasn't there. */
  readonly before: (rid: Rid) => Node | null | undefined;
  /** The value that the person sees for a record, from before the change. */
  readonly shownValue: (rid: Rid) => string | undefined;
  readonly nextRid: () => Rid;
}

/** Fits the edits of `stanzas`, in order, to what became of the records in `changed`. Answers what is to be said besides, before what
 *  hasn't been sent: letters of mine that went to another text are taken out there where others had taken them away before. */
export function rebasePending(
  stanzas: readonly Waiting[],
  changed: Iterable<Rid>,
  context: Rebasing,
): readonly SetEdit[] {
  const shifts = new Map<Rid, readonly Splice[]>();
  const gone = new Set<Rid>();
  const set = new Set<Rid>();
  const spliced = new Set<Rid>();
  // What a session lacks and gets now comes about again under its rid.
  const made = new Set<Rid>();
  for (const { edits } of stanzas) {
    for (const edit of edits) {
      if (edit.kind === 'new') made.add(edit.rid);
      if (edit.kind !== 'set') continue;
      set.add(edit.rid);
      if (edit.splice) spliced.add(edit.rid);
    }
  }
  if (set.size === 0) return [];
  for (const rid of changed) {
    const was = set.has(rid) ? context.before(rid) : undefined;
    if (!was) continue;
    const is = context.base.get(rid);
    if (is === undefined) {
      if (!made.has(rid)) gone.add(rid);
    } else if (!spliced.has(rid)) continue;
    else if (was.chdata !== undefined && is.chdata !== undefined && was.chdata !== is.chdata)
      shifts.set(rid, diffTexts(was.chdata, is.chdata));
  }
  if (shifts.size === 0 && gone.size === 0) return [];
  const replacements = new Map<Rid, Edit>();
  const lost: Lost = new Map();
  for (const stanza of stanzas) {
    const fitted = stanza.edits.map((edit): readonly Edit[] => {
      if (edit.kind !== 'set') return [edit];
      if (gone.has(edit.rid)) return [afterRemoval(edit, context, replacements)];
      const shift = shifts.get(edit.rid);
      return shift === undefined ? [edit] : shifted(edit, shift, shifts, lost);
    });
    replaceEdits(stanza, fitted);
  }
  return lost.size === 0
    ? []
    : withoutLost(stanzas, lost, context.base, (edit, theirs) => fit(edit, theirs, new Map()));
}

/** A splice that no longer fits its text (a state contradicted what we knew), brought within it: its letters are kept. */
export function withinText(edit: SetEdit, text: string): SetEdit {
  let from = Math.min(edit.splice?.from ?? 0, text.length);
  if (splitsPair(text, from)) from--;
  let count = Math.min(edit.splice?.count ?? 0, text.length - from);
  if (splitsPair(text, from + count)) count++;
  const { moved: _, ...rest } = edit;
  return { ...(count === edit.splice?.count ? edit : rest), splice: { from, count } };
}

/** A splice over what others did to the same text; a whole value overrides it, for itself and for what follows. */
function shifted(
  edit: SetEdit,
  shift: readonly Splice[],
  shifts: Map<Rid, readonly Splice[]>,
  lost: Lost,
): readonly SetEdit[] {
  if (edit.fields.chdata === undefined || edit.fix) return [edit];
  if (edit.splice === undefined) {
    shifts.delete(edit.rid);
    return [edit];
  }
  const fitted = fit(edit, shift, lost);
  shifts.set(edit.rid, fitted.theirs);
  return fitted.edits;
}

function fit(edit: SetEdit, theirs: readonly Splice[], lost: Lost): Fitted {
  if (edit.moved) return fitMoved(edit, edit.moved, theirs, lost);
  const { from = 0, count = 0 } = edit.splice ?? {};
  const [mine, after] = rebase([{ from, count, insert: edit.fields.chdata ?? '' }], theirs);
  const edits = mine.map((part) => ({
    ...edit,
    fields: { chdata: part.insert },
    splice: { from: part.from, count: part.count },
  }));
  return { edits, theirs: after };
}

/** My Set of an attribute that somebody removed becomes a New, or a Set of the one that took its place; else it is left to be ignored. */
function afterRemoval(
  edit: SetEdit,
  { base, before, shownValue, nextRid }: Rebasing,
  replacements: Map<Rid, Edit>,
): Edit {
  const was = before(edit.rid);
  const element = was?.type === 'attr' ? base.get(was.parent) : undefined;
  const chdata = shownValue(edit.rid);
  if (
    edit.fix ||
    !was ||
    element === undefined ||
    element.inert ||
    chdata === undefined ||
    edit.fields.chdata === undefined ||
    replacements.has(edit.rid)
  )
    return edit;
  const twin = base.attributeCalled(was.parent, was.ns, was.name ?? '');
  const replacement: Edit = twin
    ? { kind: 'set', rid: twin.rid, version: twin.version + 1, fields: { chdata } }
    : newAttribute(was, nextRid(), chdata);
  replacements.set(edit.rid, replacement);
  return replacement;
}

function newAttribute(was: Node, rid: Rid, chdata: string): NewEdit {
  const { parent, primaryWeight, name, ns } = was;
  return {
    kind: 'new',
    rid,
    type: 'attr',
    parent,
    primaryWeight,
    chdata,
    restores: was.rid,
    ...(name === undefined ? {} : { name }),
    ...(ns === undefined ? {} : { ns }),
  };
}
