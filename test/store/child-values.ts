/** Values that the tests and their child process share. No test library here: the child runs without one. */
import type { Base } from '#core/history-port.ts';
import type { LogEntry, PendingStanza, SavedState } from '#core/replica-port.ts';

export const entry = (seq: number, text = `value ${seq}`, prefix = 'p1'): LogEntry => ({
  place: { epoch: 'e1', seq },
  author: 'romeo@example.org',
  id: { prefix, n: seq },
  edits: [{ kind: 'set', rid: 'a.1', version: seq, fields: { chdata: text } }],
  time: 1_700_000_000_000 + seq,
});

export const pendingStanza = (n: number, text = `pending ${n}`): PendingStanza => ({
  id: { prefix: 'p2', n },
  author: 'romeo@example.org',
  edits: [{ kind: 'set', rid: 'a.1', version: n, fields: { chdata: text } }],
  time: 1_700_000_000_000 + n,
});

/** The store looks into none of it. */
export const state = (seq: number): SavedState => ({
  place: { epoch: 'e1', seq },
  columns: new Uint8Array([1, 0, seq, 255, ...new TextEncoder().encode('svg')]),
  known: { p1: [[1, seq]] },
  digest: 'd'.repeat(8) + seq,
  prolog: '',
});

export const board = (id: string, name = id) => ({ id, name, created: 1, modified: 2 });

/** What is left of an entry that was folded. */
export const left = (seq: number): LogEntry => entry(seq, `left ${seq}`);

/** The document before the entry with this index, which is the number of the entry before it. */
export const base = (index: number): Base => ({
  state: state(index),
  folded: { entries: index, edits: index, begin: 1, end: 2 },
  restored: [],
});
