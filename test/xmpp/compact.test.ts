import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Edit } from '#core/types.ts';
import { systemDeflate } from '#platform/deflate.ts';
import { createCompactCodec, MAX_EXPANDED } from '#xmpp/compact.ts';
import { NAMES, PATTERNS, PRESET, SEPARATORS, VALUES } from '#xmpp/compact-words.ts';
import { parseSxe } from '#xmpp/xep-0284-codec.ts';
import { readElement } from './elements.ts';

const codec = createCompactCodec(systemDeflate);
const PREFIX = '1qkzr0v9xw3la';
const set = (n: number, chdata: string): Edit => ({
  kind: 'set',
  rid: `${PREFIX}.${n.toString(36)}`,
  version: 3,
  fields: { chdata },
});
const written = (edits: readonly Edit[]): string => {
  const text = codec.write(edits, PREFIX);
  if (text === undefined) throw new Error('not written');
  return text;
};
const bytesOf = (edits: readonly Edit[]): number => Buffer.from(written(edits), 'base64').length;
const read = (...bytes: number[]): ReturnType<typeof codec.read> =>
  codec.read(Buffer.from(bytes).toString('base64'), PREFIX);
/** DEFLATEd with the preset dictionary, as form 2. */
const bomb = (body: Uint8Array): string =>
  Buffer.concat([Buffer.of(2), deflateRawSync(body, { dictionary: Buffer.from(PRESET) })]).toString('base64');

describe('the compact form', () => {
  test('is small: a moved coordinate, a drawn point, a shape', () => {
    expect(bytesOf([set(46_000, '1234.5')])).toBe(1 + 1 + 3 + 2);
    const points = Array.from({ length: 50 }, (_, i) => `L${1000 + i / 2} ${200 - i / 10}`).join('');
    const stroke: Edit = { ...(set(9, points) as Edit & { kind: 'set' }), splice: { from: 3000, count: 0 } };
    expect(bytesOf([stroke])).toBeLessThan(125);
    const attrs: [string, string][] = [
      ['x', '10'],
      ['y', '20.5'],
      ['width', '100'],
      ['height', '80'],
      ['fill', 'none'],
      ['stroke', '#1e1e1e'],
    ];
    const rid = `${PREFIX}.2s`;
    const shape: Edit[] = [
      { kind: 'new', rid, type: 'element', parent: `${PREFIX}.1`, primaryWeight: 7, name: 'rect' },
      ...attrs.map(
        ([name, chdata], i): Edit => ({
          kind: 'new',
          rid: `${PREFIX}.${(101 + i).toString(36)}`,
          type: 'attr',
          parent: rid,
          primaryWeight: i,
          name,
          chdata,
        }),
      ),
    ];
    expect(bytesOf(shape)).toBeLessThan(35);
    expect(codec.read(written(shape), PREFIX)).toEqual({ ok: true, edits: shape });
  });

  test('deflates words, not numbers', () => {
    const words = 'What we do next: the plan, the question and the answer. '.repeat(20);
    expect(Buffer.from(written([set(1, words)]), 'base64')[0]).toBe(2);
    expect(bytesOf([set(1, words)])).toBeLessThan(words.length / 5);
    // Other DEFLATEs make other bytes of it; all read these.
    expect(codec.read('AmtUeTCHBeSGApApsHAohBpkpTAqNcKlAA==', PREFIX)).toEqual({
      ok: true,
      edits: [{ ...set(9, 'The plan and the question: '.repeat(20)), version: 1 }],
    });
    const numbers = Array.from({ length: 300 }, (_, i) => `L${(i * 7919) % 4001} ${(i * 104_729) % 4001}`).join('');
    expect(Buffer.from(written([set(1, numbers)]), 'base64')[0]).toBe(1);
  });

  test('knows lists that never change: another version comes with another number', () => {
    const hash = (list: unknown): string =>
      createHash('sha256').update(JSON.stringify(list)).digest('hex').slice(0, 16);
    expect([NAMES, VALUES, SEPARATORS, PATTERNS, PRESET].map(hash)).toMatchInlineSnapshot(`
      [
        "5e30f878a5cc2efb",
        "bfbe803272c6f11e",
        "d692ab987f69e5d5",
        "ac50047a4391beb3",
        "ac32962f62383f9f",
      ]
    `);
    for (const list of [NAMES, VALUES, SEPARATORS]) expect(new Set(list).size).toBe(list.length);
    expect(NAMES.length).toBeLessThan(0xfe);
    expect(VALUES.length).toBeLessThanOrEqual(64 + 256);
    expect(SEPARATORS.length).toBeLessThan(255);
  });

  test('goes plain where it would exceed its own limit', () => {
    expect(codec.write([set(1, 'é'.repeat(MAX_EXPANDED))], PREFIX)).toBeUndefined();
    expect(codec.write([set(1, '1 '.repeat(MAX_EXPANDED))], PREFIX)).toBeUndefined();
    expect(
      codec.write(
        Array.from({ length: 20_000 }, () => set(1, '1')),
        PREFIX,
      ),
    ).toBeUndefined();
    const edits = [set(1, 'x'.repeat(60_000)), set(2, '\n'.repeat(60_000))];
    expect(codec.read(written(edits), PREFIX)).toEqual({ ok: true, edits });
  });

  test('throws for a weight that is none, as the plain form does', () => {
    const edit: Edit = { kind: 'set', rid: 'a.1', version: 1, fields: { primaryWeight: Number.NaN } };
    expect(() => codec.write([edit], PREFIX)).toThrow(RangeError);
  });
});

