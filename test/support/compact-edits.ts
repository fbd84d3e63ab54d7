/** Edits of every kind for the wire's properties: what honest replicas send, and all that a caller or a peer may put into one. */
import fc from 'fast-check';
import type { Edit } from '#core/types.ts';

const special = fc.constantFrom(
  ...[
    '\t',
    '\n',
    '\r',
    '\r\n',
    '\\',
    '&',
    '<',
    '"',
    ']]>',
    ' ',
    '\u00a0',
    '漢',
    '👩‍🎨',
    '\ud800',
    '\udc00',
    '\u0000',
    '\ufffe',
    '\u007f',
  ],
);
/** Any text, sound or not. */
export const wildText = fc.oneof(
  fc
    .array(fc.oneof(special, fc.string({ maxLength: 6, unit: 'binary' })), { maxLength: 6 })
    .map((parts) => parts.join('')),
  fc.string({ maxLength: 80 }),
  fc.tuple(fc.string({ maxLength: 40 }), fc.integer({ min: 1, max: 2000 })).map(([text, times]) => text.repeat(times)),
);

const decimal = fc.oneof(
  fc.tuple(fc.integer({ min: -40_000, max: 40_000 }), fc.nat(6)).map(([value, places]) => String(value / 10 ** places)),
  fc.double().map(String),
  fc.constantFrom(
    '0',
    '-0',
    '-0.0',
    '00',
    '01',
    '1.',
    '.5',
    '-.5',
    '1e5',
    '1.50',
    '3276.7',
    '3276.8',
    '9'.repeat(17),
    '--1',
    '1-1',
  ),
  fc.string({ maxLength: 5, unit: fc.constantFrom(...'0123456789.-') }),
);
const separator = fc.constantFrom(
  ...['', ' ', ',', 'M', 'L', 'l', 'C', 'c', 'Z', 'z', 'translate(', ')', ') rotate(', '.', '-', 'px', 'qq', '\t', 'é'],
);
/** Path data, points, transforms, and what only looks like them. */
export const numericText = fc
  .array(fc.tuple(separator, decimal), { maxLength: 20 })
  .chain((head) =>
    fc.tuple(fc.constant(head), fc.array(fc.tuple(separator, decimal), { maxLength: 3 }), fc.nat(30), separator),
  )
  .map(([head, loop, times, tail]) => {
    const spell = (parts: readonly (readonly [string, string])[]): string =>
      parts.map((part) => part.join('')).join('');
    return spell(head) + spell(loop).repeat(times) + tail;
  });

export const anyText = fc.oneof(
  wildText,
  numericText,
  decimal,
  fc.constantFrom('', 'none', '#1e1e1e', '#abcdef', '#ABCDEF', '#abcdeg', 'sans-serif', 'translate(0 0)', '\n', ' x '),
);

const rid = fc.oneof(
  fc
    .tuple(fc.constantFrom('aaaaaaaa', 'bbbbbbbb', 'p', '', 'ü', 'a.b'), fc.nat(100_000))
    .map(([prefix, n]) => `${prefix}.${n.toString(36)}`),
  fc.constantFrom(
    'p.01',
    'p.',
    '.',
    'ünï',
    '__proto__',
    'a b',
    'a\tb',
    'p.zzzzzzzzz',
    'p.zzzzzzzzzz',
    'A.B',
    'p.1Z',
    '\ud800',
    '',
  ),
  fc.constantFrom('r'.repeat(1024), 'r'.repeat(1025), `${'r'.repeat(1016)}.1`, `${'r'.repeat(1010)}.1`),
  fc.string({ maxLength: 6 }),
);
const name = fc.oneof(
  fc.constantFrom(
    'g',
    'rect',
    'x',
    'xlink:href',
    'é',
    'data-x',
    'unheard-of',
    'auto',
    '1',
    'b@d',
    '',
    'a b',
    'xml',
    'XML',
  ),
  fc.string({ maxLength: 4 }),
);
const weight = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -5, max: 300 }),
  fc.integer({ min: -5000, max: 5000 }).map((value) => value / 100),
  fc.constantFrom(0, -0, 5e-324, Number.MAX_VALUE, 2 ** 48, 2 ** 53),
);
const version = fc.oneof(fc.nat(200), fc.constantFrom(-1, 0.5, 1e9, 1e9 + 1, Number.MAX_SAFE_INTEGER, Number.NaN));
const count = fc.oneof(fc.nat(5000), fc.constantFrom(-1, 0.5, 1e15, 1e15 - 1, Number.NaN));
const time = fc.oneof(
  fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 }),
  fc.constantFrom(0, -1, 0.5, 1e15),
);
const mark = fc.constant(true as const);
const ns = fc.constantFrom('', 'urn:a', 'http://www.w3.org/2000/svg', 'a\tb');

const fields = {
  parent: rid,
  primaryWeight: weight,
  ns,
  name,
  chdata: anyText,
  pitarget: name,
  pidata: anyText,
};
const wildNew = fc
  .record(
    {
      kind: fc.constant('new' as const),
      rid,
      type: fc.constantFrom('element', 'attr', 'text', 'comment', 'processinginstruction'),
      ...fields,
      version,
      creator: anyText,
      created: time,
      lastModifiedBy: anyText,
      modified: time,
      restores: rid,
      malformed: mark,
    },
    { requiredKeys: ['kind', 'rid', 'type', 'parent', 'primaryWeight'] },
  )
  .map((edit) => edit as Edit);
const wildSet = fc
  .record(
    {
      kind: fc.constant('set' as const),
      rid,
      version,
      fields: fc.record(fields, { requiredKeys: [] }),
      splice: fc.record({ from: count, count }),
      fix: mark,
      anew: fc.constantFrom('element', 'attr', 'text', 'comment', 'processinginstruction'),
      malformed: mark,
    },
    { requiredKeys: ['kind', 'rid', 'version', 'fields'] },
  )
  .map((edit) => edit as Edit);
const removed = fc
  .tuple(rid, fc.boolean())
  .map(([target, fix]): Edit => ({ kind: 'remove', rid: target, ...(fix ? { fix } : {}) }));

/** A shape as the app adds it: an element, its attributes behind each other, the rids in a row. */
const shape = fc
  .tuple(
    fc.nat(50_000),
    fc.constantFrom('rect', 'path', 'text'),
    fc.array(fc.tuple(name, anyText), { maxLength: 6 }),
    weight,
  )
  .map(([first, element, attrs, primaryWeight]): Edit[] => {
    const at = (n: number): string => `aaaaaaaa.${(first + n).toString(36)}`;
    const top: Edit = { kind: 'new', rid: at(0), type: 'element', parent: 'aaaaaaaa.0', primaryWeight, name: element };
    return [
      top,
      ...attrs.map(
        ([attr, chdata], i): Edit => ({
          kind: 'new',
          rid: at(i + 1),
          type: 'attr',
          parent: at(0),
          primaryWeight: i,
          name: attr,
          chdata,
        }),
      ),
    ];
  });

/** A stanza of edits, none of them checked. */
export const wildEdits: fc.Arbitrary<Edit[]> = fc
  .array(
    fc.oneof(
      fc.oneof(wildNew, wildSet, removed).map((edit) => [edit]),
      shape,
    ),
    { maxLength: 8 },
  )
  .map((groups) => groups.flat());
