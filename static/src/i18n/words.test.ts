import { expect, test } from 'vitest';
import { known, pick } from './languages';
import { en } from './people/en';
import { ko } from './people/ko';
import { createWords } from './words';

function storage(): Storage {
  const held = new Map<string, string>();
  return {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => held.set(key, value),
  } as unknown as Storage;
}

test('the first language that we speak is taken, English when there is none', () => {
  expect(pick(['sv', 'ko-KR', 'en'])).toBe('ko');
  expect(pick([null, undefined, 'sv'])).toBe('en');
});

test('every Chinese is served in simplified characters, and old tags are understood', () => {
  expect(known('zh')).toBe('zh-Hans');
  expect(known('zh-CN')).toBe('zh-Hans');
  expect(known('zh_TW')).toBe('zh-Hans');
  expect(known('in-ID')).toBe('id');
  expect(known('')).toBeUndefined();
});

test('English speaks at once; another language when its words are there', async () => {
  expect(createWords(null, ['en-US']).ready.value).toBe(true);
  const words = createWords(null, ['ko-KR']);
  expect(words.ready.value).toBe(false);
  await expect.poll(() => words.ready.value).toBe(true);
  expect(words.t('lobby.join')).toBe(ko.lobby.join);
});

test('the link goes before the browser, the own choice before both', async () => {
  const kept = storage();
  const words = createWords(kept, ['en-US']);
  expect(words.t('lobby.join')).toBe(en.lobby.join);
  await words.suggest('ko');
  expect(words.t('lobby.join')).toBe(ko.lobby.join);
  await words.choose('en');
  await words.suggest('ko');
  expect(words.language.value).toBe('en');
  expect(createWords(kept, ['ko-KR']).language.value).toBe('en');
});

test('a choice holds where nothing can be kept', async () => {
  const words = createWords(null, ['en']);
  await words.suggest('ru');
  await words.choose('tr');
  expect(words.language.value).toBe('tr');
});

test('the last wish counts, whichever words come first', async () => {
  const words = createWords(null, ['en']);
  await Promise.all([words.suggest('ja'), words.suggest('fr')]);
  expect(words.language.value).toBe('fr');
});

test('an event offers its own languages; tags that we do not speak leave the offer whole', async () => {
  const words = createWords(null, ['fr']);
  await words.restrict(['zh', 'ko', 'sv']);
  expect(words.offer.value).toEqual(['ko', 'zh-Hans']);
  expect(words.language.value).toBe('ko');
  await words.restrict(['sv']);
  expect(words.offer.value).toHaveLength(15);
  expect(words.language.value).toBe('fr');
});

test("the staff's pages have their words and offer their two languages", async () => {
  const words = createWords(null, ['fr-FR']);
  await words.forStaff();
  expect(words.offer.value).toEqual(['ko', 'en']);
  expect(words.language.value).toBe('en');
  expect(words.t('console.title')).toBe('All consultations');
  await words.choose('ko');
  expect(words.t('console.title')).toBe('전체 상담');
});

test('counts take the form of their language', async () => {
  const words = createWords(null, ['en']);
  expect(words.t('time.minutes', { count: 1 })).toBe('1 minute');
  expect(words.t('time.minutes', { count: 5 })).toBe('5 minutes');
  await words.choose('ko');
  expect(words.t('time.minutes', { count: 1 })).toBe('1분');
});
