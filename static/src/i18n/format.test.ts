import { expect, test } from 'vitest';
import { createFormat, dayKey, digits, minutes, sameClock } from './format';
import { languages, tagOf } from './languages';

const start = Date.parse('2021-12-06T01:20:00Z');

test('a time is told in its zone, on 24 hours', () => {
  const format = createFormat('en');
  expect(format.time(start, 'Asia/Seoul')).toBe('10:20');
  expect(format.time(start, 'America/New_York')).toBe('20:20');
  expect(format.time(Date.parse('2021-12-05T15:00:00Z'), 'Asia/Seoul')).toBe('00:00');
});

test('a zone has its name of that day', () => {
  expect(createFormat('en').zone('America/New_York', start)).toContain('Standard');
  expect(createFormat('en').zone('America/New_York', Date.parse('2021-07-06T01:20:00Z'))).toContain(
    'Daylight',
  );
});

test('the day changes with the zone', () => {
  expect(dayKey(start, 'Asia/Seoul')).toBe('2021-12-06');
  expect(dayKey(start, 'America/New_York')).toBe('2021-12-05');
});

test('names of countries and languages follow the reader, and a wrong code is shown as it is', () => {
  expect(createFormat('ko').country('MX')).toBe('멕시코');
  expect(createFormat('en').tongue('es')).toBe('Spanish');
  expect(createFormat('en').country('not a code')).toBe('not a code');
});

test('durations count down to zero and not below', () => {
  expect(digits(65_000)).toBe('1:05');
  expect(digits(3_605_000)).toBe('1:00:05');
  expect(digits(-1)).toBe('0:00');
  expect(minutes(119_999)).toBe(1);
  expect(minutes(-5)).toBe(0);
});

test('zones with the same time need one clock', () => {
  expect(sameClock('Asia/Seoul', 'Asia/Tokyo', start)).toBe(true);
  expect(sameClock('Asia/Seoul', 'Europe/Paris', start)).toBe(false);
});

test('every language writes digits and days so that both sides read the same', () => {
  for (const language of languages) {
    const format = createFormat(language);
    expect(format.time(start, 'Asia/Seoul'), language).toBe('10:20');
    const texts = [format.day(start, 'Asia/Seoul'), format.shortDay(start, 'Asia/Seoul')];
    for (const text of texts) {
      expect(text, language).toContain('6');
      expect(text, language).not.toMatch(/[\u0660-\u0669\u06f0-\u06f9\u0e50-\u0e59]/u);
    }
  }
});

test('Thai and Arabic count the years of the others', () => {
  for (const language of ['th', 'ar'] as const) {
    const year = new Intl.DateTimeFormat(tagOf(language), { year: 'numeric', timeZone: 'UTC' }).format(start);
    expect(year).toContain('2021');
  }
});

test('every language names countries, languages and zones itself', () => {
  for (const language of languages.filter((one) => one !== 'en')) {
    const format = createFormat(language);
    expect(format.country('KR'), language).not.toBe('KR');
    expect(format.tongue('ko'), language).not.toBe('Korean');
    expect(format.zone('Asia/Seoul', start), language).not.toBe(createFormat('en').zone('Asia/Seoul', start));
  }
});
