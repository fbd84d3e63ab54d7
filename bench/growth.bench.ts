/**
 * `npm run bench -- growth`: what one edit costs as a board grows (from 1,000 to 200,000 shapes in one group, an author and one who
 * receives) and as a company does (from 1 to 100 replicas, each of which takes every stanza). Processor time, so that what else
 * the machine does counts less. `--json` prints JSON Lines.
 */
import { parseArgs } from 'node:util';
import { createReplica } from '../src/core/replica.ts';
import type { Intent, Replica, StoredState } from '../src/core/replica-port.ts';
import type { ElementTree, Rid } from '../src/core/types.ts';
import { decodeState, encodeState } from '../src/store/saved-state.ts';
import { table } from './report.ts';

const SHAPES = [1000, 10_000, 50_000, 200_000];
const REPLICAS = [1, 10, 100];
/** Edits of each kind, but for few where a hundred replicas take them. */
const EDITS = 2500;
const FEW = 250;
/** Of so many series of edits the median counts: a collection of the whole heap falls into one or two of them. */
const ROUNDS = 9;
/** Shapes that one stanza brings while the board is made; every tenth is a path. */
const BATCH = 1000;
const PATHS = 10;
/** A step through the shapes that has nothing to do with their order. */
const STEP = 7919;
const KINDS = ['set', 'add', 'move', 'append', 'digest', 'remove'] as const;

interface Row {
  readonly shapes: number;
  readonly replicas: number;
  /** Microseconds an edit and replica; `digest` is a set and reading the digest then. */
  readonly us: Readonly<Record<(typeof KINDS)[number], number>>;
  /** Opening the saved form, microseconds a shape. */
  readonly load: number;
  /** Bytes of heap that the board takes, a shape and replica. */
  readonly shapeBytes: number;
  /** Bytes of heap that the edits but for removals left, an edit and replica; what an author can take back is part of it. */
  readonly editBytes: number;
}

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });

const replica = (prefix: string, state?: StoredState): Replica =>
  createReplica({ prefix, author: prefix, now: () => 1_780_000_000_000, observed: false, state });

function shape(n: number): ElementTree {
  const values: Record<string, string> =
    n % PATHS === 0 ? { d: `M${n % 4000} 0` } : { x: `${n % 4000}`, y: `${n % 3000}` };
  const attrs = Object.entries(values).map(([name, value]) => ({ name, value }));
  return { type: 'element', name: n % PATHS === 0 ? 'path' : 'rect', attrs, children: [] };
}

/** An author and those who take what it says in the order in which a room would give it. */
class Company {
  readonly author = replica('1qkzr0v9xw3la');
  readonly others: readonly Replica[];
  #gestures = 0;

  constructor(size: number) {
    this.others = Array.from({ length: size - 1 }, (_, i) => replica(`0m3wd7u5yfg${i.toString(36)}`));
  }

  say(intents: readonly Intent[], apart = false): void {
    const result = this.author.submit(intents, `g${++this.#gestures}`);
    if (!result.ok) throw new Error(result.reason);
    for (let next = this.author.takeOutgoing(); next; next = this.author.takeOutgoing()) {
      this.author.receive(next);
      // No two machines share a string.
      for (const other of this.others) other.receive(apart ? structuredClone(next) : next);
    }
  }

  /** Makes a board of so many shapes in one group; answers the group. */
  draw(count: number): Rid {
    const group: ElementTree = { type: 'element', name: 'g', attrs: [], children: [] };
    const svg: ElementTree = { ...group, ns: 'http://www.w3.org/2000/svg', name: 'svg', children: [group] };
    this.say([{ do: 'add', parent: '', before: null, node: svg }]);
    const { shown } = this.author;
    const parent = shown.children(shown.root() ?? '')[0] ?? '';
    for (let n = 0; n < count; n += BATCH) {
      const size = Math.min(BATCH, count - n);
      const adds = Array.from({ length: size }, (_, i): Intent => {
        return { do: 'add', parent, before: null, node: shape(n + i) };
      });
      this.say(adds, true);
    }
    return parent;
  }
}

