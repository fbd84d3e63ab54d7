/** What main tells of, in the person's language. */
import { expect, test } from 'vitest';
import { changeTo, createI18n, languages, type Language } from '#renderer/i18n/i18n.ts';
import { noticeSentence } from '#renderer/ui/errors.ts';

const CODES = ['healed', 'partial', 'resent', 'stroke', 'no-voice', 'no-state', 'refused'];

test.each(Object.keys(languages) as Language[])('a notice that has a code is told in %s', async (language) => {
  const i18n = createI18n();
  await changeTo(i18n, language);
  for (const code of CODES) {
    const sentence = noticeSentence({ code, who: 'Ines', message: 'in English' }, i18n);
    if (language === 'en') expect(sentence).toBe('in English');
    else {
      expect(sentence).not.toMatch(/in English|notice\.|\{\{/);
      expect(sentence.includes('Ines')).toBe(code === 'partial');
    }
  }
  expect(noticeSentence({ message: 'in English' }, i18n)).toBe('in English');
  expect(noticeSentence({ code: 'of a later version', message: 'in English' }, i18n)).toBe('in English');
});
