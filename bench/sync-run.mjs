/**
 * One process, one engine, one run: `node --expose-gc bench/sync-run.mjs ADAPTER FRAME OUT.json`. Replica A performs every
 * op; each FRAME ops are one transaction and yield one update (string or bytes), which replica B applies at once. Both
 * are compared with the model. What A saved is left beside OUT.json for sync-load.mjs.
 *
 * An adapter exports `create(n, ops per update)`, `load(bytes, form)`, `version`, optionally `config` (sizes, for the slow) and `text`
 * (saved forms are strings). A replica has `init(ops)`, `transact(work)` which answers with the update, the ops `add`, `set`,
 * `append`, `move`, `remove`, and `apply`, `save`, `forms`, `tree`; with `goOffline`, `offlineUpdate`, `merge` it does W5.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { byteLength, canonical, generate } from './workload.mjs';

const [adapterFile, frameWord, outFile] = process.argv.slice(2);
const frame = Number(frameWord);
const adapter = await import(pathToFileURL(path.resolve(adapterFile)).href);

const CHUNK = 200;
// The ops are kept off the JavaScript heap, so that an engine's collections are not charged for the harness's own objects.
function pack(ops) {
  const chunks = [];
  for (let i = 0; i < ops.length; i += CHUNK) chunks.push(Buffer.from(JSON.stringify(ops.slice(i, i + CHUNK))));
  return { length: ops.length, chunks };
}
const unpack = (packed) => packed.chunks.flatMap((chunk) => JSON.parse(chunk.toString()));

const work = (() => {
  const { base, ...lists } = generate(adapter.config);
  const packed = Object.fromEntries(Object.entries(lists).map(([name, ops]) => [name, pack(ops)]));
  return { ...packed, wanted: Buffer.from(canonical(base.tree())) };
})();

function collect() {
  globalThis.gc();
  globalThis.gc();
}

function memory() {
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, external, rss };
}

function perform(replica, op) {
  if (op.op === 'add') replica.add(op.shape, op.group, op.index);
  else if (op.op === 'set') replica.set(op.id, op.name, op.value);
  else if (op.op === 'append') replica.append(op.id, op.text);
  else if (op.op === 'move') replica.move(op.id, op.fromGroup, op.from, op.group, op.index);
  else replica.remove(op.id, op.fromGroup, op.from);
}

/** Processor time of this process, threads of its collector included, in milliseconds. */
function processor() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

// An app turns its event loop; without it finalizers and microtasks pile up.
const turn = () => new Promise((resolve) => setImmediate(resolve));

const result = { engine: adapter.version, frame, rows: {}, memory: { base: memory() } };
const [a, b] = [await adapter.create(1, frame), await adapter.create(2, frame)];

async function phase(row, packed) {
  collect();
  const times = [];
  const sizes = [];
  let elapsed = 0;
  let local = 0;
  let cpuMs = 0;
  let waiting = [];
  const flush = () => {
    const ops = waiting;
    waiting = [];
    const start = performance.now();
    const update = a.transact(() => {
      for (const op of ops) perform(a, op);
    });
    const made = performance.now();
    b.apply(update);
    const end = performance.now();
    local += made - start;
    elapsed += end - start;
    times.push(end - start);
    sizes.push(byteLength(update));
  };
  for (const chunk of packed.chunks) {
    const ops = JSON.parse(chunk.toString());
    const begun = processor();
    for (const op of ops) {
      waiting.push(op);
      if (waiting.length === frame) flush();
    }
    cpuMs += processor() - begun;
    await turn();
  }
  if (waiting.length > 0) flush();
  times.sort((x, y) => x - y);
  const bytes = sizes.reduce((total, size) => total + size, 0);
  sizes.sort((x, y) => x - y);
  const n = packed.length;
  result.rows[row] = {
    n,
    ms: elapsed,
    cpuMs,
    localMs: local,
    opsPerSec: (n / elapsed) * 1000,
    p50us: times[times.length >> 1] * 1000,
    p99us: times[Math.floor(times.length * 0.99)] * 1000,
    bytesMean: bytes / n,
    bytesP95: sizes[Math.floor(sizes.length * 0.95)],
  };
}

