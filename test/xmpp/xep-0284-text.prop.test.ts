/** The codec that works on text says and reads what the one that works on elements does. */
import { type Element, Parser } from '@xmpp/xml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Edit } from '#core/types.ts';
import { guardedParser } from '#xmpp/stream-guard.ts';
import { parseSxe, writeSxe } from '#xmpp/xep-0284-codec.ts';
import { readEdits, writeEdits } from '#xmpp/xep-0284-text.ts';
import { check } from '#test/support/property.ts';
import { readElement } from './elements.ts';

const piece = fc.constantFrom(
  'x',
  '10.5',
  'translate(10 20)',
  '漢',
  '👩‍🎨',
  '&',
  '<',
  '>',
  '"',
  "'",
  ']]>',
  ' ',
  '\t',
  '\n',
  '\\n',
);
const value = fc.array(piece, { maxLength: 4 }).map((parts) => parts.join(''));
const rid = fc.constantFrom('1qkzr0v9xw3la.1a', 'q.zz', 'ünï', '__proto__', 'a b', `a"b'c&d`);
const name = fc.constantFrom('g', 'rect', 'xlink:href', 'é', 'data-x');
const weight = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((one) => one + 0);
const ns = fc.constantFrom('', 'urn:a', 'a&b');
const some = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const dense = <T extends object>(all: T): T =>
  Object.fromEntries(Object.entries(all).filter(([, one]) => one !== undefined)) as T;
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc
    .record({ rid, parent: fc.oneof(rid, fc.constant('')), primaryWeight: weight, name, ns: some(ns) })
    .map((all) => dense({ kind: 'new', type: 'element', ...all }) as Edit),
  fc
    .record({ rid, parent: rid, primaryWeight: weight, name, ns: some(ns), chdata: value, restores: some(rid) })
    .map((all) => dense({ kind: 'new', type: 'attr', ...all }) as Edit),
  fc
    .record({ rid, parent: rid, primaryWeight: weight, type: fc.constantFrom('text', 'comment'), chdata: value })
    .map((all) => ({ kind: 'new', ...all }) as Edit),
  fc
    .record({ rid, parent: rid, primaryWeight: weight, pitarget: name, pidata: value })
    .map((all) => ({ kind: 'new', type: 'processinginstruction', ...all }) as Edit),
  fc
    .tuple(
      fc.record({ rid, version: fc.nat(1000) }),
      fc.record({
        parent: some(rid),
        primaryWeight: some(weight),
        name: some(name),
        ns: some(ns),
        chdata: some(value),
      }),
      some(fc.tuple(fc.nat(99), fc.nat(99))),
      fc.boolean(),
    )
    .map(([all, fields, range, fix]): Edit => {
      const [from, count] = range ?? [];
      const splice = from === undefined || count === undefined ? {} : { splice: { from, count } };
      const written = range ? { chdata: fields.chdata ?? '' } : dense(fields);
      return { kind: 'set', ...all, fields: written as object, ...splice, ...(fix ? { fix: true as const } : {}) };
    }),
  fc
    .record({ rid, version: fc.nat(1000), fields: fc.record({ parent: rid, primaryWeight: weight, chdata: value }) })
    .map((all): Edit => ({ kind: 'set', ...all, fix: true, anew: 'text' })),
  fc
    .tuple(rid, fc.boolean())
    .map(([one, fix]): Edit => ({ kind: 'remove', rid: one, ...(fix ? { fix: true as const } : {}) })),
);
const edits = fc.array(edit, { maxLength: 6 });

describe('edits as text', () => {
  it('are what the elements say, and read the same', () => {
    check(
      fc.property(edits, (sent) => {
        const message = { session: 's&1', id: 'p.1', payload: { kind: 'edits' as const, edits: sent } };
        const text = writeEdits(message.session, message.id, sent);
        expect(writeSxe(message).toString()).toBe(text);
        expect(parseSxe(readElement(text))).toEqual({ ok: true, message, notes: [] });
        const read = readEdits(`<x/>${text}<y/>`, 4);
        if (read) expect(read.edits).toEqual(sent);
        expect(read === undefined || read.end === text.length + 4).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('are read at once when nothing about them is out of the ordinary, as servers write them too', () => {
    const sent: Edit[] = [
      { kind: 'new', rid: 'p.1', type: 'element', parent: 'p.0', primaryWeight: 2.5, name: 'rect' },
      { kind: 'new', rid: 'p.2', type: 'attr', parent: 'p.1', primaryWeight: 0, name: 'x', chdata: '1 < 2 & 漢' },
      { kind: 'set', rid: 'p.2', version: 3, fields: { chdata: 'L1 2' }, splice: { from: 2, count: 0 } },
      { kind: 'remove', rid: 'p.3' },
    ];
    const text = writeEdits('s', 'p.1', sent);
    expect(readEdits(text)?.edits).toEqual(sent);
    expect(readEdits(text.replaceAll('"', "'"))?.edits).toEqual(sent);
    expect(readEdits(text.replaceAll('target="p.3"/>', 'target="p.3" />'))?.edits).toEqual(sent);
  });

  it('are not misread however they are damaged: what is read at once is what the elements say', () => {
    const cut = fc.tuple(
      fc.nat(2000),
      fc.nat(12),
      fc.constantFrom('', ' ', '"', "'", '<', '/>', '&', 'x', 'version="1"', '1'),
    );
    check(
      fc.property(edits, fc.array(cut, { minLength: 1, maxLength: 3 }), (sent, cuts) => {
        let text = writeEdits('s', 'p.1', sent);
        for (const [at, length, insert] of cuts) {
          const from = at % text.length;
          text = text.slice(0, from) + insert + text.slice(from + length);
        }
        const read = readEdits(text);
        if (read === undefined || read.end !== text.length) return;
        expect(parseSxe(readElement(text))).toEqual({
          ok: true,
          message: { session: read.session, id: read.id, payload: { kind: 'edits', edits: read.edits } },
          notes: [],
        });
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a stream', () => {
  it('yields the same stanzas however it is cut, read at once or not', () => {
    const envelope = fc.constantFrom(
      '',
      '<body>a &lt;sxe b</body>',
      '<![CDATA[<sxe x="1"/>]]>',
      '<!-- c -->',
      '<a b="x>y"/>',
    );
    check(
      fc.property(
        fc.array(fc.tuple(envelope, edits, envelope), { maxLength: 4 }),
        fc.array(fc.nat(300)),
        (all, cuts) => {
          const text = all
            .map(
              ([before, sent, after], i) =>
                `<message id="${i}">${before}${writeEdits('s', `p.${i}`, sent)}${after}</message>`,
            )
            .join('\n');
          const read = (parser: Parser): unknown[] => {
            const found: unknown[] = [];
            const fail = (error: unknown): never => {
              throw error;
            };
            parser.on('element', (stanza: Element) => {
              found.push([stanza.attrs, stanza.children.length, parseSxe(stanza)]);
            });
            parser.on('error', fail);
            parser.write("<stream xmlns='jabber:client'>");
            let at = 0;
            for (const length of cuts) {
              parser.write(text.slice(at, at + length));
              at += length;
            }
            parser.write(text.slice(at));
            return found;
          };
          const Guarded = guardedParser({ admit: (element) => element, trouble: () => undefined });
          expect(read(new Guarded())).toEqual(read(new Parser()));
        },
      ),
      { numRuns: 500 },
    );
  });
});
