/**
 * The words of the page in the reader's language. Owned by the App that made it: the language is
 * a signal, so a view that asks for a word follows the choice by itself. A global i18next was
 * rejected, because two pages (the tests and the gallery) must be able to live side by side.
 */
import { type Signal, signal } from '@preact/signals';
import { createInstance } from 'i18next';
import { en } from './en';
import { ko } from './ko';

export const languages = ['ko', 'en'] as const;
export type Language = (typeof languages)[number];

type Trimmed<K extends string> = K extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : K;
type Paths<T, Prefix extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Prefix}${Trimmed<K>}` : Paths<T[K], `${Prefix}${K}.`>;
}[keyof T & string];

/** The name of a text, such as `lobby.join`. Plural texts are named without their ending. */
export type Key = Paths<typeof en>;
export type Values = Record<string, string | number>;

export interface Words {
  readonly language: Signal<Language>;
  t(key: Key, values?: Values): string;
  /** the person's own choice; kept for this tab */
  choose(language: Language): void;
  /** what the link says; gives way to the person's choice */
  suggest(language: string): void;
}

const kept = 'sangdam.language';

/** pick is the first language that we speak, English when there is none. */
export function pick(wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const base = wish?.toLowerCase().split('-')[0];
    const found = languages.find((language) => language === base);
    if (found) {
      return found;
    }
  }
  return 'en';
}

export function createWords(storage: Storage | null, browser: readonly string[]): Words {
  const i18n = createInstance();
  // Both languages are in the bundle, so init finishes before it returns.
  void i18n.init({
    lng: 'en',
    fallbackLng: false,
    initAsync: false,
    resources: { ko: { translation: ko }, en: { translation: en } },
    interpolation: { escapeValue: false },
  });
  const chosen = read(storage);
  const language = signal<Language>(pick([chosen, ...browser]));
  return {
    language,
    t: (key, values) => i18n.getFixedT(language.value)(key as string, values ?? {}) as string,
    choose(next) {
      language.value = next;
      try {
        storage?.setItem(kept, next);
      } catch {
        // A browser that keeps nothing still shows the page in this language.
      }
    },
    suggest(wish) {
      language.value = pick([read(storage), wish, ...browser]);
    },
  };
}

function read(storage: Storage | null): string | null {
  try {
    return storage?.getItem(kept) ?? null;
  } catch {
    return null;
  }
}
