/** Which test files need a tool that isn't there: those that import its helper, directly or through other test files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './run.mjs';
import { TOOLS } from './tools.mjs';

/** Test files under a folder (repository path) whose names end so. */
export function testFiles(folder, suffix) {
  const top = path.join(ROOT, folder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

const IMPORT = /from\s+'([^']+)'/g;

/** The missing tools that a test file needs. */
export function needsOf(file, missing, seen = new Set()) {
  if (seen.has(file) || !existsSync(path.join(ROOT, file))) return [];
  seen.add(file);
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const needs = new Set(missing.filter((name) => TOOLS[name].support.test(text)));
  for (const [, target] of text.matchAll(IMPORT)) {
    const next = target.startsWith('#test/')
      ? path.join('test', target.slice('#test/'.length))
      : target.startsWith('.')
        ? path.join(path.dirname(file), target)
        : undefined;
    if (next?.startsWith('test')) for (const name of needsOf(next, missing, seen)) needs.add(name);
  }
  return [...needs];
}
