/**
 * `npm run bench -- sync`: Limn and its peers perform one workload (workload.mjs), each run in a fresh process, engines in
 * turns so that a slow minute of the machine hits all; medians are printed. The peers are installed on demand.
 *
 * `--json` prints JSON Lines (CLI.md); `--runs N` (3), `--engines a,b`, `--configs single,frame16,frame50` choose.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import { median, table } from './report.ts';

const HERE = import.meta.dirname;
const FRAMES: Readonly<Record<string, number>> = { single: 1, frame16: 16, frame50: 50 };
const PEERS = ['json-joy', 'tldraw', 'yjs', 'loro', 'automerge'];
const ROWS = ['W1', 'W1bulk', 'W2', 'W3', 'W4', 'W5', 'W6'];
const run = promisify(execFile);

interface Row {
  readonly n: number;
  readonly ms: number;
  /** Processor time, which other work on the machine changes less. */
  readonly cpuMs: number;
  readonly opsPerSec: number;
  readonly bytesMean?: number;
  readonly bytesP95?: number;
  readonly equal?: boolean;
  readonly lost?: number;
  readonly doubled?: number;
}
interface RunResult {
  readonly equal: boolean;
  readonly rows: Record<string, Row>;
  readonly memory: { readonly base: { readonly rss: number }; readonly afterW4: { readonly rss: number } };
  readonly forms: Record<string, number>;
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    engines: { type: 'string', default: ['limn', ...PEERS].join(',') },
    configs: { type: 'string', default: Object.keys(FRAMES).join(',') },
  },
});
const runs = Math.max(1, Number(values.runs) || 3);
const engines = values.engines.split(',').filter((name) => name === 'limn' || PEERS.includes(name));
const configs = values.configs.split(',').filter((name) => name in FRAMES);
const note = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

async function installPeers(): Promise<void> {
  if (engines.every((name) => name === 'limn') || existsSync(path.join(HERE, 'node_modules/.package-lock.json')))
    return;
  note('Installing the engines that Limn is measured against (once)...');
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: HERE });
}

/** Limn's adapter without types, as the product is built; a peer's as it is. */
async function adapterOf(engine: string): Promise<string> {
  if (engine !== 'limn') return path.join(HERE, `peers/${engine}.mjs`);
  // Not below bench/, whose packages are the peers'.
  const outfile = path.join(HERE, '../node_modules/.cache/limn-bench/limn.mjs');
  const entryPoints = [path.join(HERE, 'peers/limn.ts')];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return outfile;
}

const node = (script: string, words: readonly string[]): Promise<{ stdout: string }> =>
  run(process.execPath, ['--expose-gc', path.join(HERE, script), ...words], { maxBuffer: 1 << 26 });

