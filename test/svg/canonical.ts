/** Canonical XML (C14N 1.0 with comments) by xmllint: the judge of round trips, none of our code has a part in it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian's libxml2-utils. */
const XMLLINT = 'xmllint';

export function canonical(xml: string | Uint8Array): string {
  return execFileSync(XMLLINT, ['--nonet', '--c14n', '-'], { input: xml, maxBuffer: 1 << 28 }).toString('utf8');
}

/** The complaints of `xmllint --noout` about these files, all in one run: `''` when each is well-formed with namespaces. */
export function complaints(files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'limn-svg-'));
  try {
    const names = files.map((text, i) => {
      const name = join(folder, `${i}.svg`);
      writeFileSync(name, text);
      return name;
    });
    // It warns of odd namespaces at length.
    const maxBuffer = 1 << 28;
    execFileSync(XMLLINT, ['--nonet', '--noout', ...names], { stdio: ['ignore', 'ignore', 'pipe'], maxBuffer });
    return '';
  } catch (error) {
    if (error instanceof Error && 'stderr' in error && error.stderr instanceof Buffer)
      return error.stderr.toString('utf8');
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
