import xml, { type Element } from '@xmpp/xml';
import { describe, expect, test } from 'vitest';
import type { Edit } from '#core/types.ts';
import { systemDeflate } from '#platform/deflate.ts';
import { createCompactCodec } from '#xmpp/compact.ts';
import type { SxeMessage } from '#xmpp/xep-0284.ts';
import { parseSxe, serializeSxe } from '#xmpp/xep-0284-codec.ts';
import { MAX_RID, parseWeight, serializeWeight } from '#xmpp/xep-0284-edits.ts';
import { readElement } from './elements.ts';
import { goldenPairs } from './golden.ts';

const compact = createCompactCodec(systemDeflate);

function read(element: Element): SxeMessage {
  const result = parseSxe(element, compact);
  if (!result?.ok) throw new Error(`not read: ${result?.reason}`);
  return result.message;
}

goldenPairs('xep-0284', read, (message: SxeMessage) => serializeSxe(message, compact));

/** The edits of a `<state/>` with this content, and what was noted. */
function edits(inner: string): { edits: readonly Edit[]; notes: readonly string[] } {
  const result = parseSxe(
    readElement(`<message><sxe xmlns='urn:xmpp:sxe:0' session='s' id='p.1'><state>${inner}</state></sxe></message>`),
  );
  if (!result?.ok || result.message.payload.kind !== 'edits') throw new Error('not read as edits');
  return { edits: result.message.payload.edits, notes: result.notes };
}

describe('a bad Set is counted', () => {
  test.each([
    ['a weight that is no number', "version='2' primary-weight='heavy'"],
    ['NaN', "version='2' primary-weight='NaN'"],
    ['an infinite weight', "version='2' primary-weight='1e999'"],
    ['INF', "version='2' primary-weight='INF'"],
    ['a hexadecimal weight', "version='2' primary-weight='0x10'"],
    ['an empty weight', "version='2' primary-weight=''"],
    ['a name that is none', "version='2' name='a b'"],
    ['an empty name', "version='2' name=''"],
    ['a reserved target', "version='2' pitarget='XML'"],
    ['control characters', "version='2' chdata='a\u0001b'"],
    ['a lone surrogate', "version='2' chdata='a\ud800'"],
    ['a missing replacen', "version='2' chdata='a' replacefrom='1'"],
    ['a missing replacefrom', "version='2' chdata='a' replacen='1'"],
    ['a negative replacefrom', "version='2' chdata='a' replacefrom='-1' replacen='0'"],
    ['a splice without chdata', "version='2' replacefrom='1' replacen='1'"],
    ['a parent of a megabyte', `version='2' parent='${'x'.repeat(1_000_000)}'`],
  ])('with %s', (_, attributes) => {
    const { edits: got, notes } = edits(`<set target='a' ${attributes}/>`);
    expect(got).toMatchObject([{ kind: 'set', rid: 'a', version: 2, malformed: true }]);
    expect(notes).toHaveLength(1);
  });

  test.each(['', '-1', '1.5', '99999999999999999999', '1000000001', 'one'])('with version "%s"', (version) => {
    expect(edits(`<set target='a' version='${version}' chdata='x'/>`).edits).toMatchObject([
      { rid: 'a', version: 0, malformed: true },
    ]);
  });

  test('without a version', () => {
    expect(edits("<set target='a' chdata='x'/>").edits).toMatchObject([{ rid: 'a', version: 0, malformed: true }]);
  });
});

describe('a bad New makes a record that is no part of the tree', () => {
  test.each([
    ['of an unknown type', "type='cdata' chdata='x'"],
    ['without a type', "chdata='x'"],
    ['an element without a name', "type='element'"],
    ['an element whose name is none', "type='element' name='1'"],
    ['an instruction without a target', "type='processinginstruction' pidata='x'"],
    ['with an unreadable weight', "type='text' chdata='x' primary-weight='-'"],
    ['with a negative version', "type='text' chdata='x' version='-3'"],
    ['with control characters', "type='text' chdata='\u0008'"],
  ])('%s', (_, attributes) => {
    expect(edits(`<new rid='a' ${attributes}/>`).edits).toMatchObject([{ kind: 'new', rid: 'a', malformed: true }]);
  });

  test('what its type does not have is left out', () => {
    const { edits: got } = edits("<new rid='a' type='text' parent='b' name='n' ns='m' pitarget='t' chdata='x'/>");
    expect(got).toEqual([{ kind: 'new', rid: 'a', type: 'text', parent: 'b', primaryWeight: 0, chdata: 'x' }]);
  });
});

describe('an edit that names no record is dropped, the others stay', () => {
  test.each([
    "<new type='text' chdata='x'/>",
    "<new rid='' type='text' chdata='x'/>",
    "<set version='1' chdata='x'/>",
    "<set rid='a' version='1' chdata='x'/>",
    '<remove/>',
    `<remove target='${'x'.repeat(MAX_RID + 1)}'/>`,
    "<remove target='\u0000'/>",
    '<paint/>',
    "<new xmlns='urn:other' rid='a' type='text'/>",
  ])('%#', (bad) => {
    const { edits: got, notes } = edits(`${bad}<remove target='z'/>`);
    expect(got).toEqual([{ kind: 'remove', rid: 'z' }]);
    expect(notes).toHaveLength(1);
  });
});

