/** State to and from peers that know only XEP-0284 ("Sending the State of the Document"). */
import type { ReplicaState } from '#core/replica-port.ts';
import type { Edit, NodeRecord, TreeView } from '#core/types.ts';
import type { StatePart, SxePayload } from '#xmpp/xep-0284.ts';

const BATCH_BYTES = 16 * 1024;
const MAX_RECORDS = 2_000_000;

const weigh = (record: NodeRecord): number =>
  120 + (record.chdata?.length ?? 0) * 2 + (record.name?.length ?? 0) + (record.pidata?.length ?? 0);

/** The state as messages for a strict peer: begin, the records as New with their versions, end. Inert records are not for it, and
 *  strays are where `view` shows them: orphans would be deleted (XEP-0284, "Mapping the Records"). */
export function strictStateMessages(
  state: ReplicaState,
  last: { sender: string; id: string },
  view: TreeView,
): SxePayload[] {
  const batches: Edit[][] = [[]];
  let bytes = 0;
  for (const record of state.records) {
    const { inert, ...fields } = record;
    const parent = view.parentOf(record.rid);
    if (inert || parent === undefined) continue;
    const size = weigh(record);
    if (bytes > 0 && bytes + size > BATCH_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push({ kind: 'new', ...fields, parent });
    bytes += size;
  }
  return batches.map((edits, index): SxePayload => {
    const parts: StatePart[] = [];
    if (index === 0) parts.push({ kind: 'begin', prolog: state.prolog });
    if (edits.length > 0) parts.push({ kind: 'edits', edits });
    if (index === batches.length - 1) parts.push({ kind: 'end', lastSender: last.sender, lastId: last.id });
    return { kind: 'state', parts };
  });
}

export interface StrictState {
  readonly prolog: string;
  /** Parents before children. */
  readonly records: readonly NodeRecord[];
  readonly last: { readonly sender: string; readonly id: string };
}

export interface StrictCollector {
  readonly provider: string;
  /** Takes parts as they come; the state once its end is there. */
  take(parts: readonly StatePart[]): StrictState | undefined;
}

/** Gathers the state that a strict peer sends. History is read as the XEP says: a Set gives its version as it stands. */
export function createStrictCollector(provider: string): StrictCollector {
  const records = new Map<string, NodeRecord>();
  let prolog: string | undefined;

  const apply = (edit: Edit): void => {
    if (edit.kind === 'remove') records.delete(edit.rid);
    else if (edit.kind === 'new') {
      if (records.has(edit.rid) || records.size >= MAX_RECORDS || edit.malformed) return;
      const { kind: _, version, restores: __, malformed: ___, ...fields } = edit;
      records.set(edit.rid, { ...fields, version: version ?? 0 });
    } else {
      const record = records.get(edit.rid);
      if (!record) return;
      record.version = edit.version;
      if (edit.malformed) return;
      const { chdata, ...fields } = edit.fields;
      Object.assign(record, fields);
      if (chdata === undefined) return;
      const old = record.chdata ?? '';
      const { splice } = edit;
      record.chdata = splice ? old.slice(0, splice.from) + chdata + old.slice(splice.from + splice.count) : chdata;
    }
  };

  return {
    provider,
    take(parts) {
      for (const part of parts) {
        if (part.kind === 'begin') {
          records.clear();
          prolog = part.prolog;
        } else if (prolog === undefined) continue;
        else if (part.kind === 'edits') part.edits.forEach(apply);
        else return { prolog, records: parentsFirst(records), last: { sender: part.lastSender, id: part.lastId } };
      }
      return undefined;
    },
  };
}

/** Records in an order in which each parent precedes its children. Orphans are left out (XEP-0284, "Mapping the Records"). */
function parentsFirst(records: ReadonlyMap<string, NodeRecord>): NodeRecord[] {
  const children = new Map<string, NodeRecord[]>();
  for (const record of records.values()) {
    const siblings = children.get(record.parent);
    if (siblings) siblings.push(record);
    else children.set(record.parent, [record]);
  }
  const ordered: NodeRecord[] = [];
  const queue = [...(children.get('') ?? [])];
  for (let at = 0; at < queue.length; at++) {
    const record = queue[at];
    if (!record) break;
    ordered.push(record);
    queue.push(...(children.get(record.rid) ?? []));
  }
  return ordered;
}
