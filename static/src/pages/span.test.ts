import { expect, test } from 'vitest';
import { brief, exact, span, weekday } from './span';

test('a length of time is told in its largest unit, and never as nothing', () => {
  expect(span(150_000, 'en')).toBe('3 minutes');
  expect(span(-60_000, 'en')).toBe('1 minute');
  expect(span(10_000, 'en')).toBe('1 minute');
  expect(span(3_600_000, 'en')).toBe('1 hour');
  expect(span(26 * 3_600_000, 'en')).toBe('26 hours');
  expect(span(49 * 3_600_000, 'ko')).toBe('2일');
});

test('a weekday is that of the zone, not of the device', () => {
  const evening = Date.parse('2021-12-06T20:00:00Z');
  expect(weekday(evening, 'America/New_York', 'en')).toBe('Mon');
  expect(weekday(evening, 'Asia/Seoul', 'en')).toBe('Tue');
});

test('an outage is told with its seconds', () => {
  expect(exact(40_900, 'ko')).toBe('40초');
  expect(exact(100_000, 'ko')).toBe('1분 40초');
  expect(exact(61_000, 'en')).toBe('1 min 1 sec');
  expect(exact(-5, 'en')).toBe('0 secs');
});

test('on a tile a length of time cannot be read as a time of day', () => {
  expect(brief(18 * 60_000, 'ko')).toBe('18분');
  expect(brief(270_000, 'ko')).toBe('4분 30초');
  expect(brief(270_000, 'en')).toBe('4m 30s');
  expect(brief(9_900, 'en')).toBe('9s');
});
