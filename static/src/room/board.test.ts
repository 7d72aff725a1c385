import { expect, test } from 'vitest';
import { withRow } from './board';
import { clock, consultationAt } from './testing';

const row = (id: string, minutes: number, phase: 'live' | 'open' = 'open') => ({
  consultation: consultationAt(id, minutes),
  clock: clock({ phase }),
  seats: [],
});

test('a row replaces the one of its consultation, in its place', () => {
  const rows = withRow([row('a', 0), row('b', 50)], row('a', 0, 'live'));
  expect(rows.map((r) => [r.consultation.id, r.clock.phase])).toEqual([
    ['a', 'live'],
    ['b', 'open'],
  ]);
});

test('a new row goes where its time puts it', () => {
  const rows = withRow([row('a', 0), row('c', 100)], row('b', 50));
  expect(rows.map((r) => r.consultation.id)).toEqual(['a', 'b', 'c']);
  expect(withRow(rows, row('d', 150)).at(-1)?.consultation.id).toBe('d');
});
