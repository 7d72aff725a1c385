/** The languages that we speak, and what the browser must know of each. */

export const languages = [
  'ko',
  'en',
  'fr',
  'ru',
  'es',
  'de',
  'it',
  'pt',
  'tr',
  'vi',
  'id',
  'th',
  'ja',
  'zh-Hans',
  'ar',
] as const;
export type Language = (typeof languages)[number];

/** The staff's pages speak two languages; a coordinator is asked to choose one of them. */
export const staffLanguages: readonly Language[] = ['ko', 'en'];

interface Manners {
  /** its own name, as its speakers write it */
  name: string;
  /**
   * what Intl is asked with. Times stand beside each other on two screens, so digits are Latin in
   * every language and the calendar is the Gregorian one (Thai and some Arabic locales have others).
   */
  tag: string;
  direction: 'ltr' | 'rtl';
}

const left = 'ltr';

const manners: Record<Language, Manners> = {
  ko: { name: '한국어', tag: 'ko-KR', direction: left },
  en: { name: 'English', tag: 'en-GB', direction: left },
  fr: { name: 'Français', tag: 'fr-FR', direction: left },
  ru: { name: 'Русский', tag: 'ru-RU', direction: left },
  es: { name: 'Español', tag: 'es', direction: left },
  de: { name: 'Deutsch', tag: 'de-DE', direction: left },
  it: { name: 'Italiano', tag: 'it-IT', direction: left },
  pt: { name: 'Português', tag: 'pt-BR', direction: left },
  tr: { name: 'Türkçe', tag: 'tr-TR', direction: left },
  vi: { name: 'Tiếng Việt', tag: 'vi-VN', direction: left },
  id: { name: 'Bahasa Indonesia', tag: 'id-ID', direction: left },
  th: { name: 'ไทย', tag: 'th-TH-u-ca-gregory-nu-latn', direction: left },
  ja: { name: '日本語', tag: 'ja-JP', direction: left },
  'zh-Hans': { name: '简体中文', tag: 'zh-Hans-CN', direction: left },
  ar: { name: 'العربية', tag: 'ar-u-ca-gregory-nu-latn', direction: 'rtl' },
};

export function nameOf(language: Language): string {
  return manners[language].name;
}

export function tagOf(language: Language): string {
  return manners[language].tag;
}

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return manners[language].direction;
}

/** known is the language that a tag means to us: `zh`, `zh-CN` and `zh-TW` are all served in simplified Chinese. */
export function known(tag: string | null | undefined): Language | undefined {
  const base = tag?.toLowerCase().split(/[-_]/)[0];
  // Some browsers and Java still say "in" for Indonesian (ISO 639-1 before 1989).
  const today = base === 'in' ? 'id' : base;
  return languages.find((language) => language.toLowerCase().split('-')[0] === today);
}

/** pick is the first wish that is among the languages on offer, else English, else the first on offer. */
export function pick(
  wishes: readonly (string | null | undefined)[],
  offer: readonly Language[] = languages,
): Language {
  for (const wish of wishes) {
    const language = known(wish);
    if (language && offer.includes(language)) {
      return language;
    }
  }
  return offer.includes('en') ? 'en' : (offer[0] ?? 'en');
}
