import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Edit } from '#core/types.ts';
import { systemDeflate } from '#platform/deflate.ts';
import { createCompactCodec } from '#xmpp/compact.ts';
import { ByteReader, ByteWriter } from '#xmpp/compact-bytes.ts';
import { TextReader, TextWriter } from '#xmpp/compact-text.ts';
import type { SxeMessage } from '#xmpp/xep-0284.ts';
import { parseSxe, serializeSxe } from '#xmpp/xep-0284-codec.ts';
import { isXmlText } from '#xmpp/xml-text.ts';
import { anyText, wildEdits } from '#test/support/compact-edits.ts';
import { check } from '#test/support/property.ts';
import { readElement } from './elements.ts';

const codec = createCompactCodec(systemDeflate);
const prefixes = fc.constantFrom('aaaaaaaa', 'bbbbbbbb', '', 'a\tb', 'x'.repeat(1020));

/** The edits as a peer without the compact form reads them. */
function plain(edits: readonly Edit[]): readonly Edit[] {
  const message: SxeMessage = { session: 's', id: 'p.1', payload: { kind: 'edits', edits } };
  const result = parseSxe(readElement(serializeSxe(message).toString()));
  if (!result?.ok || result.message.payload.kind !== 'edits') throw new Error('unreadable');
  return result.message.payload.edits;
}

describe('the compact form', () => {
  test('says what the plain form says', () => {
    check(
      fc.property(wildEdits, prefixes, (edits, prefix) => {
        const written = codec.write(edits, prefix);
        expect(written).toBeDefined();
        expect(codec.read(written ?? '', prefix)).toEqual({ ok: true, edits: plain(edits) });
      }),
      { numRuns: 250 },
    );
  });

  test('travels in a stanza of its own, re-sent or not', () => {
    const origin = fc.option(
      fc.record({
        author: fc.constantFrom('a@b/c', 'é'),
        id: fc.record({ prefix: fc.constantFrom('bbbbbbbb', '~o/s-'), n: fc.integer({ min: 1 }) }),
      }),
      { nil: undefined },
    );
    check(
      fc.property(wildEdits, origin, (edits, from) => {
        const payload = { kind: 'edits', edits, compact: true, ...(from ? { origin: from } : {}) } as const;
        const sent: SxeMessage = { session: 's', id: 'aaaaaaaa.7', payload };
        const element = readElement(serializeSxe(sent, codec).toString());
        expect(parseSxe(element)).toBeUndefined();
        expect(parseSxe(element, codec)).toEqual({
          ok: true,
          message: { ...sent, payload: { ...payload, edits: plain(edits) } },
          notes: [],
        });
      }),
      { numRuns: 250 },
    );
  });

  test('is read or refused, and never throws, however it was damaged', () => {
    const damage = fc.array(
      fc.tuple(fc.constantFrom('flip', 'cut', 'put', 'repeat', 'version'), fc.nat(), fc.nat(255)),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    check(
      fc.property(wildEdits, damage, fc.boolean(), (edits, marks, asText) => {
        let bytes = Buffer.from(codec.write(edits, 'aaaaaaaa') ?? '', 'base64');
        for (const [what, where, value] of marks) {
          const at = where % Math.max(1, bytes.length);
          if (what === 'flip') bytes[at] = (bytes[at] ?? 0) ^ (1 << (value & 7));
          else if (what === 'cut') bytes = bytes.subarray(0, at);
          else if (what === 'put') bytes[at] = value;
          else if (what === 'version') bytes[0] = value & 3;
          else bytes = Buffer.concat([bytes, bytes.subarray(at)]);
        }
        const text = asText ? bytes.toString('latin1') : bytes.toString('base64');
        const result = codec.read(text, 'aaaaaaaa');
        if (!result.ok) expect(result.reason).not.toBe('');
        // Whatever it reads, the plain form can say to those who need it: replicas with and without the form stay equal.
        else expect(plain(result.edits)).toEqual(result.edits);
      }),
      { numRuns: 400 },
    );
  });

  test('holds every text that XML can carry, letter by letter', () => {
    const texts = new TextWriter();
    const reader = new TextReader();
    check(
      fc.property(fc.array(anyText, { maxLength: 6 }), (list) => {
        const bytes = new ByteWriter();
        texts.reset();
        const kept = list.filter((text) => texts.write(bytes, text) || isXmlText(text));
        const from = new ByteReader(bytes.bytes.slice(0, bytes.length));
        reader.reset(1_000_000);
        expect(kept.map(() => reader.read(from))).toEqual(list.filter(isXmlText));
        expect(from.at).toBe(from.end);
      }),
      { numRuns: 2000 },
    );
  });
});
