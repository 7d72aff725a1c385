import { expect, test } from 'vitest';
import type { Consultation } from '../../protocol/types';
import type { DayLine } from '../../room/model';
import { daysOf, lookOf } from './day';

const line = (starts_at: string, state: DayLine['state'] = 'ahead', chosen = false): DayLine => ({
  consultation: { id: starts_at, starts_at } as Consultation,
  state,
  chosen,
});

test('days are the reader’s, not the event’s', () => {
  const lines = [line('2021-12-06T01:00:00Z'), line('2021-12-06T06:00:00Z')];
  expect(daysOf(lines, 'Asia/Seoul').map((day) => day.key)).toEqual(['2021-12-06']);
  expect(daysOf(lines, 'America/New_York').map((day) => day.key)).toEqual(['2021-12-05', '2021-12-06']);
});

test('a lobby opens from what is ahead or open, not from what is shown or past', () => {
  expect(lookOf(line('', 'ahead')).opens).toBe(true);
  expect(lookOf(line('', 'open')).opens).toBe(true);
  expect(lookOf(line('', 'open', true)).opens).toBe(false);
  expect(lookOf(line('', 'over')).opens).toBe(false);
  expect(lookOf(line('', 'cancelled')).opens).toBe(false);
});
