/**
 * `npm run bench -- latency`: how much Limn adds to a room's own delay. Two processes, each with a whole Limn main (disk
 * included) and a bare connection of the same client library, on one real Prosody. In turns: a raw room message from A to
 * B, as long as an edit's stanza; an edit in A until it is applied in B. One at a time.
 *
 * `--json` prints JSON Lines (CLI.md); `--n N` (1000) messages of each kind, `--runs N` (3).
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { startProsody } from '../test/support/prosody.ts';
import type { Asked, Setup, Told } from './latency-worker.ts';
import { median, percentile, table } from './report.ts';

type Kind = 'raw' | 'limn';
const KINDS: readonly Kind[] = ['raw', 'limn'];
const WARM_UP = 100;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    n: { type: 'string', default: '1000' },
    runs: { type: 'string', default: '3' },
  },
});
const count = Math.max(10, Number(values.n) || 1000);
const runs = Math.max(1, Number(values.runs) || 3);

const outfile = path.join(import.meta.dirname, '.cache/latency-worker.mjs');
const entryPoints = [path.join(import.meta.dirname, 'latency-worker.ts')];
// As scripts/build.mjs bundles the product.
await build({
  entryPoints,
  outfile,
  bundle: true,
  external: ['libsql'],
  alias: { 'css-tree': 'css-tree/dist/csstree.esm' },
  banner: { js: "import { createRequire as own } from 'node:module'; const require = own(import.meta.url);" },
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});

interface Worker {
  readonly child: ChildProcess;
  /** Resolves with the next thing told that fits. */
  readonly told: (what: Told['what'], n?: number) => Promise<Told>;
}

function startWorker(setup: Setup): Worker {
  const child = fork(outfile, [JSON.stringify(setup)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Plain Node, without the loader that runs this file.
    execArgv: [],
  });
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`a worker ended with ${code}`)));
  });
  ended.catch(() => undefined);
  return {
    child,
    told: (what, n) => {
      const coming = new Promise<Told>((resolve) => {
        const listen = (told: Told): void => {
          if (told.what !== what || (n !== undefined && 'n' in told && told.n !== n)) return;
          child.off('message', listen);
          resolve(told);
        };
        child.on('message', listen);
      });
      return Promise.race([coming, ended]);
    },
  };
}

const timeOf = (told: Told): bigint => BigInt('at' in told ? told.at : 0);

/** Milliseconds from sending to arrival, `count` of each kind in turns. */
async function measure(): Promise<Record<Kind, number[]>> {
  const server = await startProsody();
  const folder = mkdtempSync(path.join(tmpdir(), 'limn-latency-'));
  const workers: Worker[] = [];
  try {
    for (const nick of ['alice', 'bob']) {
      const worker = startWorker({
        jid: `${nick}@${server.host}`,
        password: server.accounts[nick] ?? '',
        service: `xmpp://127.0.0.1:${server.port}`,
        ca: server.certificate,
        profile: path.join(folder, nick),
        nick,
        rooms: server.rooms,
      });
      workers.push(worker);
      await worker.told('ready');
    }
    const [a, b] = workers as [Worker, Worker];
    const times: Record<Kind, number[]> = { raw: [], limn: [] };
    for (let n = 1; n <= count + WARM_UP; n++) {
      for (const kind of KINDS) {
        const arrived = b.told('got', n);
        const settled = kind === 'limn' ? a.told('settled', n) : undefined;
        const sent = a.told('sent', n);
        a.child.send({ kind, n } satisfies Asked);
        const took = Number(timeOf(await arrived) - timeOf(await sent)) / 1e6;
        await settled;
        if (n > WARM_UP) times[kind].push(took);
      }
    }
    return times;
  } finally {
    for (const { child } of workers) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode !== null || !child.connected) continue;
      child.send({ kind: 'end' } satisfies Asked);
      await gone;
    }
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const results: Record<Kind, number[]>[] = [];
for (let run = 1; run <= runs; run++) {
  process.stderr.write(`Run ${run} of ${runs}...\n`);
  results.push(await measure());
}
const round = (x: number): number => Math.round(x * 1000) / 1000;
const lines = KINDS.map((kind) => ({
  bench: 'latency',
  engine: kind,
  n: count,
  p50ms: round(median(results.map((result) => percentile(result[kind], 0.5)))),
  p95ms: round(median(results.map((result) => percentile(result[kind], 0.95)))),
  runs,
}));
const [raw, limn] = lines as [(typeof lines)[0], (typeof lines)[0]];
const ratio = (a: number, b: number): number => Math.round((a / b) * 100) / 100;
const summary = {
  bench: 'latency',
  summary: true,
  p50ratio: ratio(limn.p50ms, raw.p50ms),
  p95ratio: ratio(limn.p95ms, raw.p95ms),
};
if (values.json) for (const line of [...lines, summary]) process.stdout.write(`${JSON.stringify(line)}\n`);
else {
  process.stdout.write(
    table(
      ['', 'n', 'p50 ms', 'p95 ms'],
      lines.map((line) => [line.engine, line.n, line.p50ms, line.p95ms]),
    ),
  );
  process.stdout.write(`p50: ${summary.p50ratio} times the raw message; p95: ${summary.p95ratio} times\n`);
}
