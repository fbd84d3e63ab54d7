/**
 * `npm run mutants [-- --write WORD...]`: breaks each rule of DESIGN section 2 in turn, in a copy of the tree, and sees a test fail. A mutant is a text
 * that must be found exactly once. Prints `rule | mutant | killed by | seconds` and ends badly when one survives or no longer fits. With
 * words: only mutants whose rule contains one. `--write` puts what came of each into the table of test/MUTANTS.md.
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
const MEET = ['test/session/two-sessions.test.ts'];
const UNDO = ['test/core/undo.test.ts', 'test/core/undo.prop.test.ts'];
const STRICT = ['test/session/strict.prop.test.ts'];
const JUDGE = ['test/core/judge.test.ts', 'test/core/judge.prop.test.ts'];
const COMPANY = ['test/session/strict.test.ts', ...STRICT];
const FORMS = ['test/session/forms.prop.test.ts'];
const R = 'src/core/rules.ts';

/** rule, file, what is there, what is put for it, who should notice. */
const MUTANTS = [
  ['version counts every Set', R, '  node.version++;\n', '  if (!edit.fix) node.version++;\n', MODEL],
  ['a correction writes nothing', R, 'if (edit.fix || edit.malformed', 'if (edit.malformed', MODEL],
  ['a splice fits what its author knew', R, 'node.chdataVersion < version && version', 'version', MODEL],
  ['a splice is void if out of step', R, ' && author.ahead === node.version - edit.version', '', MODEL],
  ['a text’s version is noted', R, '    node.chdataVersion = node.version;\n', '', MODEL],
  ['a used rid is ignored', R, '  if (layer.get(edit.rid)) return IGNORED;\n', '', MODEL],
  ['an unknown parent deletes', R, "  if (edit.parent !== '' && parent === undefined) return HOMELESS;\n", '', MODEL],
  [
    'the lower twin goes',
    R,
    'if (compareRids(attr.rid, twin.rid) > 0)',
    'if (compareRids(attr.rid, twin.rid) < 0)',
    [...CORE, ...MODEL],
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
    'src/core/confirm.ts',
    "  if (sent.kind === 'set' && sent.splice && outcome.status === 'void')\n",
    '  if (sent === undefined)\n',
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
    'else if (waiting && !stanza.byOther && !isSaid',
    'else if (waiting && !isSaid',
    [...CORE, ...SESSION],
  ],
  ['undo spares what others wrote', 'src/core/undo.ts', 'if (this.#isForeign(rid, field, serial) || ', 'if (', UNDO],
  ['undo takes nothing of mine for others’ doing', 'src/core/undo.ts', '!watched && !same', '!watched', UNDO],
  [
    'edits count after a hello here',
    'src/session/in-order.ts',
    ' && !people.takesPart(from.id)',
    ' && false',
    [...MEET, ...SESSION],
  ],
  ['a gap is noticed', 'src/session/gaps.ts', 'if (before.n < 1 ||', 'if (before.n >= 0 ||', SESSION],
  [
    'edits count until a hello elsewhere',
    'src/session/election.ts',
    '    tookPartElsewhere(id) {\n      partakers.delete(id);\n',
    '    tookPartElsewhere(id) {\n',
    [...MEET, ...SESSION],
  ],
  [
    'corrections by the elected',
    'src/session/duties.ts',
    "      if (due.length > 0) submit(replica.corrections(due), 'correct');\n",
    '',
    STRICT,
  ],
  [
    'what strict peers lack is made again',
    'src/session/duties.ts',
    "        submit(madeAgain(replica, owed.lost), 'again');\n",
    '',
    STRICT,
  ],
  [
    'what another session does is undone for strict peers',
    'src/session/in-order.ts',
    '      if (!payload.compact) duties.missed(payload.edits);\n',
    '',
    COMPANY,
  ],
  [
    'a session that began with a strict peer’s state gives way',
    'src/session/takeover.ts',
    '`z${epoch}`',
    'epoch',
    COMPANY,
  ],
  [
    'what was drawn alone is said to a strict peer’s session',
    'src/session/adopt.ts',
    'same ? drawnAlone(replica, log) : ',
    'same ? [] : ',
    COMPANY,
  ],
  ['strays are hung by the elected', 'src/session/duties.ts', "      submit(hang(busy), 'hang');\n", '', COMPANY],
  [
    'the oldest hello is elected',
    'src/session/election.ts',
    '      for (const id of hellos) {\n        const occupant',
    '      for (const id of hellos.toReversed()) {\n        const occupant',
    ['test/session/election.test.ts'],
  ],
  [
    'one root while a strict peer is there',
    'src/session/takeover.ts',
    '        people.strictPresent(),\n',
    '        false,\n',
    COMPANY,
  ],
  [
    'my value goes to a surviving twin',
    'src/core/confirm.ts',
    "return [{ kind: 'set', rid: outcome.twin, version: 0, fields: { chdata: first.chdata } }];",
    'return [];',
    CORE,
  ],
  [
    'a Set after a Remove is a New',
    'src/core/rebase.ts',
    'if (gone.has(edit.rid)) return [afterRemoval(edit, context, replacements)];',
    'if (gone.has(edit.rid)) return [edit];',
    CORE,
  ],
  [
    'an echo is known by what it says',
    'src/core/replica.ts',
    ' && !saysTheSame(own, stanza.edits)',
    ' && false',
    ['test/core', 'test/session/hostile.test.ts', 'test/session/preempt.test.ts'],
  ],
  ['a stanza is judged', 'src/core/judge.ts', 'if (round <= MAX_ROUNDS) faultsOf(base, judge, blame);', '', JUDGE],
  [
    'a completed part is closed',
    'src/core/judge.ts',
    'return layer.hasComplete || makesMark(layer, edit) ? completenessFault(layer, edit, role) : undefined;',
    'return makesMark(layer, edit) ? completenessFault(layer, edit, role) : undefined;',
    JUDGE,
  ],
  [
    'siblings are spaced anew where no weight fits',
    'src/core/build.ts',
    '    return this.#respace(parent, previous, next, moving);',
    '    return previous?.primaryWeight ?? 0;',
    ['test/core/rules.test.ts', 'test/core/order.prop.test.ts'],
  ],
  [
    'compact ends with a plain marker',
    'src/session/forms.ts',
    'counts: (at) => at === turn && !isPlain(),',
    'counts: () => true,',
    FORMS,
  ],
  [
    'the state waits for the plain marker',
    'src/session/forms.ts',
    'to.compact === true || people.me?.compact !== true || isPlain() || speaker() === undefined',
    'true',
    FORMS,
  ],
  [
    'void records go with what I remove',
    'src/core/layer.ts',
    '    if (this.#concernsInert()) return false;\n',
    '',
    ['test/core/rules.test.ts'],
  ],
  [
    'what I removed comes back under its nearest surviving ancestor',
    'src/core/undo.ts',
    ".find((rid) => rid === '' || layer.get(rid)?.home !== undefined);",
    '.at(-1);',
    UNDO,
  ],
  [
    'what somebody took elsewhere comes back no second time',
    'src/core/undo.ts',
    "elsewhere.has(node.home ?? '') || layer.get(this.#alias(node.rid, layer))",
    'false',
    UNDO,
  ],
  [
    'what I moved and somebody removed is nowhere',
    'src/core/moved-out.ts',
    '          if (home === undefined) continue;\n',
    '',
    ['test/core/moved-out.prop.test.ts', ...SESSION],
  ],
  [
    'what came too late is said again by its sender',
    'src/session/adopt.ts',
    'found.set(name, lateSplices(entry, left));',
    'continue;',
    [...MEET, ...SESSION],
  ],
  [
    'edits before the hello of their sender do not count',
    'src/session/waiting.ts',
    "at > last || one.message.payload.kind !== 'edits'",
    'at >= 0',
    [...MEET, ...SESSION],
  ],
  [
    'the earlier of two sessions is asked for again',
    'src/session/suit.ts',
    "giveUp('cut');",
    'return;',
    [...MEET, ...SESSION],
  ],
  ['what the session lacks is said again', 'src/core/replica.ts', '    this.#outbox.prepend(lacking);\n', '', SESSION],
];

