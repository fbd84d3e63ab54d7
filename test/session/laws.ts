/** What must hold when a session has come to rest, whoever took part: each law answers what breaks it, in a sentence, or undefined. */
import { COMPLETE_NS } from '#core/complete.ts';
import { fieldFault } from '#core/node.ts';
import type { LogEntry, Replica } from '#core/replica-port.ts';
import type { FieldName, Rid, StanzaId, TreeView } from '#core/types.ts';
import { completedParts, toyFaults } from '#test/support/rules.ts';
import type { Person } from './person.ts';

/** A stanza that a person was told it had submitted. */
export interface Submitted {
  readonly by: Person;
  readonly id: StanzaId;
}

/** No stanza of somebody who is still here is unknown to anybody here. */
export function unknown(people: readonly Person[], submitted: readonly Submitted[]): string | undefined {
  for (const { by, id } of submitted) {
    if (!people.includes(by)) continue;
    const without = people.find(({ replica }) => !replica.knows(id));
    if (without) return `${without.nick} does not know ${id.prefix}.${id.n} by ${by.nick}`;
  }
  return undefined;
}

/** No two logs have other stanzas at one place. */
export function disorder(people: readonly Person[]): string | undefined {
  const at = new Map<string, string>();
  for (const { nick, log } of people) {
    for (const { place, id } of log) {
      const where = `${place.epoch} ${place.seq}`;
      const what = `${id.prefix}.${id.n}`;
      if ((at.get(where) ?? what) !== what) return `${nick} has ${what} at ${where}, another ${at.get(where)}`;
      at.set(where, what);
    }
  }
  return undefined;
}

/** Every field holds what its last writer, by the logs of all, wrote. */
export function overwritten(people: readonly Person[]): string | undefined {
  const [{ replica }] = people as [Person];
  const { epoch } = replica.place;
  const entries = new Map<number, LogEntry>();
  for (const { log } of people)
    for (const entry of log) if (entry.place.epoch === epoch) entries.set(entry.place.seq, entry);
  const last = new Map<Rid, Map<FieldName, unknown>>();
  for (const [, { edits }] of [...entries].sort(([a], [b]) => a - b)) {
    for (const edit of edits) {
      if (edit.void || (edit.kind === 'remove' && edit.fix)) continue;
      // What went with its parent may come back under its rid: nothing written before counts then.
      if (edit.kind !== 'set') last.delete(edit.rid);
      if (edit.kind !== 'set' || edit.fix || edit.malformed) continue;
      const type = replica.confirmed.get(edit.rid)?.type;
      if (type === undefined || fieldFault(type, edit.fields) !== undefined) continue;
      const fields = last.get(edit.rid) ?? new Map<FieldName, unknown>();
      last.set(edit.rid, fields);
      for (const [field, written] of Object.entries(edit.fields)) {
        if (edit.splice) fields.delete('chdata');
        else fields.set(field as FieldName, written);
      }
    }
  }
  for (const [rid, fields] of last) {
    const record = replica.confirmed.get(rid);
    if (record === undefined || record.inert) continue;
    for (const [field, written] of fields)
      if (record[field] !== written) return `${rid} ${field} is ${record[field]}, last written ${String(written)}`;
  }
  return undefined;
}

/** No document breaks a rule of its type. */
export function invalid(people: readonly Person[]): string | undefined {
  const faults = people.flatMap(({ nick, replica }) => toyFaults(replica.confirmed).map((rid) => `${rid} of ${nick}`));
  return faults.length > 0 ? `${faults.join()} breaks a rule` : undefined;
}

/** Completed parts don't change, but by a stanza of an owner's that may have touched their mark. Asked again and again, of one person. */
export class CompletedParts {
  readonly #person: Person;
  #parts = new Map<Rid, string>();
  #seen = 0;
  #jumps = 0;

  constructor(person: Person) {
    this.#person = person;
  }

  changed(): string | undefined {
    const { replica, log, jumps, nick } = this.#person;
    const before = this.#parts;
    this.#parts = completedParts(replica.confirmed);
    const news = log.slice(this.#seen);
    const jumped = jumps.length > this.#jumps;
    this.#seen = log.length;
    this.#jumps = jumps.length;
    if (jumped) return undefined;
    const declared = news.some(
      ({ edits, role }) => role === 'owner' && edits.some((edit) => edit.kind !== 'new' || edit.ns === COMPLETE_NS),
    );
    for (const [rid, was] of before) {
      const is = this.#parts.get(rid);
      if (is !== was && !declared) return `${nick}: the completed ${rid} was ${was}, is ${is}`;
    }
    return undefined;
  }
}

/** All edits that wait, as text. */
export function waiting(replica: Replica): string {
  return JSON.stringify(replica.pending().flatMap(({ edits }) => edits));
}

/** What is shown, without identities. Of siblings of one weight, whose order their rids settle, the order doesn't count: what comes back has a
 *  fresh one. */
function shape(view: TreeView, parent: Rid = ''): string {
  return view
    .children(parent)
    .map((rid) => {
      const node = view.get(rid);
      const attrs = view.attributes(rid).map((attr) => `${view.get(attr)?.name}=${view.get(attr)?.chdata}`);
      const text = `${node?.name ?? node?.type} ${node?.chdata ?? ''} ${attrs.sort().join()} [${shape(view, rid)}]`;
      return { weight: node?.primaryWeight ?? 0, text };
    })
    .sort((a, b) => a.weight - b.weight || (a.text < b.text ? -1 : 1))
    .map(({ text }) => text)
    .join('|');
}

/** Taking back and doing again, with nobody in between, changes nothing. `settle` lets all arrive. */
export async function undoneAndRedone(
  { nick, session, replica }: Person,
  steps: number,
  settle: () => Promise<void>,
): Promise<string | undefined> {
  const before = shape(replica.shown);
  let undone = 0;
  for (let i = 0; i < steps; i++) {
    const before = waiting(replica);
    // Of a step that others have changed there may be nothing left; it is none to do again.
    if (session.undo().ok && waiting(replica) !== before) undone++;
  }
  await settle();
  for (let i = 0; i < undone; i++) session.redo();
  await settle();
  const after = shape(replica.shown);
  return after === before ? undefined : `${nick} took back and did again: ${before} became ${after}`;
}