describe('messages', () => {
  const sxe = (inner: string, attributes = "session='s' id='p.1'"): ReturnType<typeof parseSxe> =>
    parseSxe(readElement(`<sxe xmlns='urn:xmpp:sxe:0' ${attributes}>${inner}</sxe>`));

  test('a stanza without SXE is none', () => {
    expect(parseSxe(readElement('<message><body>hi</body></message>'))).toBeUndefined();
    expect(parseSxe(readElement("<message><sxe xmlns='urn:other' session='s'/></message>"))).toBeUndefined();
  });

  test.each([
    ['', "id='p.1'"],
    ['', "session='' id='p.1'"],
    ['', `session='${'s'.repeat(2000)}' id='p.1'`],
    ['<state/>', "session='s'"],
    ['<dance/>', "session='s' id='1'"],
    ["<new rid='a' type='text' chdata='x'/>", "session='s' id='1'"],
    ["<state/><origin xmlns='urn:x-limn:session:0' author='a' prefix='p' n='-1'/>", "session='s' id='1'"],
    ["<hello xmlns='urn:x-limn:session:0'/>", "session='s' id='1'"],
    ["<digest xmlns='urn:x-limn:session:0' epoch='e' seq='1' value='no hash'/>", "session='s' id='1'"],
    ["<digest xmlns='urn:x-limn:session:0' epoch='e' value='00ff12ab34cd56ef'/>", "session='s' id='1'"],
    ["<limn-state xmlns='urn:x-limn:session:0' request='r' part='2' parts='2'>AA==</limn-state>", "session='s' id='1'"],
    ["<limn-state xmlns='urn:x-limn:session:0' request='r' part='0' parts='1'>%%%</limn-state>", "session='s' id='1'"],
    ["<limn-state xmlns='urn:x-limn:session:0' part='0' parts='1'>AA==</limn-state>", "session='s' id='1'"],
  ])('refused: %s %s', (inner, attributes) => {
    expect(sxe(inner, attributes)).toMatchObject({ ok: false });
  });

  test('a <known/> that is damaged is left out, whatever its prefix is called', () => {
    const known = "<known prefix='__proto__'>1-2</known><known prefix='a'>5-2</known><known prefix='b'>1-2 2-3</known>";
    const result = sxe(`<catch-up xmlns='urn:x-limn:session:0'>${known}</catch-up>`);
    expect(result).toMatchObject({ ok: true, notes: [expect.any(String), expect.any(String)] });
    const payload = result?.ok && result.message.payload;
    expect(payload && payload.kind === 'catch-up' && Object.entries(payload.known)).toEqual([['__proto__', [[1, 2]]]]);
  });

  test('a value of a megabyte passes', () => {
    const value = '漢'.repeat(350_000);
    expect(edits(`<set target='a' version='1' chdata='${value}'/>`).edits).toMatchObject([
      { fields: { chdata: value } },
    ]);
  });
});

describe('white space', () => {
  const value = ' a\tb\nc\r\nd\\n ';
  const message: SxeMessage = {
    session: 's',
    id: 'p.1',
    payload: { kind: 'edits', edits: [{ kind: 'set', rid: 'a', version: 1, fields: { chdata: value } }] },
  };

  test('a strict peer reads spaces, Limn reads what was meant', () => {
    const element = serializeSxe(message);
    const set = element.getChild('state')?.getChild('set');
    expect(set?.attrs['chdata']).toBe(' a b c  d\\n ');
    expect(read(readElement(element.toString()))).toEqual(message);
  });

  test('a raw form that says something else than the attribute does not count', () => {
    const raw = "<raw xmlns='urn:x-limn:session:0' field='chdata'>evil\\n</raw>";
    expect(edits(`<set target='a' version='1' chdata='good '>${raw}</set>`)).toMatchObject({
      edits: [{ fields: { chdata: 'good ' } }],
      notes: [expect.stringContaining('raw')],
    });
  });
});

describe('what is sent', () => {
  test('never holds characters that would end the stream', () => {
    const edit: Edit = { kind: 'set', rid: 'a\u0002', version: 1, fields: { chdata: 'x\u0000\ud800y\uffff' } };
    const text = serializeSxe({ session: 's', id: 'p.1', payload: { kind: 'edits', edits: [edit] } }).toString();
    expect(text).toContain('x\ufffd\ufffdy\ufffd');
    expect(text).not.toContain('\u0002');
  });

  test('a weight that is not finite is a bug of the caller', () => {
    expect(() => serializeWeight(Number.NaN)).toThrow(RangeError);
    expect(() => serializeWeight(Number.POSITIVE_INFINITY)).toThrow(RangeError);
  });

  test('weights are the shortest text that reads back', () => {
    expect([0.1, -0, 1e21, 5e-324, -2.43].map(serializeWeight)).toEqual(['0.1', '0', '1e+21', '5e-324', '-2.43']);
    expect(['1.5e+2', ' 3 ', '.5', '2.', '-0', '+1'].map(parseWeight)).toEqual([150, 3, 0.5, 2, 0, 1]);
  });
});

test('an element built in code reads like one from the wire', () => {
  const element = xml(
    'message',
    {},
    xml('sxe', { xmlns: 'urn:xmpp:sxe:0', session: 's', id: '1' }, xml('connect', {})),
  );
  expect(read(element)).toEqual({ session: 's', id: '1', payload: { kind: 'connect' } });
});
