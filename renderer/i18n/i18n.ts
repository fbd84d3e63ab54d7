/** Languages of the interface. English is always loaded; the others come when they are chosen. */
import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './en.json' with { type: 'json' };

/** What can be chosen: the language's own name, its direction, and how its sentences are loaded. */
export const languages = {
  en: { name: 'English', dir: 'ltr', load: async () => en },
  de: { name: 'Deutsch', dir: 'ltr', load: async () => (await import('./de.json')).default },
  es: { name: 'Español', dir: 'ltr', load: async () => (await import('./es.json')).default },
  fr: { name: 'Français', dir: 'ltr', load: async () => (await import('./fr.json')).default },
  ja: { name: '日本語', dir: 'ltr', load: async () => (await import('./ja.json')).default },
  ar: { name: 'العربية', dir: 'rtl', load: async () => (await import('./ar.json')).default },
} as const satisfies Record<string, { name: string; dir: 'ltr' | 'rtl'; load: () => Promise<Record<string, string>> }>;

export type Language = keyof typeof languages;
/** A key of en.json without its plural ending. */
export type TextKey = Exclude<keyof typeof en, `${string}_one` | `${string}_other`>;

export function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && Object.hasOwn(languages, value);
}

/** The first of the wanted languages that Limn speaks (BCP 47 tags, best first), else English. */
export function pickLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split('-')[0];
    if (isLanguage(primary)) return primary;
  }
  return 'en';
}

/** An i18next instance that speaks English until `changeTo` loads another language. */
export function createI18n(): i18n {
  const instance = i18next.createInstance();
  void instance.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    showSupportNotice: false,
    resources: { en: { translation: en } },
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    initAsync: false,
    react: { useSuspense: false },
  });
  return instance;
}

/** Loads a language if need be, switches to it, and turns the page to its direction. */
export async function changeTo(instance: i18n, language: Language): Promise<void> {
  if (!instance.hasResourceBundle(language, 'translation')) {
    instance.addResourceBundle(language, 'translation', await languages[language].load());
  }
  await instance.changeLanguage(language);
  document.documentElement.lang = language;
  document.documentElement.dir = languages[language].dir;
}
