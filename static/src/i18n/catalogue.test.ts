import { expect, test } from 'vitest';
import * as chunks from './chunks';
import { type Language, languages, tagOf } from './languages';
import { en } from './people/en';

/** What is the same in English and in another language, and rightly so. */
const everywhere = ['app.name', 'devices.unnamed'];
const shared: Partial<Record<Language, readonly string[]>> = {
  fr: [
    '{{count}} minute',
    '{{count}} minutes',
    '{{count}} min',
    'Microphone',
    'Participants',
    'Chat',
    'chat',
  ],
  es: ['{{count}} min', 'Chat', 'chat', 'No'],
  de: ['Chat'],
  it: ['{{count}} min', 'Chat', 'chat', 'No', 'off'],
  pt: ['{{count}} min', 'Chat', 'chat'],
};

type Leaf = [key: string, text: string];

function leaves(tree: object, prefix = ''): Leaf[] {
  return Object.entries(tree).flatMap(([key, value]): Leaf[] =>
    typeof value === 'string' ? [[prefix + key, value]] : leaves(value, `${prefix}${key}.`),
  );
}

const words = /\p{L}/u;
const gap = /\{\{\w+\}\}/g;
const form = /_(zero|one|two|few|many|other)$/;

/** The stems of the plural texts: those that have the form `other`. */
function plurals(tree: object): Set<string> {
  return new Set(
    leaves(tree)
      .filter(([key]) => key.endsWith('_other'))
      .map(([key]) => key.replace(form, '')),
  );
}

/** The keys that a language of these plural forms must have, no more and no fewer. */
function needed(measure: object, language: Language): string[] {
  const forms = new Intl.PluralRules(tagOf(language)).resolvedOptions().pluralCategories;
  const counted = plurals(measure);
  const keys = leaves(measure).flatMap(([key]) => {
    const stem = key.replace(form, '');
    return counted.has(stem) ? forms.map((one) => `${stem}_${one}`) : [key];
  });
  return [...new Set(keys)].sort();
}

/** The values that a text fills in. One and two may be words ("دقيقتين"), so a count may be missing there. */
function gaps(text: string): string[] {
  return [...new Set(text.match(gap))].sort();
}

/** English's text for a key, whichever plural form it is. */
function englishOf(measure: Map<string, string>, key: string): string {
  return measure.get(key) ?? measure.get(key.replace(form, '_other')) ?? '';
}

async function catalogues(): Promise<[string, Language, object, object][]> {
  const staffEnglish = await chunks.staff.en();
  const others = await Promise.all(
    languages
      .filter((language) => language !== 'en')
      .map(
        async (language) => [`people ${language}`, language, await chunks.people[language](), en] as const,
      ),
  );
  return [
    ['people en', 'en', en, en],
    ...others.map((one): [string, Language, object, object] => [...one]),
    ['console en', 'en', staffEnglish, staffEnglish],
    ['console ko', 'ko', await chunks.staff.ko(), staffEnglish],
  ];
}

const all = await catalogues();

test.each(all)('%s has every text and no other, in every plural form', (_name, language, tree, measure) => {
  const keys = leaves(tree).map(([key]) => key);
  expect(keys.sort()).toEqual(needed(measure, language));
});

test.each(all)('%s leaves nothing empty and loses no value', (_name, _language, tree, measure) => {
  const english = new Map(leaves(measure));
  const wrong = leaves(tree).filter(([key, text]) => {
    const wanted = gaps(englishOf(english, key)).filter(
      (one) => one !== '{{count}}' || !/_(zero|one|two)$/.test(key),
    );
    const had = gaps(text).filter((one) => one !== '{{count}}' || !/_(zero|one|two)$/.test(key));
    return text.trim() !== text || text === '' || wanted.join() !== had.join();
  });
  expect(wrong).toEqual([]);
});

test.each(all)('%s neither shouts nor speaks in codes', (_name, _language, tree) => {
  // A placeholder's name is not a word; a full-width sign shouts as loudly.
  const loud = leaves(tree).filter(([, text]) => /[!！¡]|WebRTC|ICE\b|SDP|[a-z]_[a-z]/.test(text));
  expect(loud).toEqual([]);
});

test.each(all.filter(([, language]) => language !== 'en'))(
  '%s is not English',
  (_name, language, tree, measure) => {
    const english = new Map(leaves(measure));
    const left = leaves(tree).filter(
      ([key, text]) =>
        text === englishOf(english, key) &&
        words.test(text.replace(gap, '')) &&
        !everywhere.includes(key) &&
        !shared[language]?.includes(text),
    );
    expect(left).toEqual([]);
  },
);

const scripts: Partial<Record<Language, RegExp>> = {
  ko: /\p{Script=Hangul}/u,
  ru: /\p{Script=Cyrillic}/u,
  th: /\p{Script=Thai}/u,
  ja: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u,
  'zh-Hans': /\p{Script=Han}/u,
  ar: /\p{Script=Arabic}/u,
};

test.each(all.filter(([, language]) => scripts[language]))(
  '%s is written in its own letters',
  (_name, language, tree) => {
    const script = scripts[language] as RegExp;
    const foreign = leaves(tree).filter(
      ([key, text]) => !script.test(text) && words.test(text.replace(gap, '')) && !everywhere.includes(key),
    );
    expect(foreign).toEqual([]);
  },
);

test('simplified Chinese has no traditional forms, Japanese no simplified ones', async () => {
  const chinese = leaves(await chunks.people['zh-Hans']())
    .map(([, text]) => text)
    .join('');
  expect(chinese.match(/[們請為會這來時間開關連結網頁視訊麥風]/gu) ?? []).toEqual([]);
  const japanese = leaves(await chunks.people.ja())
    .map(([, text]) => text)
    .join('');
  expect(japanese.match(/[们请为议这时间开关连结网页视频]/gu) ?? []).toEqual([]);
});