describe('a hostile compact form is refused', () => {
  const reason = (result: ReturnType<typeof codec.read>): string => (result.ok ? 'read' : result.reason);

  test.each([
    ['an unknown version', [3, 0, 0], 'a form of an unknown version'],
    ['an edit of an unknown kind', [1, 0x1f], 'an edit of an unknown kind'],
    ['a New of an unknown type', [1, 0x68], 'an edit of an unknown kind'],
    ['an edit of the document', [1, 0, 5], 'an edit of no record'],
    ['a rid prefix that isn’t there', [1, 0, 99, 0], 'a prefix that isn’t there'],
    ['a rid before the first', [1, 0, 2], 'a rid out of range'],
    ['a next rid of none', [1, 0x41], 'a rid that follows on none'],
    ['a text that isn’t there again', [1, 0x81, 4, 0xe6, 9], 'a place in a table that isn’t there'],
    ['a value that isn’t there', [1, 0x81, 4, 0xe2, 0xff], 'a place in a table that isn’t there'],
    ['a text of an unknown kind', [1, 0x81, 4, 0xe7], 'a text of an unknown kind'],
    ['a text longer than the stanza', [1, 0x81, 4, 0xe0, 0xff, 0xff, 0xff, 0x7f], 'it is cut short'],
    ['an endless integer', [1, 0x81, 4, 0xe0, ...Array.from({ length: 20 }, () => 0xff)], 'an integer is out of range'],
    ['control characters', [1, 0x81, 4, 0xc1, 7], 'letters out of range'],
    ['UTF-8 that is none', [1, 0x81, 4, 0xe1, 1, 0xc0], 'characters that XML forbids'],
    [
      'more numbers than bytes',
      [1, 0x81, 4, 0xe5, 0, 1, 1, 0xff, 0xff, 0xff, 0x7f, 0, 0],
      'it announces more numbers than it holds',
    ],
    ['a separator that isn’t there', [1, 0x81, 4, 0xe5, 0, 1, 250, 1, 0, 0, 2], 'a separator is unknown'],
    ['a version out of range', [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 4, 0xc0], 'a version out of range'],
    ['DEFLATE that is none', [2, 0xff, 0xff, 0xff], 'its DEFLATE is damaged or expands beyond its limit'],
    [
      'DEFLATE that is cut short',
      [...Buffer.from(bomb(new Uint8Array(3000)), 'base64').subarray(0, 8)],
      'its DEFLATE is damaged or expands beyond its limit',
    ],
    ['a cut edit', [1, 0x81], 'it is cut short'],
  ])('%s', (_, bytes, why) => {
    expect(reason(read(...bytes))).toBe(why);
  });

  test('base64 that is none', () => {
    for (const text of ['', '=', 'AQ', 'A Q==', 'AQ==AQ==', '&lt;', 'é'])
      expect(reason(codec.read(text, PREFIX))).not.toBe('read');
    expect(codec.read('AQ==', PREFIX)).toEqual({ ok: true, edits: [] });
  });

  test('a stanza that expands to gigabytes stops at its limit', () => {
    expect(reason(codec.read(bomb(new Uint8Array(64 * 1024 * 1024)), PREFIX))).toBe(
      'its DEFLATE is damaged or expands beyond its limit',
    );
  });

  test('a text that comes again and again stops at its limit', () => {
    const long = [0x81, 4, 0xe0, 0x80, 0x80, 0x02, ...Array.from({ length: 32_768 }, () => 97)];
    const again = Array.from({ length: 10_000 }, () => [0x81, 0, 0xe6, 0]).flat();
    expect(reason(codec.read(bomb(Uint8Array.from([...long, ...again])), PREFIX))).toBe('it expands beyond its limit');
  });

  test('a hundred thousand edits stop at their limit', () => {
    const removes = new Uint8Array(200_000);
    expect(reason(codec.read(bomb(removes), PREFIX))).toBe('it holds too many edits');
  });

  test('and counts as one stanza of no edits, with a note', () => {
    const stanza = readElement(
      `<message><c xmlns="urn:x-limn:compact:0" session="s" id="${PREFIX}.9">AwAA</c></message>`,
    );
    expect(parseSxe(stanza, codec)).toEqual({
      ok: true,
      message: { session: 's', id: `${PREFIX}.9`, payload: { kind: 'edits', edits: [], compact: true } },
      notes: ['a compact stanza is void: a form of an unknown version'],
    });
    expect(parseSxe(stanza)).toBeUndefined();
  });
});