function heap(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const round = (value: number): number => Math.round(value * 10) / 10;

function micros(work: () => void): number {
  const begin = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begin);
  return user + system;
}

function measure(shapes: number, replicas: number): Row {
  const edits = replicas > 10 ? FEW : EDITS;
  const before = heap();
  const company = new Company(replicas);
  const { author } = company;
  const group = company.draw(shapes);
  const drawn = heap();
  const rids = author.shown.children(group);
  const paths = rids.filter((_, i) => i % PATHS === 0);
  const rects = rids.filter((_, i) => i % PATHS !== 0);
  const pick = (list: readonly Rid[], n: number): Rid => list[(n * STEP) % list.length] ?? group;
  const lengths = new Map<Rid, number>();
  const work: Readonly<Record<(typeof KINDS)[number], (n: number) => Intent>> = {
    set: (n) => ({ do: 'set', rid: pick(rects, n), name: 'x', value: `${n}.5` }),
    add: (n) => ({ do: 'add', parent: group, before: pick(paths, n), node: shape(n) }),
    move: (n) => ({ do: 'move', rid: pick(rects, n), parent: group, before: pick(paths, n + 1) }),
    append(n) {
      const rid = pick(paths, n);
      const insert = `L${n % 900} ${n % 700}`;
      const from =
        lengths.get(rid) ?? author.shown.get(author.shown.attribute(rid, '', 'd') ?? '')?.chdata?.length ?? 0;
      lengths.set(rid, from + insert.length);
      return { do: 'text', rid, name: 'd', from, count: 0, insert };
    },
    digest: (n) => ({ do: 'set', rid: pick(rects, n), name: 'y', value: `${n}.25` }),
    remove: () => ({ do: 'remove', rid: rects.pop() ?? group }),
  };
  // The digest of a whole new board is read once; from then on it costs what changed.
  for (const each of [author, ...company.others]) each.digest();
  const us = {} as Record<(typeof KINDS)[number], number>;
  let changed = drawn;
  for (const kind of KINDS) {
    if (kind === 'remove') changed = heap();
    const perform = (n: number): void => {
      company.say([work[kind](n)]);
      if (kind === 'digest') for (const each of [author, ...company.others]) each.digest();
    };
    // Half of what a small board holds, at most.
    const count = kind === 'remove' ? Math.min(edits, shapes >> 1) : edits;
    for (let n = 0; n < count / 10; n++) perform(n);
    const each = Math.floor((count * 0.9) / ROUNDS);
    const rounds = Array.from({ length: ROUNDS }, (_, round) =>
      micros(() => {
        for (let n = 0; n < each; n++) perform(count + round * each + n);
      }),
    );
    us[kind] = round(median(rounds) / each / replicas);
  }
  const saved = encodeState(author.saved());
  const load = micros(() => replica('9c7x2m4v8b1k', decodeState(saved))) / shapes;
  return {
    ...{ shapes, replicas, us, load: round(load) },
    shapeBytes: Math.round((drawn - before) / replicas / shapes),
    editBytes: Math.round((changed - drawn) / replicas / edits / (KINDS.length - 1)),
  };
}

// What is measured first pays for compiling all of it.
measure(2000, 2);
const sizes = [...SHAPES.map((count) => [count, 2] as const), ...REPLICAS.map((count) => [1000, count] as const)];
const rows = sizes.map(([shapes, replicas]) => {
  process.stderr.write(`${shapes} shapes, ${replicas} replicas...\n`);
  return measure(shapes, replicas);
});
if (values.json) {
  for (const { us, ...row } of rows) process.stdout.write(`${JSON.stringify({ bench: 'growth', ...row, ...us })}\n`);
} else {
  const heads = ['shapes', 'replicas', ...KINDS.map((kind) => `${kind} us`), 'load us/shape', 'B/shape', 'B/edit'];
  const cells = rows.map(({ shapes, replicas, us, load, shapeBytes, editBytes }) => {
    return [shapes, replicas, ...KINDS.map((kind) => us[kind]), load, shapeBytes, editBytes];
  });
  process.stdout.write(table(heads, cells));
}
