/** Edits for Psi 1.5 and from it, so that it shows and counts what Limn means (src/xmpp/xep-0284-psi.ts). */
import type { Edit, MutableFields, NewEdit, NodeRecord, SetEdit } from '#core/types.ts';

/** Psi draws UTF-8 from Latin-1 bytes: one letter of U+0080 to U+00FF blanks its whole board, while others become "?". They travel at
 *  this distance, in the Private Use Area, letter for letter, so that places in a text stay what they are. */
const PRIVATE = 0xee00;

const shift = (text: string, from: number, by: number): string =>
  text.replace(/[\u0080-\u00ff\uee80-\ueeff]/g, (letter) => {
    const code = letter.charCodeAt(0);
    return code >= from && code <= from + 0x7f ? String.fromCharCode(code + by) : letter;
  });
const hide = (text: string): string => shift(text, 0x80, PRIVATE);
const show = (text: string): string => shift(text, PRIVATE + 0x80, -PRIVATE);

function words<T extends Partial<MutableFields>>(fields: T, change: (text: string) => string): T {
  const { chdata, pidata } = fields;
  return {
    ...fields,
    ...(chdata === undefined ? {} : { chdata: change(chdata) }),
    ...(pidata === undefined ? {} : { pidata: change(pidata) }),
  };
}

/** So many Sets of one record are told at most to somebody who comes: a version may be anybody's claim. */
const MAX_TOLD = 4096;

/** A record as Psi counts it: it knows no version but the number of Sets that it was told. */
function newForPsi({ rid, type, version = 0, malformed, ...edit }: NewEdit): Edit[] {
  const { kind, parent, primaryWeight, ns, name, chdata, pitarget, pidata } = edit;
  const fields = { parent, primaryWeight, ns, name, chdata, pitarget, pidata };
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const made: NewEdit = { kind, rid, type, ...words({ parent, primaryWeight, ...given }, hide) };
  const length = Math.min(version, MAX_TOLD);
  const told = Array.from({ length }, (_, at): Edit => ({ kind: 'set', rid, version: at + 1, fields: {} }));
  return [malformed ? { ...made, malformed } : made, ...told];
}

function setForPsi({ rid, version, fields, splice, malformed }: SetEdit): SetEdit {
  const { ns: _, ...rest } = words(fields, hide);
  // An empty value leaves the old one on its screen.
  if (rest.chdata === '' && !splice) rest.chdata = ' ';
  const written: SetEdit = { kind: 'set', rid, version, fields: rest };
  return { ...written, ...(splice && { splice }), ...(malformed && { malformed }) };
}

/** What Psi is to be told: Limn's marks and authors left out, and its bugs gone around. */
export function editsForPsi(edits: readonly Edit[]): Edit[] {
  return edits.flatMap((edit): Edit[] => {
    if (edit.kind === 'remove') return [{ kind: 'remove', rid: edit.rid }];
    if (edit.kind === 'new') return newForPsi(edit);
    if (!edit.fix || edit.anew === undefined) return [setForPsi(edit)];
    const { parent = '', primaryWeight = 0 } = edit.fields;
    const { rid, anew: type, version } = edit;
    return newForPsi({ ...edit.fields, kind: 'new', rid, type, version, parent, primaryWeight });
  });
}

/** What Psi has said. */
export function editsOfPsi(edits: readonly Edit[]): Edit[] {
  return edits.map((edit): Edit => {
    if (edit.kind === 'remove') return edit;
    return edit.kind === 'new' ? words(edit, show) : { ...edit, fields: words(edit.fields, show) };
  });
}

/** The records of a snapshot of Psi's, as News with their versions. A record is its New and all its Sets, of which those count that
 *  stand at the place that their version names and aren't followed by one of the same version. */
export function recordsOfPsi(edits: readonly Edit[]): NewEdit[] {
  const made = new Map<string, { readonly edit: NewEdit; readonly sets: SetEdit[] }>();
  for (const edit of editsOfPsi(edits)) {
    if (edit.kind === 'new' && !made.has(edit.rid)) made.set(edit.rid, { edit, sets: [] });
    else if (edit.kind === 'set') made.get(edit.rid)?.sets.push(edit);
    else if (edit.kind === 'remove') made.delete(edit.rid);
  }
  return [...made.values()].map(({ edit, sets }) => {
    const record = { ...edit, version: sets.length };
    const ordered = sets.toSorted((one, other) => one.version - other.version);
    for (const [at, set] of ordered.entries())
      if (set.version === at + 1 && ordered[at + 1]?.version !== set.version) write(record, set);
    return record;
  });
}

function write(record: Pick<NodeRecord, 'chdata'>, { fields, splice, malformed }: SetEdit): void {
  if (malformed) return;
  const { chdata, ...rest } = fields;
  Object.assign(record, rest);
  if (chdata === undefined) return;
  const old = record.chdata ?? '';
  if (!splice) record.chdata = chdata;
  else if (splice.from + splice.count <= old.length)
    record.chdata = old.slice(0, splice.from) + chdata + old.slice(splice.from + splice.count);
}
