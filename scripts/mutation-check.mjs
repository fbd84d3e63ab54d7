/**
 * `npm run mutants [-- WORD...]`: breaks each rule of DESIGN section 2 in turn, in a copy of the tree, and sees a test fail. A mutant is a text
 * that must be found exactly once. Prints `rule | mutant | killed by | seconds` and ends badly when one survives or no longer fits. With
 * words: only mutants whose rule contains one.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from './lib/run.mjs';

const MODEL = ['test/model'];
const CORE = ['test/core/rules.test.ts', 'test/core/replica.prop.test.ts', 'test/core/hostile.prop.test.ts'];
const SESSION = [
  'test/session/loss.test.ts',
  'test/session/mixes.prop.test.ts',
  'test/session/convergence.prop.test.ts',
];
const UNDO = ['test/core/undo.test.ts', 'test/core/undo.prop.test.ts'];
const R = 'src/core/rules.ts';

/** rule, file, what is there, what is put for it, who should notice. */
const MUTANTS = [
  ['version counts every Set', R, '  node.version++;\n', '  if (!edit.fix) node.version++;\n', MODEL],
  ['a correction writes nothing', R, 'if (edit.fix || edit.malformed', 'if (edit.malformed', MODEL],
  ['a splice fits what its author knew', R, 'node.chdataVersion < version && version', 'version', MODEL],
  ['a splice is void if out of step', R, ' && author.ahead === node.version - edit.version', '', MODEL],
  ['a text’s version is noted', R, '    node.chdataVersion = node.version;\n', '', MODEL],
  ['a used rid is ignored', R, '  if (layer.get(edit.rid)) return IGNORED;\n', '', MODEL],
  ['an unknown parent deletes', R, "  if (edit.parent !== '' && parent === undefined) return IGNORED;\n", '', MODEL],
  [
    'the lower twin goes',
    R,
    'if (compareRids(attr.rid, twin.rid) > 0)',
    'if (compareRids(attr.rid, twin.rid) < 0)',
    MODEL,
  ],
  [
    'the least of a cycle is cut',
    R,
    'if (compareRids(rid, least) < 0) least = rid;',
    'if (compareRids(rid, least) > 0) least = rid;',
    MODEL,
  ],
  [
    'only elements of the tree cut a cycle',
    R,
    "if (other.type === 'element' && !other.inert)",
    'if (other)',
    [...CORE, ...MODEL],
  ],
  ['strays are looked at again', R, '  if (layer.strays.size === 0) return;\n', '  return;\n', [...CORE, ...MODEL]],
  ['a second root is void', R, "layer.root() === undefined ? undefined : 'a root stands'", 'undefined', MODEL],
  ['inert records go with their parent', R, '    stack.push(...layer.inertUnder(rid));\n', '', MODEL],
  [
    'ties go by code point',
    'src/core/order.ts',
    '? rank(x) - rank(y) : x - y',
    '? x - y : x - y',
    ['test/core/order.prop.test.ts', ...MODEL],
  ],
  [
    'a weight lies strictly between',
    'src/core/order.ts',
    'if (rounded > low && rounded < high)',
    'if (rounded >= low && rounded <= high)',
    ['test/core/order.prop.test.ts'],
  ],
  [
    'the digest holds the text’s version',
    'src/core/digest.ts',
    '    node.chdataVersion,\n',
    '',
    ['test/core', 'test/model'],
  ],
  [
    'a second arrival is ignored',
    'src/core/replica.ts',
    '    this.#known.add(stanza.id);\n',
    '',
    [...CORE, ...SESSION],
  ],
  ['what was sent is frozen', 'src/core/outbox.ts', '    next.frozen = true;\n', '', [...CORE, ...SESSION]],
  [
    'a void splice is said again',
    'src/core/replica.ts',
    "  if (sent.kind === 'set' && sent.splice && outcome.status === 'void') return present;\n",
    '',
    CORE,
  ],
  [
    'unsaid edits travel in the state',
    'src/core/replica.ts',
    '      ...(unsaid.length > 0 ? { unsaid } : {}),\n',
    '',
    SESSION,
  ],
  [
    'a stanza is said again by its sender alone',
    'src/core/replica.ts',
    'else if (waiting && !stanza.byOther)',
    'else if (waiting)',
    SESSION,
  ],
  ['undo spares what others wrote', 'src/core/undo.ts', 'if (this.#isForeign(rid, field, serial) || ', 'if (', UNDO],
  ['edits count after a hello here', 'src/session/session.ts', ' && !people.takesPart(from.id)', ' && false', SESSION],
  ['a gap is noticed', 'src/session/gaps.ts', 'if (before.n < 1 ||', 'if (before.n >= 0 ||', SESSION],
  [
    'an opening hello begins the order',
    'src/session/election.ts',
    '    tookPartElsewhere(id) {\n      partakers.delete(id);\n',
    '    tookPartElsewhere(id) {\n',
    SESSION,
  ],
];

const words = process.argv.slice(2);
const chosen = MUTANTS.filter(([rule]) => words.length === 0 || words.some((word) => rule.includes(word)));
const copy = mkdtempSync(path.join(tmpdir(), 'limn-mutants-'));
process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const name of ['src', 'test', 'renderer', 'package.json', 'tsconfig.json', 'vitest.config.ts'])
  cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));

for (const files of new Set(chosen.map(([, , , , tests]) => tests))) {
  const verdict = test(files);
  if (verdict === 'SURVIVED') continue;
  process.stderr.write(`Without a mutant, ${files.join(' ')} fails: ${verdict}\n`);
  process.exit(1);
}
let bad = 0;
process.stdout.write('| rule | file | killed by | seconds |\n| --- | --- | --- | --- |\n');
for (const [rule, file, from, to, tests] of chosen) {
  const target = path.join(copy, file);
  const text = readFileSync(target, 'utf8');
  const began = Date.now();
  let verdict = `NOT FOUND ${text.split(from).length - 1} times`;
  if (text.split(from).length === 2) {
    writeFileSync(
      target,
      text.replace(from, () => to),
    );
    verdict = test(tests);
    writeFileSync(target, text);
  }
  if (/^(NOT FOUND|SURVIVED)/.test(verdict)) bad += 1;
  process.stdout.write(`| ${rule} | ${file} | ${verdict} | ${((Date.now() - began) / 1000).toFixed(0)} |\n`);
}
process.stdout.write(`\n${chosen.length - bad} of ${chosen.length} mutants killed\n`);
process.exit(bad > 0 ? 1 : 0);

/** The first test that fails, with its seed; or that none does. */
function test(files) {
  const runner = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  const { stdout, stderr, status, signal } = spawnSync(
    process.execPath,
    [runner, 'run', '--bail=1', '--no-color', ...files],
    {
      cwd: copy,
      encoding: 'utf8',
      timeout: 180_000,
      env: { ...process.env, LIMN_RUNS: process.env.LIMN_RUNS ?? '0.5', LIMN_QUICK: '1' },
    },
  );
  if (status === 0) return 'SURVIVED';
  if (signal) return 'no end within 180 s';
  const said = stdout + stderr;
  // Only a test that failed has noticed anything: a file that can't be loaded has not.
  const failed = /FAIL\s+(\S+ > .+)/.exec(said)?.[1]?.trim();
  if (failed === undefined) return `SURVIVED: no test ran (${said.trim().split('\n').at(-1)})`;
  const seed = /seed: (-?\d+)/.exec(said)?.[1];
  return failed.replaceAll('|', '/') + (seed === undefined ? '' : ` (seed ${seed})`);
}
