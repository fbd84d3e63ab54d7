/** What notes may be made of, and what becomes of edits that break it. */
import { describe, expect, test } from 'vitest';
import type { Replica } from '#core/replica-port.ts';
import type { Rid } from '#core/types.ts';
import { attributeFault, elementFault, notesJudge, textFault } from '#xhtml/content-model.ts';
import { emptyNotes } from '#xhtml/document.ts';
import { XHTML_NS } from '#xhtml/vocabulary.ts';
import { replica } from '#test/support/document.ts';
import { Room } from '#test/support/order.ts';

const code = (fault: { code: string } | undefined): string => fault?.code ?? 'fine';

test.each([
  ['html', 'body', 'fine'],
  ['head', 'title', 'fine'],
  ['body', 'p', 'fine'],
  ['body', 'strong', 'fine'],
  ['li', 'ul', 'fine'],
  ['ul', 'li', 'fine'],
  ['blockquote', 'h2', 'fine'],
  ['a', 'em', 'fine'],
  ['custom', 'li', 'fine'],
  ['body', 'script', 'notes-element'],
  ['body', 'iframe', 'notes-element'],
  ['body', 'custom', 'notes-element'],
  ['html', 'p', 'child'],
  ['p', 'p', 'child'],
  ['p', 'ul', 'child'],
  ['ul', 'p', 'child'],
  ['body', 'li', 'child'],
  ['a', 'a', 'child'],
  ['br', 'em', 'child'],
  ['body', 'title', 'child'],
])('in %s, %s is %s', (parent, element, expected) => expect(code(elementFault(parent, element))).toBe(expected));

test.each([
  ['a', 'href', 'https://example.org/', 'fine'],
  ['p', 'class', 'wide', 'fine'],
  ['li', 'data-done', 'true', 'fine'],
  ['a', 'href', 'javascript:alert(1)', 'notes-value'],
  ['li', 'data-done', 'maybe', 'notes-value'],
  ['p', 'onclick', 'alert(1)', 'attribute'],
  ['p', 'style', 'color:red', 'attribute'],
])('on %s, %s="%s" is %s', (element, name, value, expected) =>
  expect(code(attributeFault(element, undefined, name, value))).toBe(expected),
);

test('words stand anywhere but in lists, in what is empty, and in the head', () => {
  expect(['body', 'p', 'html', 'ul', 'hr', 'head'].map((name) => code(textFault(name, 'words')))).toEqual([
    'fine',
    'fine',
    'fine',
    'notes-text',
    'notes-text',
    'notes-text',
  ]);
  expect(code(textFault('ul', ' \n'))).toBe('fine');
});

describe('in a session', () => {
  function three(): { people: [Replica, Replica, Replica]; room: Room; body: Rid; p: Rid } {
    const first = replica('r');
    first.submit([{ do: 'add', parent: '', before: null, node: emptyNotes('Plan', 'en') }], 'begin');
    first.confirmAlone();
    const state = first.state();
    // The third keeps to no rules.
    const people = [0, 1, 2].map((i) =>
      replica('abc'[i] as string, { state, ...(i < 2 && { judge: notesJudge }) }),
    ) as [Replica, Replica, Replica];
    const room = new Room(people);
    room.mirrors.length = 0;
    const { shown } = people[0];
    const body = shown.children(shown.root() ?? '')[1] ?? '';
    return { people, room, body, p: shown.children(body)[0] ?? '' };
  }
  const script = { type: 'element', ns: XHTML_NS, name: 'script', attrs: [], children: [] } as const;

  test('one’s own offending edit is refused with a sentence, and nothing is sent', () => {
    const { people, body } = three();
    const result = people[0].submit([{ do: 'add', parent: body, before: null, node: script }], 'g');
    expect(result).toMatchObject({ ok: false, code: 'notes-element', reason: /Notes have no element “script”/ });
    expect(people[0].pending()).toEqual([]);
  });

  test('another’s is void for all who judge, with the reason in the log, and the rest of the stanza stands', () => {
    const { people, room, body, p } = three();
    const [one, two, third] = people;
    third.submit(
      [
        { do: 'set', rid: p, name: 'onclick', value: 'x' },
        { do: 'set', rid: p, name: 'lang', value: 'fr' },
        { do: 'add', parent: body, before: null, node: script },
      ],
      'g',
    );
    room.settle();
    for (const { shown } of [one, two]) {
      expect(shown.children(body)).toEqual([p]);
      expect([shown.attribute(p, '', 'onclick'), shown.attribute(p, '', 'lang')]).toEqual([
        undefined,
        expect.any(String),
      ]);
    }
    expect(one.digest()).toBe(two.digest());
  });
});
