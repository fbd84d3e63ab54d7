import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editIntents, joinLines, lineChildren, splice } from '#renderer/board/text-lines.ts';
import { check } from '#test/support/property.ts';

/** encodeURIComponent throws on a lone surrogate. */
function wellFormed(value: string): boolean {
  try {
    return encodeURIComponent(value).length >= value.length;
  } catch {
    return false;
  }
}
const text = fc.string({ unit: 'grapheme', maxLength: 30 });

test('a splice turns one text into the other and never parts a surrogate pair', () => {
  check(
    fc.property(text, text, (before, after) => {
      const [intent] = splice('r', before, after);
      if (!intent) {
        expect(before).toBe(after);
        return;
      }
      if (intent.do !== 'text') throw new RangeError('not a text intent');
      const made = before.slice(0, intent.from) + intent.insert + before.slice(intent.from + intent.count);
      expect(made).toBe(after);
      expect(wellFormed(intent.insert)).toBe(true);
      expect(wellFormed(before.slice(0, intent.from))).toBe(true);
    }),
    {
      examples: [
        ['😀', '😁'],
        ['a😀', 'a'],
        ['😀😀', '😀'],
      ],
    },
  );
});

test('blank lines widen the step of the line that follows', () => {
  expect(lineChildren('a\n\n\nb', '5')).toMatchObject([
    {
      name: 'tspan',
      attrs: [
        { name: 'x', value: '5' },
        { name: 'dy', value: '0' },
      ],
    },
    {
      name: 'tspan',
      attrs: [
        { name: 'x', value: '5' },
        { name: 'dy', value: '3.6em' },
      ],
    },
  ]);
  expect(lineChildren('one', '5')).toEqual([{ type: 'text', chdata: 'one' }]);
});

test('an edit inside lines splices; one that changes their number writes them anew; an empty one removes', () => {
  const lines = [
    { text: 'one', rid: 'a', blank: 0 },
    { text: 'two', rid: 'b', blank: 0 },
  ];
  const at = { rid: 't', x: '0', children: ['c', 'd'] };
  expect(joinLines(lines)).toBe('one\ntwo');
  expect(editIntents(at, lines, 'one\ntwo')).toEqual([]);
  expect(editIntents(at, lines, 'once\ntwo')).toEqual([{ do: 'text', rid: 'a', from: 2, count: 0, insert: 'c' }]);
  expect(editIntents(at, lines, 'one').map((i) => i.do)).toEqual(['remove', 'remove', 'add']);
  expect(editIntents(at, lines, ' \n ')).toEqual([{ do: 'remove', rid: 't' }]);
});
