/** XHTML files into notes: what people wrote comes, nothing that runs does, and what comes is what notes may hold. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NodeTree } from '#core/types.ts';
import { notesJudge } from '#xhtml/content-model.ts';
import { emptyNotes } from '#xhtml/document.ts';
import { parseXhtml } from '#xhtml/parse.ts';
import { serializeXhtml } from '#xhtml/serialise.ts';
import { replica } from '#test/support/document.ts';
import { check } from '#test/support/property.ts';

const page = (body: string): string =>
  `<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>${body}</body></html>`;

/** The body of the notes that a file gives, as they are exported. */
function read(file: string): { body: string; left: number } {
  const parsed = parseXhtml(file);
  if (!parsed.ok) throw new Error(parsed.reason);
  const notes = replica('n', { judge: notesJudge });
  notes.submit([{ do: 'add', parent: '', before: null, node: { ...emptyNotes('T', 'en'), children: [] } }], 'root');
  const root = notes.shown.root() ?? '';
  const body: NodeTree = { type: 'element', name: 'body', attrs: [], children: [...parsed.blocks] };
  const result = notes.submit([{ do: 'add', parent: root, before: null, node: body }], 'import');
  if (!result.ok) throw new Error(result.reason);
  const out = serializeXhtml(notes.shown, { title: 'T' });
  return { body: out.slice(out.indexOf('<body>\n') + 7, out.indexOf('</body>')), left: parsed.left };
}

test('what Limn exports comes back as it was', () => {
  const body = `<h1>Agenda</h1>\n<p>one <strong>two <em>three</em></strong><br/>four</p>\n<blockquote><p>wise</p>\n</blockquote>\n<ol start="3">\n<li>a</li>\n</ol>\n<ul>\n<li data-done="true">b</li>\n<li>c <a href="xmpp:r@example.org?join">d</a></li>\n</ul>\n<hr/>\n<p></p>\n`;
  expect(read(page(body)).body).toBe(body);
});

test.each([
  ['<p>a<script>alert(1)</script>b</p>', '<p>ab</p>\n', 1],
  ['<p onclick="x" style="y" class="z" lang="de">a</p>', '<p lang="de" xml:lang="de">a</p>\n', 0],
  ['<p><a href="javascript:x">a</a></p>', '<p>a</p>\n', 0],
  ['<iframe src="x"></iframe><form><p>q</p></form><svg xmlns="http://www.w3.org/2000/svg"/>', '', 3],
  ['loose <b>text</b><p>line</p> tail ', '<p>loose <b>text</b></p>\n<p>line</p>\n<p>tail</p>\n', 0],
  ['<section><h2>x</h2><table><tr><td>a</td><td>b</td></tr></table></section>', '<h2>x</h2>\n<p>a</p>\n<p>b</p>\n', 0],
  ['<p>a<div>b</div>c</p>', '<p>abc</p>\n', 0],
  ['<ul>words<li>a</li><p>b</p></ul>', '<ul>\n<li>words</li>\n<li>a</li>\n<li>b</li>\n</ul>\n', 0],
  ['<li>a</li>', '<ul>\n<li>a</li>\n</ul>\n', 0],
  ['<p>&nbsp;&auml;&amp;&lt;</p>', '<p>\u00a0ä&amp;&lt;</p>\n', 0],
  ['<p>\n  a\n  b\n</p>', '<p>a b</p>\n', 0],
])('%s', (file, body, left) => expect(read(page(file))).toEqual({ body, left }));

test.each([
  ['<p>not closed', /line 1, column/],
  ['<svg xmlns="http://www.w3.org/2000/svg"/>', /first element is <svg>/],
  ['', /can't be read as XHTML/],
  ['<!DOCTYPE html [<!ENTITY a "b">]><html><body>&a;</body></html>', /can't be read as XHTML/],
])('%j is refused with a sentence that says where and what to do', (file, reason) => {
  expect(parseXhtml(file)).toMatchObject({ ok: false, code: 'bad-xhtml', reason });
});

test('whatever a file holds, what comes of it is what notes may hold', () => {
  const name = fc.constantFrom(
    ...'p h1 ul ol li blockquote pre div section strong em a br hr script table td body head html title svg'.split(' '),
  );
  const tree = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('x', ' ', 'words '),
      fc
        .tuple(name, fc.array(tie('node'), { maxLength: 4 }))
        .map(([tag, inner]) => `<${tag} href="https://x.org/" data-done="true" onclick="1">${inner.join('')}</${tag}>`),
    ),
  })).node;
  check(
    fc.property(fc.array(tree, { maxLength: 5 }), (nodes) => {
      const { body } = read(page(nodes.join('')));
      expect(body).not.toMatch(/script|onclick|svg/);
      const bare = (text: string): string => text.replace(/<[^>]*>|\s+/g, '');
      expect(bare(read(page(body)).body)).toBe(bare(body));
    }),
    { numRuns: 300 },
  );
});
