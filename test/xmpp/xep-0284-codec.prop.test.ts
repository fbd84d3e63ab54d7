import { Element } from '@xmpp/xml';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Edit, MutableFields, NodeType } from '#core/types.ts';
import { NS_LIMN_LIVE, NS_LIMN_SESSION, NS_SXE, type SxeMessage } from '#xmpp/xep-0284.ts';
import { parseSxe, serializeSxe } from '#xmpp/xep-0284-codec.ts';
import { toXmlText } from '#xmpp/xml-text.ts';
import { readElement } from './elements.ts';
import { check } from '#test/support/property.ts';

const special = fc.constantFrom(
  '\t',
  '\n',
  '\r',
  '\r\n',
  '\\',
  '\\n',
  '&',
  '<',
  '>',
  '"',
  "'",
  ']]>',
  ' ',
  '漢',
  '👩‍🎨',
);
const text = fc
  .array(fc.oneof(special, fc.string({ maxLength: 4, unit: 'grapheme' })), { maxLength: 6 })
  .map((parts) => toXmlText(parts.join('')));
const name = fc.constantFrom('g', 'rect', 'xlink:href', 'é', 'data-x', 'x_1');
const rid = fc.constantFrom('p.1', 'q.zz', 'ünï', '__proto__', 'a b');
const weight = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const some = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
/** Without the keys that are undefined. */
const dense = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;

const added = fc.oneof(
  fc.record({
    type: fc.constant('element'),
    name,
    ns: some(fc.constantFrom('', 'urn:a', 'http://www.w3.org/2000/svg')),
  }),
  fc.record({ type: fc.constant('attr'), name, chdata: text }),
  fc.record({ type: fc.constantFrom('text', 'comment'), chdata: text }),
  fc.record({ type: fc.constant('processinginstruction'), pitarget: fc.constant('php'), pidata: text }),
);
const newEdit = fc
  .tuple(rid, fc.constantFrom('', 'p.1', 'q.zz'), weight, added)
  .map(([id, parent, primaryWeight, more]) => dense({ kind: 'new', rid: id, parent, primaryWeight, ...more }) as Edit);
const setEdit = fc
  .tuple(
    rid,
    fc.nat(1000),
    fc.record({ parent: some(rid), primaryWeight: some(weight), name: some(name), chdata: some(text) }),
    some(fc.tuple(fc.nat(99), fc.nat(99))),
  )
  .map(([id, version, fields, range]): Edit => {
    const plain = { kind: 'set', rid: id, version, fields: dense(fields) } as Edit & { kind: 'set' };
    if (!range) return plain;
    const [from, count] = range;
    return { kind: 'set', rid: id, version, fields: { chdata: fields.chdata ?? '' }, splice: { from, count } };
  });
const removeEdit = fc
  .tuple(rid, fc.boolean())
  .map(([id, fix]): Edit => ({ kind: 'remove', rid: id, ...(fix ? { fix } : {}) }));
/** A New for strict peers alone. */
const anewEdit = fc
  .tuple(rid, fc.nat(1000), fc.constantFrom('', 'p.1'), weight, added)
  .map(([id, version, parent, primaryWeight, { type, ...more }]): Edit => {
    const fields = dense({ parent, primaryWeight, ...more }) as Partial<MutableFields>;
    return { kind: 'set', rid: id, version, fields, fix: true, anew: type as NodeType };
  });
const message = fc
  .tuple(
    fc.array(fc.oneof(newEdit, setEdit, removeEdit, anewEdit), { maxLength: 8 }),
    some(
      fc.record({ author: fc.constantFrom('a@b/c', 'é'), id: fc.record({ prefix: name, n: fc.integer({ min: 1 }) }) }),
    ),
    some(fc.constantFrom({ id: 'p.1' }, { id: 'ünï &', end: true as const })),
  )
  .map(
    ([edits, origin, transaction]): SxeMessage => ({
      session: 's',
      id: 'p.1',
      payload: { kind: 'edits', edits, ...(origin ? { origin } : {}), ...(transaction ? { transaction } : {}) },
    }),
  );

/** What a server such as Prosody 0.12 makes of a stanza: attributes with raw breaks, which the next parser reads as spaces. */
function relayed(element: Element): Element {
  const hop = (one: Element): void => {
    const { attrs } = one as { attrs: Record<string, unknown> };
    for (const [key, value] of Object.entries(attrs)) {
      if (typeof value === 'string') attrs[key] = value.replace(/\r\n|[\t\n\r]/g, ' ');
    }
    one.children = one.children.map((child) => {
      if (typeof child === 'string') return child.replace(/\r\n?/g, '\n');
      hop(child as Element);
      return child;
    });
  };
  const copy = readElement(element.toString());
  hop(copy);
  return readElement(copy.toString());
}

test('edits survive any number of servers that re-serialise them', () => {
  check(
    fc.property(message, fc.integer({ min: 1, max: 3 }), (sent, hops) => {
      let element = serializeSxe(sent);
      for (let hop = 0; hop < hops; hop += 1) element = relayed(element);
      expect(parseSxe(element)).toEqual({ ok: true, message: sent, notes: [] });
    }),
    { numRuns: 1000 },
  );
});

const words = fc.constantFrom(
  ...['sxe', 'live', 'state', 'new', 'set', 'remove', 'connect', 'state-offer', 'document-begin', 'document-end'],
  ...[
    'origin',
    'hello',
    'digest',
    'catch-up',
    'known',
    'limn-state',
    'snapshot',
    'fix',
    'value',
    'chdata',
    'description',
    'x',
  ],
);
const keys = fc.constantFrom(
  ...['session', 'id', 'rid', 'target', 'type', 'parent', 'primary-weight', 'name', 'ns', 'chdata', 'version', 'xmlns'],
  ...['replacefrom', 'replacen', 'pitarget', 'pidata', 'prolog', 'last-sender', 'last-id', 'prefix', 'n', 'author'],
  ...['epoch', 'seq', 'opens', 'request', 'part', 'parts', '__proto__', 'constructor'],
);
const values = fc.oneof(
  fc.constantFrom('', '0', '-1', '1e999', 'NaN', '9'.repeat(30), 'element', 'attr', 'text', NS_SXE, NS_LIMN_SESSION),
  fc.constantFrom(NS_LIMN_LIVE, 'data:text/xml,x', 'data:;base64,%%%', '\\', '\\q', '0-5', '5-0', 'AAAA', 's', 'p.1'),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const { tree } = fc.letrec<{ tree: Element }>((tie) => ({
  tree: fc
    .tuple(
      words,
      fc.dictionary(keys, values, { maxKeys: 8 }),
      fc.array(fc.oneof({ maxDepth: 4, depthSize: 'small' }, values, tie('tree')), { maxLength: 5 }),
    )
    .map(([word, attrs, children]) => {
      const element = new Element(word, attrs);
      for (const child of children) element.append(child);
      return element;
    }),
}));

test('reading throws at no tree, and what it reads can be written', () => {
  check(
    fc.property(tree, fc.constantFrom(NS_SXE, NS_LIMN_LIVE), (made, ns) => {
      made.attrs['xmlns'] = ns;
      for (const word of ['sxe', 'live', 'message']) {
        made.name = word;
        const result = parseSxe(made);
        if (!result?.ok) continue;
        const again = parseSxe(readElement(serializeSxe(result.message).toString()));
        expect(again?.ok).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});