async function bulk() {
  const ops = unpack(work.W1);
  const [from, to] = [await adapter.create(3, ops.length), await adapter.create(4, ops.length)];
  collect();
  const start = performance.now();
  const begun = processor();
  const update = from.init(ops);
  to.apply(update);
  const ms = performance.now() - start;
  const cpuMs = processor() - begun;
  const bytes = byteLength(update);
  result.rows.W1bulk = {
    n: ops.length,
    ms,
    cpuMs,
    opsPerSec: (ops.length / ms) * 1000,
    bytesMean: bytes / ops.length,
    bytes,
  };
  from.free?.();
  to.free?.();
}

/** Sets that nobody else touched must be in the merged tree. */
function lostSets(mine, theirs, shapes) {
  const removed = new Set(theirs.filter((op) => op.op === 'remove').map((op) => op.id));
  const set = new Set(theirs.filter((op) => op.op === 'set').map((op) => `${op.id}/${op.name}`));
  const last = new Map();
  for (const op of mine) {
    if (op.op === 'set') last.set(`${op.id}/${op.name}`, op);
    if (op.op === 'remove') for (const key of [...last.keys()]) if (key.startsWith(`${op.id}/`)) last.delete(key);
  }
  const kept = [...last].filter(([key, op]) => !removed.has(op.id) && !set.has(key));
  const lost = kept.filter(([, op]) => String(shapes.get(op.id)?.attrs[op.name]) !== op.value);
  return { lost: lost.length, of: kept.length };
}

function merge() {
  a.reindex?.();
  b.reindex?.();
  a.goOffline();
  b.goOffline();
  const [left, right] = [unpack(work.left), unpack(work.right)];
  collect();
  const start = performance.now();
  const begun = processor();
  for (const op of left) perform(a, op);
  for (const op of right) perform(b, op);
  const edited = performance.now();
  // A is the first to be back; an engine whose session has one order lets B hear A before it sends its own.
  const fromA = a.offlineUpdate();
  const fromB = b.offlineUpdate(fromA);
  a.merge(fromB, fromA, true);
  b.merge(fromA, fromB, false);
  const ms = performance.now() - start;
  const cpuMs = processor() - begun;
  const n = left.length + right.length;
  const tree = a.tree();
  const shapes = new Map();
  let doubled = 0;
  for (const shape of tree.flat()) {
    if (shapes.has(shape.id)) doubled += 1;
    shapes.set(shape.id, shape);
  }
  const [one, two] = [lostSets(left, right, shapes), lostSets(right, left, shapes)];
  result.rows.W5 = {
    n,
    ms,
    cpuMs,
    mergeMs: ms - (edited - start),
    opsPerSec: (n / ms) * 1000,
    bytesMean: (byteLength(fromA) + byteLength(fromB)) / n,
    equal: canonical(tree) === canonical(b.tree()),
    doubled,
    lost: one.lost + two.lost,
    lostOf: one.of + two.of,
  };
}

if (frame === 1) await bulk();
if (adapter.config?.bulkOnly) b.apply(a.init(unpack(work.W1)));
else {
  b.apply(a.init([]));
  await phase('W1', work.W1);
}
for (const row of ['W2', 'W3', 'W4']) await phase(row, work[row]);
result.memory.afterW4 = memory();
const wanted = work.wanted.toString();
result.equal = canonical(a.tree()) === wanted && canonical(b.tree()) === wanted;
result.forms = {};
for (const [form, bytes] of Object.entries({ saved: a.save(), ...a.forms?.() })) {
  writeFileSync(`${outFile}.${form}`, bytes);
  result.forms[form] = byteLength(bytes);
}
if (a.goOffline !== undefined && frame === 1) merge();
writeFileSync(outFile, JSON.stringify(result));
