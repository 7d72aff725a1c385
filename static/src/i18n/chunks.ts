/** Each language is a chunk of its own with the script it needs: a page fetches the one that it shows. */
import type { Console, People } from './catalogue';
import type { Language } from './languages';

type Lazy = Exclude<Language, 'en'>;

export const people: Record<Lazy, () => Promise<People>> = {
  ko: () => import('./people/ko').then((m) => m.ko),
  fr: () => import('./people/fr').then((m) => m.fr),
  ru: () => import('./people/ru').then((m) => m.ru),
  es: () => import('./people/es').then((m) => m.es),
  de: () => import('./people/de').then((m) => m.de),
  it: () => import('./people/it').then((m) => m.it),
  pt: () => import('./people/pt').then((m) => m.pt),
  tr: () => import('./people/tr').then((m) => m.tr),
  vi: () => import('./people/vi').then((m) => m.vi),
  id: () => import('./people/id').then((m) => m.id),
  th: () => import('./people/th').then((m) => m.th),
  ja: () => import('./people/ja').then((m) => m.ja),
  'zh-Hans': () => import('./people/zh-Hans').then((m) => m.zhHans),
  ar: () => import('./people/ar').then((m) => m.ar),
};

export const staff: Record<'ko' | 'en', () => Promise<Console>> = {
  ko: () => import('./console/ko').then((m) => m.ko),
  en: () => import('./console/en').then((m) => m.en),
};

const scripts: Partial<Record<Language, () => Promise<unknown>>> = {
  ar: () => import('../styles/fonts/arabic.css'),
  th: () => import('../styles/fonts/thai.css'),
  ja: () => import('../styles/fonts/japanese.css'),
  'zh-Hans': () => import('../styles/fonts/chinese.css'),
};

/** dress brings the letters of a language. A page whose letters do not come shows the device's own. */
export async function dress(language: Language): Promise<void> {
  await scripts[language]?.().catch(() => undefined);
}
