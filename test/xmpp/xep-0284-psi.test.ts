import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type PsiMessage, parsePsi, serializePsi } from '#xmpp/xep-0284-psi.ts';
import { readElement } from './elements.ts';
import { goldenPairs } from './golden.ts';

goldenPairs(
  'xep-0284-psi',
  (element): PsiMessage => {
    const result = parsePsi(element);
    if (!result?.ok) throw new Error(`not read: ${result?.reason}`);
    return result.message;
  },
  serializePsi,
);

function countEdits({ payload }: PsiMessage): number {
  if (payload.kind === 'edits') return payload.edits.length;
  if (payload.kind !== 'snapshot') return 0;
  return payload.parts.reduce((sum, part) => sum + (part.kind === 'edits' ? part.edits.length : 0), 0);
}

const FOLDER = path.join(import.meta.dirname, '..', 'fixtures', 'psi');
const captures = readdirSync(FOLDER);

test('there are captures', () => expect(captures.length).toBeGreaterThanOrEqual(5));

test.each(captures)('every <sxe/> of a live Psi is read and written alike: %s', (file) => {
  const capture = readElement(readFileSync(path.join(FOLDER, file), 'utf8'));
  let read = 0;
  for (const stanza of capture.children) {
    if (typeof stanza !== 'object' || stanza.getName() !== 'message') continue;
    const result = parsePsi(stanza);
    if (!result) continue;
    expect(result).toMatchObject({ ok: true, notes: [] });
    if (!result.ok) continue;
    read += 1;
    const again = parsePsi(readElement(serializePsi(result.message).toString()));
    expect(again).toEqual({ ok: true, message: result.message, notes: [] });
    const written = (stanza.toString().match(/<(new|set|remove) /g) ?? []).length;
    expect(countEdits(result.message)).toBe(written);
  }
  expect(read).toBeGreaterThan(0);
});
