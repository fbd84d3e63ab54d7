import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSvg } from '#svg/parse.ts';
import { cleanTrees } from '#svg/safe.ts';
import { serializeSvg } from '#svg/serialise.ts';
import { treeView } from '#test/support/tree-view.ts';
import { Resvg } from '@resvg/resvg-js';
import { describe, expect, test } from 'vitest';
import { canonical, complaints } from './canonical.ts';

const folder = fileURLToPath(new URL('../fixtures/svg/round-trip/', import.meta.url));
const files = readdirSync(folder);

function read(source: string | Uint8Array) {
  const parsed = parseSvg(source);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed;
}

test('there are fixtures', () => expect(files.length).toBeGreaterThanOrEqual(16));

describe.each(files)('%s', (file) => {
  const bytes = readFileSync(folder + file);

  test('becomes records and comes back canonically equal', () => {
    const { nodes, prolog } = read(bytes);
    expect(canonical(serializeSvg(treeView(nodes), prolog))).toBe(canonical(bytes));
  });

  test('is left alone by the allow-list', () => {
    const { nodes } = read(bytes);
    expect(cleanTrees(nodes)).toEqual({ nodes, removed: [] });
  });

  test('is exported as a file that xmllint takes and resvg draws', () => {
    const { nodes, prolog } = read(bytes);
    const svg = serializeSvg(treeView(nodes), prolog, { indent: 2, identities: true });
    expect(complaints([svg])).toBe('');
    expect(new Resvg(svg).render().width).toBeGreaterThan(0);
  });
});

test('the prolog of a file comes back, its internal subset does not', () => {
  const { nodes, prolog } = read(readFileSync(`${folder}entities.svg`));
  const svg = serializeSvg(treeView(nodes), prolog);
  expect(svg).toMatch(
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<!DOCTYPE svg PUBLIC "-\/\/W3C\/\/DTD SVG 1.1\/\/EN" "[^"]+">\n<!-- before -->\n<svg/,
  );
  expect(svg).not.toContain('ENTITY');
});

test('an unusual prolog is left out, whoever sent it', () => {
  const view = treeView(read('<svg xmlns="http://www.w3.org/2000/svg"/>').nodes);
  const plain = serializeSvg(view);
  for (const prolog of [
    '<!DOCTYPE svg SYSTEM "http://evil.example/x.dtd">',
    '<!DOCTYPE svg PUBLIC "-//Evil//X" "http://evil.example/x.dtd">',
    '<!DOCTYPE html>',
    '<!DOCTYPE svg [',
    '<script>alert(1)</script>',
    '<!-- comment --><svg>',
    'x'.repeat(100_000),
  ]) {
    expect(serializeSvg(view, prolog)).toBe(plain);
  }
  expect(serializeSvg(view, '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>')).toBe(
    `<!DOCTYPE svg>\n${plain}`,
  );
});
