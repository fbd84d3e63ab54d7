/** Notes as files: what people wrote, nothing that runs, and XHTML that a strict parser takes. */
import { describe, expect, it } from 'vitest';
import type { ElementTree, NodeTree } from '#core/types.ts';
import { emptyNotes } from '#xhtml/document.ts';
import { serializeXhtml } from '#xhtml/serialise.ts';
import { shownTree } from '#xhtml/view.ts';
import { XHTML_NS } from '#xhtml/vocabulary.ts';
import { replica, submit } from '#test/support/document.ts';
import { complaints } from '#test/svg/canonical.ts';

function h(name: string, attrs: Record<string, string> = {}, ...children: (NodeTree | string)[]): ElementTree {
  return {
    ...{ type: 'element', ns: XHTML_NS, name },
    attrs: Object.entries(attrs).map(([key, value]) => ({ name: key, value })),
    children: children.map((child) => (typeof child === 'string' ? { type: 'text', chdata: child } : child)),
  };
}

function notes(...body: (NodeTree | string)[]) {
  const made = replica('aaaaaaaa');
  submit(made, { do: 'add', parent: '', before: null, node: h('html', { lang: 'en' }, h('body', {}, ...body)) });
  return made;
}

const bodyOf = (...body: (NodeTree | string)[]): string => {
  const file = serializeXhtml(notes(...body).shown, { title: 'T' });
  expect(complaints([file])).toBe('');
  return file.slice(file.indexOf('<body>\n') + 7, file.indexOf('</body>'));
};

describe('notes as a file', () => {
  it('are XHTML with title, language and encoding', () => {
    const made = replica('aaaaaaaa');
    submit(made, { do: 'add', parent: '', before: null, node: emptyNotes('Plan', 'de') });
    expect(serializeXhtml(made.shown, { title: 'Plan & <so>' })).toBe(
      '<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" lang="de" xml:lang="de">\n<head>\n<meta charset="UTF-8"/>\n' +
        '<title>Plan &amp; &lt;so&gt;</title>\n</head>\n<body>\n<p></p>\n</body>\n</html>\n',
    );
  });

  it('without a root are an empty file, and a language that is none is left out', () => {
    const made = replica('aaaaaaaa');
    expect(serializeXhtml(made.shown, { title: '' })).toContain('<body>\n</body>');
    expect(emptyNotes('x', '"><script>').attrs).toEqual([]);
  });

  it('hold headings, phrases, lists, checklists, links, quotes and rules', () => {
    expect(
      bodyOf(
        h('h1', {}, 'Plan'),
        h(
          'p',
          { dir: 'rtl' },
          'a ',
          h('strong', {}, 'b', h('em', {}, 'c')),
          h('br'),
          h('a', { href: 'https://x.org/?a&b' }, 'd'),
        ),
        h('ul', {}, h('li', { 'data-done': 'true' }, 'milk'), h('li', {}, 'tea')),
        h('blockquote', {}, h('p', {}, 'q')),
        h('hr'),
      ),
    ).toBe(
      '<h1>Plan</h1>\n<p dir="rtl">a <strong>b<em>c</em></strong><br/><a href="https://x.org/?a&amp;b">d</a></p>\n' +
        '<ul>\n<li data-done="true">milk</li>\n<li>tea</li>\n</ul>\n<blockquote><p>q</p>\n</blockquote>\n<hr/>\n',
    );
  });

  it('hold no husks, but lines that are empty', () => {
    expect(
      bodyOf(
        h('p', {}, ''),
        h('p'),
        h('p', {}, h('strong')),
        h('p', {}, h('em', {}, '')),
        h('ul'),
        h('ol', {}, h('li'), h('li', {}, 'x', h('u', {}, ''))),
      ),
    ).toBe('<p></p>\n<p></p>\n<ol>\n<li>x</li>\n</ol>\n');
  });

  it('put what stands in the wrong place into a right one', () => {
    expect(bodyOf(h('ul', {}, 'loose', h('p', {}, 'x'), h('li', {}, 'y')))).toBe(
      '<ul>\n<li>loose</li>\n<li><p>x</p></li>\n<li>y</li>\n</ul>\n',
    );
    expect(bodyOf(h('li', {}, 'alone'))).toBe('<div>alone</div>\n');
    expect(bodyOf(h('p', {}, 'a', h('h1', {}, 'b', h('ul', {}, h('li', {}, 'c')))))).toBe('<p>abc</p>\n');
    expect(bodyOf(h('a', { href: '#x' }, 'a', h('a', { href: '#y' }, 'b')))).toBe('<a href="#x">ab</a>');
    expect(bodyOf(h('table', {}, h('tr', {}, h('td', {}, h('p', {}, 'cell')))))).toBe('<p>cell</p>\n');
  });
});

const HOSTILE: Readonly<Record<string, NodeTree>> = {
  script: h('script', {}, 'evil()'),
  'script in a list': h('ul', {}, h('li', {}, h('script', {}, 'evil()'))),
  'script in another case': h('SCRIPT', {}, 'evil()'),
  handler: h('p', { onclick: 'evil()' }, 'x'),
  'link to javascript': h('a', { href: 'javascript:evil()' }, 'x'),
  'link with a tab': h('a', { href: 'java\tscript:evil()' }, 'x'),
  'link to data': h('a', { href: 'data:text/html,evil' }, 'x'),
  style: h('style', {}, 'evil{}'),
  'style attribute': h('p', { style: 'background:url(https://evil.example)' }, 'x'),
  image: h('img', { src: 'https://evil.example/x.png' }),
  frame: h('iframe', { src: 'https://evil.example' }),
  form: h('form', { action: 'https://evil.example' }, h('input', { value: 'evil' })),
  object: h('object', { data: 'evil' }, h('p', {}, 'evil')),
  meta: h('meta', { 'http-equiv': 'refresh', content: '0;url=evil' }),
  base: h('base', { href: 'https://evil.example' }),
  'SVG in notes': { ...h('svg', {}, 'evil'), ns: 'http://www.w3.org/2000/svg' },
  'no namespace': { ...h('p', {}, 'evil'), ns: '' },
  comment: { type: 'comment', chdata: '--><script>evil()</script>' },
  instruction: { type: 'processinginstruction', pitarget: 'xml-stylesheet', pidata: 'href="evil"' },
};

describe('hostile notes', () => {
  it.each(Object.entries(HOSTILE))('%s: nothing of it is shown or exported', (_, node) => {
    const made = notes(node, h('p', {}, 'good'));
    const file = serializeXhtml(made.shown, { title: 'T' });
    const page = JSON.stringify(shownTree(made.shown, made.shown.root() as string));
    for (const text of [file, page]) {
      expect(text).not.toMatch(/evil/);
      expect(text).toContain('good');
    }
    expect(complaints([file])).toBe('');
  });

  it('nested 5,000 deep are shown and exported as far as is sensible', () => {
    const made = notes();
    let parent = made.shown.children(made.shown.root() as string)[0] as string;
    for (let i = 0; i < 5000; i++) {
      parent = submit(made, { do: 'add', parent, before: null, node: h('blockquote', {}, `${i}`) })[0]?.[0] as string;
    }
    const file = serializeXhtml(made.shown, { title: 'T' });
    expect(complaints([file])).toBe('');
    expect(file.match(/<blockquote>/g)?.length).toBeLessThan(65);
    expect(JSON.stringify(shownTree(made.shown, made.shown.root() as string)).length).toBeLessThan(20_000);
    expect(shownTree(made.shown, parent)).toBeUndefined();
  });
});
