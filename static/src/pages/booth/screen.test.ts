import { expect, test } from 'vitest';
import type { Consultation } from '../../protocol/types';
import type { Line, Turn } from '../meeting';
import { screenOf } from './screen';

const noon = Date.parse('2021-12-06T03:00:00Z');
const opens = (id: string, minutes: number): Consultation =>
  ({ id, opens_at: new Date(noon + minutes * 60_000).toISOString() }) as Consultation;
const line = (consultation: Consultation, turn: Turn): Line => ({ consultation, turn });

test('the next buyer is large from fifteen minutes before the doors', () => {
  const next = opens('S02', 16);
  const lines = [line(next, 'next')];
  expect(screenOf(next, lines, noon).at).toBe('idle');
  expect(screenOf(next, lines, noon + 60_000).at).toBe('next');
});

test('a day that is over and a day that had nothing are told apart', () => {
  const tomorrow = opens('S09', 1440);
  expect(screenOf(tomorrow, [line(opens('S01', -60), 'past')], noon)).toEqual({ at: 'done', next: tomorrow });
  expect(screenOf(tomorrow, [], noon)).toEqual({ at: 'empty', next: tomorrow });
  expect(screenOf(null, [line(opens('S01', -60), 'cancelled')], noon).at).toBe('empty');
});
