/** The languages agree with English and with the code. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { languages, pickLanguage } from '#renderer/i18n/i18n.ts';

const PLURAL = /_(zero|one|two|few|many|other)$/;
const baseOf = (key: string): string => key.replace(PLURAL, '');
const placeholdersOf = (text: string): string[] => [...new Set(text.match(/\{\{\w+\}\}/g) ?? [])].sort();
const renderer = path.resolve(import.meta.dirname, '../../../renderer');

const english: Record<string, string> = await languages.en.load();
const bases = new Set(Object.keys(english).map(baseOf));
const pluralBases = new Set(
  Object.keys(english)
    .filter((key) => PLURAL.test(key))
    .map(baseOf),
);

function sources(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

describe.each(Object.entries(languages))('%s', (code, language) => {
  test('has the keys of English, and each plural form of its own grammar', async () => {
    const texts: Record<string, string> = await language.load();
    const forms = new Intl.PluralRules(code).resolvedOptions().pluralCategories;
    const expected = [...bases].flatMap((base) =>
      pluralBases.has(base) ? forms.map((form) => `${base}_${form}`) : [base],
    );
    expect(Object.keys(texts).sort()).toEqual(expected.sort());
  });

  test('uses the placeholders of English', async () => {
    const texts: Record<string, string> = await language.load();
    for (const [key, text] of Object.entries(texts)) {
      const model = english[key] ?? english[`${baseOf(key)}_other`] ?? '';
      // Arabic says one and two in words.
      const spelled = /_(zero|one|two)$/.test(key) ? ['{{count}}'] : [];
      const without = (all: string[]): string[] => all.filter((name) => !spelled.includes(name));
      expect({ [key]: without(placeholdersOf(text)) }).toEqual({ [key]: without(placeholdersOf(model)) });
      expect({ [key]: text.trim() }).not.toEqual({ [key]: '' });
    }
  });
});

test.each(Object.entries(languages).filter(([code]) => code !== 'en'))(
  '%s is not English under another name',
  async (_, language) => {
    const texts: Record<string, string> = await language.load();
    const same = Object.keys(english).filter((key) => texts[key] === english[key]);
    expect(same.length).toBeLessThan(Object.keys(english).length / 8);
  },
);

test('no text is unused', () => {
  const code = sources(renderer);
  expect([...bases].filter((key) => !code.includes(`'${key}'`))).toEqual([]);
});

test('the first language that Limn speaks is picked', () => {
  expect(pickLanguage(['tlh', 'ar-EG', 'de'])).toBe('ar');
  expect(pickLanguage(['pt-BR'])).toBe('en');
});
