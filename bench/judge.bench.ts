/**
 * `npm run bench -- judge`: what judging costs per edit. A replica takes others' edits, one a stanza, on a board of 10,000 shapes in
 * 50 groups: without rules, with SVG's, and with SVG's while one group is complete. Last, stanzas full of faults. Processor time.
 *
 * `--json` prints JSON Lines, `--runs N` (5) medians of so many.
 */
import { parseArgs } from 'node:util';
import { COMPLETE_NAME, COMPLETE_NS } from '../src/core/complete.ts';
import { createReplica } from '../src/core/replica.ts';
import type { Replica, ReplicaState } from '../src/core/replica-port.ts';
import type { Edit, ElementTree, Rid } from '../src/core/types.ts';
import { svgJudge } from '../src/svg/content-model.ts';
import { median, table } from './report.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, runs: { type: 'string', default: '5' } },
});
const runs = Math.max(1, Number(values.runs) || 5);

const SHAPES = 10_000;
const GROUPS = 50;
const EDITS = 50_000;
const KINDS = ['none', 'svg', 'svg and a completed part'] as const;
type Kind = (typeof KINDS)[number];

function element(name: string, attrs: Readonly<Record<string, string>>, children: ElementTree[] = []): ElementTree {
  const list = Object.entries(attrs).map(([attr, value]) => ({ name: attr, value }));
  return { type: 'element', ns: 'http://www.w3.org/2000/svg', name, attrs: list, children };
}

function board(): ReplicaState {
  const replica = createReplica({ prefix: 'seed', author: 's', now: () => 0 });
  const rect = (): ElementTree => element('rect', { x: '1', y: '2', width: '30', height: '40', fill: '#1971c2' });
  const groups = Array.from({ length: GROUPS }, () =>
    element('g', { opacity: '1' }, Array.from({ length: SHAPES / GROUPS }, rect)),
  );
  const made = replica.submit([{ do: 'add', parent: '', before: null, node: element('svg', {}, groups) }], 'g');
  if (!made.ok) throw new Error(made.reason);
  replica.confirmAlone();
  return replica.state();
}

const seed = board();

function open(kind: Kind): Replica {
  const replica = createReplica({
    prefix: 'a',
    author: 'a',
    now: () => 0,
    state: seed,
    ...(kind === 'none' ? {} : { judge: svgJudge }),
  });
  replica.beginEpoch('e');
  if (kind === 'svg and a completed part') {
    const part = replica.confirmed.children(replica.confirmed.root() ?? '')[0] ?? '';
    const mark: Edit = {
      kind: 'new',
      rid: 'mark',
      type: 'attr',
      parent: part,
      primaryWeight: 9,
      ns: COMPLETE_NS,
      name: `c:${COMPLETE_NAME}`,
      chdata: '{}',
    };
    replica.receive({ author: 'o', id: { prefix: 'o', n: 1 }, edits: [mark], time: 0, role: 'owner' });
  }
  return replica;
}

/** Edits of one kind, in turn over shapes of all groups but the first. */
function edits(replica: Replica, what: 'set' | 'new' | 'move'): Edit[] {
  const view = replica.confirmed;
  const groups = view.children(view.root() ?? '').slice(1);
  const shapes = groups.flatMap((group) => view.children(group));
  const at = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;
  return Array.from({ length: EDITS }, (_, i): Edit => {
    const shape = at(shapes, i * 7919);
    if (what === 'new')
      return {
        kind: 'new',
        rid: `h.${i}`,
        type: 'element',
        parent: at(groups, i),
        primaryWeight: 1000 + i,
        name: 'rect',
      };
    const version = Math.floor(i / shapes.length) + 1;
    if (what === 'move')
      return { kind: 'set', rid: shape, version, fields: { parent: at(groups, i * 31), primaryWeight: i } };
    return { kind: 'set', rid: view.attribute(shape, '', 'x') ?? '', version, fields: { chdata: String(i % 997) } };
  });
}

/** Processor time, so that what else the machine does counts less. */
function cpuMicros(begin: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begin);
  return user + system;
}

/** Microseconds per edit; each stanza is one edit. */
function measure(kind: Kind, what: 'set' | 'new' | 'move'): number {
  const replica = open(kind);
  const list = edits(replica, what);
  const begin = process.cpuUsage();
  let voided = 0;
  list.forEach((edit, i) => {
    voided += replica.receive({ author: 'h', id: { prefix: 'h', n: i + 1 }, edits: [edit], time: 0 }).voided.length;
  });
  const took = cpuMicros(begin);
  if (voided > 0) throw new Error(`${voided} edits were void`);
  return took / list.length;
}

/** Milliseconds for a stanza of so many faulty edits. */
function measureFaults(count: number): number {
  const replica = open('svg');
  const view = replica.confirmed;
  const shapes: Rid[] = view.children(view.root() ?? '').flatMap((group) => view.children(group));
  const list = shapes.slice(0, count).map((shape): Edit => {
    return { kind: 'set', rid: view.attribute(shape, '', 'x') ?? '', version: 1, fields: { chdata: 'NaN' } };
  });
  const begin = process.cpuUsage();
  const { voided } = replica.receive({ author: 'h', id: { prefix: 'h', n: 1 }, edits: list, time: 0 });
  if (voided.length !== count) throw new Error(`${voided.length} of ${count} were void`);
  return cpuMicros(begin) / 1000;
}

const often = (one: () => number): number => median(Array.from({ length: runs }, one));
const rows: (string | number)[][] = [];
for (const what of ['set', 'new', 'move'] as const) {
  const row: (string | number)[] = [what];
  for (const kind of KINDS) {
    const us = Number(often(() => measure(kind, what)).toFixed(2));
    row.push(us);
    if (values.json)
      process.stdout.write(
        `${JSON.stringify({ bench: 'judge', row: what, config: kind, n: EDITS, usPerEdit: us, runs })}\n`,
      );
  }
  rows.push(row);
}
if (!values.json) process.stdout.write(`Microseconds per edit received\n\n${table(['', ...KINDS], rows)}\n`);
for (const count of [1000, 10_000]) {
  const ms = Number(often(() => measureFaults(count)).toFixed(1));
  const line = { bench: 'judge', row: 'faults', n: count, ms, runs };
  process.stdout.write(values.json ? `${JSON.stringify(line)}\n` : `a stanza of ${count} faults: ${ms} ms\n`);
}
