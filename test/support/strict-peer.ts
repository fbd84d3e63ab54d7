/**
 * A peer that knows only XEP-0284 and undoes conflicting Sets, in either reading of it: `collapse` counts undone versions as
 * undone for good, `literal` goes back to version v - 1 (spec/sxe-lww.mjs). It joins, edits and gives state as the XEP says, applies
 * what it does at once, and deletes orphans, the lower of two attributes of one name, and the lower of two roots ("Mapping the
 * Records to the DOM Document").
 */
import type { Replica } from '#core/replica-port.ts';
import type { Edit, MutableFields, NodeType } from '#core/types.ts';
import type { Occupant, TransportEvent } from '#session/transport.ts';
import type { SxePayload } from '#xmpp/xep-0284.ts';
import type { NetworkMember } from './network.ts';

export type Reading = 'collapse' | 'literal';

interface StrictRecord {
  readonly type: NodeType;
  version: number;
  /** The fields at each version. */
  history: MutableFields[];
}

/** An edit as the wire says it to who knows nothing of Limn's marks. */
export function asStrict(edit: Edit): Edit {
  if (edit.kind !== 'set' || !edit.fix || edit.anew === undefined) return edit;
  const { parent = '', primaryWeight = 0, ...fields } = edit.fields;
  return { kind: 'new', rid: edit.rid, type: edit.anew, version: edit.version, parent, primaryWeight, ...fields };
}

export class StrictPeer {
  readonly records = new Map<string, StrictRecord>();
  hasState: boolean;
  #buffer: { from: Occupant; id: string; edits: readonly Edit[] }[] | undefined;
  #provider: string | undefined;
  #sent = 0;
  /** Its own edits that the room has not brought back, and who waits for a snapshot that must not cross them. */
  readonly #flying = new Set<string>();
  #waiting: Occupant[] = [];
  #last = { sender: '', id: '' };
  readonly #member: Pick<NetworkMember, 'transport' | 'id' | 'connected'>;
  readonly #session: string;
  readonly #reading: Reading;

