/** Rows of the database and the values they stand for, with the checksum that tells a damaged row. */
import { createHash } from 'node:crypto';
import type { Base } from '#core/history-port.ts';
import type { Jump, LogEntry, PendingStanza, SavedState, StoredState } from '#core/replica-port.ts';
import type { Edit } from '#core/types.ts';
import { decodeState, encodeState } from './saved-state.ts';

export interface LogRow {
  idx: number;
  epoch: string;
  seq: number;
  author: string;
  prefix: string;
  n: number;
  time: number;
  edits: string;
  sum: string;
  more: string | null;
}

export interface OutboxRow {
  pos: number;
  author: string;
  prefix: string;
  n: number;
  time: number;
  edits: string;
  sum: string;
}

/** A checksum of a row's content: 64 bits of SHA-256, hex. Detects damage, not malice. */
export function rowSum(values: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 16);
}

export function toLogRow(board: string, idx: number, entry: LogEntry): LogRow {
  const { place, author, id, time, edits: list, ...rest } = entry;
  const edits = JSON.stringify(list);
  const more = Object.keys(rest).length > 0 ? JSON.stringify(rest) : null;
  const { epoch, seq } = place;
  const { prefix, n } = id;
  const row = { idx, epoch, seq, author, prefix, n, time, edits, more };
  return { ...row, sum: logSum(board, row) };
}

/** The entry, or undefined when the row is damaged. */
export function fromLogRow(board: string, row: LogRow): LogEntry | undefined {
  const { epoch, seq, author, prefix, n, time, more } = row;
  if (logSum(board, row) !== row.sum) return undefined;
  const edits = JSON.parse(row.edits) as Edit[];
  const rest = more === null ? {} : (JSON.parse(more) as Partial<LogEntry>);
  return { place: { epoch, seq }, author, id: { prefix, n }, edits, time, ...rest };
}

/** Rows of the first schema have no `more`. */
function logSum(board: string, { idx, epoch, seq, author, prefix, n, time, edits, more }: Omit<LogRow, 'sum'>): string {
  return rowSum([board, idx, epoch, seq, author, prefix, n, time, edits, ...(more === null ? [] : [more])]);
}

export interface JumpRow {
  row: number;
  idx: number;
  since: number;
  jump: string;
  sum: string;
}

/** The jump, or undefined when the row is damaged. */
export function fromJumpRow(board: string, { idx, since, jump, sum }: JumpRow): Jump | undefined {
  return rowSum([board, idx, since, jump]) === sum ? (JSON.parse(jump) as Jump) : undefined;
}

export interface BaseRow {
  idx: number;
  epoch: string;
  seq: number;
  /** As a snapshot's state, with the rest of the base in its JSON. */
  base: Uint8Array | ArrayBuffer;
  sum: string;
}

export function toBaseRow(board: string, idx: number, { state, ...about }: Base): BaseRow & { base: Uint8Array } {
  const { epoch, seq } = state.place;
  const base = encodeState({ ...state, ...about });
  return { idx, epoch, seq, base, sum: snapshotSum(board, idx, base) };
}

/** The base, or undefined when the row is damaged. */
export function fromBaseRow(board: string, { idx, base: stored, sum }: BaseRow): Base | undefined {
  const base = stored instanceof ArrayBuffer ? new Uint8Array(stored) : stored;
  if (snapshotSum(board, idx, base) !== sum) return undefined;
  const { folded, restored, ...state } = decodeState(base) as SavedState & Omit<Base, 'state'>;
  return { state, folded, restored };
}

export function toOutboxRow(board: string, pos: number, stanza: PendingStanza): OutboxRow {
  const { author, id, time } = stanza;
  const { edits: list, transaction } = stanza;
  const edits = JSON.stringify(transaction === undefined ? list : { edits: list, transaction });
  const sum = rowSum([board, pos, author, id.prefix, id.n, time, edits]);
  return { pos, author, prefix: id.prefix, n: id.n, time, edits, sum };
}

/** The stanza, or undefined when the row is damaged. */
export function fromOutboxRow(board: string, row: OutboxRow): PendingStanza | undefined {
  const { pos, author, prefix, n, time } = row;
  if (rowSum([board, pos, author, prefix, n, time, row.edits]) !== row.sum) return undefined;
  const said = JSON.parse(row.edits) as readonly Edit[] | Pick<PendingStanza, 'edits' | 'transaction'>;
  return { id: { prefix, n }, author, time, ...('edits' in said ? said : { edits: said }) };
}

export interface SnapshotRow {
  idx: number;
  /** libsql gives bytes in a Buffer to `get`, and without one to `all`. */
  state: Uint8Array | ArrayBuffer | string;
  sum: string;
}

/** The state, or undefined when the row is damaged. */
export function fromSnapshotRow(board: string, { idx, state: stored, sum }: SnapshotRow): StoredState | undefined {
  const state = stored instanceof ArrayBuffer ? new Uint8Array(stored) : stored;
  return snapshotSum(board, idx, state) === sum ? decodeState(state) : undefined;
}

/** Rows that were written before the fifth schema hold JSON. */
export function snapshotSum(board: string, idx: number, state: Uint8Array | string): string {
  if (typeof state === 'string') return rowSum([board, idx, state]);
  return createHash('sha256')
    .update(JSON.stringify([board, idx]))
    .update(state)
    .digest('hex')
    .slice(0, 16);
}