const write = process.argv.includes('--write');
const words = process.argv.slice(2).filter((word) => word !== '--write');
const chosen = MUTANTS.filter(([rule]) => words.length === 0 || words.some((word) => rule.includes(word)));
const copy = mkdtempSync(path.join(tmpdir(), 'limn-mutants-'));
process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const name of ['src', 'test', 'renderer', 'package.json', 'tsconfig.json', 'vitest.config.ts'])
  cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));

const sound = test([...new Set(chosen.flatMap(([, , , , tests]) => tests))], 900_000);
if (sound !== 'SURVIVED') {
  process.stderr.write(`Without a mutant a test fails: ${sound}\n`);
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
  if (write) note(rule, file, verdict);
}
process.stdout.write(`\n${chosen.length - bad} of ${chosen.length} mutants killed\n`);
process.exit(bad > 0 ? 1 : 0);

/** Puts a row into the table, in the place of the rule's last one; rows of rules that are no more go. */
function note(rule, file, verdict) {
  const target = path.join(ROOT, 'test/MUTANTS.md');
  const text = readFileSync(target, 'utf8');
  const head = text.slice(0, text.indexOf('\n| ') + 1);
  const rows = new Map(
    text
      .split('\n')
      .filter((row) => row.startsWith('| '))
      .map((row) =>
        row
          .slice(2, -1)
          .trim()
          .split(/ +\| +/),
      )
      .map(([known, ...cells]) => [known, cells]),
  );
  rows.set(rule, [`\`${file}\``, verdict]);
  const all = MUTANTS.flatMap(([known]) => (rows.has(known) ? [[known, ...rows.get(known)]] : []));
  const table = [['rule', 'file', 'killed by'], ...all];
  const widths = [0, 1, 2].map((at) => Math.max(...table.map((row) => row[at].length)));
  const [top, ...body] = table.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at])).join(' | ')} |`);
  const line = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  writeFileSync(target, `${head}${[top, line, ...body].join('\n')}\n`);
}

/** The first test that fails, with its seed; or that none does. */
function test(files, timeout = 300_000) {
  const runner = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  const { stdout, stderr, status, signal } = spawnSync(
    process.execPath,
    [runner, 'run', '--bail=1', '--no-color', '--testTimeout=250000', ...files],
    {
      cwd: copy,
      encoding: 'utf8',
      timeout,
      env: { ...process.env, LIMN_QUICK: '1' },
    },
  );
  if (status === 0) return 'SURVIVED';
  if (signal) return `no end within ${timeout / 1000} s`;
  const said = stdout + stderr;
  // Only a test that failed has noticed anything: a file that can't be loaded has not.
  const failed = /FAIL\s+(\S+ > .+)/.exec(said)?.[1]?.trim();
  if (failed === undefined) return `SURVIVED: no test ran (${said.trim().split('\n').at(-1)})`;
  const seed = /seed: (-?\d+)/.exec(said)?.[1];
  return failed.replaceAll('|', '/') + (seed === undefined ? '' : ` (seed ${seed})`);
}
