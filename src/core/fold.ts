/**
 * A log made shorter: the entries before a point are folded into the document that they led to. What is left of each is what a
 * session that never got it would still have to be told: what nobody wrote over later, removals, and all splices of a text
 * since it was written whole. So those who were parted keep all of both, whenever either folded its log; but what was written into
 * something and removed with it before the point isn't told, should the others have taken that elsewhere.
 */
import type { Layer } from './layer.ts';
import type { LogEntry } from './replica-port.ts';
import type { Edit, FieldName, MutableFields, NewEdit, Rid, SetEdit } from './types.ts';

/** A fold of the log before a point. The entries are taken from the last one back to the first. */
export class Fold {
  readonly #then: Pick<Layer, 'get'>;
  /** What later entries wrote. */
  readonly #written = new Map<Rid, Set<FieldName>>();
  /** Texts of which splices are left. */
  readonly #spliced = new Set<Rid>();
  /** Elements that are gone and yet were the parents of others after they moved. */
  readonly #needed = new Set<Rid>();

  /** @param then the confirmed document after the entries to be folded */
  constructor(then: Pick<Layer, 'get'>) {
    this.#then = then;
  }

  /** What is left of the entry before those that were taken; undefined when nothing is. */
  take(entry: LogEntry): LogEntry | undefined {
    const left: Edit[] = [];
    for (const edit of entry.edits.toReversed()) {
      const kept = this.#edit(edit);
      if (kept) left.push(kept);
    }
    if (left.length === 0) return undefined;
    // What is left of a gesture is no whole that anybody should wait for.
    const { transaction: _, ...rest } = entry;
    return { ...rest, edits: left.reverse() };
  }

  #edit(edit: Edit): Edit | undefined {
    if (edit.void) return undefined;
    switch (edit.kind) {
      case 'new':
        return this.#new(edit);
      case 'set':
        return this.#set(edit);
      case 'remove':
        return edit.fix ? undefined : edit;
    }
  }

  #new(edit: NewEdit): Edit | undefined {
    if (edit.malformed || !(this.#stays(edit.rid) || this.#needed.has(edit.rid))) return undefined;
    this.#need(edit.parent);
    // A value that was written over isn't to be said again, were it only for a moment.
    const value = this.#then.get(edit.rid)?.chdata;
    const over = this.#written.get(edit.rid)?.has('chdata') && !this.#spliced.has(edit.rid) && value !== undefined;
    return over ? { ...edit, chdata: value } : edit;
  }

  #set(edit: SetEdit): Edit | undefined {
    if (edit.fix || edit.malformed || edit.splice?.void) return undefined;
    const stays = this.#stays(edit.rid);
    const { parent } = edit.fields;
    if (!stays && parent === undefined) return undefined;
    const fields: Partial<MutableFields> = {};
    const written = this.#written.get(edit.rid) ?? new Set();
    this.#written.set(edit.rid, written);
    for (const field of Object.keys(edit.fields) as FieldName[]) {
      // Ways from parent to parent stay whole: without a step of one, others might close a cycle for a while; and what went into
      // something that was removed went with it.
      const moves = parent !== undefined && (field === 'parent' || field === 'primaryWeight');
      if (!moves && (!stays || written.has(field))) continue;
      Object.assign(fields, { [field]: edit.fields[field] });
      if (edit.splice && field === 'chdata') this.#spliced.add(edit.rid);
      else written.add(field);
    }
    if (parent !== undefined) this.#need(parent);
    if (Object.keys(fields).length === 0) return undefined;
    const { splice, ...rest } = edit;
    return splice && fields.chdata !== undefined ? { ...rest, splice, fields } : { ...rest, fields };
  }

  #need(parent: Rid): void {
    if (parent !== '' && !this.#stays(parent)) this.#needed.add(parent);
  }

  #stays(rid: Rid): boolean {
    const node = this.#then.get(rid);
    return node !== undefined && node !== null && !node.inert;
  }
}
