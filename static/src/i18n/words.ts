/**
 * The words of the page in the reader's language. Owned by the App that made it: the language is
 * a signal, so a view that asks for a word follows the choice by itself. A global i18next was
 * rejected, because two pages (the tests and the gallery) must be able to live side by side.
 *
 * English is in the bundle, since a page whose words do not come must still speak; every other
 * language is fetched when it is wished for, and the page changes over once its words are there.
 */
import { batch, type ReadonlySignal, signal } from '@preact/signals';
import { createInstance } from 'i18next';
import type { Key } from './catalogue';
import { dress, people, staff } from './chunks';
import { isolated } from './isolate';
import { directionOf, known, type Language, languages, pick, staffLanguages } from './languages';
import { en } from './people/en';

export type { Key } from './catalogue';
export type { Language } from './languages';
export type Values = Record<string, string | number>;

export interface Words {
  /** the language that the page shows */
  readonly language: ReadonlySignal<Language>;
  /** the languages that may be chosen */
  readonly offer: ReadonlySignal<readonly Language[]>;
  /** false until the first words are there; a page with no words yet shows none */
  readonly ready: ReadonlySignal<boolean>;
  t(key: Key, values?: Values): string;
  /** the person's own choice; kept for this tab */
  choose(language: Language): Promise<void>;
  /** what the link says; gives way to the person's choice */
  suggest(language: string): Promise<void>;
  /** what the event offers; tags that we do not speak are passed over */
  restrict(tags: readonly string[]): Promise<void>;
  /** the staff's pages: their own words, in their two languages */
  forStaff(): Promise<void>;
}

const kept = 'sangdam.language';
const again = 2000;

export function createWords(storage: Storage | null, browser: readonly string[]): Words {
  const i18n = createInstance();
  // English is in the bundle, so init finishes before it returns.
  void i18n.init({
    lng: 'en',
    fallbackLng: 'en',
    load: 'currentOnly',
    initAsync: false,
    // A copy: the staff's words are added to it, and the catalogue must not grow.
    resources: { en: { translation: structuredClone(en) } },
    interpolation: { escapeValue: false },
  });
  const language = signal<Language>('en');
  const offer = signal<readonly Language[]>(languages);
  const ready = signal(false);
  const had = new Set<string>(['people en']);
  let link: string | null = null;
  let forStaff = false;
  let turn = 0;

  const fetched = async (next: Language): Promise<void> => {
    if (next !== 'en' && !had.has(`people ${next}`)) {
      i18n.addResourceBundle(next, 'translation', await people[next](), true);
      had.add(`people ${next}`);
    }
    if (forStaff && (next === 'ko' || next === 'en') && !had.has(`staff ${next}`)) {
      i18n.addResourceBundle(next, 'translation', await staff[next](), true);
      had.add(`staff ${next}`);
    }
  };
  const show = (next: Language): void =>
    batch(() => {
      language.value = next;
      ready.value = true;
    });
  // Wishes come faster than words: the last one counts.
  const change = async (): Promise<void> => {
    const mine = ++turn;
    const next = pick([read(storage), link, ...browser], offer.value);
    if (next === 'en' && !forStaff) {
      show(next);
      return;
    }
    try {
      await Promise.all([fetched(next), dress(next)]);
    } catch {
      // The page goes on in the language that it has; the next choice asks again. The staff's
      // words are in no bundle: without them there is nothing to show, so they are asked for again.
      if (mine === turn && forStaff && !had.has(`staff ${language.value}`))
        setTimeout(() => void change(), again);
      else if (mine === turn) ready.value = true;
      return;
    }
    if (mine === turn) show(next);
  };
  void change();

  return {
    language,
    offer,
    ready,
    t: (key, values) =>
      i18n.getFixedT(language.value)(
        key as string,
        isolated(values ?? {}, directionOf(language.value)),
      ) as string,
    choose(next) {
      keep(storage, next);
      // A browser that keeps nothing still shows the page in this language.
      link = read(storage) === next ? link : next;
      return change();
    },
    suggest(wish) {
      link = wish;
      return change();
    },
    restrict(tags) {
      const list = languages.filter((one) => tags.some((tag) => known(tag) === one));
      if (!forStaff) offer.value = list.length > 0 ? list : languages;
      return change();
    },
    forStaff() {
      forStaff = true;
      offer.value = staffLanguages;
      ready.value = false;
      return change();
    },
  };
}

function keep(storage: Storage | null, language: Language): void {
  try {
    storage?.setItem(kept, language);
  } catch {
    // Full or forbidden: the choice lasts as long as the page.
  }
}

function read(storage: Storage | null): string | null {
  try {
    return storage?.getItem(kept) ?? null;
  } catch {
    return null;
  }
}
