import { expect, test } from 'vitest';
import { shownName } from '#xmpp/shown-name.ts';

test('a long name is cut between characters, never in the midst of one', () => {
  expect(shownName(`ab${'\u{1f600}'.repeat(3)}`, 5)).toBe('ab\u{1f600}');
  expect(shownName(`ab${'\u{1f600}'.repeat(3)}`, 6)).toBe('ab\u{1f600}\u{1f600}');
  expect(shownName('  Ann\u202e\n B ', 100)).toBe('Ann B');
});
