/** What main tells of, in the person's language. */
import { expect, test, vi } from 'vitest';
import { changeTo, createI18n, languages, type Language } from '#renderer/i18n/i18n.ts';
import { noticeSentence, signInField } from '#renderer/ui/errors.ts';

const CODES = ['healed', 'partial', 'flood', 'resent', 'stroke', 'no-voice', 'no-state', 'refused'];

async function sentences(language: Language): Promise<string[]> {
  vi.stubGlobal('document', { documentElement: {} });
  const i18n = createI18n();
  await changeTo(i18n, language);
  return [...CODES, 'of a later version', undefined].map((code) =>
    noticeSentence({ ...(code !== undefined && { code }), who: 'Ines', message: 'in English' }, i18n),
  );
}

test('in English main’s own sentence is kept', async () => {
  expect(new Set(await sentences('en'))).toEqual(new Set(['in English']));
});

test.each((Object.keys(languages) as Language[]).filter((language) => language !== 'en'))(
  'a notice that has a code is told in %s, one without in English',
  async (language) => {
    const told = await sentences(language);
    expect(told.slice(-2)).toEqual(['in English', 'in English']);
    const translated = told.slice(0, -2);
    expect(new Set(translated).size).toBe(CODES.length);
    expect(translated.join()).not.toMatch(/in English|notice\.|\{\{/);
    expect(translated.filter((sentence) => sentence.includes('Ines'))).toEqual(translated.slice(1, 3));
  },
);

test('a failure to sign in is said at the field that one can mend', () => {
  expect(signInField('wrong-password', false)).toBe('password');
  expect(signInField('bad-service', true)).toBe('service');
  expect([signInField('timeout', false), signInField('timeout', true)]).toEqual(['jid', 'service']);
});
