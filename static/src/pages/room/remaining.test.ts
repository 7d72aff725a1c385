import { expect, test } from 'vitest';
import type { Clock } from '../../protocol/types';
import { hintOf, remaining } from './remaining';

const clock: Clock = {
  phase: 'live',
  opens_at: '2021-12-06T00:45:00Z',
  starts_at: '2021-12-06T01:00:00Z',
  ends_at: '2021-12-06T01:40:00Z',
  overrun: false,
  server_time: '2021-12-06T01:00:00Z',
};
const at = (time: string): number => Date.parse(`2021-12-06T${time}Z`);

test('before the start the clock counts to it', () => {
  expect(remaining(clock, at('00:59:00'))).toEqual({ counts: 'start', ms: 60_000 });
});

test('then it counts what is left and the share that is gone', () => {
  expect(remaining(clock, at('01:10:00'))).toEqual({ counts: 'left', ms: 30 * 60_000, share: 0.25 });
});

test('after the end it counts the time over, or to the end of the farewell', () => {
  expect(remaining(clock, at('01:43:00'))).toEqual({ counts: 'over', ms: 180_000 });
  const farewell = { ...clock, closes_at: '2021-12-06T01:42:00Z' };
  expect(remaining(farewell, at('01:41:00'))).toEqual({ counts: 'farewell', ms: 60_000 });
});

test('an ended consultation counts nothing', () => {
  expect(remaining({ ...clock, phase: 'ended' }, at('01:10:00'))).toEqual({ counts: 'ended' });
});

test('a warning is told for half a minute, and the farewell to its end', () => {
  const hint = (time: string, warning: number | null) => hintOf(remaining(clock, at(time)), warning);
  expect(hint('01:35:10', 5)).toBe('five');
  expect(hint('01:35:40', 5)).toBeNull();
  expect(hint('01:38:10', 2)).toBe('two');
  expect(hint('01:39:10', 1)).toBe('one');
  expect(hint('01:20:00', null)).toBeNull();
  expect(hint('01:40:10', 1)).toBe('overrun');
  expect(hint('01:41:00', 1)).toBeNull();
  expect(hintOf({ counts: 'farewell', ms: 1 }, null)).toBe('farewell');
});
