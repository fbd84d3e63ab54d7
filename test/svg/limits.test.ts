import { gzipSync } from 'node:zlib';
import { parseFragment, parseSvg, refuseBySize } from '#svg/parse.ts';
import { describe, expect, test } from 'vitest';

const SVG = 'xmlns="http://www.w3.org/2000/svg"';

function refusal(source: string | Uint8Array) {
  const parsed = parseSvg(source);
  if (parsed.ok) throw new Error('it was read');
  return parsed;
}

describe('malformed files are refused with a sentence that says where, why and what to do', () => {
  const again = 'Open it in the program that made it and save it again as SVG.';
  test.each([
    ['', `The file can't be read: line 1, column 1: there is no element in it. ${again}`],
    ['hello', `The file can't be read: line 1, column 6: there is text outside the first element. ${again}`],
    [
      `<svg ${SVG}>\n<g>`,
      `The file can't be read: line 2, column 4: the file ends before <g> is closed. It may not have been copied completely. ${again}`,
    ],
    [
      `<svg ${SVG}>\r\n<g></svg>`,
      `The file can't be read: line 2, column 10: an element is closed here while <g> is still open. ${again}`,
    ],
    [
      `<svg ${SVG}>&nbsp;</svg>`,
      `The file can't be read: line 1, column 47: an entity is used that the file does not declare. ${again}`,
    ],
    [`<svg ${SVG}><x:a/></svg>`, `The file can't be read: line 1, column 47: unbound namespace prefix: "x". ${again}`],
    [`<svg ${SVG} a="1" a="2"/>`, `The file can't be read: line 1, column 54: duplicate attribute: a. ${again}`],
    [`<svg ${SVG} a=1/>`, `The file can't be read: line 1, column 44: unquoted attribute value. ${again}`],
    [
      `<svg ${SVG}><text>\u0001</text></svg>`,
      `The file can't be read: line 1, column 48: a character stands here that XML does not allow. ${again}`,
    ],
    [
      `<svg ${SVG}><text>\ud800</text></svg>`,
      `The file can't be read: line 1, column 47: half of a character stands here. ${again}`,
    ],
    [
      '<html><body/></html>',
      'The file is XML but not SVG: its first element is <html>. Choose a file whose first element is <svg>.',
    ],
    [
      '<svg xmlns="urn:other"/>',
      'The file is XML but not SVG: its first element is <svg>. Choose a file whose first element is <svg>.',
    ],
  ])('%j', (source, reason) => {
    expect(refusal(source)).toEqual({ ok: false, code: 'bad-svg', reason });
  });

  test.each([
    ['<!DOCTYPE svg [', 'malformed'],
    ['<!DOCTYPE svg [<!ENTITY a>]><svg/>', 'quoted value is missing'],
    ['<!DOCTYPE svg [<!ENTITY a "x]><svg/>', 'quoted value is missing'],
    ['<!DOCTYPE svg [<!ENTITY a "&#0;">]><svg/>', 'character reference'],
    ['<!DOCTYPE svg [<!BOGUS a>]><svg/>', 'malformed'],
    ['<!DOCTYPE svg><!DOCTYPE svg><svg/>', 'line 1'],
    ['<!-- never ends', '"-->" is missing'],
    ['<svg><!-- a -- b --></svg>', 'malformed comment'],
    ['<svg/><svg/>', 'line 1'],
    ['<?xml version="1.0"?><?xml version="1.0"?><svg/>', 'line 1'],
    ['<svg><![CDATA[ never ends', 'ends'],
    ['<svg a="', 'ends'],
    ['<svg>]]></svg>', 'disallowed in char data'],
    ['<!DOCTYPE svg SYSTEM "x"><svg a="&>b;"/>', 'disallowed character in entity name'],
    ['<!DOCTYPE svg SYSTEM "x"><svg>a & b; </svg>', 'disallowed character in entity name'],
    ['<svg xmlns:b="urn:b"><b:-k/></svg>', '"b:-k" is not a name'],
    ['<svg xmlns:b="urn:b" b:1="2"/>', '"b:1" is not a name'],
    ['<svg a="<"/>', 'XML does not allow'],
  ])('%j', (source, part) => {
    const { code, reason } = refusal(source);
    expect(code).toBe('bad-svg');
    expect(reason).toContain(part);
    expect(reason).toMatch(/line \d+, column \d+: .*\. Open it in the program/);
  });
});

