import { expect, test } from 'vitest';
import { nextOf } from './consultations';
import { consultationAt, day } from './testing';

const minutes = (m: number) => day + m * 60_000;
const a = consultationAt('a', 60);
const b = consultationAt('b', 110);
const none = new Set<string>();

test('before the first it is the first, at any distance', () => {
  expect(nextOf([a, b], day, none)?.id).toBe('a');
});

test('during one it is that one, after it the next', () => {
  expect(nextOf([a, b], minutes(80), none)?.id).toBe('a');
  expect(nextOf([a, b], minutes(101), none)?.id).toBe('b');
  expect(nextOf([a, b], minutes(200), none)).toBeNull();
});

test('what has ended or was cancelled is passed over', () => {
  expect(nextOf([a, b], minutes(80), new Set(['a']))?.id).toBe('b');
  expect(nextOf([consultationAt('a', 60, { phase: 'cancelled' }), b], day, none)?.id).toBe('b');
  expect(nextOf([consultationAt('a', 60, { phase: 'ended' })], minutes(80), none)).toBeNull();
});

test('one that overruns counts until the doors of a later one are open', () => {
  const late = consultationAt('b', 180);
  const running = consultationAt('a', 60, { phase: 'closing' });
  expect(nextOf([running, late], minutes(105), none)?.id).toBe('a');
  expect(nextOf([running, late], minutes(166), none)?.id).toBe('b');
  expect(nextOf([running], minutes(161), none)).toBeNull();
});
