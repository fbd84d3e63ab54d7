/**
 * A document as a peer has it that knows only XEP-0284: of conflicting Sets it undoes both. `collapse` counts undone versions as undone for
 * good, `literal` goes back to the version before the conflict as it stood then.
 */
import type { Edit, MutableFields, NewEdit, NodeType, Rid } from '#core/types.ts';
import { asStrict } from '#test/support/strict-peer.ts';
import { byCodePoints } from './document.ts';

export type Reading = 'collapse' | 'literal';

interface StrictRecord {
  readonly type: NodeType;
  version: number;
  /** The fields at each version. */
  readonly history: MutableFields[];
}

export class StrictDocument {
  readonly records = new Map<Rid, StrictRecord>();
  readonly #reading: Reading;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  fields(rid: Rid): MutableFields | undefined {
    const record = this.records.get(rid);
    return record?.history[record.version];
  }

  apply(said: Edit): void {
    const edit = asStrict(said);
    if (edit.kind === 'remove') this.#remove(edit.rid);
    else if (edit.kind === 'new') this.#new(edit);
    else this.#set(edit);
  }

  #new(edit: NewEdit): void {
    const { kind: _, rid, type, version = 0, restores: __, malformed, ...rest } = edit;
    const { creator: _1, created: _2, lastModifiedBy: _3, modified: _4, ...fields } = rest;
    if (malformed || this.records.has(rid) || (fields.parent !== '' && !this.records.has(fields.parent))) return;
    this.records.set(rid, { type, version, history: Array.from({ length: version + 1 }, () => fields) });
    if (type !== 'attr') return;
    const twins = [...this.records.keys()].filter((other) => {
      const its = this.fields(other);
      return this.records.get(other)?.type === 'attr' && its?.parent === fields.parent && its.name === fields.name;
    });
    for (const twin of twins.sort(byCodePoints).slice(0, -1)) this.#remove(twin);
  }

  #set({ rid, version, fields, splice }: Extract<Edit, { kind: 'set' }>): void {
    const record = this.records.get(rid);
    if (!record) return;
    const { history } = record;
    const now = ++record.version;
    if (version === now) {
      const before = history[now - 1] as MutableFields;
      const text = before.chdata ?? '';
      const chdata =
        splice && fields.chdata !== undefined
          ? text.slice(0, splice.from) + fields.chdata + text.slice(splice.from + splice.count)
          : fields.chdata;
      history[now] = { ...before, ...fields, ...(chdata === undefined ? {} : { chdata }) };
      return;
    }
    const base = history[Math.min(Math.max(0, version - 1), history.length - 1)] as MutableFields;
    if (this.#reading === 'collapse') history.fill(base, Math.max(0, version), now);
    history[now] = base;
  }

  #remove(rid: Rid): void {
    if (!this.records.delete(rid)) return;
    for (const other of [...this.records.keys()]) if (this.fields(other)?.parent === rid) this.#remove(other);
  }
}