describe('files that are no text', () => {
  const bytes = (...start: number[]): Uint8Array => Uint8Array.from([...start, ...new Uint8Array(64)]);
  test.each([
    ['a PNG image', bytes(0x89, 0x50, 0x4e, 0x47)],
    ['a JPEG image', bytes(0xff, 0xd8, 0xff)],
    ['a PDF', Buffer.from('%PDF-1.7')],
    ['a ZIP archive', bytes(0x50, 0x4b, 3, 4)],
    ['a compressed SVG (.svgz). Unpack it first', gzipSync(`<svg ${SVG}/>`)],
    ['a compressed SVG (.svgz). Unpack it first', gzipSync(`<svg ${SVG}/>`).subarray(0, 12)],
    ['not text', bytes(1, 2, 3, 4)],
    ['empty', new Uint8Array()],
    ["isn't valid UTF-8", Uint8Array.from([...Buffer.from('<svg a="'), 0xff, 0xfe])],
    ["isn't valid UTF-16LE", Uint8Array.from([0xff, 0xfe, 0x3c, 0x00, 0x00, 0xd8, 0x3c, 0x00])],
    ["klingon, which Limn can't read", Buffer.from('<?xml version="1.0" encoding="klingon"?><svg/>')],
  ])('%s', (part, source) => {
    const { code, reason } = refusal(source);
    expect(code).toBe('bad-svg');
    expect(reason).toContain(part);
  });
});

describe('size', () => {
  test('200 MB are refused before anything is read', () => {
    // Never touched, so the system never provides the memory.
    const { code, reason } = refusal(new Uint8Array(200 * 1024 * 1024));
    expect(code).toBe('too-large');
    expect(reason).toBe(
      'The drawing is 200 MB, and Limn opens up to 64 MB. Make its images smaller or split it, then open it again.',
    );
    expect(refuseBySize(200 * 1024 * 1024)?.reason).toBe(reason);
    expect(refuseBySize(1000)).toBeUndefined();
  });

  test('a string of 200 MB too', () => {
    expect(refusal(' '.repeat(200 * 1024 * 1024)).code).toBe('too-large');
  });

  test('100,000 levels are refused', () => {
    const { code, reason } = refusal(`<svg ${SVG}>${'<g>'.repeat(100_000)}${'</g>'.repeat(100_000)}</svg>`);
    expect(code).toBe('too-large');
    expect(reason).toContain('nested more than 250 deep');
  });

  test.each([
    ['nodes', { nodes: 100 }, `<svg ${SVG}>${'<g/>'.repeat(100)}</svg>`],
    ['attributes', { attributes: 10 }, `<svg ${SVG} ${Array.from({ length: 10 }, (_, i) => `a${i}=""`).join(' ')}/>`],
    ['10 characters', { value: 10 }, '<svg a="12345678901"/>'],
    ['10 characters', { value: 10 }, '<svg><text>12345<![CDATA[678901]]></text></svg>'],
  ])('more %s than allowed are refused', (part, limits, source) => {
    const parsed = parseSvg(source, limits);
    expect(parsed).toMatchObject({ ok: false, code: 'too-large', reason: expect.stringContaining(part) });
  });
});

