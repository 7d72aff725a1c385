import { expect, test } from 'vitest';
import { en } from './en';
import { ko } from './ko';
import { createWords, pick } from './words';

function leaves(tree: object, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + key, value]] : leaves(value, `${prefix}${key}.`),
  );
}

/** A language has as many plural forms as Intl says; their stems must agree. */
function stems(tree: object): string[] {
  return [...new Set(leaves(tree).map(([key]) => key.replace(/_(one|other)$/, '')))].sort();
}

function gaps(tree: object): Record<string, string[]> {
  return Object.fromEntries(
    leaves(tree).map(([key, text]) => [
      key.replace(/_(one|other)$/, ''),
      [...new Set(text.match(/\{\{\w+\}\}/g))].sort(),
    ]),
  );
}

test('Korean and English have the same texts', () => {
  expect(stems(ko)).toEqual(stems(en));
});

test('no text is empty', () => {
  const empty = [...leaves(ko), ...leaves(en)].filter(([, text]) => text.trim() === '');
  expect(empty).toEqual([]);
});

test('both languages fill in the same values', () => {
  const [korean, english] = [gaps(ko), gaps(en)];
  // Korean names a country without "from"; the value itself must still be there.
  expect(korean).toEqual(english);
});

test('a plural has every form its language needs', () => {
  for (const [tree, language] of [
    [ko, 'ko'],
    [en, 'en'],
  ] as const) {
    const keys = new Set(leaves(tree).map(([key]) => key));
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const plurals = new Set([...keys].filter((key) => key.endsWith('_other')).map((key) => key.slice(0, -6)));
    for (const stem of plurals) {
      for (const form of needed) expect(keys).toContain(`${stem}_${form}`);
    }
  }
});

test('no text shouts or speaks in codes', () => {
  const loud = [...leaves(ko), ...leaves(en)].filter(([, text]) => /!|WebRTC|ICE|SDP|_/.test(text));
  expect(loud).toEqual([]);
});

test('the first language that we speak is taken, English when there is none', () => {
  expect(pick(['es', 'ko-KR', 'en'])).toBe('ko');
  expect(pick([null, undefined, 'fr'])).toBe('en');
});

test('the link goes before the browser, the own choice before both', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  } as unknown as Storage;
  const words = createWords(storage, ['en-US']);
  expect(words.t('lobby.join')).toBe(en.lobby.join);
  words.suggest('ko');
  expect(words.t('lobby.join')).toBe(ko.lobby.join);
  words.choose('en');
  words.suggest('ko');
  expect(words.language.value).toBe('en');
  expect(createWords(storage, ['ko-KR']).language.value).toBe('en');
});

test('counts take the form of their language', () => {
  const words = createWords(null, ['en']);
  expect(words.t('time.minutes', { count: 1 })).toBe('1 minute');
  expect(words.t('time.minutes', { count: 5 })).toBe('5 minutes');
  words.choose('ko');
  expect(words.t('time.minutes', { count: 1 })).toBe('1분');
});