const folder = mkdtempSync(path.join(tmpdir(), 'limn-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

await installPeers();
const results = new Map<string, RunResult[]>();
const loads = new Map<string, Row[]>();
for (let turn = 1; turn <= runs; turn++) {
  for (const config of configs) {
    for (const engine of engines) {
      note(`Run ${turn} of ${runs}: ${engine}, ${config}...`);
      const adapter = await adapterOf(engine);
      const out = path.join(folder, `${engine}.json`);
      await node('sync-run.mjs', [adapter, String(FRAMES[config]), out]);
      const key = `${config}/${engine}`;
      results.set(key, [...(results.get(key) ?? []), JSON.parse(readFileSync(out, 'utf8')) as RunResult]);
      if (config !== 'single') continue;
      const { stdout } = await node('sync-load.mjs', [adapter, 'saved', `${out}.saved`]);
      const load = JSON.parse(stdout) as { ms: number; cpuMs: number; shapes: number };
      const row = { n: load.shapes, ms: load.ms, cpuMs: load.cpuMs, opsPerSec: (load.shapes / load.ms) * 1000 };
      loads.set(engine, [...(loads.get(engine) ?? []), row]);
    }
  }
}

interface Line {
  readonly bench: 'sync';
  readonly row: string;
  readonly config: string;
  readonly engine: string;
  readonly n: number;
  readonly opsPerSec: number;
  readonly bytesMean: number | null;
  readonly bytesP95: number | null;
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssMB: number;
  readonly runs: number;
  readonly ok: boolean;
}

function lineOf(row: string, config: string, engine: string): Line | undefined {
  const all = results.get(`${config}/${engine}`) ?? [];
  const rows =
    row === 'W6' ? (config === 'single' ? (loads.get(engine) ?? []) : []) : all.flatMap((one) => one.rows[row] ?? []);
  const [first] = rows;
  if (first === undefined) return undefined;
  const round = (x: number): number => Math.round(x * 10) / 10;
  // Two replicas live in the process.
  const rss = median(all.map(({ memory }) => (memory.afterW4.rss - memory.base.rss) / 2e6));
  return {
    bench: 'sync',
    row,
    config,
    engine,
    n: first.n,
    opsPerSec: Math.round(median(rows.map((one) => one.opsPerSec))),
    bytesMean: first.bytesMean === undefined ? null : round(first.bytesMean),
    bytesP95: first.bytesP95 ?? null,
    ms: round(median(rows.map((one) => one.ms))),
    cpuMs: round(median(rows.map((one) => one.cpuMs))),
    rssMB: round(rss),
    runs: rows.length,
    ok: all.every((one) => one.equal) && rows.every((one) => one.equal !== false && !one.lost && !one.doubled),
  };
}

const lines = configs.flatMap((config) =>
  ROWS.flatMap((row) => engines.flatMap((engine) => lineOf(row, config, engine) ?? [])),
);

interface Ratio {
  readonly peer: string;
  readonly ratio: number;
  /** The same of processor time, to the peer that takes the least. */
  readonly cpuPeer: string;
  readonly cpuRatio: number;
}

/** Limn's speed over that of the fastest peer, per configuration and row. */
function ratios(): Record<string, Ratio> {
  const found: Record<string, Ratio> = {};
  const round = (x: number): number => Math.round(x * 100) / 100;
  for (const limn of lines.filter(({ engine }) => engine === 'limn')) {
    const peers = lines.filter(
      (line) => line.engine !== 'limn' && line.row === limn.row && line.config === limn.config,
    );
    // Some perform samples alone: each by the op.
    const cost = (line: Line): number => line.cpuMs / line.n;
    const best = peers.toSorted((a, b) => b.opsPerSec - a.opsPerSec)[0];
    const thriftiest = peers.toSorted((a, b) => cost(a) - cost(b))[0];
    if (best === undefined || thriftiest === undefined) continue;
    found[`${limn.config}/${limn.row}`] = {
      peer: best.engine,
      ratio: round(limn.opsPerSec / best.opsPerSec),
      cpuPeer: thriftiest.engine,
      cpuRatio: round(cost(thriftiest) / cost(limn)),
    };
  }
  return found;
}

const summary = { bench: 'sync', summary: true, runs, ratiosToBestPeer: ratios() };
if (values.json) {
  for (const line of [...lines, summary]) process.stdout.write(`${JSON.stringify(line)}\n`);
} else {
  for (const config of configs) {
    process.stdout.write(`\n${config}\n`);
    const cells = lines
      .filter((line) => line.config === config)
      .map((line) => [
        line.row,
        line.engine,
        line.n,
        line.opsPerSec,
        line.ms,
        line.cpuMs,
        line.bytesMean ?? '',
        line.rssMB,
        line.ok ? '' : 'DIFFERS',
      ]);
    process.stdout.write(table(['row', 'engine', 'n', 'ops/s', 'ms', 'cpu ms', 'B/op', 'RSS MB', ''], cells));
  }
  for (const [where, { peer, ratio, cpuPeer, cpuRatio }] of Object.entries(summary.ratiosToBestPeer)) {
    process.stdout.write(`${where}: ${ratio} times ${peer} (processor time: ${cpuRatio} times ${cpuPeer})\n`);
  }
}