  /** `document`: edits that make its own document; without it, it waits for somebody's state. */
  constructor(
    member: Pick<NetworkMember, 'transport' | 'id' | 'connected'>,
    session: string,
    reading: Reading,
    document?: readonly Edit[],
  ) {
    this.#member = member;
    this.#session = session;
    this.#reading = reading;
    this.hasState = document !== undefined;
    for (const edit of document ?? []) this.#apply(edit);
    member.transport.on((event) => this.#on(event));
  }

  /** Goes for good. */
  leave(): void {
    this.#waiting = [];
    void this.#member.transport.leave();
    this.hasState = false;
  }

  /** Its fields of a record as they stand. */
  fields(rid: string): MutableFields | undefined {
    const record = this.records.get(rid);
    return record?.history[record.version];
  }

  /** All that lies under a record and itself, the deepest first: what the XEP wants removed one by one. */
  subtree(rid: string, seen = new Set([rid])): string[] {
    const under = [...this.records.keys()].filter((other) => !seen.has(other) && this.fields(other)?.parent === rid);
    for (const other of under) seen.add(other);
    return [...under.flatMap((other) => this.subtree(other, seen)), rid];
  }

  /** Sends edits; Sets get the next version. */
  edit(edits: readonly Edit[]): void {
    if (!this.hasState || this.#waiting.length > 0 || !this.#member.connected) return;
    const sent = edits.map((edit): Edit => {
      const numbered =
        edit.kind === 'set' ? { ...edit, version: (this.records.get(edit.rid)?.version ?? 0) + 1 } : edit;
      this.#apply(numbered);
      return numbered;
    });
    this.#flying.add(this.#send({ kind: 'edits', edits: sent }));
  }

  #send(payload: SxePayload, to?: Occupant): string {
    const message = { session: this.#session, id: `strict-${this.#member.id}-${++this.#sent}`, payload };
    const { transport } = this.#member;
    (to ? transport.toOne(to, message) : transport.toAll(message)).catch(() => undefined);
    return message.id;
  }

  #on(event: TransportEvent): void {
    if (event.type === 'joined') {
      this.#provider = undefined;
      this.#buffer = undefined;
      if (this.hasState) this.#member.transport.advertise({ id: this.#session, name: 'strict' });
      else this.#send({ kind: 'connect' });
    } else if (event.type === 'left' && event.occupant.id === this.#provider && !this.hasState) {
      this.#provider = undefined;
      this.#buffer = undefined;
      this.records.clear();
      this.#send({ kind: 'connect' });
    } else if (event.type === 'message') this.#ordered(event.from, event.message.id, event.message.payload);
    else if (event.type === 'private') this.#private(event.from, event.message.payload);
  }

  #ordered(from: Occupant, id: string, payload: SxePayload): void {
    if (from.me) {
      if (!this.#flying.delete(id)) return;
      this.#last = { sender: from.jid, id };
      if (this.#flying.size > 0) return;
      for (const asker of this.#waiting) this.#give(asker);
      this.#waiting = [];
      return;
    }
    if (payload.kind === 'connect' && this.hasState) this.#send({ kind: 'state-offer', descriptions: ['svg'] }, from);
    if (payload.kind !== 'edits') return;
    if (this.#buffer) this.#buffer.push({ from, id, edits: payload.edits });
    else if (this.hasState) {
      payload.edits.forEach((edit) => this.#apply(edit));
      this.#last = { sender: from.jid, id };
    }
  }

  #private(from: Occupant, payload: SxePayload): void {
    if (payload.kind === 'state-offer') {
      if (this.hasState || this.#provider !== undefined) return void this.#send({ kind: 'refuse-state' }, from);
      this.#provider = from.id;
      this.#buffer = [];
      this.#send({ kind: 'accept-state' }, from);
    } else if (payload.kind === 'accept-state' && this.hasState) {
      if (this.#flying.size > 0) this.#waiting.push(from);
      else this.#give(from);
    } else if (payload.kind === 'state' && from.id === this.#provider) {
      for (const part of payload.parts) {
        if (part.kind === 'edits') part.edits.forEach((edit) => this.#apply(edit));
        if (part.kind !== 'end') continue;
        const buffer = this.#buffer ?? [];
        const included = buffer.findLastIndex((one) => one.from.jid === part.lastSender && one.id === part.lastId);
        this.hasState = true;
        this.#buffer = undefined;
        this.#member.transport.advertise({ id: this.#session, name: 'strict' });
        for (const { edits } of buffer.slice(included + 1)) edits.forEach((edit) => this.#apply(edit));
      }
    }
  }

  #give(from: Occupant): void {
    const tops = [...this.records.keys()].filter((rid) => this.fields(rid)?.parent === '');
    // Those on a cycle come last: it takes a snapshot as a whole.
    const parentsFirst = new Set([...tops.flatMap((rid) => this.subtree(rid).toReversed()), ...this.records.keys()]);
    const edits = [...parentsFirst].map((rid): Edit => {
      const record = this.records.get(rid) as StrictRecord;
      const fields = record.history[record.version] as MutableFields;
      return { kind: 'new', rid, type: record.type, version: record.version, ...fields };
    });
    this.#send(
      {
        kind: 'state',
        parts: [
          { kind: 'begin', prolog: '' },
          { kind: 'edits', edits },
          { kind: 'end', lastSender: this.#last.sender, lastId: this.#last.id },
        ],
      },
      from,
    );
  }

  #apply(said: Edit): void {
    const edit = asStrict(said);
    if (edit.kind === 'remove') return this.#remove(edit.rid);
    const record = this.records.get(edit.rid);
    if (edit.kind === 'new') {
      if (record || edit.malformed) return;
      const {
        kind: _,
        rid,
        type,
        version = 0,
        restores: __,
        malformed: ___,
        creator: _1,
        created: _2,
        lastModifiedBy: _3,
        modified: _4,
        ...fields
      } = edit;
      this.records.set(rid, { type, version, history: Array.from({ length: version + 1 }, () => fields) });
      return this.#tidy(rid);
    }
    if (!record) return;
    record.version++;
    const { history } = record;
    const v = record.version;
    if (v === edit.version) {
      const before = history[v - 1] as MutableFields;
      const { splice } = edit;
      const chdata = edit.fields.chdata;
      const spliced =
        splice && chdata !== undefined
          ? {
              chdata:
                (before.chdata ?? '').slice(0, splice.from) +
                chdata +
                (before.chdata ?? '').slice(splice.from + splice.count),
            }
          : {};
      history[v] = { ...before, ...edit.fields, ...spliced };
      return this.#tidy(edit.rid);
    }
    const base = history[Math.min(Math.max(0, edit.version - 1), history.length - 1)] as MutableFields;
    if (this.#reading === 'collapse') for (let k = Math.max(0, edit.version); k < v; k++) history[k] = base;
    history[v] = base;
    this.#tidy(edit.rid);
  }

  /** A record was written: an orphan goes, and of two that can't both stand the lower. */
  #tidy(rid: string): void {
    const record = this.records.get(rid);
    const fields = this.fields(rid);
    if (!record || !fields || !this.hasState) return;
    if (fields.parent !== '' && !this.records.has(fields.parent)) return this.#remove(rid);
    const rival = [...this.records].find(([other, { type }]) => {
      const theirs = this.fields(other);
      if (other === rid || type !== record.type || theirs?.parent !== fields.parent) return false;
      if (type === 'element') return fields.parent === '';
      return type === 'attr' && theirs.name === fields.name && (theirs.ns ?? '') === (fields.ns ?? '');
    });
    if (rival) this.#remove(rid < rival[0] ? rid : rival[0]);
  }

  #remove(rid: string): void {
    if (!this.records.delete(rid)) return;
    for (const [other, record] of [...this.records]) {
      if (record.history[record.version]?.parent === rid) this.#remove(other);
    }
  }
}

/** What a strict peer has that the Limn replica has not, or has otherwise; undefined when they are equal. */
export function strictDifference(replica: Replica, peer: StrictPeer): string | undefined {
  const { confirmed } = replica;
  const records = replica.state().records.filter((record) => !record.inert);
  if (!peer.hasState) return 'the strict peer has no state';
  for (const record of records) {
    const theirs = peer.fields(record.rid);
    if (!theirs) return `the strict peer lacks ${record.rid}`;
    for (const field of ['parent', 'name', 'chdata', 'primaryWeight'] as const) {
      if (theirs[field] !== record[field])
        return `${record.rid} ${field}: ${String(theirs[field])}, not ${String(record[field])}`;
    }
    if (peer.records.get(record.rid)?.version !== record.version) return `${record.rid} has another version`;
  }
  for (const rid of peer.records.keys()) if (!confirmed.get(rid)) return `the strict peer still has ${rid}`;
  return undefined;
}
