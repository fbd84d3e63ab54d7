/** `npm run check`: format, lint (with the import rules), types and unused files; all are run, then it ends badly if one did. */
import { ensurePackages } from './lib/packages.mjs';
import { ROOT, run, say } from './lib/run.mjs';

const bin = (file) => `node_modules/${file}`;
const CHECKS = [
  ['format', bin('@biomejs/biome/bin/biome'), ['format', '.'], 'npm run format'],
  ['lint and import rules', bin('oxlint/bin/oxlint'), ['--deny-warnings']],
  ['lock file', 'scripts/complete-lock.mjs', ['--check'], 'node scripts/complete-lock.mjs'],
  ['types', bin('typescript/bin/tsc'), ['-p', '.']],
  ['unused files and packages', bin('knip/bin/knip.js'), ['--no-progress']],
];

await ensurePackages();
let failed = 0;
for (const [name, script, words, cure] of CHECKS) {
  const { status, output } = await run(process.execPath, [script, ...words], { cwd: ROOT, capture: true });
  process.stdout.write(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}\n`);
  if (status === 0) continue;
  failed += 1;
  process.stdout.write(`${output}\n`);
  if (cure !== undefined) say(`To mend it: ${cure}`);
}
process.exit(failed > 0 ? 1 : 0);