describe('entities', () => {
  const withEntities = (subset: string, body: string): string => `<!DOCTYPE svg [${subset}]><svg ${SVG}>${body}</svg>`;
  const nested = (first: string, of: (name: string) => string): string =>
    Array.from({ length: 10 }, (_, i) => `<!ENTITY e${i} "${i === 0 ? first : of(`&e${i - 1};`).repeat(10)}">`).join(
      '',
    );

  test.each([
    ['billion laughs', nested('lol', (ref) => ref), '<text>&e9;</text>'],
    ['billion laughs in an attribute', nested('lol', (ref) => ref), '<g a="&e9;"/>'],
    ['a billion times nothing', nested('', (ref) => ref), '<text>&e9;</text>'],
    ['a billion elements', nested('<g/>', (ref) => ref), '&e9;'],
    ['quadratic blow-up', `<!ENTITY a "${'a'.repeat(50_000)}">`, `<text>${'&a;'.repeat(50_000)}</text>`],
    ['attribute defaults', `<!ATTLIST g d CDATA "${'a'.repeat(50_000)}">`, '<g/>'.repeat(50_000)],
    ['a bomb in an attribute default', `${nested('lol', (ref) => ref)}<!ATTLIST g d CDATA "&e9;">`, '<g/>'],
  ])('%s is refused', (_, subset, body) => {
    expect(refusal(withEntities(subset, body))).toMatchObject({
      code: 'too-large',
      reason: expect.stringContaining('expand to too much text'),
    });
  });

  test.each([
    ['contains itself', '<!ENTITY a "&a;">', '&a;'],
    ['contains itself', '<!ENTITY a "&b;"><!ENTITY b "x &a;">', '<g k="&b;"/>'],
    ['a tag without its counterpart', '<!ENTITY a "<g>"><!ENTITY b "</g>">', '&a;&b;'],
    ['a tag without its counterpart', '<!ENTITY a "</g><g>">', '<g>&a;</g>'],
    ['a tag without its counterpart', '<!ENTITY a "<!-- ">', '&a;-->'],
    ['contains "<"', '<!ENTITY a "&#60;b">', '<g k="&a;"/>'],
    ['not declared', '<!ENTITY a "x">', '\n&b;'],
    ['lies outside the file', '<!ENTITY a SYSTEM "file:///etc/passwd">', '<g k="&a;"/>'],
    [
      'nested too deeply',
      Array.from({ length: 50 }, (_, i) => `<!ENTITY d${i} "${i === 0 ? 'x' : `&d${i - 1};`}">`).join(''),
      '&d49;',
    ],
  ])('an entity that %s is refused', (part, subset, body) => {
    expect(refusal(withEntities(subset, body))).toMatchObject({
      code: 'bad-svg',
      reason: expect.stringContaining(part),
    });
  });

  test('millions of ampersands are read once', () => {
    expect(refusal(withEntities('<!ENTITY a "b">', '&'.repeat(1_000_000))).code).toBe('bad-svg');
    expect(refusal(withEntities('<!ENTITY a "b">', '& '.repeat(1_000_000))).code).toBe('bad-svg');
  });

  test('what lies outside the file is not read but told', () => {
    for (const subset of [
      '<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b PUBLIC "x" "http://evil.example/">',
      '<!ENTITY % p SYSTEM "http://evil.example/p.dtd"> %p; <!ENTITY a "not to be relied on">',
    ]) {
      const parsed = parseSvg(withEntities(subset, '<text>1&a;2&b;3</text>'));
      expect(parsed).toMatchObject({
        ok: true,
        prolog: '<!DOCTYPE svg>',
        removed: ['2 references to text outside the file were taken out.'],
      });
      expect(JSON.stringify(parsed.ok && parsed.nodes)).toContain('"123"');
    }
  });

  test('the place of a fault is that in the file, not in the expansion', () => {
    const { reason } = refusal(
      `<!DOCTYPE svg [<!ENTITY a "${'long '.repeat(100)}\n\n">]>\n<svg ${SVG}>\n&a;&a;<b>\n</svg>`,
    );
    expect(reason).toContain('line 6, column 7');
  });
});

describe('fragments', () => {
  test('are in the SVG namespace unless they say otherwise', () => {
    expect(parseFragment(' <rect/>tail<g xlink:href="#a"><x xmlns="urn:x"/></g> ')).toEqual({
      ok: true,
      removed: [],
      nodes: [
        { type: 'element', ns: 'http://www.w3.org/2000/svg', name: 'rect', attrs: [], children: [] },
        { type: 'text', chdata: 'tail' },
        {
          type: 'element',
          ns: 'http://www.w3.org/2000/svg',
          name: 'g',
          attrs: [{ ns: 'http://www.w3.org/1999/xlink', name: 'xlink:href', value: '#a' }],
          children: [
            {
              type: 'element',
              ns: 'urn:x',
              name: 'x',
              attrs: [{ ns: 'http://www.w3.org/2000/xmlns/', name: 'xmlns', value: 'urn:x' }],
              children: [],
            },
          ],
        },
      ],
    });
  });

  test('may be whole files', () => {
    expect(parseFragment(`\n<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg ${SVG}>&a;</svg>`)).toMatchObject(
      { ok: true, nodes: [{ name: 'svg', children: [{ chdata: 'b' }] }] },
    );
  });

  test.each(['', 'just text', '<rect', '<rect></g>', '<a:b/>', '<g>&#0;</g>', '<g>\udc00</g>'])(
    '%j is refused with a sentence',
    (source) => {
      const parsed = parseFragment(source);
      expect(parsed.ok).toBe(false);
      expect(!parsed.ok && parsed.reason).toMatch(/\.$/);
    },
  );
});

test('a root without a namespace is taken for SVG, and that is told', () => {
  expect(parseSvg('<svg><rect/></svg>')).toMatchObject({
    ok: true,
    removed: ['The SVG namespace was missing and was added.'],
    nodes: [{ ns: 'http://www.w3.org/2000/svg', children: [{ ns: 'http://www.w3.org/2000/svg' }] }],
  });
});
